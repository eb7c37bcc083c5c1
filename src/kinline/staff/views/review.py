"""The review desk: the queue, one letter, decisions that can be taken back for ten seconds (DEL-4, DEL-5)."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core.errors import Refusal
from kinline.delivery.queries import FiredList, lists, marks
from kinline.design import flash
from kinline.design.answers import SeeOther, attempt, see_other
from kinline.design.http import found, number
from kinline.facilities import queries as facilities
from kinline.flows import review_desk as flows
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.messaging.errors import NothingWaits
from kinline.messaging.queries import photos_of
from kinline.messaging.queries import reviews as queries
from kinline.messaging.queries.reviews import Held, ReviewRow
from kinline.messaging.staff_forms import PassForm, RefuseForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.staff.judging import judge
from kinline.staff.marking import marked
from kinline.staff.review_wording import STATES, VOID, seconds_left, why_they_wait

if TYPE_CHECKING:
    from kinline.facilities.models import Facility

BESIDE = 12  # rows of the list beside a letter


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Everything that waits here, oldest first."""
    desk, place = here(request)
    passed = request.GET.get("list") == "passed" and desk.may(Permission.INVESTIGATE)
    rows = queries.for_desk(desk.user, [place.pk], passed=passed, now=desk.now)
    return page(
        request, "review/queue", rows=_why(place, rows), passed=passed, now=desk.now,
        may_bulk=any(row.looked and not row.claimed_by for row in rows), **_desk(desk, place),
    )  # fmt: skip


def _why(place: "Facility", rows: list[ReviewRow]) -> list[tuple[ReviewRow, list[str]]]:
    """Each with why it waits; what all their lists are called is looked up at once."""
    return list(zip(rows, why_they_wait(place.pk, [row.fired for row in rows]), strict=True))


def _desk(desk: Desk, place: "Facility") -> dict[str, Any]:
    """What both pages show: counts, and one's own last decisions."""
    rulings = queries.rulings_of(desk.user, [place.pk], now=desk.now)
    return {
        "waiting": queries.how_many(desk.user, [place.pk], passed=False),
        "passed_on": queries.how_many(desk.user, [place.pk], passed=True),
        "oldest": queries.oldest(desk.user, [place.pk], passed=False),
        "rulings": [(one, seconds_left(one.effective_at, desk.now), VOID.get(one.why, "")) for one in rulings],
        "investigates": desk.may(Permission.INVESTIGATE),
    }  # fmt: skip


@require_POST
def next_one(request: HttpRequest) -> HttpResponse:
    """Claim the oldest letter that is free, and open it."""
    desk, place = here(request)
    return _to_next(request, desk, place)


def _to_next(request: HttpRequest, desk: Desk, place: "Facility") -> SeeOther:
    try:
        message_id = flows.claim_next(staff=desk.user, facility_id=place.pk, now=desk.now)
    except NothingWaits as no:
        flash.say(request, no)
        return see_other("staff_review")
    return see_other("staff_review_letter", message_id)


@require_POST
def approve(request: HttpRequest) -> HttpResponse:
    """Several letters at once, of those that one has opened."""
    desk, _place = here(request)
    ids = [one for one in map(number, request.POST.getlist("message")) if one is not None]
    done = flows.approve_read(staff=desk.user, message_ids=ids, now=desk.now)
    for why in dict.fromkeys(one.why_not for one in done if one.why_not):
        flash.say(request, why, "bad")
    if approved := sum(not one.why_not for one in done):
        flash.say(request, _("Approved: %(n)s. They are delivered in ten seconds.") % {"n": approved})
    return see_other("staff_review")


@require_POST
def withdraw(request: HttpRequest, ruling_id: int) -> HttpResponse:
    """One's own decision is taken back; the letter is open before one again."""
    desk, _place = here(request)
    try:
        message_id = flows.withdraw(staff=desk.user, ruling_id=ruling_id, now=desk.now)
    except Refusal as no:
        flash.say(request, no, "bad")
        return see_other("staff_review")
    flash.say(request, _("Taken back. Nothing was decided about this letter."))
    return see_other("staff_review_letter", message_id)


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, message_id: int) -> HttpResponse:
    """One letter with why it waits; and what is decided about it."""
    desk, place = here(request)
    held = found(queries.held(desk.user, [place.pk], message_id, now=desk.now))
    if request.method == "POST":
        return _act(request, desk, place, held)
    kept = access.take_kept(request)
    return _page(request, held, _refuse_form(desk, place, None, kept), PassForm(initial=kept))


def _refuse_form(desk: Desk, place: "Facility", data: Any, kept: dict[str, str]) -> RefuseForm:
    may_withhold = desk.may(Permission.WITHHOLD_NOTICE)
    return RefuseForm(data, initial=kept, reasons=facilities.reasons(place.pk), may_withhold=may_withhold)


def _act(request: HttpRequest, desk: Desk, place: "Facility", held: Held) -> HttpResponse:
    act = request.POST.get("act", "")
    whose: dict[str, Any] = {"staff": desk.user, "message_id": held.message_id, "now": desk.now}
    if act == "refuse":
        return _refuse(request, desk, place, held)
    if act == "pass":
        return _pass_on(request, desk, place, held)
    if act == "release":
        no = attempt(request, lambda: flows.decide_release(**whose), _("Approved. It takes effect in ten seconds."))
        return see_other("staff_review_letter", held.message_id) if no else _to_next(request, desk, place)
    if act == "judge":
        judge(request, number(request.POST.get("list", "")))
        return see_other("staff_review_letter", held.message_id)
    if act == "let_go":
        attempt(request, lambda: flows.let_go(**whose), _("It is free for others."))
        return see_other("staff_review")
    if act not in {"claim", "take_over"}:
        raise BadRequest
    try:
        flows.claim(**whose, take_over=act == "take_over")
    except Refusal as no:
        flash.say(request, no, "bad")
    return see_other("staff_review_letter", held.message_id)


def _refuse(request: HttpRequest, desk: Desk, place: "Facility", held: Held) -> HttpResponse:
    """With a reason and a sentence; on any "no" everything typed stays."""
    form = _refuse_form(desk, place, request.POST, {})
    if form.is_valid():
        typed = form.cleaned_data
        try:
            flows.decide_refuse(
                staff=desk.user, message_id=held.message_id, reason_code=typed["reason"],
                explanation=typed["explanation"], withheld=typed.get("withhold", False), now=desk.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Decided. It takes effect in ten seconds."))
            return _to_next(request, desk, place)
    return _page(request, held, form, PassForm())


def _pass_on(request: HttpRequest, desk: Desk, place: "Facility", held: Held) -> HttpResponse:
    form = PassForm(request.POST)
    if form.is_valid():
        try:
            flows.pass_on(staff=desk.user, message_id=held.message_id, note=form.cleaned_data["note"], now=desk.now)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Passed on to an investigator."))
            return _to_next(request, desk, place)
    return _page(request, held, _refuse_form(desk, place, None, {}), form)


def _page(request: HttpRequest, held: Held, refuse_form: Form, pass_form: Form) -> HttpResponse:
    desk, place = here(request)
    text, closed = _text(desk, held)
    typed = refuse_form.is_bound or pass_form.is_bound  # what somebody wrote is given back, whatever has changed
    free = held.state == "review" and not held.ruling_id and not held.claimed_by and (not closed or held.privileged)
    beside = queries.for_desk(desk.user, [place.pk], passed=held.passed_at is not None, now=desk.now, limit=BESIDE)
    return page(
        request, "review/letter", status=HTTPStatus.OK, held=held, text=text, closed=closed,
        photos=photos_of(held.message_id) if text else (),
        subject=_subject(held), why=why_they_wait(place.pk, [held.decision.get("fired", [])])[0],
        beside=_why(place, beside), refuse_form=refuse_form, pass_form=pass_form,
        between=[(one, STATES[one.state]) for one in queries.between([place.pk], held.message_id)],
        state=STATES[held.state], may_take_over=desk.may(Permission.TAKE_OVER_REVIEW),
        may_decide=free or typed, may_judge=bool(text), fired_lists=_fired_lists(place, held) if text else [],
        **_desk(desk, place),
    )  # fmt: skip


def _fired_lists(place: "Facility", held: Held) -> list[FiredList]:
    """No statement for a letter in which no list fired."""
    listed = any(one.get("tier") for one in held.decision.get("fired", []))
    return lists.fired_in(place, held.message_id) if listed else []


def _text(desk: Desk, held: Held) -> tuple[SafeString | None, str]:
    """The letter with its words marked, and why it is not shown if it is not. Every look is written down (REC5)."""
    if held.state != "review":
        return None, ""
    try:
        text = flows.read(staff=desk.user, message_id=held.message_id, purpose="review", now=desk.now)
    except Refusal as no:
        return None, str(no)
    if text is None:
        return None, _("This is a privileged letter. Its words are not shown to staff.")
    return _marked(held, text), ""


def _subject(held: Held) -> SafeString | str:
    return _marked(held, held.subject) if held.subject else ""


def _marked(held: Held, text: str) -> SafeString:
    spans = marks.fired(held.facility_id, text, held.decision)
    return marked(text, [(one.start, one.end) for one in spans])


@require_safe
def conversation(request: HttpRequest, message_id: int) -> HttpResponse:
    """The last letters between the same two with their texts: each look is written down with its purpose (REC5)."""
    desk, place = here(request)
    held = found(queries.held(desk.user, [place.pk], message_id, now=desk.now))
    try:
        letters = flows.read_between(staff=desk.user, message_id=message_id, now=desk.now)
    except Refusal as no:
        flash.say(request, no, "bad")
        return see_other("staff_review")
    rows = [(one, marked(one.text, []), STATES[one.state]) for one in letters]
    return page(request, "review/conversation", held=held, rows=rows)
