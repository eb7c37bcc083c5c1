"""Recordings of calls: which there are, played with a purpose, held, and what was purged (REC1 to REC5, M12, M13)."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.core.http import CSP
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import recordings as flows
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.staff.answers import page
from kinline.staff.call_rows import clock
from kinline.staff.desk import Desk, here
from kinline.telephony.queries import authority
from kinline.telephony.queries import desk as queries
from kinline.telephony.staff_forms import PurposeForm, ReasonForm

_KEY: Final = "staff_sound"  # which recording this session may hear, since when, and what for
_OPEN_FOR: Final = timedelta(minutes=30)


@require_safe
def recordings(request: HttpRequest) -> HttpResponse:
    """Where calls are recorded here and what the law asks for; what is kept; what was purged."""
    _desk, place = here(request)
    rows = [(one, clock(one.seconds), apart) for one, apart in queries.recordings(place.pk)]
    return page(
        request, "calls/recordings", setting=authority.settings_by_id(place.pk), rows=rows,
        purges=queries.purges(place.pk),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def recording(request: HttpRequest, call_id: int) -> HttpResponse:
    """Hear it, once the purpose is written down; hold it for a court, or let it go."""
    desk, place = here(request)
    kept = found(queries.recording_of(place.pk, call_id))
    act = request.POST.get("act", "")
    if request.method == "POST" and (act not in {"play", "hold", "lift"} or not _may(desk, act)):
        raise BadRequest
    held_over = access.take_kept(request)
    forms = {
        "play": PurposeForm(request.POST if act == "play" else None, initial=held_over, auto_id="id_play_%s"),
        "hold": ReasonForm(request.POST if act in {"hold", "lift"} else None, initial=held_over),
    }
    form = forms["play" if act == "play" else "hold"]
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, desk, call_id, act, form.cleaned_data)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            return see_other("staff_recording", call_id)
    answer = page(
        request, "calls/recording", kept=kept, length=clock(kept.seconds), apart=queries.is_apart(kept),
        play_form=forms["play"], hold_form=forms["hold"], may_hold=_may(desk, "hold"),
        purpose=_open(request, call_id, desk.now), digest=bytes(kept.sha256).hex(),
    )  # fmt: skip
    answer.headers["Content-Security-Policy"] = f"{CSP}; media-src 'self'"
    return answer


def _may(desk: Desk, act: str) -> bool:
    return desk.may(Permission.PLAY_RECORDINGS if act == "play" else Permission.HOLD_RECORD)


def _do(request: HttpRequest, desk: Desk, call_id: int, act: str, typed: dict[str, str]) -> None:
    who: dict[str, Any] = {"staff": desk.user, "facility_id": desk.at.pk, "call_id": call_id, "now": desk.now}
    if act == "play":
        flows.play(**who, purpose=typed["purpose"])
        request.session[_KEY] = {"call": call_id, "at": desk.now.timestamp(), "purpose": typed["purpose"]}
    elif act == "hold":
        flows.hold(**who, reason=typed["reason"])
        flash.say(request, _("Held. No purge takes it."))
    else:
        flows.lift(**who, reason=typed["reason"])
        flash.say(request, _("The hold is lifted."))


def _open(request: HttpRequest, call_id: int, now: datetime) -> str:
    """What for this session may hear this recording now; empty: it may not."""
    kept = request.session.get(_KEY) or {}
    fresh = now.timestamp() - kept.get("at", 0) <= _OPEN_FOR.total_seconds()
    return str(kept["purpose"]) if kept.get("call") == call_id and fresh else ""


@require_safe
def sound(request: HttpRequest, call_id: int) -> HttpResponse:
    """The sound itself, to the page that asked for it: each time it is compared with its digest, and on record."""
    desk, place = here(request)
    purpose = _open(request, call_id, desk.now)
    if not purpose:
        raise Http404
    try:
        heard = flows.play(staff=desk.user, facility_id=place.pk, call_id=call_id, purpose=purpose, now=desk.now)
    except Refusal:
        raise Http404 from None
    answer = HttpResponse(heard.content, content_type=heard.content_type)
    answer.headers["Content-Disposition"] = "inline"
    return answer
