"""Tables that stand on a page and in a file: the same cells, written for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise

from kinline.design.documents.csv import amount

SMALLEST = 5  # below it, a number may tell of a person


class Cents(int):
    """Money, among other numbers of a table."""


class Few(str):
    """A number that was made coarse, or is not said."""

    __slots__ = ()


Cell = str | Promise | int | date | datetime | timedelta | None


@dataclass(frozen=True, slots=True)
class Table:
    """`numbers`: the places of columns that hold numbers. `foot`: a last row of sums, if any."""

    name: str
    title: str | Promise
    columns: Sequence[str | Promise]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = frozenset()
    foot: Sequence[Cell] = ()

    def head(self) -> list[tuple[str | Promise, bool]]:
        """Each column with whether it holds numbers."""
        return [(label, n in self.numbers) for n, label in enumerate(self.columns)]

    def body(self) -> list[list[tuple[str, bool]]]:
        return [self._line(row) for row in self.rows]

    def last(self) -> list[tuple[str, bool]]:
        return self._line(self.foot)

    def _line(self, row: Sequence[Cell]) -> list[tuple[str, bool]]:
        return [(shown(cell), n in self.numbers) for n, cell in enumerate(row)]


def shown(cell: Cell) -> str:
    """As people read it, times by the clock of the place."""
    if isinstance(cell, Cents):
        return f"${amount(cell)}" if cell >= 0 else f"-${amount(-cell)}"
    return "–" if cell is None else written(cell)


def written(cell: Cell) -> str:
    """As a file has it: no sign of a currency, a length of time in hours, nothing for what there is none of."""
    if isinstance(cell, Cents):
        return amount(cell)
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, timedelta):
        return f"{cell.total_seconds() / 3600:.1f}"
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def coarse(count: int) -> Cell:
    """To the nearest five, for whoever may not see single letters: no sum gives away what one of its parts was."""
    if count == 0:
        return 0
    return Few(f"<{SMALLEST}") if count < SMALLEST else round(count / SMALLEST) * SMALLEST


def drawn(count: int) -> int:
    """The same as the height of a bar."""
    made = coarse(count)
    return made if isinstance(made, int) else SMALLEST // 2
