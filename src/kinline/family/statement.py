"""The history of a balance in words (MON-5): each line of the ledger, and the letter it paid for."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.parties import Party
from kinline.ledger import chart
from kinline.ledger import queries as ledger

SIZE = 20

# By what came before the colon of the line's reference, or by its kind where it has none.
WORDS: dict[str, str | Promise] = {
    "message": _("A letter was delivered"),
    "deposit": _("Credits added"),
    "refund": _("Paid back to you"),
}
_CORRECTION = _("A correction")
_OTHER_IN, _OTHER_OUT = _("Added"), _("Taken")


@dataclass(frozen=True, slots=True)
class Entry:
    """`cents`: positive came in, negative went out. `href`: the letter it paid for."""

    at: datetime
    sentence: str
    cents: int
    href: str


@dataclass(frozen=True, slots=True)
class Statement:
    """`next`: the cursor of the next page, or None on the last."""

    rows: list[Entry]
    next: int | None


def statement(party: Party, before: int | None) -> Statement:
    """20 lines of one's own message credits, newest first."""
    lines = ledger.history(chart.messages_of(party), limit=SIZE + 1, before=before)
    more = len(lines) > SIZE
    return Statement([_entry(line) for line in lines[:SIZE]], lines[SIZE - 1].entry_id if more else None)


def _entry(line: ledger.Line) -> Entry:
    what, _colon, number = line.reference.partition(":")
    about_letter = what == "message" and number.isdecimal()
    return Entry(line.at, _sentence(line, what), line.cents, reverse("letter", args=[number]) if about_letter else "")


def _sentence(line: ledger.Line, what: str) -> str:
    if line.corrects_id is not None:
        return str(_CORRECTION)
    return str(WORDS.get(what) or WORDS.get(line.kind) or (_OTHER_IN if line.cents > 0 else _OTHER_OUT))
