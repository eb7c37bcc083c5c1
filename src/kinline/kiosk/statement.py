"""The lines of the resident's money in words (MON-5)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.parties import Party
from kinline.messaging import queries as messages
from kinline.payments import queries as payments

# What is not here is still shown, with its amount.
WORDS: dict[str, str | Promise] = {
    "deposit": _("Money put in"),
    "message": _("One letter"),
    "reply": _("A reply you paid for"),
    "refund": _("Money paid back to you"),
}
OTHER = _("Correction")


@dataclass(frozen=True, slots=True)
class Told:
    """`has_letter`: the letter that the line paid for is in the resident's mailbox."""

    line: payments.StatementLine
    words: str
    has_letter: bool


@dataclass(frozen=True, slots=True)
class Statement:
    rows: list[Told]
    older: int | None


def statement(party: Party, before: int | None) -> Statement:
    """Newest first; `before`: only lines older than this one. `older`: where the next page begins."""
    lines = payments.statement(party, before=before)
    kept = messages.kept_of(party, (line.message_id for line in lines.rows))
    rows = [Told(line, str(WORDS.get(line.what, OTHER)), line.message_id in kept) for line in lines.rows]
    return Statement(rows, lines.next)
