from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language

from kinline.core import clock
from kinline.kiosk import seat

LANGUAGES = {code for code, _ in settings.LANGUAGES}


class KioskMiddleware:
    """Below /kiosk/: who stands there, in the facility's time and the resident's language. Never Django's login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/kiosk/"):
            return self.get_response(request)
        at = seat.take(request, clock.now())
        zone = at.kiosk.facility.time_zone if at.kiosk else settings.TIME_ZONE
        language = _language(at)
        with timezone.override(zone), translation.override(language):
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        response.headers["Cache-Control"] = "no-store, no-cache, must-revalidate, private, max-age=0"
        _close_by_itself(at, response)
        _forget_ended(at, response)
        return response


def _language(at: seat.AtKiosk) -> str:
    """The resident's own; before they sign in, what was picked on the first screen, else the browser's."""
    wanted = at.resident.language if at.resident else at.COOKIES.get(seat.LANGUAGE_COOKIE, "")
    return wanted if wanted in LANGUAGES else get_language() or settings.LANGUAGE_CODE


def _close_by_itself(at: seat.AtKiosk, response: HttpResponse) -> None:
    """KSK-2: without script, the time-out is a Refresh header. The script shows by a cookie that it runs."""
    if at.sitting is not None and seat.SCRIPT_COOKIE not in at.COOKIES:
        response.headers["Refresh"] = f"{at.refresh_seconds}; url={reverse('kiosk_end')}?idle"


def _forget_ended(at: seat.AtKiosk, response: HttpResponse) -> None:
    """A cookie whose sitting is over is taken from the browser with all that the sitting left."""
    has_cookie = settings.KIOSK_SESSION_COOKIE in at.COOKIES
    if has_cookie and at.sitting is None and settings.KIOSK_SESSION_COOKIE not in response.cookies:
        seat.stand_up(response, at)
