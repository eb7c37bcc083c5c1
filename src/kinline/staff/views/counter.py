"""Money over the counter: find the balance, look once more, record, print the receipt (MON-3, MON-4)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows.lobby import take_money
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.payments.queries import lobby
from kinline.payments.staff_forms import TakeForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.staff.wording import ACCOUNTS, METHODS

NOBODY = _("We found nobody. Check the number or the spelling; residents of other agencies are not found here.")


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: whom it means, to look at before anything is recorded."""
    desk, place = here(request)
    if request.method != "POST":
        return _form(request, desk, TakeForm(initial=access.take_kept(request)))
    form = TakeForm(request.POST)
    if not form.is_valid():
        return _form(request, desk, form)
    chosen = form.cleaned_data["account"]
    who = [lobby.by_code(place, chosen)] if chosen else lobby.find(place, form.cleaned_data["kind"], _who(form))
    people = [one for one in who if one is not None]
    if not people:
        form.add_error("who", str(NOBODY))
        return _form(request, desk, form)
    if len(people) > 1:
        return page(request, "money/choose", form=form, people=people)
    return _review(request, form, people[0])


def _who(form: TakeForm) -> str:
    return str(form.cleaned_data["who"])


def _form(request: HttpRequest, desk: Desk, form: TakeForm) -> HttpResponse:
    rows = lobby.taken(desk.ids(Permission.RECORD_DEPOSIT), limit=10)
    return page(request, "money/take", form=form, rows=[_named(row) for row in rows])


def _named(row: lobby.Taken) -> tuple[lobby.Taken, Any, Any]:
    return row, ACCOUNTS[row.kind], METHODS.get(row.method, row.method)


def _review(request: HttpRequest, form: TakeForm, who: lobby.LobbyAccount) -> HttpResponse:
    cleaned = form.cleaned_data
    return page(
        request, "money/review",
        form=form, who=who, amount_cents=cleaned["amount"], account=ACCOUNTS[who.kind],
        method=METHODS[cleaned["method"]],
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """The look was right. The key came with the first page: pressed twice, recorded once.

    A GET comes from the locked screen, with what was typed before.
    """
    desk, place = here(request)
    if request.method != "POST":
        return _form(request, desk, TakeForm(initial=access.take_kept(request)))
    form = TakeForm(request.POST)
    if not form.is_valid():
        return _form(request, desk, form)
    cleaned = form.cleaned_data
    try:
        deposit = take_money(
            staff=desk.user, facility_id=place.pk, code=cleaned["account"], amount_cents=cleaned["amount"],
            method=cleaned["method"], payer_name=cleaned["payer_name"], reference=cleaned["reference"],
            client_key=cleaned["key"], now=desk.now,
        )  # fmt: skip
    except Refusal as no:
        form.add_error(None, str(no))
        return _form(request, desk, form)
    return see_other("staff_receipt", deposit.receipt)


@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """To be printed and handed over. It says nothing of the balance: who pays need not know it (MON-6)."""
    desk, _place = here(request)
    row, account, method = _named(found(lobby.receipt(desk.ids(Permission.READ_MONEY), number)))
    may_take = desk.may(Permission.RECORD_DEPOSIT)
    return page(request, "money/receipt", receipt=row, account=account, method=method, may_take=may_take)
