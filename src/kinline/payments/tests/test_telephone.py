"""Which telephone numbers can hold money for calls (MON-2, TEL-3). A table."""

import pytest

from kinline.payments.telephone import digits, spoken, typed

AS_TYPED = [
    ("(813) 555-0142", "+18135550142"),
    ("813.555.0142", "+18135550142"),
    ("  1 813 555 0142 ", "+18135550142"),
    ("+1 (813) 555-0142", "+18135550142"),
    ("tel:+18135550142", "+18135550142"),
    ("٨١٣٥٥٥٠١٤٢", "+18135550142"),
    ("813-555-HELP", "+18135554357"),
    ("(813)\n555-0142", "+18135550142"),
    ("787 555 0123", "+17875550123"),  # Puerto Rico: dialled like any other
]
REFUSED = {
    "short_number": ["911", "9-1-1", "988", "411", "211", "+1 911", "911 2345", "112", "12345", "0142"],
    "premium_number": ["1-900-555-0100", "(212) 976-1234"],
    "toll_free_number": ["800-555-0199", "+1 888 555 0100"],
    "foreign_number": ["+1 876 555 0101", "+52 55 1234 5678", "011 44 20 7946 0000", "+1 416 555 0100"],
    "no_number": [
        "", "   ", "abc", "+", "\x00", "555-0142", "813555014", "81355501422", "4111 1111 1111 1111",
        "*67 813 555 0142", "10-10-288 813 555 0142", "813 555 0142 ext 5", "-8135550142e9", "1" * 5000,
    ],
}  # fmt: skip


@pytest.mark.parametrize(("text", "number"), AS_TYPED)
def test_a_number_is_read_however_it_is_written(text: str, number: str) -> None:
    read = typed(text, "US")
    assert (read.number, read.code) == (number, "")


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in REFUSED.items() for text in texts])
def test_what_cannot_be_called_holds_no_money(code: str, text: str) -> None:
    read = typed(text, "US")
    assert (read.number, read.code) == ("", code)


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [("612 345 678", "ES", "+34612345678"), ("112", "ES", "short_number"), ("999", "GB", "short_number"),
     ("+1 813 555 0142", "ES", "foreign_number"), ("020 7946 0000", "GB", "+442079460000")],
)  # fmt: skip
def test_the_plan_is_that_of_the_country(text: str, country: str, expected: str) -> None:
    read = typed(text, country)
    assert expected in (read.number, read.code)


def test_a_number_is_shown_as_people_write_it() -> None:
    assert spoken("+18135550142", "US") == "(813) 555-0142"
    assert spoken("+525512345678", "US").startswith("+52 ")
    assert spoken("no number", "US") == "no number"


def test_digits_of_any_script_are_a_code() -> None:
    assert digits(" 48-29 ١٣ ") == "482913"
    assert digits("no code") == ""
