"""Trying rules: what it reads, what it leaves out, where it stops (DEL-2)."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from kinline.core.models import AuditEvent
from kinline.flows import emergency, try_rules
from kinline.flows.send_message import send
from kinline.identity.permissions import NotPermitted
from kinline.messaging.models import Message, Photo
from kinline.messaging.queries import past

HELD = SimpleNamespace(version=0, rules=[{"id": "read", "then": "review", "when": {"first": True}},
                                         {"id": "rest", "then": "deliver", "when": {"first": False}}])  # fmt: skip


@pytest.fixture
def letters(mother_party, contact, money, now):
    money(mother_party, 500)
    moments = (now - timedelta(days=40), now - timedelta(days=3), now - timedelta(days=2), now - timedelta(days=1))
    return [
        send(mother_party, contact_id=contact.pk, subject="", body=f"Letter {n}", client_key=uuid4(), collect=False,
             now=moment).message_id
        for n, moment in enumerate(moments)
    ]  # fmt: skip


def test_the_first_of_a_pair_is_first_whenever_it_is_looked_at(letters, north, admin, now):
    tried = try_rules.try_month(staff=admin, place=north, policy=HELD, now=now)
    assert (tried.looked, tried.total) == (3, 3), "the first of them was sent before the month began"
    assert all(would == "deliver" for _was, would in tried.pairs)
    assert [one.first for one in past.letters(north.pk, now - timedelta(days=60), 9)] == [False, False, False, True]


def test_it_stops_at_the_newest_letters(letters, north, admin, now, monkeypatch):
    monkeypatch.setattr(try_rules, "MOST_LETTERS", 2)
    tried = try_rules.try_month(staff=admin, place=north, policy=HELD, now=now)
    assert (tried.looked, tried.total) == (2, 3)


def test_it_stops_after_its_seconds(letters, north, admin, now, monkeypatch):
    monkeypatch.setattr(try_rules, "LONGEST_SECONDS", -1.0)
    assert try_rules.try_month(staff=admin, place=north, policy=HELD, now=now).looked == 0


def test_privileged_letters_are_left_out(letters, contact, north, admin, now):
    contact.kind = "privileged"
    contact.save()
    tried = try_rules.try_month(staff=admin, place=north, policy=HELD, now=now)
    assert (tried.looked, tried.total) == (0, 0)


def test_only_who_may_and_it_is_on_record(letters, north, admin, officer, south, now):
    for staff, place in ((officer, north), (admin, south)):
        with pytest.raises(NotPermitted):
            try_rules.try_month(staff=staff, place=place, policy=HELD, now=now)
    assert not AuditEvent.objects.filter(act="rules.try").exists()
    try_rules.try_month(staff=admin, place=north, policy=HELD, now=now)
    assert AuditEvent.objects.get(act="rules.try").actor == f"staff:{admin.pk}"


def test_what_the_rules_said_in_an_emergency_is_no_change(
    letters, north, supervisor, admin, mother_party, contact, now
):
    """STF-8: the switch held it; the rules had let it through at once."""
    why = {"en": "A storm."}
    emergency.stop_letters(staff=supervisor, facility_id=north.pk, told=why, until=now + timedelta(hours=2), now=now)
    sent = send(
        mother_party, contact_id=contact.pk, subject="", body="Held", client_key=uuid4(), collect=False, now=now
    )
    assert sent.state == "scheduled"
    tried = try_rules.try_month(staff=admin, place=north, policy=north.policies.get(), now=now)
    assert (tried.looked, tried.changed) == (4, 0)


def test_letters_with_photos_are_read_whatever_the_rules_say(letters, contact, north, admin, now):
    """MSG-9: so no rule that would deliver them is a change."""
    one = Message.objects.order_by("pk").last()
    Message.objects.filter(pk=one.pk).update(decision=one.decision | {"outcome": "review"})
    for digest in (b"1", b"2"):
        Photo.objects.create(message=one, contact=contact, digest=digest * 32, width=1, height=1, added_at=now)
    assert sorted(row.photos for row in past.letters(north.pk, now - timedelta(days=30), 9)) == [0, 0, 2]
    tried = try_rules.try_month(staff=admin, place=north, policy=north.policies.get(), now=now)
    assert tried.pairs == {("deliver", "deliver"): 2, ("review", "review"): 1}


def test_a_letter_for_the_print_queue_waits_by_no_rule(letters, north, admin, now):
    one = Message.objects.order_by("pk").last()
    Message.objects.filter(pk=one.pk).update(decision=one.decision | {"outcome": "delay"})
    assert try_rules.try_month(staff=admin, place=north, policy=north.policies.get(), now=now).changed == 0
