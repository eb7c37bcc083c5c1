"""Reading a file of deposits (MON-3): a CSV file of a kiosk or retail network. Pure.

Columns: `account`, `amount`, `reference`; `payer` and `last_name` may be missing. An account is `resident:1001` or
`calls:1001` (message credits, money for calls of the resident with that number; `last_name`, if given, must be theirs),
`family:marta` or `phone:+15551234567`. The reference is the network's own number of the payment, each once.

The last line is the control: `total` as the account, the sum of the amounts and, as its reference, how many lines there
are. What is wrong is told by line, all of it at once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kinline.core import csvfiles
from kinline.core.cards import looks_like_card
from kinline.core.csvfiles import Fault
from kinline.core.money import dollars

COLUMNS = ("account", "amount", "reference", "payer", "last_name")
REQUIRED = COLUMNS[:3]
ALIASES = {"to": "account", "reference_number": "reference", "paid_by": "payer", "name": "payer"}
KINDS = ("resident", "calls", "family", "phone")
LONGEST = {"reference": 80, "payer": 160, "last_name": 80}
TOTAL = "total"
LINES = 20_000  # more is not one day of one place, and is sent as several files
BYTES = 5_000_000

_AMOUNT = re.compile(r"\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Row:
    """One deposit. `line`: where it begins in the file, the headings being line 1. `kind`, `who`: of its account."""

    line: int
    kind: str
    who: str
    amount_cents: int
    reference: str
    payer: str = ""
    last_name: str = ""

    @property
    def account(self) -> str:
        """As it stands in the file."""
        return f"{self.kind}:{self.who}"


def parse(content: bytes) -> tuple[list[Row], list[Fault]]:
    """Every readable deposit and every fault. With a fault in the headings there are no rows."""
    if len(content) > BYTES:
        return [], [Fault(1, "too_large", f"{BYTES:,}")]
    lines = csvfiles.lines(content)
    try:
        _, head = next(lines, (1, []))
        columns = [ALIASES.get(name, name) for name in map(csvfiles.heading, head)]
        faults = list(csvfiles.faults_of_head(columns, COLUMNS, REQUIRED))
        return ([], faults) if faults else _read(lines, columns)
    except csvfiles.Unreadable as problem:
        return [], [Fault(problem.line, "unreadable", str(problem))]


def cents(text: str) -> int | None:
    """`10`, `10.5`, `$1,234.56` in cents; None if it is no such amount, or finer than a cent."""
    found = _AMOUNT.fullmatch(text)
    fraction = (found.group(2) or "").rstrip("0") if found else "none"
    if found is None or len(fraction) > 2:
        return None
    return int(found.group(1).replace(",", "")) * 100 + int(fraction.ljust(2, "0"))


def _read(lines: Iterable[tuple[int, list[str]]], columns: list[str]) -> tuple[list[Row], list[Fault]]:
    """Every line, and the control, which must be the last."""
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    control: tuple[int, Mapping[str, str]] | None = None
    last = 1
    for last, texts in lines:
        if control is not None:
            return rows, [*faults, Fault(last, "after_total")]
        if any(text.strip() for text in texts[len(columns) :]):
            faults.append(Fault(last, "too_many_cells"))
            continue
        cells = dict(zip(columns, map(csvfiles.cell, texts), strict=False))
        if cells.get("account", "").lower() == TOTAL:
            control = last, cells
            continue
        row, wrong = _row(last, cells)
        if row.reference and row.reference in seen:
            wrong = [*wrong, Fault(last, "reference_twice", f"{row.reference} ({seen[row.reference]})")]
        seen.setdefault(row.reference, last)
        faults += wrong
        rows.append(row)
        if len(rows) > LINES:
            return rows, [Fault(last, "too_many", f"{LINES:,}")]
    # A sum over lines that could not be read says nothing: first those are put right.
    return rows, faults or list(_control(control, rows, last))


def _row(line: int, cells: Mapping[str, str]) -> tuple[Row, list[Fault]]:
    faults = [Fault(line, "missing", name) for name in REQUIRED if not cells.get(name)]
    faults += [Fault(line, "too_long", name) for name, longest in LONGEST.items() if len(cells.get(name, "")) > longest]
    secret = [name for name in ("account", "payer", "last_name") if looks_like_card(cells.get(name, ""))]
    if secret:  # neither kept nor said again (PCI1): only which column it is in
        return Row(line, "", "", 0, ""), [Fault(line, "card_number", name) for name in secret]
    account, amount = cells.get("account", ""), cells.get("amount", "")
    kind, colon, who = account.partition(":")
    kind, who = kind.strip().lower(), who.strip()
    if account and not (colon and who and kind in KINDS):
        faults.append(Fault(line, "bad_account", account[:80]))
    found = cents(amount)
    if amount and not found:
        faults.append(Fault(line, "bad_amount", amount[:40]))
    reference, payer, last_name = (cells.get(name, "") for name in ("reference", "payer", "last_name"))
    return Row(line, kind, who, found or 0, reference, payer, last_name), faults


def _control(control: tuple[int, Mapping[str, str]] | None, rows: list[Row], last: int) -> Iterator[Fault]:
    if control is None:
        yield Fault(last, "no_total")
        return
    line, cells = control
    total = sum(row.amount_cents for row in rows)
    if cents(cells.get("amount", "")) != total:
        yield Fault(line, "wrong_total", dollars(total))
    if cells.get("reference", "") != str(len(rows)):
        yield Fault(line, "wrong_count", str(len(rows)))
    if not rows:
        yield Fault(line, "nothing")
