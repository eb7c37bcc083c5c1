"""Where every cent came from and went (MON-5): history with filters, a statement a month, files to keep."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kinline.contacts import queries as contacts
from kinline.core import clock
from kinline.design import answers, flash
from kinline.design.documents import pdf
from kinline.design.http import found, number
from kinline.family.answers import me, page
from kinline.flows import receipts, statements
from kinline.identity.access import family_required, person
from kinline.ledger.queries import Month
from kinline.payments import queries as payments
from kinline.payments import statement_wording as words
from kinline.payments.queries import given as gifts
from kinline.payments.queries import statements as books
from kinline.payments.queries.statements import Account
from kinline.payments.statement_forms import HistoryForm


@require_safe
@family_required
def history(request: HttpRequest) -> HttpResponse:
    """Each line of a balance; filters by kind, days and person."""
    party, now, before = me(request), clock.now(), number(request.GET.get("before"))
    account = found(books.account_of(party, request.GET.get("account", "")))
    people = [(one.id, one.other_name) for one in contacts.contacts_of(party, now)]
    form = HistoryForm(request.GET, people, _kinds(account))
    contact = form.contact_id
    lines = (
        statements.with_contact(party, account, contact, before)
        if contact is not None
        else statements.history(party, account, form.asked, before)
    )
    context = {"form": form, "lines": lines, "before": before, "keep": _kept(request), **_balances(request, account)}
    return page(request, "money/history.html", filtered=contact is not None or not form.asked.everything, **context)


def _kinds(account: Account) -> tuple[str, ...]:
    """What can stand in the history of such a balance."""
    spent = "letters" if account.kind == "messages" else "calls"
    return ("in", spent, "back", "other")


def _kept(request: HttpRequest) -> str:
    """The filters, for the address of the next page."""
    names = ("account", "kind", "person", "since", "until")
    return urlencode([(name, request.GET[name]) for name in names if request.GET.get(name)])


def _balances(request: HttpRequest, account: Account) -> dict[str, Any]:
    named = [(one.key, words.account(one)) for one in books.accounts_of(me(request))]
    return {"account": account, "account_name": words.account(account), "accounts": named}


@require_safe
@family_required
def given(request: HttpRequest) -> HttpResponse:
    """What one put into balances that are others': of those one sees one's own deposits, and no balance (MON-6)."""
    before = number(request.GET.get("before"))
    found = gifts.given(me(request).id, before=before)
    rows = [(one, words.whose(one.whose), words.METHODS.get(one.method, "")) for one in found.rows]
    return page(request, "money/given.html", rows=rows, lines=found, before=before)


@require_safe
@family_required
def months(request: HttpRequest) -> HttpResponse:
    account = found(books.account_of(me(request), request.GET.get("account", "")))
    return page(request, "money/statements.html", months=_named(account), **_balances(request, account))


def _named(account: Account) -> list[tuple[str, Month]]:
    return [(statements.month_name(one.month), one) for one in books.months(account)]


@require_safe
@family_required
def month(request: HttpRequest, month: str) -> HttpResponse:
    account, of = _asked(request, month)
    before = number(request.GET.get("before"))
    return page(
        request, "money/statement.html", month=of, month_name=statements.month_name(of.month), before=before,
        lines=statements.month(me(request), account, of, before), keep=urlencode({"account": account.key}),
        clock_note=statements.clock_note(), going_on=statements.is_going_on(of, clock.now()),
        **_balances(request, account),
    )  # fmt: skip


@require_safe
@family_required
def month_pdf(request: HttpRequest, month: str) -> HttpResponse:
    account, of = _asked(request, month)
    try:
        made = statements.month_pdf(me(request), account, of, owner=person(request).name, now=clock.now())
    except pdf.NotTypeset:
        flash.say(request, _("The PDF could not be made just now. Try again in a minute, or take the CSV file."), "bad")
        return answers.see_other("credits_statement", f"{of.month:%Y-%m}")
    return _file(HttpResponse(made, content_type="application/pdf"), f"kinline-{account.key}-{of.month:%Y-%m}.pdf")


@require_safe
@family_required
def month_csv(request: HttpRequest, month: str) -> HttpResponse:
    account, of = _asked(request, month)
    lines = "".join(statements.month_csv(me(request), account, of))
    return _file(
        HttpResponse(lines, content_type="text/csv; charset=utf-8"), f"kinline-{account.key}-{of.month:%Y-%m}.csv"
    )


def _asked(request: HttpRequest, month: str) -> tuple[Account, Month]:
    """The balance and the month in the address; 404 if either is not this person's, or not there."""
    account = found(books.account_of(me(request), request.GET.get("account", "")))
    return account, found(books.month(account, found(statements.first_of(month)), clock.now()))


@require_safe
@family_required
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """For whoever paid and for whose balance it is; made to be printed."""
    paid = found(payments.receipt(me(request), number))
    whose = words.whose(paid.whose, own=person(request).name if paid.own else "")
    return page(request, "money/receipt.html", receipt=paid, whose=whose, method=words.METHODS.get(paid.method, ""))


@require_safe
@family_required
def receipt_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """A receipt to keep: for whoever paid and for whose balance it is."""
    paid = found(payments.receipt(me(request), number))
    try:
        made = receipts.make(paid, reader=person(request).name, now=clock.now())
    except pdf.NotTypeset:
        flash.say(request, _("The PDF could not be made just now. Try again in a minute."), "bad")
        return answers.see_other("receipt", number)
    return _file(HttpResponse(made, content_type="application/pdf"), f"kinline-receipt-{paid.number}.pdf")


def _file(response: HttpResponse, name: str) -> HttpResponse:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
