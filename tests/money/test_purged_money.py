"""L1, REC4: a purge takes words and photos, and not one row of money; the books prove themselves without the words."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities import services as facilities
from kinline.facilities.models import Facility
from kinline.flows import decide_review, mailbox, proof
from kinline.flows.housekeeping import housekeeping
from kinline.flows.purge import purge_record
from kinline.flows.send_message import send
from kinline.identity.models import User
from kinline.messaging.models import Body, Message, Photo, Pixels, Purge
from kinline.messaging.pictures import Picture
from kinline.messaging.services import photos
from tests.money.books import picture, settle
from tests.money.letters import wrongs

pytestmark = pytest.mark.django_db
_PRICED = """
    SELECT id, state, payer, price_cents, hold_id, length, photo_count, sent_at, delivered_at FROM messaging_message
    ORDER BY id
"""


def priced() -> list[tuple[object, ...]]:
    """What the books need of each letter and photo."""
    with connection.cursor() as cursor:
        cursor.execute(_PRICED)
        letters = cursor.fetchall()
    return [*letters, *Photo.objects.order_by("pk").values_list("pk", "message_id", "price_cents", "hold_id")]


@pytest.fixture
def kept(
    north: Facility, contact: Contact, mother_party: Party, resident_party: Party, officer: User, now: datetime,
    money: Callable[[Party, int], None],
) -> datetime:  # fmt: skip
    """A delivered letter with a photo and a refused one, which both sides have let go; when nobody keeps them."""
    money(mother_party, 500)
    facilities.change_facility(facility_id=north.pk, changes={"photos_a_letter": 2})
    for n in range(2):
        photo = photos.keep_photo(contact.pk, Picture(b"large", b"small", 2, 2), bytes([n]), limit=2, now=now)
        sent = send(
            mother_party, contact_id=contact.pk, subject="", body="Look", client_key=uuid.uuid4(), collect=False,
            now=now, photo_ids=[photo.pk],
        ).message_id  # fmt: skip
        if n:
            decide_review.refuse(staff=officer, message_id=sent, reason_code="plan", explanation="It does.", now=now)
        else:
            decide_review.release(staff=officer, message_id=sent, now=now)
        for party in (mother_party, resident_party):
            mailbox.remove(party, [sent], now=now)
    housekeeping(now=now + timedelta(days=31))
    return now + timedelta(days=800)


def test_rec4_a_purge_never_touches_a_row_of_money(kept: datetime) -> None:
    books, facts = picture(), priced()
    assert Pixels.objects.count() == 2
    purge_record(now=kept)
    settle()
    assert sorted(Purge.objects.values_list("kind", "count")) == [("letter", 1), ("refused", 1)]
    assert (Body.objects.count(), Pixels.objects.count()) == (0, 0)
    assert picture() == books
    assert priced() == facts
    assert {one.law for one in proof.differences()} <= {"deposits", "cash"}
    gone = {
        "every letter has its text",
        "the sender has one copy",
        "the reader has a copy exactly of what is delivered",
    }
    assert [wrong for wrong in wrongs() if not wrong.startswith(tuple(gone))] == []
    assert {one.state for one in Message.objects.all()} == {"delivered", "refused"}
