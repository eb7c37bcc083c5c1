"""Two clerks at one batch, and at one unit (MSG-10): first the control that loses without locks, then the locks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import printing
from kinline.flows.deliver_message import deliver_due
from kinline.flows.take_back import take_back
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.errors import NothingToPrint, TooLate
from kinline.messaging.models import Message, PrintBatch, PrintedLetter
from kinline.residents import services as people
from kinline.residents.models import Resident
from tests.races.steps import crossing, without_row_locks
from tests.races.world import Money, write

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], object]
A_BATCH, AN_END = 'INSERT INTO "messaging_printbatch"', 'UPDATE "messaging_printedletter"'


@pytest.fixture
def clerk(officer: User, north: Facility, now: datetime) -> User:
    before = now - timedelta(days=1)
    identity.grant_role(user_id=officer.pk, facility_id=north.pk, role=Role.MAILROOM, now=before)
    return officer


@pytest.fixture
def letter(give: Money, mother_party: Party, contact: Contact, resident: Resident, now: datetime) -> int:
    people.put_on_paper(resident_id=resident.pk, on=True, now=now)
    give(mother_party, 100)
    message_id = write(mother_party, contact, now)().message_id
    deliver_due(message_id=message_id, now=now)
    assert Message.objects.get().state == "paper"
    return message_id


@pytest.fixture
def make(clerk: User, north: Facility, letter: int, now: datetime) -> Act:
    return partial(printing.make_batch, staff=clerk, facility_id=north.pk, unit_id=north.units.get().pk, now=now)


@pytest.fixture
def hand_over(make: Act, clerk: User, north: Facility, letter: int, now: datetime) -> Act:
    return partial(
        printing.hand_over, staff=clerk, facility_id=north.pk, batch_id=make(), handed=[letter], now=now
    )  # fmt: skip


def cents(party: Party) -> tuple[int, int]:
    here = balance(chart.messages_of(party))
    return here.posted_cents, here.held_cents


def test_control_without_locks_two_who_hand_over_do_not_both_end_well(
    hand_over: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is paid twice: the ledger sees to that. But the second clerk gets an error instead of an answer."""
    without_row_locks(monkeypatch)
    answers = crossing(hand_over, AN_END, hand_over)
    assert any(isinstance(one, Exception) for one in answers), answers


def test_handed_over_by_two_it_is_delivered_and_paid_once(hand_over: Act, mother_party: Party) -> None:
    first, second = crossing(hand_over, AN_END, hand_over)
    assert (first, second) == (printing.Handed(1, 0, 0), printing.Handed(0, 0, 0))
    assert cents(mother_party) == (50, 0)
    assert Message.objects.get().copies.count() == 2


def test_control_without_locks_two_batches_want_the_same_letter(make: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    without_row_locks(monkeypatch)
    answers = crossing(make, A_BATCH, make)
    assert any(isinstance(one, Exception) and not isinstance(one, NothingToPrint) for one in answers), answers


def test_a_letter_is_in_one_batch_only(make: Act) -> None:
    batch_id, none = crossing(make, A_BATCH, make)
    assert isinstance(none, NothingToPrint)
    assert PrintBatch.objects.get().pk == batch_id
    assert PrintedLetter.objects.count() == 1


def test_taken_back_while_it_is_put_into_a_batch_it_is_too_late(
    make: Act, letter: int, mother_party: Party, now: datetime
) -> None:
    _batch_id, no = crossing(make, A_BATCH, partial(take_back, mother_party, message_id=letter, now=now))
    assert isinstance(no, TooLate)
    assert Message.objects.get().state == "paper"
    assert cents(mother_party) == (100, 50)


def test_control_without_locks_it_is_taken_back_and_printed(
    make: Act, letter: int, mother_party: Party, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_row_locks(monkeypatch)
    crossing(make, A_BATCH, partial(take_back, mother_party, message_id=letter, now=now))
    assert Message.objects.get().state == "withdrawn"
    assert PrintedLetter.objects.filter(outcome="").exists()
