"""What the pages of the staff face have to do with passkeys: the challenge of a browser, and what a page shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from kinline.core.errors import Refusal
from kinline.flows import staff_sign_in
from kinline.identity import queries, rules
from kinline.identity.errors import NoPasskeySent

if TYPE_CHECKING:
    from kinline.identity.models import User

FIELD = "passkey"  # of a form that static/staff/passkey.js fills: what the device answered
_CHALLENGE = "staff_challenge"


@dataclass(frozen=True, slots=True)
class Offer:
    """`usable`: the person has one that works. `origin`: where the browser must be for it; empty: nowhere."""

    usable: bool
    origin: str


def offer(user: "User") -> Offer:
    found = rules.passkey_site(settings.BASE_URL)
    usable = any(one.stopped_at is None for one in queries.passkeys_of(user.pk))
    return Offer(usable, found[1] if found else "")


def ask(request: HttpRequest, user: "User", purpose: str, now: datetime) -> HttpResponse:
    """For the script: what the device is asked. The challenge waits on the server, for this browser alone."""
    try:
        request.session[_CHALLENGE], asked = staff_sign_in.ask_passkey(user=user, purpose=purpose, now=now)
    except Refusal as no:
        return JsonResponse({"say": str(no)}, status=409)
    return HttpResponse(asked, "application/json")


def go(where: str) -> HttpResponse:
    """For the script: the browser must go elsewhere first."""
    return JsonResponse({"go": where}, status=403)


def answer(request: HttpRequest) -> tuple[int, str]:
    """(id of this browser's challenge, what the device answered). Raises NoPasskeySent."""
    answered = request.POST.get(FIELD, "")
    if not answered:
        raise NoPasskeySent
    return request.session.pop(_CHALLENGE, 0), answered


def suggested_name(request: HttpRequest) -> str:
    """`Chrome, Windows`: what the owner will know it by."""
    return ", ".join(filter(None, rules.device(request.headers.get("User-Agent", "")))) or _("My passkey")
