"""The resident's money (MON-2, MON-5, MON-6): balances, each line, a statement a month, and having it paid out."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.contacts import queries as contacts
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found, number
from kinline.facilities import queries as facilities
from kinline.flows import refund, statements
from kinline.kiosk import balances
from kinline.kiosk.access import kiosk_required
from kinline.kiosk.answers import page
from kinline.kiosk.forms import PayOutForm
from kinline.kiosk.purse import purse
from kinline.kiosk.seat import Seated
from kinline.ledger.queries import Month
from kinline.payments import statement_wording as words
from kinline.payments.queries import refunds
from kinline.payments.queries import statements as books
from kinline.payments.queries.allowances import week
from kinline.payments.queries.statements import Account
from kinline.payments.statement_forms import HistoryForm

RECENT = 5


@require_safe
@kiosk_required
def money(request: Seated) -> HttpResponse:
    """What there is, what came and went lately, and what is on its way out."""
    account = found(books.account_of(request.party, "credits"))
    lines = statements.history(request.party, account, books.Asked())
    calls = balances.calls(request)
    asked = refunds.refunds_of(request.party, RECENT)
    return page(
        request, "money.html", purse=purse(request), calls=calls, rows=lines.rows[:RECENT], asked=asked,
        week=week(request.party.id, request.kiosk.facility_id, request.now),
    )  # fmt: skip


@require_safe
@kiosk_required
def history(request: Seated) -> HttpResponse:
    """Filters by kind, days and person."""
    account, before = _account(request), number(request.GET.get("before"))
    people = [(one.id, one.other_name) for one in contacts.contacts_of(request.party, request.now)]
    spent = "letters" if account.kind == "messages" else "calls"
    form = HistoryForm(request.GET, people, ("in", spent, "back", "other"))
    contact = form.contact_id
    lines = (
        statements.with_contact(request.party, account, contact, before)
        if contact is not None
        else statements.history(request.party, account, form.asked, before)
    )
    names = ("account", "kind", "person", "since", "until")
    keep = urlencode([(name, request.GET[name]) for name in names if request.GET.get(name)])
    filtered = contact is not None or not form.asked.everything
    return page(
        request, "money_history.html", form=form, lines=lines, keep=keep, filtered=filtered, **_named(request, account)
    )


@require_safe
@kiosk_required
def months(request: Seated) -> HttpResponse:
    account = _account(request)
    named = [(statements.month_name(one.month), one) for one in books.months(account)]
    return page(request, "money_months.html", months=named, **_named(request, account))


@require_safe
@kiosk_required
def month(request: Seated, month: str) -> HttpResponse:
    """F21, on screen: a shared device keeps no file."""
    account = _account(request)
    of: Month = found(books.month(account, found(statements.first_of(month)), request.now))
    return page(
        request, "money_month.html", month=of, month_name=statements.month_name(of.month),
        lines=statements.month(request.party, account, of, number(request.GET.get("before"))),
        keep=urlencode({"account": account.key}), clock_note=statements.clock_note(),
        going_on=statements.is_going_on(of, request.now), **_named(request, account),
    )  # fmt: skip


def _account(request: Seated) -> Account:
    return found(books.account_of(request.party, request.GET.get("account", "")))


def _named(request: Seated, account: Account) -> dict[str, Any]:
    """The balances to choose from. A calling account only where there is or was one."""
    shown = [one for one in books.accounts_of(request.party) if one.kind != "calls" or balances.calls(request)]
    return {
        "account": account,
        "account_name": words.account(account),
        "accounts": [(one.key, words.account(one)) for one in shown],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def pay_out(request: Seated) -> HttpResponse:
    """MON-6: their money is theirs at any time. Typed, looked at, asked for: finance staff pay it out."""
    account = found(books.account_of(request.party, request.POST.get("account") or request.GET.get("account", "")))
    there = refunds.refundable(request.party, account.address, request.now)
    form = PayOutForm(request.POST or None, initial={"amount": there.mine_cents or None, "key": uuid4()})
    context = {"form": form, "there": there, **_named(request, account)}
    if request.method != "POST":
        return page(request, "pay_out.html", **context)
    if not form.is_valid():
        return page(request, "pay_out.html", HTTPStatus.UNPROCESSABLE_ENTITY, **context)
    cents = form.cleaned_data["amount"]
    if cents > there.mine_cents:
        form.add_error("amount", _("There is not so much in this balance."))
        return page(request, "pay_out.html", HTTPStatus.UNPROCESSABLE_ENTITY, **context)
    if "sure" not in request.POST:
        return page(request, "pay_out_review.html", cents=cents, after_cents=there.mine_cents - cents, **context)
    return _ask(request, account, cents, form, context)


def _ask(
    request: Seated, account: Account, cents: int, form: PayOutForm, context: dict[str, Any]
) -> HttpResponse:  # fmt: skip
    try:
        refund.ask_resident(
            resident_id=request.resident.pk, account=account.address, amount_cents=cents,
            client_key=form.cleaned_data["key"], now=request.now,
        )  # fmt: skip
    except Refusal as no:
        form.add_error("amount", str(no))
        return page(request, "pay_out.html", HTTPStatus.CONFLICT, **context)
    flash.say(request, _("You asked for your money. Staff pay it out."))
    return see_other("kiosk_money")


@require_safe
@kiosk_required
def prices(request: Seated) -> HttpResponse:
    """MON-9."""
    agency_id = request.kiosk.facility.agency_id
    here = week(request.party.id, request.kiosk.facility_id, request.now)
    return page(
        request, "prices.html", facility=request.kiosk.facility, week=here,
        price_cents=facilities.message_price_cents(agency_id, request.now),
        photo_cents=facilities.photo_price_cents(agency_id, request.now),
    )  # fmt: skip
