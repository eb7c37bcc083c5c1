"""MON-3: a file of deposits as networks write them, read to the cent or refused by line."""

import pytest

from kinline.payments.deposit_file import BYTES, LINES, cents, parse
from kinline.payments.file_wording import FAULTS, sentence

HEAD = "account,amount,reference,payer\n"
GOOD = HEAD + "resident:1001,10.00,K-1,Ana Example\nfamily:marta,5,K-2,\ntotal,15.00,2,\n"


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(one.line, one.code, one.value) for one in parse(text.encode())[1]]


def test_a_file_as_it_should_be() -> None:
    rows, wrong = parse(GOOD.encode())
    assert wrong == []
    assert [(row.line, row.kind, row.who, row.amount_cents, row.reference, row.payer) for row in rows] == [
        (2, "resident", "1001", 1000, "K-1", "Ana Example"),
        (3, "family", "marta", 500, "K-2", ""),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("account", " Account ").replace("reference", "Reference Number").encode(),
        GOOD.replace("total", "TOTAL").replace("15.00", "$15").encode(),
        (GOOD + "\n\n , , , \n").encode(),
        GOOD.replace("1001", " 1001 ").replace("10.00", '"$10.00"').encode(),
        GOOD.replace("K-1", '="K-1"').encode(),
    ],
    ids=["bom", "utf-16", "semicolons", "tabs", "crlf", "headings", "total", "empty-lines", "spaces", "kept-zeros"],
)
def test_however_it_is_written(content: bytes) -> None:
    rows, wrong = parse(content)
    assert wrong == []
    assert rows == parse(GOOD.encode())[0]


def test_names_in_latin_1() -> None:
    rows, wrong = parse(GOOD.replace("Ana Example", "Peña Muñoz").encode("latin-1"))
    assert (wrong, rows[0].payer) == ([], "Peña Muñoz")


def test_names_that_look_like_formulas_are_text() -> None:
    names = ["=HYPERLINK(1)", "+1 555", "-Ana", "@sum", '=cmd|" /C calc"!A0', "a\tb"]
    lines = "".join(
        f'resident:1001,1.00,K-{n},"{name.replace(chr(34), chr(34) * 2)}"\n' for n, name in enumerate(names)
    )
    rows, wrong = parse(f"{HEAD}{lines}total,6.00,6,\n".encode())
    assert wrong == []
    assert [row.payer for row in rows] == [*names[:-1], "a b"]


AMOUNTS = {
    "10": 1000, "10.5": 1050, "10.50": 1050, "10.500": 1050, "$10.00": 1000, "1,234.56": 123456, "0.01": 1, "0": 0,
    "10.005": None, "0.001": None, "-5": None, "(5)": None, "10,00": None, "1,23": None, "ten": None, "1e3": None,
    "NaN": None, "€10": None, "10 USD": None, "": None, "٣": None, "9999999999": None, "10.": None, ".5": None,
}  # fmt: skip


@pytest.mark.parametrize("text", AMOUNTS)
def test_amounts(text: str) -> None:
    assert cents(text) == AMOUNTS[text]


FAULTY = {
    "no headings": ("resident:1001,10.00,K-1\ntotal,10.00,1\n", {"unknown_column", "missing_column"}),
    "a heading is missing": ("account,amount\nresident:1001,10.00\n", {"missing_column"}),
    "a heading twice": ("account,amount,reference,to\n", {"column_twice"}),
    "an unknown heading": ("account,amount,reference,pin\n", {"unknown_column"}),
    "empty": ("", {"missing_column"}),
    "only headings": (HEAD, {"no_total"}),
    "only a total": (HEAD + "total,0,0,\n", {"nothing"}),
    "no total": (HEAD + "resident:1001,10.00,K-1,\n", {"no_total"}),
    "a wrong sum": (HEAD + "resident:1001,10.00,K-1,\ntotal,10.01,1,\n", {"wrong_total"}),
    "no sum": (HEAD + "resident:1001,10.00,K-1,\ntotal,,1,\n", {"wrong_total"}),
    "a wrong count": (HEAD + "resident:1001,10.00,K-1,\ntotal,10.00,2,\n", {"wrong_count"}),
    "no count": (HEAD + "resident:1001,10.00,K-1,\ntotal,10.00,,\n", {"wrong_count"}),
    "lines after it": (GOOD + "resident:1001,10.00,K-3,\n", {"after_total"}),
    "a line twice": (HEAD + "resident:1,1.00,K-1,\nresident:1,1.00,K-1,\ntotal,2.00,2,\n", {"reference_twice"}),
    "a fraction": (HEAD + "resident:1,10.005,K-1,\ntotal,10.005,1,\n", {"bad_amount"}),
    "nothing": (HEAD + "resident:1,0.00,K-1,\ntotal,0.00,1,\n", {"bad_amount"}),
    "no account": (HEAD + ",1.00,K-1,\ntotal,1.00,1,\n", {"missing"}),
    "no reference": (HEAD + "resident:1,1.00,,\ntotal,1.00,1,\n", {"missing"}),
    "an account of no kind": (HEAD + "1001,1.00,K-1,\ntotal,1.00,1,\n", {"bad_account"}),
    "revenue": (HEAD + "facility:1:revenue,1.00,K-1,\ntotal,1.00,1,\n", {"bad_account"}),
    "nobody": (HEAD + "resident:,1.00,K-1,\ntotal,1.00,1,\n", {"bad_account"}),
    "a long name": (HEAD + f"resident:1,1.00,K-1,{'a' * 161}\ntotal,1.00,1,\n", {"too_long"}),
    "too many cells": (HEAD + "resident:1,1.00,K-1,a,b\ntotal,1.00,1,\n", {"too_many_cells"}),
    "a card number": (HEAD + "resident:1,1.00,K-1,4242 4242 4242 4242\ntotal,1.00,1,\n", {"card_number"}),
    "an open quote": (HEAD + 'resident:1,1.00,K-1,"' + "a" * 140_000, {"unreadable"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_what_is_wrong_is_told(name: str) -> None:
    text, codes = FAULTY[name]
    assert {code for _, code, _ in faults(text)} == codes


def test_by_line_and_all_of_it() -> None:
    text = HEAD + 'resident:1,x,K-1,\n\n"resident:2",1.00,K-1,"two\nlines"\nnobody,-1,,\ntotal,1.00,3,\n'
    assert faults(text) == [
        (2, "bad_amount", "x"),
        (4, "reference_twice", "K-1 (2)"),
        (6, "missing", "reference"),
        (6, "bad_account", "nobody"),
        (6, "bad_amount", "-1"),
    ]


def test_a_card_number_is_not_said_again() -> None:
    _, wrong = parse((HEAD + "resident:1,1.00,K-1,4242424242424242\ntotal,1.00,1,\n").encode())
    assert "4242" not in repr(wrong)


def test_no_file_is_too_much() -> None:
    assert parse(b"x" * (BYTES + 1))[1][0].code == "too_large"
    many = HEAD + "".join(f"resident:1,1.00,{n},\n" for n in range(LINES + 5))
    assert [fault.code for fault in parse(many.encode())[1]] == ["too_many"]


@pytest.mark.parametrize(
    "content", [b"\x00" * 50, b"\xff\xfe", b"\xff" * 99, b"PK\x03\x04" + bytes(range(256)) * 9, b","]
)
def test_rubbish_is_refused(content: bytes) -> None:
    rows, wrong = parse(content)
    assert rows == []
    assert wrong
    assert all(sentence(fault) for fault in wrong)


def test_each_fault_has_its_sentence() -> None:
    told = {code for _, codes in FAULTY.values() for code in codes} | {"too_large", "too_many", "bad_amount"}
    of_the_flow = {"unknown", "other_name", "not_offered", "too_small", "too_high", "known"}
    assert told | of_the_flow == set(FAULTS)
