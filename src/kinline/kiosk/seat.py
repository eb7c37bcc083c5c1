"""Who stands at the screen: the device's cookie, the resident's sitting, and when it ends by idleness (KSK-1)."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.utils.functional import SimpleLazyObject

from kinline.core.parties import RESIDENT, Party
from kinline.design.http import by_itself
from kinline.facilities import queries as facilities
from kinline.messaging import queries as messages
from kinline.residents import queries as residents
from kinline.residents import services as residents_services

if TYPE_CHECKING:
    from kinline.facilities.models import Kiosk
    from kinline.residents.models import Resident, ResidentSession

# The script's sign of life. While it is missing, each page carries the Refresh header that ends the sitting.
SCRIPT_COOKIE = "kinline_kiosk_script"
LANGUAGE_COOKIE = "kinline_kiosk_language"
TEN_YEARS = 10 * 365 * 24 * 3600
# Without a script nobody can see that somebody is writing, so a page to write on waits longer before it closes. The
# server's own count stays: a text that comes after it is kept as a draft, never sent.
WRITING_FACTOR = 5


class AtKiosk(HttpRequest):
    """A request below /kiosk/. All None on a browser that is not enrolled.

    `refresh_seconds`: after how long a page without script closes the sitting. `turn_seconds`: left of the turn.
    """

    kiosk: "Kiosk | None"
    sitting: "ResidentSession | None"
    resident: "Resident | None"
    party: Party | None
    now: datetime
    idle_minutes: int
    refresh_seconds: int
    turn_seconds: int | None
    counts: "SimpleLazyObject[messages.Counts]"


class Enrolled(HttpRequest):
    """A request of an enrolled screen, with or without somebody signed in: what `device_required` gives."""

    kiosk: "Kiosk"
    sitting: "ResidentSession | None"
    resident: "Resident | None"
    party: Party | None
    now: datetime


class Seated(HttpRequest):
    """A request of a signed-in resident at an enrolled screen: what a view behind `kiosk_required` gets."""

    kiosk: "Kiosk"
    sitting: "ResidentSession"
    resident: "Resident"
    party: Party
    now: datetime
    refresh_seconds: int
    turn_seconds: int | None
    counts: "SimpleLazyObject[messages.Counts]"


def take(request: HttpRequest, now: datetime) -> AtKiosk:
    """Put kiosk, sitting, resident and party on the request; ends a sitting that was idle for too long."""
    at = cast(AtKiosk, request)
    at.now = now
    at.kiosk = facilities.kiosk_by_token(request.COOKIES.get(settings.KIOSK_DEVICE_COOKIE, ""))
    at.sitting = _sitting(request, at.kiosk, now)
    at.resident = at.sitting.resident if at.sitting else None
    at.party = Party(RESIDENT, at.resident.pk) if at.resident else None
    at.counts = SimpleLazyObject(partial(_counts, at.party))
    at.refresh_seconds = at.kiosk.facility.kiosk_idle_seconds if at.kiosk else 0
    at.turn_seconds = _turn_seconds(at.sitting, now)
    if at.turn_seconds is not None:
        at.refresh_seconds = min(at.refresh_seconds, at.turn_seconds)
    at.idle_minutes = max(1, at.refresh_seconds // 60)
    return at


def _turn_seconds(sitting: "ResidentSession | None", now: datetime) -> int | None:
    """How much of the turn is left (KSK-4); None: it has no end."""
    if sitting is None or sitting.turn_ends_at is None:
        return None
    return max(1, int((sitting.turn_ends_at - now).total_seconds()))


def _counts(party: Party | None) -> messages.Counts:
    """Asked by the pages that refresh themselves: the script compares it with what the server counts."""
    return messages.counts(party) if party else messages.Counts(0, 0, 0)


def _sitting(request: HttpRequest, kiosk: "Kiosk | None", now: datetime) -> "ResidentSession | None":
    key = request.COOKIES.get(settings.KIOSK_SESSION_COOKIE, "")
    if not key or kiosk is None:
        return None
    sitting = residents.session(key, now)
    if sitting is None:
        # Ended, or idle for too long: written down, so that the offline key goes with it (KSK-2).
        residents_services.end_session(key, "idle", now)
        return None
    if sitting.kiosk_id != kiosk.pk:
        return None  # a cookie carried to another screen opens nothing there
    if not by_itself(request):  # no sign of a person, so it must not lengthen the sitting
        residents_services.touch_session(sitting, now)
    return sitting


def sit_down(response: HttpResponse, request: HttpRequest, key: str) -> None:
    """A new sitting: its cookie (also for /kiosk/events) lives as long as the browser at most."""
    response.set_cookie(
        settings.KIOSK_SESSION_COOKIE, key, path="/kiosk/", httponly=True, samesite="Strict", secure=settings.SECURE
    )
    response.delete_cookie(LANGUAGE_COOKIE, path="/kiosk/")
    rotate_token(request)


def stand_up(response: HttpResponse, request: HttpRequest) -> None:
    """Leave nothing: the sitting's cookie, the cached pages and whatever a script stored."""
    response.delete_cookie(settings.KIOSK_SESSION_COOKIE, path="/kiosk/", samesite="Strict")
    response.delete_cookie(LANGUAGE_COOKIE, path="/kiosk/")
    response.delete_cookie("kinline_flash_kiosk", path="/kiosk/", samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    rotate_token(request)


def enrol(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        settings.KIOSK_DEVICE_COOKIE,
        token,
        max_age=TEN_YEARS,
        path="/kiosk/",
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE,
    )


def lengthen(request: Seated) -> None:
    """A page to write on waits longer without a script, but never past the turn."""
    longer = request.refresh_seconds * WRITING_FACTOR
    request.refresh_seconds = longer if request.turn_seconds is None else min(longer, request.turn_seconds)
