"""How a resident says their own name to those whom they call: heard by staff, and taken away (T6, TEL-2)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.core.http import CSP
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows import recorded_names as flows
from kinline.identity import access
from kinline.residents import queries as residents
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.telephony.queries import authority
from kinline.telephony.queries import names as queries
from kinline.telephony.staff_forms_numbers import NameForm

if TYPE_CHECKING:
    from kinline.residents.models import Custody

_KEY: Final = "staff_name_heard"  # whose name this session listens to, and since when
_OPEN_FOR: Final = timedelta(minutes=10)


def _them(request: HttpRequest, resident_id: int) -> "tuple[Desk, Custody]":
    """Somebody who is here now."""
    desk, place = here(request)
    custody = found(residents.at_place(place.pk, resident_id))
    if custody.ended_at is not None:
        raise Http404
    return desk, custody


@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, resident_id: int) -> HttpResponse:
    """Hear it, take it away, want another."""
    desk, custody = _them(request, resident_id)
    act = request.POST.get("act", "")
    form = NameForm(request.POST if act == "remove" else None, initial=access.take_kept(request))
    if request.method == "POST":
        if act not in {"hear", "remove", "allow"}:
            raise BadRequest
        if act != "remove" or form.is_valid():
            try:
                _do(request, desk, resident_id, act, form)
            except Refusal as no:
                form.add_error(None, str(no)) if form.is_bound else flash.say(request, no, "bad")
            if not form.errors:
                return see_other("staff_resident_name", resident_id)
    rows = queries.of_resident(resident_id)
    answer = page(
        request, "roster/name", 422 if form.errors else 200, form=form, person=custody.resident,
        now_kept=next((one for one in rows if one.removed_at is None), None),
        gone=[one for one in rows if one.removed_at is not None], barred=any(one.barred for one in rows),
        hears=_hears(request, resident_id, desk.now), takes=authority.settings_of(custody.facility).records_names,
    )  # fmt: skip
    answer.headers["Content-Security-Policy"] = f"{CSP}; media-src 'self'"
    return answer


def _do(request: HttpRequest, desk: Desk, resident_id: int, act: str, form: NameForm) -> None:
    if act == "hear":
        flows.hear(staff=desk.user, facility_id=desk.at.pk, resident_id=resident_id, now=desk.now)
        request.session[_KEY] = {"resident": resident_id, "at": desk.now.timestamp()}
    elif act == "remove":
        flows.take_away(
            staff=desk.user, facility_id=desk.at.pk, resident_id=resident_id, reason=form.cleaned_data["reason"],
            bar=form.cleaned_data["bar"], now=desk.now,
        )  # fmt: skip
        flash.say(request, _("It is gone. From the next call on, our voice says the name."))
    else:
        flows.allow(staff=desk.user, facility_id=desk.at.pk, resident_id=resident_id, now=desk.now)
        flash.say(request, _("The next call asks for the name again."))


def _hears(request: HttpRequest, resident_id: int, now: datetime) -> bool:
    kept = request.session.get(_KEY) or {}
    fresh = now.timestamp() - kept.get("at", 0) <= _OPEN_FOR.total_seconds()
    return bool(kept.get("resident") == resident_id and fresh)


@require_safe
def sound(request: HttpRequest, resident_id: int) -> HttpResponse:
    """To the page that asked for it, and each time on record."""
    desk, _custody = _them(request, resident_id)
    if not _hears(request, resident_id, desk.now):
        raise Http404
    try:
        heard = flows.hear(staff=desk.user, facility_id=desk.at.pk, resident_id=resident_id, now=desk.now)
    except Refusal:
        raise Http404 from None
    answer = HttpResponse(flows.as_wav(heard), content_type="audio/wav")
    answer.headers["Content-Disposition"] = "inline"
    return answer
