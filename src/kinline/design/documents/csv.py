"""CSV for spreadsheets (MON-5): UTF-8 with a mark that Excel needs, lines that end as RFC 4180 says, and no formula.

A cell that begins like a formula would be run by the reader's spreadsheet; it gets an apostrophe before it, which
spreadsheets show as text.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

MARK = "\ufeff"
# A number with a sign is no formula. Tabs, line ends and full-width signs are read as the start of one, too.
_FORMULA = re.compile(r"\s*[=+\-@|\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def cell(value: object) -> str:
    """The value as a cell that no spreadsheet runs."""
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def amount(cents: int) -> str:
    """`-1234` → `-12.34`: a number that a spreadsheet can add up."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def lines(header: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The file piece by piece, one row each: it may be longer than memory should hold."""
    yield MARK + _line(header)
    for row in rows:
        yield _line(row)


def _line(row: Iterable[object]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell(value) for value in row])
    return out.getvalue()
