"""CSV files as other programs write them: rosters, deposits. Pure.

Tolerated: a byte order mark, UTF-8, UTF-16, Windows' Latin-1; commas, semicolons or tabs. A cell is text, never a
formula; `="00123"`, which is how a spreadsheet is told to keep zeros, means that text.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line; `code` picks the sentence, `value` fills it. Never holds a PIN or a card number."""

    line: int
    code: str
    value: str = ""


class Unreadable(ValueError):
    """Not a CSV file, from `line` on. `code`: `spreadsheet` (a workbook or an archive), `binary`, or `unreadable`."""

    def __init__(self, line: int, problem: str, code: str = "unreadable") -> None:
        super().__init__(problem)
        self.line = line
        self.code = code


# What a workbook or an archive begins with: XLSX, ODS and ZIP; XLS of old; gzip; PDF.
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")


_LOOKED_AT = 4096  # characters; a stray NUL far below is dropped with its cell's other blanks (`cell`)


def lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold something, each with the number of its first line: a quoted cell may go over several.

    Raises Unreadable.
    """
    if content.startswith(_MAGIC):
        raise Unreadable(1, "a workbook or an archive", "spreadsheet")
    text = _decoded(content)
    if "\x00" in text[:_LOOKED_AT]:
        raise Unreadable(1, "not text", "binary")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    begins = 1
    try:
        for cells in reader:
            if any(text.strip() for text in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as problem:
        raise Unreadable(reader.line_num, str(problem)) from None


def cell(text: str) -> str:
    """The text of a cell on one line."""
    text = " ".join(text.replace("\x00", "").split())
    kept = re.fullmatch(r'="(.*)"', text)
    return kept.group(1).strip() if kept else text


def heading(text: str) -> str:
    """`ID Number` and `id-number` are `id_number`."""
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def faults_of_head(columns: Sequence[str], known: Collection[str], required: Iterable[str]) -> Iterator[Fault]:
    """What is wrong with the names of the columns: unknown, there twice, or missing."""
    for name in columns:
        if name not in known:
            yield Fault(1, "unknown_column", name)
        elif columns.count(name) > 1:
            yield Fault(1, "column_twice", name)
    for name in required:
        if name not in columns:
            yield Fault(1, "missing_column", name)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    """The separator that the headings use most."""
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)
