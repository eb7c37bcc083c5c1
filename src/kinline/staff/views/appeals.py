"""Appeals: a person who had no part in the refusal decides again, in writing, by a day that stands there (DEL-6)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core.errors import Refusal
from kinline.delivery.queries import marks
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import appeal_desk as flows
from kinline.flows.reading import read_held
from kinline.identity import access
from kinline.messaging.errors import SameDecider
from kinline.messaging.queries import appeals as queries
from kinline.messaging.queries import photos_of
from kinline.messaging.queries.appeals import AppealRulingRow, Case
from kinline.messaging.staff_forms import AnswerForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.staff.marking import marked
from kinline.staff.review_wording import STATES, VOID_APPEAL, seconds_left, why_they_wait


@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """Those without an answer, the first due first; then the last that were answered."""
    desk, place = here(request)
    return page(
        request, "appeals/list", rows=queries.cases(desk.user, [place.pk], now=desk.now),
        answered=queries.answered(desk.user, [place.pk], now=desk.now), rulings=_rulings(desk, place.pk), now=desk.now,
    )  # fmt: skip


def _rulings(desk: Desk, place_id: int) -> list[tuple[AppealRulingRow, int, object]]:
    """One's own last decisions, with the seconds in which each can be taken back, or why it came to nothing."""
    rulings = queries.rulings_of(desk.user, [place_id], now=desk.now)
    return [(one, seconds_left(one.effective_at, desk.now), VOID_APPEAL.get(one.why, "")) for one in rulings]


@require_POST
def withdraw(request: HttpRequest, ruling_id: int) -> HttpResponse:
    """One's own decision is taken back; the appeal is open before one again, with the answer as it was written."""
    desk, _place = here(request)
    try:
        appeal_id = flows.withdraw(staff=desk.user, ruling_id=ruling_id, now=desk.now)
    except Refusal as no:
        flash.say(request, no, "bad")
        return see_other("staff_appeals")
    flash.say(request, _("Taken back. Nothing was decided about this appeal."))
    return see_other("staff_appeal", appeal_id)


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """The letter, the refusal, what was said against it; and the decision, which is told to whoever appealed."""
    desk, place = here(request)
    case = found(queries.case(desk.user, [place.pk], appeal_id, now=desk.now))
    status = HTTPStatus.OK
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=_written(request, desk, case))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            won = typed["outcome"] == "won"
            flows.decide(staff=desk.user, appeal_id=case.id, won=won, answer=typed["answer"], now=desk.now)
        except Refusal as no:
            form.add_error(None, str(no))
            status = HTTPStatus.FORBIDDEN if isinstance(no, SameDecider) else status
        else:
            flash.say(request, _("Decided. It takes effect in ten seconds; then whoever appealed is told."))
            return see_other("staff_appeals")
    rulings = _rulings(desk, case.facility_id)
    return page(request, "appeals/appeal", status=status, case=case, form=form, rulings=rulings, **_letter(desk, case))


def _written(request: HttpRequest, desk: Desk, case: Case) -> dict[str, str]:
    """What was typed before the lock came, or what one wrote and has just taken back."""
    return access.take_kept(request) or queries.taken_back(desk.user, case.id)


def _letter(desk: Desk, case: Case) -> dict[str, Any]:
    """The letter as the decider reads it; each look is written down (REC5)."""
    shown: dict[str, Any] = {"state": STATES[case.state]}
    shown["why"] = why_they_wait(case.facility_id, [case.decision.get("fired", [])])[0]
    try:
        text = read_held(staff=desk.user, message_id=case.message_id, purpose=f"appeal {case.id}", now=desk.now)
    except Refusal as no:
        return {**shown, "closed": str(no)}
    subject = _marked(case, case.subject) if case.subject else ""
    return {**shown, "text": _marked(case, text), "subject": subject, "photos": photos_of(case.message_id)}


def _marked(case: Case, text: str) -> SafeString:
    spans = marks.fired(case.facility_id, text, case.decision)
    return marked(text, [(one.start, one.end) for one in spans])
