"""What a report is: a question about some days of a place, a filter, columns and rows (STF-7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.messaging.queries.figures import Span
from kinline.staff.tables import Cell

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Choices = Sequence[tuple[str, str | Promise]]
ALL = _("all")


@dataclass(frozen=True, slots=True)
class Asked:
    """`span`: the place and the days. `only`: one of the report's choices, or nothing. `limit`: rows at most."""

    span: Span
    only: str
    limit: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """`told`: what it shows. `choices`: its filter, of a place; `every`: what no choice means. `people`: it names
    somebody, so a look at it is on record. `by_day`: it is about days, else about this moment.
    """

    title: str | Promise
    told: str | Promise
    columns: Sequence[str | Promise]
    rows: Callable[[Asked], Sequence[Sequence[Cell]]]
    numbers: frozenset[int] = frozenset()
    choices: Callable[[int], Choices] = lambda _place_id: ()
    label: "str | _StrPromise" = ""
    every: "str | _StrPromise" = ALL
    by_day: bool = True
    people: bool = True
