"""The agency pays (MON-8): so many letters a resident and week, both ways, before anybody's money."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from conftest import PASSWORD
from tests.money.letters import wrongs

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility, MessagePrice
from kinline.flows import contacts as people
from kinline.flows import custody
from kinline.flows.appeal import decide, file
from kinline.flows.close_account import close_account
from kinline.flows.decide_review import refuse, release
from kinline.flows.deliver_message import deliver_due
from kinline.flows.send_message import Sent, send
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.messaging import errors
from kinline.messaging.models import Message
from kinline.payments.models import Allowance, AllowanceUse
from kinline.payments.queries.allowances import week
from kinline.residents.models import Resident

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)  # a Wednesday at noon in New York; weeks begin on Monday
HELD = [{"id": "held", "then": "review"}]
WAITS = [{"id": "wait", "then": "wait", "minutes": 30}]
MONDAY = datetime(2026, 11, 23, 5, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def two(north: Facility) -> Allowance:
    return Allowance.objects.create(
        facility=north, kind="messages", per_week=2, effective_from=NOW - timedelta(days=20)
    )


@pytest.fixture
def write(contact: Contact) -> Callable[..., Sent]:
    def sent(party: Party, **more: Any) -> Sent:
        form = {"subject": "", "body": "A letter", "client_key": uuid.uuid4(), "collect": False, "now": NOW, **more}
        return send(party, contact_id=contact.pk, **form)

    return sent


@pytest.fixture
def rules(north: Facility) -> Callable[[list[dict[str, Any]]], object]:
    return lambda wanted: delivery.set_policy(facility_id=north.pk, rules=wanted, now=NOW - timedelta(hours=1))


def left(resident: Resident, north: Facility, at: datetime = NOW) -> int:
    found = week(resident.pk, north.pk, at)
    assert found is not None
    return found.left


def funding(north: Facility) -> int:
    return queries.balance(chart.agency_funding(north.agency_id)).posted_cents


def cents(party: Party) -> tuple[int, int]:
    found = queries.balance(chart.messages_of(party))
    return found.posted_cents, found.held_cents


def test_both_directions_use_it_before_any_money(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, resident_party: Party, resident: Resident,
    north: Facility, money: Any,
) -> None:  # fmt: skip
    money(mother_party, 50)
    sent = [write(mother_party), write(resident_party)]
    assert [(one.payer, one.state, one.price_cents) for one in sent] == [("agency", "delivered", 50)] * 2
    assert (left(resident, north), funding(north), cents(mother_party)) == (0, -100, (50, 0))
    assert queries.totals()[chart.facility_revenue(north.pk)] == 100
    third = write(mother_party)
    assert (third.payer, cents(mother_party), funding(north)) == ("sender", (0, 0), -100)
    with pytest.raises(errors.NoCredit):
        write(mother_party)
    assert write(mother_party, collect=True).payer == "recipient"
    assert wrongs() == []


def test_it_comes_before_what_was_paid_ahead(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, resident_party: Party, money: Any
) -> None:
    """Used before the family's money, and a paid reply is the family's."""
    money(mother_party, 50)
    asked = write(mother_party, prepay_reply=True)
    assert (asked.payer, cents(mother_party)) == ("agency", (50, 50))
    assert write(resident_party, reply_to=asked.message_id).payer == "agency"
    assert write(resident_party, reply_to=asked.message_id).payer == "prepaid"
    assert cents(mother_party) == (0, 0)
    assert wrongs() == []


def test_a_new_week_begins_where_the_facility_is(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, resident: Resident, north: Facility
) -> None:
    for _ in range(2):
        write(mother_party)
    with pytest.raises(errors.NoCredit):
        write(mother_party, now=MONDAY - timedelta(seconds=1))
    assert left(resident, north, MONDAY) == 2
    assert write(mother_party, now=MONDAY).payer == "agency"


def test_weeks_that_begin_on_another_day(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, resident: Resident, north: Facility
) -> None:
    Facility.objects.update(week_starts=2)  # Wednesday: it began twelve hours ago
    write(mother_party, now=NOW - timedelta(hours=13))
    assert (left(resident, north), left(resident, north, NOW - timedelta(hours=13))) == (2, 1)


def test_each_resident_has_their_own(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, resident: Resident, north: Facility,
    resident_south: Resident, contact_south: Contact, south: Facility,
) -> None:  # fmt: skip
    write(mother_party)
    assert week(resident_south.pk, north.pk, NOW).left == 2
    assert week(resident_south.pk, south.pk, NOW) is None
    with pytest.raises(errors.NoCredit):
        send(
            mother_party, contact_id=contact_south.pk, subject="", body="x", client_key=uuid.uuid4(), collect=False,
            now=NOW,
        )  # fmt: skip


def test_where_letters_are_free_nothing_is_counted(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, north: Facility
) -> None:
    MessagePrice.objects.update(cents=0)
    assert write(mother_party).payer == "nobody"
    assert (AllowanceUse.objects.count(), funding(north)) == (0, 0)


@pytest.mark.parametrize(
    ("rows", "now_left"),
    [([(5, 9), (0, 1)], 0), ([(5, 9), (1, -1)], 5), ([(1, 9), (7, 3), (4, 2)], 4), ([(3, 0)], 3)],
)
def test_the_newest_row_counts(rows: list[tuple[int, int]], now_left: int, resident: Resident, north: Facility) -> None:
    """(letters a week, days ago); a row of tomorrow does not count yet; 0 ends it."""
    for per_week, days in rows:
        then = NOW - timedelta(days=days)
        Allowance.objects.create(facility=north, kind="messages", per_week=per_week, effective_from=then)
    found = week(resident.pk, north.pk, NOW)
    assert (found.left if found else 0) == now_left


def test_a_smaller_allowance_takes_nothing_back(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, resident: Resident, north: Facility
) -> None:
    for _ in range(2):
        write(mother_party)
    Allowance.objects.create(facility=north, kind="messages", per_week=1, effective_from=NOW)
    assert (left(resident, north), Message.objects.filter(payer="agency").count()) == (0, 2)


def test_minutes_are_another_allowance(
    write: Callable[..., Sent], mother_party: Party, resident: Resident, north: Facility
) -> None:
    Allowance.objects.create(facility=north, kind="minutes", per_week=60, effective_from=NOW - timedelta(days=1))
    assert (week(resident.pk, north.pk, NOW), week(resident.pk, north.pk, NOW, kind="minutes").left) == (None, 60)
    with pytest.raises(errors.NoCredit):
        write(mother_party)


ENDS: dict[str, tuple[list[dict[str, Any]], str, int]] = {
    # How it waits, how it ends, how many letters are left of the week then.
    "taken back": (WAITS, "withdrawn", 2),
    "refused": (HELD, "refused", 2),
    "blocked": (WAITS, "returned", 2),
    "released": (WAITS, "returned", 2),
    "closed": (WAITS, "withdrawn", 2),
    "delivered": (WAITS, "delivered", 1),
    "let through": (HELD, "delivered", 1),
    "won": (HELD, "delivered", 2),
}


@pytest.mark.parametrize("end", ENDS)
def test_each_end(
    end: str, two: Allowance, write: Callable[..., Sent], mother: User, mother_party: Party, resident: Resident,
    resident_party: Party, contact: Contact, officer: User, supervisor: User, north: Facility, rules: Any,
) -> None:  # fmt: skip
    """What is not delivered is given back to the week it was taken from, also when that is over; nothing is charged."""
    held, state, remains = ENDS[end]
    rules(held)
    pk = write(mother_party).message_id
    assert (left(resident, north), funding(north)) == (1, 0)
    later = NOW + timedelta(days=7)
    no = partial(refuse, staff=officer, message_id=pk, reason_code="threat", explanation="No.", now=later)

    def win() -> None:
        no()
        appeal = file(mother_party, message_id=pk, text="Please.", now=later)
        decide(staff=supervisor, appeal_id=appeal, won=True, answer="Yes.", now=later)

    acts: dict[str, Callable[[], object]] = {
        "taken back": partial(take_back, mother_party, message_id=pk, now=later),
        "refused": no,
        "blocked": lambda: (people.block(resident_party, contact.pk, NOW), deliver_due(message_id=pk, now=later)),
        "released": partial(custody.release_resident, staff=None, resident_id=resident.pk, now=later),
        "closed": partial(close_account, mother, password=PASSWORD, now=later),
        "delivered": partial(deliver_due, message_id=pk, now=later),
        "let through": partial(release, staff=officer, message_id=pk, now=later),
        "won": win,
    }
    acts[end]()
    paid = remains == 1
    assert (Message.objects.get().state, left(resident, north), left(resident, north, later)) == (state, remains, 2)
    assert funding(north) == (-50 if paid else 0)
    use = AllowanceUse.objects.get()
    assert ((use.used_at is not None), (use.returned_at is not None)) == (paid, not paid)
    assert wrongs() == []


def test_a_repeat_counts_once(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, resident: Resident, north: Facility
) -> None:
    key = uuid.uuid4()
    first, again = write(mother_party, client_key=key), write(mother_party, client_key=key)
    assert (again.message_id, again.again, again.payer, left(resident, north)) == (first.message_id, True, "agency", 1)


def test_shown_as_paid_and_not_paid_any_more_is_asked_again(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, money: Any
) -> None:
    """MSG-2."""
    money(mother_party, 100)
    for _ in range(2):
        write(mother_party, shown_cents=0)
    with pytest.raises(errors.NoLongerPaid):
        write(mother_party, shown_cents=0)
    assert (Message.objects.count(), cents(mother_party)) == (2, (100, 0))


def test_shown_with_a_price_and_paid_by_the_agency_after_all(
    two: Allowance, write: Callable[..., Sent], mother_party: Party
) -> None:
    assert write(mother_party, shown_cents=50).payer == "agency"


def test_after_a_transfer_the_new_place_pays_its_own(
    two: Allowance, write: Callable[..., Sent], mother_party: Party, resident: Resident, north: Facility,
    south: Facility,
) -> None:  # fmt: skip
    write(mother_party)
    Allowance.objects.create(facility=south, kind="messages", per_week=1, effective_from=NOW - timedelta(days=1))
    custody.transfer_resident(staff=None, resident_id=resident.pk, facility_id=south.pk, now=NOW)
    assert write(mother_party, now=NOW + timedelta(minutes=1)).payer == "agency"
    assert (left(resident, south), left(resident, north)) == (0, 1)
    assert wrongs() == []
