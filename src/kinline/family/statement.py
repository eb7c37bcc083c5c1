"""The history of a balance in words (MON-5): each line, and where it leads."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.parties import Party
from kinline.messaging import queries as messages
from kinline.payments import queries as payments

WORDS: dict[str, str | Promise] = {
    "message": _("A letter was delivered"),
    "reply": _("A reply you paid for was delivered"),
    "deposit": _("Credits added"),
    "refund": _("Paid back to you"),
    "correction": _("A correction"),
}
_OTHER_IN, _OTHER_OUT = _("Added"), _("Taken")


@dataclass(frozen=True, slots=True)
class Entry:
    """`cents`: positive came in, negative went out. `href`: its letter, if still there, or its receipt."""

    at: datetime
    sentence: str
    cents: int
    href: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Statement:
    """`next`: the cursor of the next page, or None on the last."""

    rows: list[Entry]
    next: int | None


def statement(party: Party, before: int | None) -> Statement:
    """20 lines of one's own message credits, newest first."""
    lines = payments.statement(party, before=before)
    kept = messages.kept_of(party, (line.message_id for line in lines.rows))
    return Statement([_entry(line, kept) for line in lines.rows], lines.next)


def _entry(line: payments.StatementLine, kept: Container[int | None]) -> Entry:
    words = WORDS.get(line.what) or (_OTHER_IN if line.cents > 0 else _OTHER_OUT)
    return Entry(line.at, str(words), line.cents, _href(line, kept), line.receipt)


def _href(line: payments.StatementLine, kept: Container[int | None]) -> str:
    if line.message_id in kept:
        return reverse("letter", args=[line.message_id])
    return reverse("receipt", args=[line.receipt]) if line.receipt else ""
