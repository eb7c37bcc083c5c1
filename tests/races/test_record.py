"""A purge and a legal hold at one moment (MSG-8, REC4): first the control that loses without the lock, then the lock.

The database's own rule is no help here: it cannot see a hold that is not committed yet, nor one that comes after it
looked. What must never be is the answer "held" for words that go.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import mailbox
from kinline.flows.housekeeping import housekeeping
from kinline.flows.purge import purge_record
from kinline.flows.retention import place_hold
from kinline.identity.models import User
from kinline.messaging.errors import PurgedAlready
from kinline.messaging.models import Body, LegalHold, Purge
from kinline.messaging.services import record
from tests.races.steps import crossing
from tests.races.world import Money, write

pytestmark = pytest.mark.django_db(transaction=True)
WORDS_GONE, HOLD_WRITTEN = 'DELETE FROM "messaging_searchentry"', 'INSERT INTO "core_audit_event"'
Act = Callable[[], object]


@pytest.fixture
def letter(give: Money, mother_party: Party, resident_party: Party, contact: Contact, now: datetime) -> int:
    """A letter that only the facility still has, and `later` not any more."""
    give(mother_party, 50)
    sent = write(mother_party, contact, now)().message_id
    for party in (mother_party, resident_party):
        mailbox.remove(party, [sent], now=now)
    housekeeping(now=now + timedelta(days=31))
    return sent


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(days=731)


@pytest.fixture
def hold(letter: int, north: Facility, supervisor: User, later: datetime) -> Act:
    return partial(
        place_hold, staff=supervisor, facility_id=north.pk, about="message", whom=str(letter), reason="Case 17.",
        from_day=None, until_day=None, now=later,
    )  # fmt: skip


@pytest.fixture
def purge(later: datetime) -> Act:
    return partial(purge_record, now=later)


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "one_at_a_time", lambda: None)


def is_held_in_vain() -> bool:
    return LegalHold.objects.exists() and not Body.objects.exists()


def test_control_a_hold_that_comes_while_words_go_is_in_vain(no_lock: None, purge: Act, hold: Act) -> None:
    answers = crossing(purge, WORDS_GONE, hold)
    assert not any(isinstance(one, Exception) for one in answers)
    assert is_held_in_vain()


def test_control_a_purge_does_not_see_a_hold_that_is_being_placed(no_lock: None, purge: Act, hold: Act) -> None:
    answers = crossing(hold, HOLD_WRITTEN, purge)
    assert not any(isinstance(one, Exception) for one in answers)
    assert is_held_in_vain()


def test_who_comes_while_words_go_is_told_that_they_are_gone(purge: Act, hold: Act) -> None:
    _purged, answer = crossing(purge, WORDS_GONE, hold)
    assert isinstance(answer, PurgedAlready)
    assert not LegalHold.objects.exists()
    assert not AuditEvent.objects.filter(act="hold.place").exists()
    assert Purge.objects.get().count == 1


def test_a_hold_that_is_being_placed_is_waited_for_and_wins(purge: Act, hold: Act) -> None:
    held, purged = crossing(hold, HOLD_WRITTEN, purge)
    assert (held, purged) == (LegalHold.objects.get().pk, None)
    assert Body.objects.exists()
    assert not Purge.objects.exists()
