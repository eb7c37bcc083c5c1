"""What follows a delivery: the index, and one email for a family that is away (MSG-5, MSG-7)."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection

from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.flows.after_delivery import SEEN_LATELY, TIME_TO_READ, after_delivery, mail_unread
from kinline.flows.send_message import send
from kinline.identity.models import Session
from kinline.messaging import search
from kinline.messaging.models import Body, Mailbox, Purge, Purged
from kinline.notices.models import Email

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_jobs(transactional_db):
    """Jobs are not Django's table, so a flush between tests leaves them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


BODY = "The soup was good today"


def from_resident(contact, money, now, *, cents=50) -> int:
    resident = Party(RESIDENT, contact.resident_id)
    if cents:
        money(resident, cents)
    sent = send(
        resident, contact_id=contact.pk, subject="", body=BODY, client_key=uuid.uuid4(), collect=not cents, now=now
    )
    return sent.message_id


def jobs(name: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'message_id', scheduled_at FROM procrastinate_jobs WHERE task_name = %s", [name])
        return cursor.fetchall()


def test_a_family_that_is_away_gets_one_email_and_the_letter_is_found(contact, money, mother, now):
    message_id = from_resident(contact, money, now)
    for _ in range(2):
        after_delivery(message_id=message_id, now=now)
    email = Email.objects.get()
    assert (email.to, email.kind, email.user_id) == (mother.email, "message_waiting", mother.pk)
    assert BODY not in str(Email.objects.values().get())
    assert search.find(Party(FAMILY, mother.pk), "soup") == [message_id]


def test_a_family_that_is_here_gets_time_to_read(contact, money, mother, now):
    Session.objects.create(
        session_key="s", user=mother, expire_date=now + timedelta(days=1), created_at=now, last_seen_at=now
    )
    message_id = from_resident(contact, money, now)
    after_delivery(message_id=message_id, now=now)
    assert not Email.objects.exists()
    assert jobs("mail_unread") == [(str(message_id), now + TIME_TO_READ)]
    mail_unread(message_id=message_id, now=now + TIME_TO_READ)
    mail_unread(message_id=message_id, now=now + TIME_TO_READ)
    assert Email.objects.get().kind == "message_waiting"


def test_who_has_read_it_gets_no_email(contact, money, mother, now):
    Session.objects.create(
        session_key="s", user=mother, expire_date=now + timedelta(days=1), created_at=now, last_seen_at=now
    )
    message_id = from_resident(contact, money, now)
    after_delivery(message_id=message_id, now=now)
    Mailbox.objects.filter(user=mother, message_id=message_id).update(read_at=now)
    mail_unread(message_id=message_id, now=now + TIME_TO_READ)
    assert not Email.objects.exists()


def test_a_session_of_yesterday_is_not_here(contact, money, mother, now):
    Session.objects.create(
        session_key="s",
        user=mother,
        expire_date=now + timedelta(days=1),
        created_at=now,
        last_seen_at=now - SEEN_LATELY,
    )
    after_delivery(message_id=from_resident(contact, money, now), now=now)
    assert Email.objects.get().kind == "message_waiting"


def test_who_wants_no_emails_gets_none(contact, money, mother, now):
    mother.notify_by_email = False
    mother.save()
    after_delivery(message_id=from_resident(contact, money, now), now=now)
    assert not Email.objects.exists()
    assert jobs("mail_unread") == []


def test_a_collect_letter_is_told_as_one(contact, money, mother, now):
    message_id = from_resident(contact, money, now, cents=0)
    after_delivery(message_id=message_id, now=now)
    assert Email.objects.get().kind == "collect_waiting"
    assert search.find(Party(FAMILY, mother.pk), "soup") == [], "not before it is paid"


def test_a_letter_to_a_resident_is_indexed_and_no_email_is_written(contact, money, mother, now):
    money(Party(FAMILY, mother.pk), 50)
    sent = send(
        Party(FAMILY, mother.pk), contact_id=contact.pk, subject="", body=BODY, client_key=uuid.uuid4(),
        collect=False, now=now,
    )  # fmt: skip
    after_delivery(message_id=sent.message_id, now=now)
    assert not Email.objects.exists()
    assert search.find(Party(RESIDENT, contact.resident_id), "soup") == [sent.message_id]


def test_a_letter_that_waits_for_the_facility_tells_nobody_yet(contact_south, money, mother, now):
    message_id = from_resident(contact_south, money, now)
    after_delivery(message_id=message_id, now=now)
    assert not Email.objects.exists()
    assert search.find(Party(FAMILY, mother.pk), "soup") == []
    assert search.find(Party(RESIDENT, contact_south.resident_id), "soup") == [message_id], "its sender finds it"


def test_a_letter_that_was_purged_meanwhile_is_nothing_to_do(contact, money, mother, now, north):
    message_id = from_resident(contact, money, now)
    purge = Purge.objects.create(
        facility=north, kind="letter", days=1, ended_before=now, count=1, first_sent_at=now, last_sent_at=now,
        digest=bytes(32), at=now,
    )  # fmt: skip
    Purged.objects.create(message_id=message_id, purge=purge)
    Mailbox.objects.filter(message_id=message_id).delete()
    Body.objects.filter(pk=message_id).delete()
    after_delivery(message_id=message_id, now=now)
    mail_unread(message_id=message_id, now=now)
    assert not Email.objects.exists()
    assert search.find(Party(FAMILY, mother.pk), "soup") == []


def test_a_message_that_is_not_there_is_nothing_to_do(now):
    after_delivery(message_id=1_000_000, now=now)
    mail_unread(message_id=1_000_000, now=now)
    assert not Email.objects.exists()
