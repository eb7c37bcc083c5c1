"""L3, MSG-9: what a photo costs becomes ours by its delivered letter only, once, and stays; else every cent is back."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities import services as facilities
from kinline.facilities.models import Facility
from kinline.flows import appeal, decide_review, proof
from kinline.flows.send_message import send
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.ledger.queries import balance
from kinline.messaging.models import Appeal, Message, Photo
from kinline.messaging.pictures import Picture
from kinline.messaging.services import photos as verbs
from tests.money.books import settle

pytestmark = pytest.mark.django_db
CENTS = 30


@pytest.fixture
def letter(
    north: Facility, contact: Contact, mother_party: Party, money: Callable[[Party, int], None], now: datetime
) -> Message:
    """In review, of 50 cents, with two photos of 30; the mother had $2.00."""
    money(mother_party, 200)
    facilities.change_facility(facility_id=north.pk, changes={"photos_a_letter": 2})
    facilities.set_price(agency_id=north.agency_id, cents=50, effective_from=now, now=now, photo_cents=CENTS)
    kept = [
        verbs.keep_photo(contact.pk, Picture(b"large", b"small", 2, 2), bytes([n]), limit=2, now=now) for n in range(2)
    ]
    sent = send(
        mother_party, contact_id=contact.pk, subject="", body="Look", client_key=uuid.uuid4(), collect=False, now=now,
        photo_ids=[one.pk for one in kept],
    )  # fmt: skip
    return Message.objects.get(pk=sent.message_id)


def cents(party: Party) -> tuple[int, int]:
    here = balance(chart.messages_of(party))
    return here.posted_cents, here.held_cents


def broken() -> set[str]:
    return {one.law for one in proof.differences()} - {"deposits", "cash"}


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError, match=r"for no service|stays|captured"):
        _tried(act)


def _tried(act: Callable[[], object]) -> None:
    with transaction.atomic():
        act()
        settle()


def test_two_photos_are_two_holds_and_two_entries(letter: Message, mother_party: Party, officer: User, now: datetime):
    assert cents(mother_party) == (200, 50 + 2 * CENTS)
    decide_review.release(staff=officer, message_id=letter.pk, now=now)
    settle()
    assert cents(mother_party) == (200 - 50 - 2 * CENTS, 0)
    assert broken() == set()


def test_before_its_letter_is_delivered_a_photo_pays_nobody(letter: Message, now: datetime):
    photo = letter.photos.first()
    revenue = chart.facility_revenue(letter.facility_id)
    refused(lambda: ledger.capture(hold_id=photo.hold_id, to=revenue, now=now, reference=f"photo:{photo.pk}"))


def test_a_photo_of_a_delivered_letter_pays_once(letter: Message, mother_party: Party, officer: User, now: datetime):
    decide_review.release(staff=officer, message_id=letter.pk, now=now)
    photo = letter.photos.first()
    account, revenue = chart.messages_of(mother_party), chart.facility_revenue(letter.facility_id)

    def again() -> None:
        lines = [(account, -CENTS), (revenue, CENTS)]
        ledger.post(key="attack", kind="attack", lines=lines, now=now, reference=f"photo:{photo.pk}")

    refused(again)
    assert cents(mother_party) == (90, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE messaging_photo SET hold_id = NULL WHERE message_id = %s",
        "UPDATE messaging_photo SET price_cents = 1 WHERE message_id = %s",
        "DELETE FROM messaging_photo WHERE message_id = %s",
        "UPDATE messaging_message SET state = 'refused', delivered_at = NULL WHERE id = %s",
    ],
)
def test_what_was_paid_for_stays(statement: str, letter: Message, officer: User, now: datetime):
    decide_review.release(staff=officer, message_id=letter.pk, now=now)

    def attack() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM messaging_pixels")
            cursor.execute(statement, [letter.pk])

    refused(attack)
    assert Photo.objects.filter(hold_id__isnull=False).count() == 2


def test_refused_all_is_back_and_after_a_won_appeal_all_is_free(
    letter: Message, mother_party: Party, officer: User, supervisor: User, now: datetime
):
    decide_review.refuse(staff=officer, message_id=letter.pk, reason_code="plan", explanation="It does.", now=now)
    assert cents(mother_party) == (200, 0)
    appeal.file(mother_party, message_id=letter.pk, text="It is a garden.", now=now)
    appeal.decide(staff=supervisor, appeal_id=Appeal.objects.get().pk, won=True, answer="It is.", now=now)
    settle()
    assert Message.objects.get().state == "delivered"
    assert cents(mother_party) == (200, 0)
    assert broken() == set()


def test_without_enough_for_all_photos_not_one_cent_moves(
    letter: Message, contact: Contact, mother_party: Party, now: datetime
):
    """90 cents are left: enough for the letter and one photo."""
    kept = [verbs.keep_photo(contact.pk, Picture(b"l", b"s", 2, 2), bytes([9, n]), limit=2, now=now) for n in range(2)]
    with pytest.raises(Exception, match="not have enough credits for the photos"):
        send(
            mother_party, contact_id=contact.pk, subject="", body="More", client_key=uuid.uuid4(), collect=False,
            now=now, photo_ids=[one.pk for one in kept],
        )  # fmt: skip
    assert Message.objects.count() == 1
    assert cents(mother_party) == (200, 110)
    assert Photo.objects.filter(message=None).count() == 2


def test_a_photo_that_nobody_sent_is_forgotten_after_a_month(contact: Contact, now: datetime):
    verbs.keep_photo(contact.pk, Picture(b"l", b"s", 2, 2), b"x", limit=2, now=now)
    assert verbs.forget_photos(now=now + verbs.KEPT) == 0
    assert verbs.forget_photos(now=now + 2 * verbs.KEPT) == 1
    assert Photo.objects.count() == 0
