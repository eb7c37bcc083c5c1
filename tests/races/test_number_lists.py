"""Lists of numbers at one moment: the last place of a list, one decision, one note a day too many. With controls."""

from datetime import datetime
from functools import partial

import pytest

from kinline.contacts.models import Contact
from kinline.facilities.models import Facility
from kinline.flows import allowed_numbers, call_me
from kinline.identity.models import User
from kinline.residents.models import Resident
from kinline.telephony.errors import DecidedAlready, ListFull, TooManyNotes
from kinline.telephony.models import AllowedNumber, CallMe, TelephoneSettings
from tests.races.steps import crossing, without_row_locks

pytestmark = pytest.mark.usefixtures("db")
BOTH = pytest.mark.parametrize("guarded", [True, False], ids=["ours", "control"])


@pytest.fixture
def place(north: Facility) -> Facility:
    TelephoneSettings.objects.create(facility=north, lists_numbers=True, list_limit=1, places=["domestic"])
    north.calls_offered = True
    north.save()
    return north


@BOTH
def test_t10_two_numbers_and_one_place_left(
    place: Facility, resident: Resident, now: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    if not guarded:
        without_row_locks(monkeypatch)
    asks = [
        partial(allowed_numbers.ask, resident=resident, facility=place, typed=typed, name="Nadia", relation="", now=now)
        for typed in ("813 555 0142", "813 555 0143")
    ]
    answers = crossing(asks[0], 'INSERT INTO "telephony_allowednumber"', asks[1])
    assert AllowedNumber.objects.count() == (1 if guarded else 2), answers
    assert any(isinstance(one, ListFull) for one in answers) is guarded


@BOTH
def test_t10_one_approves_while_another_does_not(
    place: Facility, resident: Resident, officer: User, supervisor: User, now: datetime,
    monkeypatch: pytest.MonkeyPatch, guarded: bool,
) -> None:  # fmt: skip
    """Who comes second has looked at something else: nothing of theirs is done."""
    row = AllowedNumber.objects.create(resident=resident, number="+18135550142", name="Nadia", asked_at=now)
    if not guarded:
        without_row_locks(monkeypatch)
    decide = partial(allowed_numbers.decide, facility_id=place.pk, listed_id=row.pk, seen="asked", now=now)
    answers = crossing(
        partial(decide, staff=officer, approved=True, reason=""),
        'UPDATE "telephony_allowednumber"',
        partial(decide, staff=supervisor, approved=False, reason="No."),
    )
    assert any(isinstance(one, DecidedAlready) for one in answers) is guarded, answers


@BOTH
def test_tel_13_the_third_note_of_a_day_is_one(
    place: Facility, mother: User, contact: Contact, now: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    leave = partial(call_me.leave, user=mother, number="+18135550142", resident_id=contact.resident_id, now=now)
    for text in ("one", "two"):
        leave(text=text)
    if not guarded:
        without_row_locks(monkeypatch)
    answers = crossing(partial(leave, text="three"), 'INSERT INTO "telephony_callme"', partial(leave, text="four"))
    assert CallMe.objects.count() == (3 if guarded else 4), answers
    assert any(isinstance(one, TooManyNotes) for one in answers) is guarded
