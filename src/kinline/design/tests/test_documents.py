"""Files that people take away (MON-5, ACC-7): a PDF that a screen reader can follow, a CSV that runs no formula."""

import csv as reader
import io
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from kinline.design.documents import csv, glyphs, pdf

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def made(template: str, **data: Any) -> PdfReader:
    filled = {"foot": "Sample", "facts": [], "notes": [], **data}
    file = pdf.make(template, filled, title="Título de muestra", language="es", at=NOW)
    return PdfReader(io.BytesIO(file))


def letters(*paragraphs: list[str]) -> PdfReader:
    return made("letters", letters=[{"title": "One", "notes": ["sent"], "paragraphs": list(paragraphs)}])


def text(found: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in found.pages)


def catalogue(found: PdfReader) -> Any:
    return found.trailer["/Root"]


def kinds(node: Any) -> set[str]:
    """The names of all tags below a node of the structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return set().union(*(kinds(one) for one in node))
    if not hasattr(node, "get"):
        return set()
    below = kinds(node["/K"]) if "/K" in node else set()
    return below | ({str(node["/S"])} if "/S" in node else set())


STATEMENT = {
    "parts": [{"title": "March", "notes": [], "head": ["Day", "What", "Amount", "Balance"],
               "rows": [["March 3", "A letter", "−$0.50", "$4.50"]]}],
}  # fmt: skip


def test_the_statement_is_tagged_for_screen_readers() -> None:
    found = made("statement", **STATEMENT)
    root = catalogue(found)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "es"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata is not None
    assert found.metadata.title == "Título de muestra"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert {"/H1", "/Table", "/THead", "/TH", "/TD"} <= kinds(root["/StructTreeRoot"])
    assert "A letter" in text(found)


def test_what_somebody_wrote_is_text_and_never_markup() -> None:
    """Also not in a title, and no file is read by it."""
    odd = '#panic("no") #read("/etc/passwd") *x* _y_ $z$ `c` // w @ref <label> \\ ~ #include "look.typ" = H'
    found = text(made("letters", letters=[{"title": odd, "notes": [odd], "paragraphs": [[odd]]}]))
    assert found.replace("\n", " ").count('#panic("no") #read("/etc/passwd") *x* _y_ $z$ `c`') == 3


@pytest.mark.parametrize(
    "written",
    [
        "a" * 30_000, "x\n" * 15_000, "مرحبا " * 5_000, "\U0001f600" * 30_000, "e\u0301\u0301\u0301" * 7_000,
        "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 6_000, "\u202e\u2066\u200d\ufe0f\u0301" * 6_000,
        "a" + "\U00010a01" * 29_999, "\u20d0" * 30_000,
        "中文" * 15_000,
        "ab" + "中" * 29_998,
        "a" + "中" * 29_999,
        "\U0001f469\u200d" * 15_000,
        "\u1e81" * 30_000,
        "a" + "\u1e81" * 29_999,
        "\x00\x07\x1b\ufeff\ufffe\ue000", "", "\ud800",
        "".join(map(chr, [*range(0xD800), *range(0xE000, 0x20000)])),
    ],
    ids=["one word", "lines", "arabic", "emoji", "marks", "joined", "directions", "one stack", "only marks", "chinese",
         "chinese after two letters", "chinese after a letter", "a chain", "a word of 90,000 bytes",
         "and one that is not even", "controls", "nothing", "surrogate", "everything"],
)  # fmt: skip
def test_no_text_breaks_a_document(written: str) -> None:
    found = letters(written.split("\n"))
    assert catalogue(found)["/MarkInfo"]["/Marked"]
    assert len(found.pages) >= 1


def test_a_letter_of_30000_characters_is_all_there() -> None:
    words = [f"word{n:04}" for n in range(3_333)]
    assert [word for word in text(letters([" ".join(words)])).split() if word.startswith("word")] == words


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("naïve façade", "naïve façade"), ("שלום مرحبا Привет", "שלום مرحبا Привет"),
        ("smile \U0001f600", "smile \U0001f600"),
        ("中", "□"), ("\U0001fbf0", "□"), ("\U0001f0a1", "\U0001f0a1"), ("\U00010102", "[aegean check mark]"),
        ("a\x07b\ufeff", "ab"), ("tab\there", "tab here"), ("e\u0301", "é"),
    ],
)  # fmt: skip
def test_a_character_without_a_picture_is_named_and_never_blank(written: str, shown: str) -> None:
    assert glyphs.shown(written) == shown


def test_a_text_of_nothing_but_odd_signs_stays_small() -> None:
    assert len(glyphs.shown("\U00010102" * 30_000)) < 50_000


def test_too_much_for_one_document_is_refused_before_it_starts() -> None:
    with pytest.raises(pdf.NotTypeset):
        letters(["x" * (3 * pdf.LIMIT_BYTES)])


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 0.01)
    began = time.monotonic()
    with pytest.raises(pdf.NotTypeset, match="longer"):
        letters(["slow"])
    assert time.monotonic() - began < 30


def test_what_went_wrong_says_nothing_of_the_content() -> None:
    with pytest.raises(pdf.NotTypeset) as no:
        made("nothing-of-this-name", letters=[{"secret": "do not say this"}])
    assert "secret" not in str(no.value)
    assert "do not say" not in str(no.value)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("+1 555", "'+1 555"), ("-cmd", "'-cmd"), ("@SUM(A1)", "'@SUM(A1)"), ("  =1", "'  =1"),
        ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("|cmd", "'|cmd"), ("＝1", "'＝1"), ("-12.34", "-12.34"), ("+5", "+5"),
        ("Anna", "Anna"), ("", ""), (None, ""), (7, "7"), ("-1-1", "'-1-1"), ("-", "'-"),
    ],
)  # fmt: skip
def test_no_cell_is_run_by_a_spreadsheet(value: object, cell: str) -> None:
    assert csv.cell(value) == cell


def test_the_csv_is_read_back_as_it_was() -> None:
    rows = [['Anna, "the" one', "line\nbreak", "-0.50"], ["مرحبا", "=x", "1"]]
    file = "".join(csv.lines(["a", "b", "c"], rows))
    assert file.startswith("\ufeffa,b,c\r\n")
    read = list(reader.reader(io.StringIO(file.removeprefix("\ufeff"), newline="")))
    assert read[1:] == [rows[0], ["مرحبا", "'=x", "1"]]


@pytest.mark.parametrize(("cents", "amount"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123456, "1234.56")])
def test_amounts_can_be_added_up(cents: int, amount: str) -> None:
    assert csv.amount(cents) == amount
