"""Enrolment, the first screen, sign-in, and the end of a sitting."""

import base64
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design.answers import see_other
from kinline.facilities import queries as facilities
from kinline.facilities import services as places
from kinline.kiosk import seat
from kinline.kiosk.access import device_required, sitting_required
from kinline.kiosk.answers import page
from kinline.kiosk.forms import SignInForm
from kinline.residents import services as residents


@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, token: str) -> HttpResponse:
    """KSK-1: one button makes this browser the screen that the token names. A wrong token looks like no page."""
    now = clock.now()
    link = facilities.kiosk_by_link(token, now)
    kiosk = link or facilities.kiosk_by_token(token)
    if kiosk is None:
        raise Http404
    if request.method != "POST":
        return page(request, "enrol.html", new_kiosk=kiosk)
    own = places.use_kiosk_link(token=token, now=now) if link else token
    if own is None:  # somebody else was quicker
        raise Http404
    response = see_other("kiosk")
    seat.enrol(response, own)
    return response


@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """The first screen: no content. A resident who is signed in sees their letters."""
    at = cast(seat.AtKiosk, request)
    if at.kiosk is None:
        return page(request, "not_enrolled.html")
    if at.sitting is not None:
        return see_other("kiosk_letters")
    return page(request, "first.html", form=SignInForm(), ended=request.GET.get("ended"))


@require_http_methods(["GET", "HEAD", "POST"])
@device_required
def sign_in(request: seat.Enrolled) -> HttpResponse:
    """Number and PIN. Wrong, unknown and locked are said by the residents' refusals (KSK-6, TEL-12)."""
    form = SignInForm(request.POST)
    if request.method != "POST":
        return see_other("kiosk")
    if not form.is_valid():
        return page(request, "first.html", form=form, status=422)
    try:
        resident = residents.check_pin(
            facility_id=request.kiosk.facility_id,
            number=form.cleaned_data["number"],
            pin=form.cleaned_data["pin"],
            now=request.now,
        )
        return _sit_down(request, resident.pk)
    except Refusal as no:
        form.add_error(None, str(no))
        return page(request, "first.html", form=form, status=422)


def _sit_down(request: seat.Enrolled, resident_id: int) -> HttpResponse:
    chosen = request.COOKIES.get(seat.LANGUAGE_COOKIE, "")
    if chosen in dict(settings.LANGUAGES):
        residents.set_language(resident_id=resident_id, language=chosen)
    _, key = residents.open_session(resident_id=resident_id, kiosk_id=request.kiosk.pk, now=request.now)
    places.kiosk_seen(kiosk_id=request.kiosk.pk, now=request.now)
    response = see_other("kiosk_letters")
    seat.sit_down(response, request, key)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@device_required
def end(request: seat.Enrolled) -> HttpResponse:
    """ "I am done", or the time ran out (the script's, or the Refresh header's GET)."""
    idle = "idle" in request.GET
    if request.method != "POST" and not idle:
        return see_other("kiosk")
    residents.end_session(
        request.COOKIES.get(settings.KIOSK_SESSION_COOKIE, ""), "idle" if idle else "left", clock.now()
    )
    response = see_other("kiosk", ended="idle" if idle else "done")
    seat.stand_up(response, request)
    return response


@require_POST
@sitting_required
def alive(request: seat.Seated) -> HttpResponse:
    """The script says that somebody touches the screen; the middleware has written it down."""
    return JsonResponse({"seconds": request.kiosk.facility.kiosk_idle_seconds})


@require_POST
@sitting_required
def key(request: seat.Seated) -> HttpResponse:
    """KSK-2: the key for text typed while offline. The script keeps it in memory only; it ends with the sitting."""
    return JsonResponse({"key": base64.b64encode(bytes(request.sitting.offline_key)).decode()})
