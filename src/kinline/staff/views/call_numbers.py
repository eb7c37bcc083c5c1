"""Numbers that residents ask for (T10, TEL-9): the queue with search and many at once, and one of them."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import allowed_numbers as flows
from kinline.flows import number_appeals as rulings
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.payments.services.numbers import shown
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.telephony.queries import appeals, authority, library, lists
from kinline.telephony.queries.lists import SHOWN, Row
from kinline.telephony.services.lists import state_of
from kinline.telephony.staff_forms_numbers import AnswerForm, DenyForm, QueueForm

MOST_AT_ONCE = lists.MOST
_RULINGS = ("grant", "keep")


@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; approve or deny those that are ticked."""
    desk, place = here(request)
    form = QueueForm(request.GET or None)
    state, words = form.asked()
    deny = DenyForm(initial=access.take_kept(request))
    if request.method == "POST":
        answer = _many(request, desk)
        if isinstance(answer, HttpResponse):
            return answer
        deny = answer
    which = next((one for one in SHOWN if one == state), SHOWN[0])
    rows = lists.found(place.pk, place.agency_id, shown=which, asked=words)
    return page(
        request, "numbers/asked", 422 if deny.is_bound else 200, form=form, deny=deny, which=which,
        rows=[_told(one) for one in rows.rows], more=rows.more, ticked=set(request.POST.getlist("id")),
        keeps_lists=authority.settings_of(place).lists_numbers, may_decide=desk.may(Permission.DECIDE_NUMBERS),
        appealed=lists.appealed(place.pk),
    )  # fmt: skip


def _told(row: Row) -> dict[str, Any]:
    return {"row": row, "shown": shown(row.listed.number), "state": state_of(row.listed)}


def _many(request: HttpRequest, desk: Desk) -> HttpResponse | DenyForm:
    act, ids = request.POST.get("act", ""), request.POST.getlist("id")
    if act not in {"approve", "deny"} or len(ids) > MOST_AT_ONCE or not all(_is_id(one) for one in ids):
        raise BadRequest
    form = DenyForm(request.POST)
    if act == "deny" and not form.is_valid():
        return form
    back = f"?{request.GET.urlencode()}" if request.GET else ""
    if not ids:
        flash.say(request, _("Tick one or more numbers first."), "bad")
        return see_other("staff_call_numbers") if not back else _back(back)
    reason = form.cleaned_data["reason"] if act == "deny" else ""
    try:
        done, left = flows.decide_many(
            staff=desk.user, facility_id=desk.at.pk, ids=[int(one) for one in ids], approved=act == "approve",
            reason=reason, now=desk.now,
        )  # fmt: skip
    except Refusal as no:
        flash.say(request, no, "bad")
    else:
        flash.say(request, _said(act, done, left))
    return _back(back)


def _back(query: str) -> HttpResponse:
    answer = see_other("staff_call_numbers")
    answer["Location"] += query
    return answer


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _said(act: str, done: int, left: int) -> str:
    text = (
        ngettext("%(n)s number approved.", "%(n)s numbers approved.", done)
        if act == "approve"
        else ngettext("%(n)s number not approved.", "%(n)s numbers not approved.", done)
    ) % {"n": done}
    if not left:
        return f"{text} {_('The residents are told.')}"
    gone = ngettext(
        "%(n)s was decided meanwhile, or taken off: nothing was done to it.",
        "%(n)s were decided meanwhile, or taken off: nothing was done to them.", left,
    ) % {"n": left}  # fmt: skip
    return f"{text} {gone}"


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, listed_id: int) -> HttpResponse:
    """One number of one resident, with what is known of it: approve it, or not, or take an approval back."""
    desk, place = here(request)
    row = found(lists.one(place.pk, place.agency_id, listed_id))
    form = DenyForm(initial=access.take_kept(request))
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in {"approve", "deny", *_RULINGS}:
            raise BadRequest
        if act in _RULINGS:
            answered = AnswerForm(request.POST, auto_id="id_appeal_%s")
            if answered.is_valid():
                return _rule(request, desk, listed_id, granted=act == "grant", answer=answered.cleaned_data["answer"])
            return _page(request, desk, row, form, answered)
        form = DenyForm(request.POST) if act == "deny" else form
        if act == "approve" or form.is_valid():
            reason = form.cleaned_data["reason"] if act == "deny" else ""
            return _decide(request, desk, listed_id, approved=act == "approve", reason=reason)
    return _page(request, desk, row, form, AnswerForm(auto_id="id_appeal_%s"))


def _page(request: HttpRequest, desk: Desk, row: Row, form: DenyForm, answered: AnswerForm) -> HttpResponse:
    place = desk.at
    waiting = appeals.waiting_of(row.listed.pk)
    own = any(one.denied_by_id == desk.user.pk for one in waiting)
    return page(
        request, "numbers/asked_one", 422 if form.is_bound or answered.is_bound else 200, form=form, answered=answered,
        told=library.told(place.agency_id, place.pk, row.listed.number), **_told(row), waiting=waiting,
        past=appeals.decided_of(row.listed.pk), own=own, may_rule=desk.may(Permission.DECIDE_APPEAL) and not own,
        others=[one for one in lists.having(place.pk, row.listed.number) if one.pk != row.listed.pk],
        keeps_lists=authority.settings_of(place).lists_numbers, may_decide=desk.may(Permission.DECIDE_NUMBERS),
        by_holder=row.listed.approved is False and row.listed.decided_by_id is None,
    )  # fmt: skip


def _rule(request: HttpRequest, desk: Desk, listed_id: int, *, granted: bool, answer: str) -> HttpResponse:
    try:
        rulings.decide(
            staff=desk.user, facility_id=desk.at.pk, listed_id=listed_id, granted=granted, answer=answer, now=desk.now
        )
    except Refusal as no:
        flash.say(request, no, "bad")
    else:
        flash.say(request, _("Decided again. The answer is on its way."))
    return see_other("staff_call_numbers")


def _decide(request: HttpRequest, desk: Desk, listed_id: int, *, approved: bool, reason: str) -> HttpResponse:
    try:
        flows.decide(
            staff=desk.user, facility_id=desk.at.pk, listed_id=listed_id, approved=approved, reason=reason,
            seen=request.POST.get("seen", ""), now=desk.now,
        )  # fmt: skip
    except Refusal as no:
        flash.say(request, no, "bad")
        return see_other("staff_call_numbers")
    flash.say(request, _("Approved. The resident is told.") if approved else _("Not approved. The resident is told."))
    return see_other("staff_call_numbers")
