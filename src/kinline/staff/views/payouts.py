"""What finance pays by hand: cheques, the residents' list, what came back, what falls to a state (MON-6)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.documents import csv
from kinline.design.http import found, number
from kinline.flows import pay_out as flows
from kinline.flows.unclaimed import remit
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.payments.queries import pay_outs as queries
from kinline.payments.queries.pay_outs import PayOutRow
from kinline.payments.staff_forms import AddressForm, ReferenceForm, SettleForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, desk_of
from kinline.staff.wording import CAUSES, STATES, WAYS

SHOWN_STATES = ("waiting", "paid", "returned")
HEADINGS = ("id", "since", "way", "payee", "address", "state", "number", "cause", "place", "amount", "reference")


def _named(row: PayOutRow) -> dict[str, Any]:
    return {"row": row, "way": WAYS[row.way], "state": STATES.get(row.state, row.state), "cause": CAUSES[row.cause]}


@require_safe
def pay_outs(request: HttpRequest) -> HttpResponse:
    """The list, oldest first, by state."""
    desk, state, size = desk_of(request), _state(request), queries.PAGE
    places = desk.ids(Permission.READ_MONEY)
    rows = queries.pay_outs(places, state, after=number(request.GET.get("after")), size=size + 1)
    states = [(one, STATES[one]) for one in SHOWN_STATES]
    return page(
        request, "money/payouts",
        rows=[_named(row) for row in rows[:size]], next=rows[size - 1].id if len(rows) > size else None,
        state=state, states=states, all=queries.summary(places, state),
        may_settle=desk.may(Permission.SETTLE_REFUNDS),
    )  # fmt: skip


def _state(request: HttpRequest) -> str:
    wanted = request.GET.get("state", "")
    return wanted if wanted in SHOWN_STATES else "waiting"


@require_safe
def pay_outs_file(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV, for the program that prints the cheques."""
    state = _state(request)
    rows = queries.every_pay_out(desk_of(request).ids(Permission.READ_MONEY), state)
    lines = csv.lines(HEADINGS, map(_cells, rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="kinline-payouts-{state}.csv"'
    return response


def _cells(row: PayOutRow) -> tuple[object, ...]:
    return (
        row.id, row.since.date().isoformat(), row.way, row.payee_name, row.payee_address.replace("\n", ", "),
        row.payee_region, row.resident_number, row.cause, row.facility_name, csv.amount(row.amount_cents),
        row.reference,
    )  # fmt: skip


@require_safe
def unclaimed(request: HttpRequest) -> HttpResponse:
    """What nobody could be paid, oldest first; what falls to a state and what the state has."""
    desk = desk_of(request)
    rows = queries.unclaimed(desk.ids(Permission.READ_MONEY))
    groups = [(STATES[state], [_named(row) for row in rows if row.state == state]) for state in
              ("returned", "unclaimed", "remitted")]  # fmt: skip
    return page(request, "money/unclaimed", groups=groups, may_settle=desk.may(Permission.SETTLE_REFUNDS))


@require_http_methods(["GET", "HEAD", "POST"])
def pay_out(request: HttpRequest, pay_out_id: int) -> HttpResponse:
    """One payment with what can be done about it now. Each act may be sent twice and is done once."""
    desk = desk_of(request)
    row = found(queries.pay_out(desk.ids(Permission.SETTLE_REFUNDS), pay_out_id))
    if request.method != "POST":
        kept = access.take_kept(request)
        return _page(request, row, _forms(row, kept.get("act", ""), None, kept))
    act = request.POST.get("act", "")
    forms = _forms(row, act, request.POST, {})
    if act not in _ACTS:
        raise BadRequest
    form = forms.get(act)
    if form is None or form.is_valid():
        try:
            _ACTS[act](desk, row, form)
        except Refusal as no:
            return _refused(request, row, forms, act, no)
        flash.say(request, _DONE[act]())
        return see_other("staff_unclaimed" if act == "remit" else "staff_payouts")
    return _page(request, row, forms)


def _forms(row: PayOutRow, act: str, data: Any, kept: dict[str, str]) -> dict[str, BaseForm]:
    """Each form of the page by its act; the one that was sent, or kept, has what was typed."""
    first = {
        "settle": {"way": row.way, "reference": row.reference},
        "address": {"name": row.payee_name, "address": row.payee_address, "region": row.payee_region},
        "remit": {},
    }
    if act in first:
        first[act] |= {name: value for name, value in kept.items() if name != "act"}
    sent = {name: data if name == act else None for name in first}
    return {
        "settle": SettleForm(sent["settle"], initial=first["settle"], resident=bool(row.resident_number)),
        "address": AddressForm(sent["address"], initial=first["address"]),
        "remit": ReferenceForm(sent["remit"], initial=first["remit"]),
    }


def _page(
    request: HttpRequest, row: PayOutRow, forms: dict[str, BaseForm], status: int = HTTPStatus.OK, problem: str = ""
) -> HttpResponse:
    return page(request, "money/payout", status=status, forms=forms, problem=problem, **_named(row))


def _refused(request: HttpRequest, row: PayOutRow, forms: dict[str, BaseForm], act: str, no: Refusal) -> HttpResponse:
    if act in forms:
        forms[act].add_error(None, str(no))
        return _page(request, row, forms)
    return _page(request, row, forms, problem=str(no))


def _settle(desk: Desk, row: PayOutRow, form: Any) -> None:
    flows.settle(staff=desk.user, pay_out_id=row.id, now=desk.now, **form.cleaned_data)


def _returned(desk: Desk, row: PayOutRow, _form: Any) -> None:
    flows.returned(staff=desk.user, pay_out_id=row.id, now=desk.now)


def _address(desk: Desk, row: PayOutRow, form: Any) -> None:
    flows.new_address(staff=desk.user, pay_out_id=row.id, now=desk.now, **form.cleaned_data)


def _remit(desk: Desk, row: PayOutRow, form: Any) -> None:
    remit(staff=desk.user, pay_out_id=row.id, now=desk.now, **form.cleaned_data)


_ACTS: dict[str, Callable[[Desk, PayOutRow, Any], None]] = {
    "settle": _settle, "returned": _returned, "address": _address, "remit": _remit,
}  # fmt: skip
_DONE: dict[str, Callable[[], str]] = {
    "settle": lambda: _("Paid and booked. The payee is told."),
    "returned": lambda: _("Noted: it came back. It is owed again, and the payee is asked for an address."),
    "address": lambda: _("The address is kept. The payment is on the list."),
    "remit": lambda: _("Booked as paid to the state."),
}
