"""The two sides of a letter. Pure.

A `Party` is who acts: a family member or a resident, never both. Every query of a mailbox, a draft,
a notice or a balance takes one first.
"""

from dataclasses import dataclass
from typing import Literal

Side = Literal["family", "resident"]
FAMILY: Side = "family"
RESIDENT: Side = "resident"


def other(side: Side) -> Side:
    return RESIDENT if side == FAMILY else FAMILY


@dataclass(frozen=True, slots=True)
class Party:
    """`id` is the User's or the Resident's primary key, as `side` says."""

    side: Side
    id: int

    @property
    def column(self) -> str:
        """The column that holds this party in tables with one column a side: `user_id` or `resident_id`."""
        return "user_id" if self.side == FAMILY else "resident_id"

    @property
    def filter(self) -> dict[str, int]:
        return {self.column: self.id}

    @property
    def channel(self) -> str:
        """The name under which this party's open pages listen: `family:7`."""
        return f"{self.side}:{self.id}"
