"""What is keyed becomes a number with a place, or a reason; never something else (TEL-3, T1, T2, T17)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony import dialling
from kinline.telephony.dialling import Place, dialled


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("", "nothing_dialled"),
        ("*#", "no_number"),
        ("*", "no_number"),
        ("123", "no_number"),
        ("5551234", "no_number"),  # seven digits: whose area code?
        ("123456789012345", "no_number"),
        ("0" * 19, "no_number"),
        ("1135550142", "no_number"),  # an area code begins with 2 to 9
        ("8130550142", "no_number"),  # so does an exchange
        ("8139110142", "no_number"),  # N11 is no exchange
        ("911", "emergency_number"),
        ("9911", "emergency_number"),
        ("112", "emergency_number"),
        ("211", "service_number"),
        ("611", "service_number"),
        ("1711", "service_number"),
        ("988", "service_number"),
        ("0", "service_number"),
        ("411", "directory_number"),
        ("8135551212", "directory_number"),
        ("9005550142", "premium_number"),
        ("19005550142", "premium_number"),
        ("8139760142", "premium_number"),
        ("8005550142", "toll_free_number"),
        ("18335550142", "toll_free_number"),
        ("7005550142", "personal_number"),
        ("5005550142", "personal_number"),
        ("10102880", "dial_around"),
        ("101028818135550142", "dial_around"),
        ("011", "no_number"),
        ("01153", "no_number"),
        ("0111", "no_number"),
    ],
)
def test_what_cannot_be_called_says_why(keys: str, code: str) -> None:
    assert dialled(keys) == dialling.Dialled(code=code)


@pytest.mark.parametrize(
    ("keys", "number", "place"),
    [
        ("8135550142", "+18135550142", Place("domestic", "US", "FL")),
        ("18135550142", "+18135550142", Place("domestic", "US", "FL")),
        ("01118135550142", "+18135550142", Place("domestic", "US", "FL")),
        ("2125550142", "+12125550142", Place("domestic", "US", "NY")),
        ("7875550142", "+17875550142", Place("territory", "PR")),
        ("6715550142", "+16715550142", Place("territory", "GU")),
        ("4165550142", "+14165550142", Place("canada", "CA")),
        ("8765550142", "+18765550142", Place("caribbean", "JM")),
        ("2423250142", "+12423250142", Place("caribbean", "BS")),
        ("011525512345678", "+525512345678", Place("international", "MX")),
        ("0115352123456", "+5352123456", Place("international", "CU")),
    ],
)
def test_what_can_be_called_has_a_place(keys: str, number: str, place: Place) -> None:
    assert dialled(keys) == dialling.Dialled(number, place)


@given(st.text("0123456789*#", max_size=20))
def test_any_keys_are_a_number_of_e164_or_a_reason(keys: str) -> None:
    found = dialled(keys)
    assert bool(found.code) != bool(found.number)
    if found.number:
        assert found.place is not None
        assert dialling.e164(found.number) == found, "a stored number is read as it was dialled"
        assert found.number[1:].isdigit()
        assert 8 <= len(found.number) <= 16


@pytest.mark.parametrize(
    ("place", "counted"),
    [
        (Place("domestic", "US", "FL"), "intrastate"),
        (Place("domestic", "US", "GA"), "interstate"),
        (Place("domestic", "US", ""), "interstate"),
        (Place("territory", "PR"), "interstate"),
        (Place("caribbean", "JM"), "international"),
        (Place("canada", "CA"), "international"),
        (Place("international", "MX"), "international"),
    ],
)
def test_f32_calls_count_by_where_the_number_is(place: Place, counted: str) -> None:
    assert place.seen_from("FL") == counted


def test_a_facility_in_puerto_rico_calls_at_home() -> None:
    assert Place("territory", "PR").seen_from("PR") == "intrastate"


def test_every_state_has_area_codes_and_no_code_has_two_states() -> None:
    codes = dialling.area_codes()
    lines = [
        line.split()
        for line in (dialling.resources.files("kinline.telephony") / "area_codes.txt").read_text().splitlines()
    ]
    assert len(lines) == 51, "fifty states and the district"
    assert sum(len(line) - 1 for line in lines) == len(codes)
    assert all(dialled(f"{code}5550142").place == Place("domestic", "US", state) for code, state in codes.items())
