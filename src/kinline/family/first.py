"""The one thing that waits first on the home page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kinline.core.parties import Party
from kinline.messaging import queries as messages
from kinline.notices import queries as notices


@dataclass(frozen=True, slots=True)
class First:
    """`letter`: the newest unread one, when letters are what waits."""

    kind: Literal["letter", "collect", "notice", "draft"]
    count: int
    letter: messages.Waiting | None = None


def first(party: Party, counts: messages.Counts, now: datetime) -> First | None:
    """A letter to read, else one to pay for, else a notice, else a letter begun. None: nothing waits."""
    letter = messages.waiting(party) if counts.unread else None
    if letter:
        return First("letter", counts.unread, letter)
    if counts.collect_waiting:
        return First("collect", counts.collect_waiting)
    unread = notices.unread_count(party, now)
    if unread:
        return First("notice", unread)
    return First("draft", counts.drafts) if counts.drafts else None
