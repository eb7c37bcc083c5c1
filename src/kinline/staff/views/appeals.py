"""Appeals: a person who had no part in the refusal decides again, in writing, by a day that stands there (DEL-6)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.delivery.queries import marks
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import appeal as flows
from kinline.flows.reading import read_held
from kinline.identity import access
from kinline.messaging.errors import SameDecider
from kinline.messaging.queries import appeals as queries
from kinline.messaging.queries.appeals import Case
from kinline.messaging.staff_forms import AnswerForm
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.staff.marking import marked
from kinline.staff.review_wording import STATES, why_they_wait


@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """Those without an answer, the first due first; then the last that were answered."""
    desk, place = here(request)
    return page(
        request, "appeals/list", rows=queries.cases(desk.user, [place.pk], now=desk.now),
        answered=queries.answered(desk.user, [place.pk], now=desk.now),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """The letter, the refusal, what was said against it; and the decision, which is told to whoever appealed."""
    desk, place = here(request)
    case = found(queries.case(desk.user, [place.pk], appeal_id, now=desk.now))
    status = HTTPStatus.OK
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=access.take_kept(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            won = typed["outcome"] == "won"
            flows.decide(staff=desk.user, appeal_id=case.id, won=won, answer=typed["answer"], now=desk.now)
        except Refusal as no:
            form.add_error(None, str(no))
            status = HTTPStatus.FORBIDDEN if isinstance(no, SameDecider) else status
        else:
            flash.say(request, _("Decided and told to whoever appealed."))
            return see_other("staff_appeals")
    return page(request, "appeals/appeal", status=status, case=case, form=form, **_letter(desk, case))


def _letter(desk: Desk, case: Case) -> dict[str, Any]:
    """The letter as the decider reads it; each look is written down (REC5)."""
    shown: dict[str, Any] = {"state": STATES[case.state]}
    shown["why"] = why_they_wait(case.facility_id, [case.decision.get("fired", [])])[0]
    try:
        text = read_held(staff=desk.user, message_id=case.message_id, purpose=f"appeal {case.id}", now=desk.now)
    except Refusal as no:
        return {**shown, "closed": str(no)}
    return {**shown, "text": _marked(case, text), "subject": _marked(case, case.subject) if case.subject else ""}


def _marked(case: Case, text: str) -> SafeString:
    spans = marks.fired(case.facility_id, text, case.decision)
    return marked(text, [(one.start, one.end) for one in spans])
