"""What somebody of staff looks for among calls, and what for: kept in their session for half an hour (REC5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kinline.telephony import staff_wording as words

OPEN_FOR: Final = timedelta(minutes=30)  # then the purpose is asked again
_KEY: Final = "staff_calls"


@dataclass(frozen=True, slots=True)
class Look:
    """`asked`: the fields of a search; None: a purpose alone, for single calls."""

    purpose: str
    asked: dict[str, str] | None


def begin(request: HttpRequest, place_id: int, purpose: str, asked: dict[str, str] | None, now: datetime) -> None:
    request.session[_KEY] = {"place": place_id, "purpose": purpose, "asked": asked, "at": now.timestamp()}


def open_look(request: HttpRequest, place_id: int, now: datetime) -> Look | None:
    """The one that is open at this place; None: nothing was asked, or too long ago."""
    kept = request.session.get(_KEY)
    if not kept or kept["place"] != place_id or now.timestamp() - kept["at"] > OPEN_FOR.total_seconds():
        return None
    return Look(kept["purpose"], kept["asked"])


def in_words(asked: dict[str, str] | None) -> str:
    """What was asked, in a line."""
    names = {
        "who": _("Resident"), "number": _("Telephone number"), "station": _("Telephone"), "since": _("From"),
        "until": _("To"), "result": _("How it ended"), "kind": _("Paid with"),
    }  # fmt: skip
    codes = {"result": words.RESULTS, "kind": words.PAID}
    return " · ".join(f"{names[name]}: {codes.get(name, {}).get(text, text)}" for name, text in (asked or {}).items())
