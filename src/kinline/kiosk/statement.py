"""The lines of the resident's money in words (MON-5)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.parties import Party
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.ledger.queries import Line

# By the entry's kind; what is not here is still shown, with its amount.
WORDS: dict[str, str | Promise] = {
    "deposit": _("Money put in"),
    "message": _("One letter"),
    "refund": _("Money paid back to you"),
}
OTHER = _("Correction")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """`cents`: what the line changed; `balance_cents`: after it. `message_id`: the letter it paid, if it paid one."""

    id: int
    at: datetime
    words: str
    cents: int
    balance_cents: int
    message_id: int | None


def statement(party: Party, *, before: int | None, size: int) -> list[StatementLine]:
    """Newest first; `before`: only lines older than this one."""
    return [_line(line) for line in ledger.history(chart.messages_of(party), limit=size, before=before)]


def _line(line: Line) -> StatementLine:
    what, _sep, number = line.reference.partition(":")
    message_id = int(number) if what == "message" and number.isdecimal() else None
    words = str(WORDS.get(line.kind, OTHER))
    return StatementLine(line.entry_id, line.at, words, line.cents, line.balance_cents, message_id)
