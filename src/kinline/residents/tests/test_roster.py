"""Reading roster files as they come (STF-2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.residents import wording
from kinline.residents.roster import Row, parse

HEAD = "number,first_name,last_name"


def one(content: bytes) -> Row:
    rows, faults = parse(content)
    assert faults == []
    (row,) = rows
    return row


ENCODINGS = [
    f"{HEAD}\n7,José,Peña\n".encode(),
    b"\xef\xbb\xbf" + f"{HEAD}\n7,José,Peña\n".encode(),
    f"{HEAD}\n7,José,Peña\n".encode("cp1252"),
    f"{HEAD}\n7,José,Peña\n".encode("utf-16"),
    f"{HEAD}\r\n7,José,Peña\r\n".encode(),
    f"{HEAD}\r7,José,Peña\r".encode(),
    HEAD.replace(",", ";").encode() + "\n7;José;Peña".encode(),
    HEAD.replace(",", "\t").encode() + "\n7\tJosé\tPeña".encode(),
    f"{HEAD}\n\n,,\n7,José,Peña\n\n".encode(),
    ' Number ,"First Name",LAST-NAME\n7,José,Peña\n'.encode(),
]


@pytest.mark.parametrize("content", ENCODINGS)
def test_files_as_programs_write_them(content):
    row = one(content)
    assert (row.number, row.first_name, row.last_name) == ("7", "José", "Peña")


def test_all_columns():
    head = "ID Number,first_name,last_name,DOB,facility,housing unit,booking number,status,pin,language"
    row = one(f"{head}\n007,A,B,12/31/1990,north,U 1,B-9,IN CUSTODY,2580,ES\n".encode())
    assert row == Row(2, "007", "A", "B", date(1990, 12, 31), "north", "U 1", "B-9", False, "2580", "es")


CELLS = [
    ('"=""00123"""', "00123"),  # how spreadsheets keep zeros
    ("=1+1", "=1+1"),  # text, never computed
    ("=HYPERLINK(1)", "=HYPERLINK(1)"),
    ("+49", "+49"),
    ('"two\nlines"', "TWOLINES"),
]


@pytest.mark.parametrize(("cell", "number"), CELLS)
def test_a_cell_is_text(cell, number):
    assert one(f"{HEAD}\n{cell},A,B\n".encode()).number == number


FAULTS = [
    ("", [(1, "missing_column", "number"), (1, "missing_column", "last_name")]),
    ("number\n1\n", [(1, "missing_column", "last_name")]),
    (f"{HEAD},shoe size\n", [(1, "unknown_column", "shoe_size")]),
    (f"{HEAD},number\n", [(1, "column_twice", "number"), (1, "column_twice", "number")]),
    (f"{HEAD}\n1,A,B,C\n", [(2, "too_many_cells", "")]),
    (f"{HEAD}\n,A,B\n", [(2, "missing", "number")]),
    (f"{HEAD}\n1,A,\n", [(2, "missing", "last_name")]),
    (f"{HEAD}\n1,A,B\n2,C,D\n1,E,F\n", [(4, "number_twice", "1 (2)")]),
    (f'{HEAD}\n1,"A\nA",B\n1,C,D\n', [(4, "number_twice", "1 (2)")]),  # lines of the file, not rows
    (f"{HEAD}\n{'1' * 31},A,B\n", [(2, "too_long", "number")]),
    (f"{HEAD}\n1,{'A' * 81},B\n", [(2, "too_long", "first_name")]),
    ("number,last_name,date_of_birth\n1,B,31/12/1990\n", [(2, "bad_date", "31/12/1990")]),
    ("number,last_name,date_of_birth\n1,B,1790-01-01\n", [(2, "bad_date", "1790-01-01")]),
    ("number,last_name,status\n1,B,gone\n", [(2, "bad_status", "gone")]),
    ("number,last_name,language\n1,B,fr\n", [(2, "bad_language", "fr")]),
    ("number,last_name,pin\n1,B,12\n", [(2, "pin_form", "")]),
    ("number,last_name,pin\n1,B,1234\n", [(2, "pin_easy", "")]),
    ("number,last_name,pin\n25801,B,25801\n", [(2, "pin_number", "")]),
]


@pytest.mark.parametrize(("content", "expected"), FAULTS)
def test_faults_by_line(content, expected):
    _, faults = parse(content.encode())
    assert [(fault.line, fault.code, fault.value) for fault in faults] == expected
    for fault in faults:
        assert wording.sentence(fault).startswith(f"line {fault.line}: ")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"{HEAD},pin\n{text}".encode()))
def test_no_file_breaks_it(content):
    rows, faults = parse(content)
    for row in rows:
        assert "\x00" not in row.number + row.first_name + row.last_name
    for fault in faults:
        wording.sentence(fault)
