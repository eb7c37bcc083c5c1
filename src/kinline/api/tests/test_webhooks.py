"""The door for the processor's events (MON-7, PCI3): signed or nothing, kept once, answered at once."""

import json
import logging
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.money.processor import FakeProcessor, signed

from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import checkout
from kinline.flows.processor_event import GIVE_UP, handle_event
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.errors import ProcessorDown
from kinline.payments.models import Deposit, ProcessorEvent
from kinline.payments.processors import Event
from kinline.payments.services import client_key_in

SECRET = "whsec_of_tests"
PATH = "/webhooks/stripe/"
KEY = client_key_in("checkout:0b1f8a52-6d1e-4a53-9d5c-3c3a6b1f0008")


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = SECRET


@pytest.fixture
def processor(monkeypatch: pytest.MonkeyPatch, now: datetime) -> FakeProcessor:
    return FakeProcessor(now=now).install(monkeypatch)


@pytest.fixture
def paid(processor: FakeProcessor, mother: User, mother_party: Party, north: Facility, now: datetime) -> FakeProcessor:
    """The mother has paid $25.00; nobody told us yet."""
    account = chart.messages_of(mother_party)
    begun = checkout.start(mother, account=account, amount_cents=2500, client_key=KEY, now=now)
    processor.pay(begun.session_ref)
    return processor


def send(body: bytes, signature: str | None, **other: Any) -> int:
    headers = {} if signature is None else {"Stripe-Signature": signature}
    client = Client(enforce_csrf_checks=True)
    return client.post(PATH, body, content_type="application/json", headers=headers, **other).status_code


def deliver(event: Event) -> int:
    return send(*signed(event, SECRET, datetime.now(UTC)))


def work(now: datetime) -> None:
    """As the worker does: each event's job, at least once."""
    for event_id in ProcessorEvent.objects.filter(handled_at=None).values_list("pk", flat=True):
        handle_event(event_id=event_id, now=now)


def test_a_signed_event_books_what_was_paid(paid: FakeProcessor, mother_party: Party, now: datetime) -> None:
    assert [deliver(event) for event in paid.events] == [200] * len(paid.events)
    assert Deposit.objects.count() == 0, "the door only keeps it; a job looks"
    work(now)
    assert ledger.balance(chart.messages_of(mother_party)).available_cents == 2500
    assert not ProcessorEvent.objects.filter(handled_at=None).exists()


def test_repeated_reordered_and_late_events_change_nothing(
    paid: FakeProcessor, mother_party: Party, now: datetime
) -> None:
    for event in [*reversed(paid.events), *paid.events, *paid.events]:
        assert deliver(event) == 200
        work(now)
    assert ProcessorEvent.objects.count() == len(paid.events)
    assert ledger.balance(chart.messages_of(mother_party)).available_cents == 2500
    assert Deposit.objects.count() == 1


def test_a_repeat_queues_no_second_job(paid: FakeProcessor, django_assert_num_queries: Any) -> None:
    from django.db import connection

    for _ in range(3):
        deliver(paid.events[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'handle_event'")
        assert cursor.fetchone() == (1,)


def _forged(event: Event) -> dict[str, tuple[bytes, str | None]]:
    at = datetime.now(UTC)
    body, signature = signed(event, SECRET, at)
    other = body.replace(b"evt_", b"evx_")
    old, old_signature = signed(event, SECRET, at - timedelta(minutes=6))
    early, early_signature = signed(event, SECRET, at + timedelta(minutes=6))
    no_object, its_signature = _signed_text(json.dumps({"id": "evt_1", "type": "x", "created": 1}).encode(), at)
    return {
        "no signature": (body, None),
        "empty signature": (body, ""),
        "garbage signature": (body, "t=1,v1=zz"),
        "another secret": signed(event, "whsec_other", at),
        "an empty secret": signed(event, "", at),
        "changed body": (other, signature),
        "too old": (old, old_signature),
        "from the future": (early, early_signature),
        "empty": _signed_text(b"", at),
        "no JSON": _signed_text(b"\x00\xff\xfe garbage", at),
        "a list": _signed_text(b"[]", at),
        "a number": _signed_text(b"7", at),
        "no object": (no_object, its_signature),
        "deep": _signed_text(b"[" * 100_000, at),
        "time out of range": _signed_text(
            json.dumps({"id": "e", "type": "t", "created": 10**18, "data": {"object": {}}}).encode(), at
        ),
    }


def _signed_text(body: bytes, at: datetime) -> tuple[bytes, str]:
    import hashlib
    import hmac

    stamp = int(at.timestamp())
    mark = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={stamp},v1={mark}"


@pytest.mark.django_db
@pytest.mark.parametrize("what", list(_forged(Event("evt_0", "k", "pi_0", datetime.now(UTC)))))
def test_what_is_not_the_processors_is_refused(what: str, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    body, signature = _forged(Event("evt_7", "payment_intent.succeeded", "pi_7", now))[what]
    caplog.set_level(logging.INFO)
    assert send(body, signature) == 400
    assert ProcessorEvent.objects.count() == 0
    assert "pi_7" not in caplog.text


@pytest.mark.django_db
def test_without_a_secret_nothing_is_anybodys(settings: Any, now: datetime) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    event = Event("evt_7", "payment_intent.succeeded", "pi_7", now)
    assert send(*signed(event, "", datetime.now(UTC))) == 400
    assert ProcessorEvent.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("size", "status"), [(262_144, 400), (262_145, 413), (1_048_576, 413), (5_000_000, 413)])
def test_long_bodies(size: int, status: int) -> None:
    """1 MB is told apart by its length, before anything reads it."""
    assert send(os.urandom(1024) * (size // 1024) + b"x" * (size % 1024), "t=1,v1=00") == status
    assert ProcessorEvent.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "put", "delete", "options"])
def test_only_post(method: str) -> None:
    assert getattr(Client(), method)(PATH).status_code == 405


@pytest.mark.django_db
def test_names_as_long_as_anybody_likes(now: datetime) -> None:
    assert deliver(Event("evt_" + "x" * 300, "k" * 200, "pi_" + "y" * 400, now)) == 200
    work(now)
    assert ProcessorEvent.objects.get().handled_at is not None


@pytest.mark.parametrize("kind", ["customer.created", "charge.succeeded", "payout.paid", "", "checkout.session"])
def test_kinds_that_we_have_no_use_for(processor: FakeProcessor, db: None, now: datetime, kind: str) -> None:
    assert deliver(Event("evt_1", kind, "xx_1", now)) == 200
    work(now)
    assert ProcessorEvent.objects.get().handled_at is not None
    assert processor.calls == []


def test_an_event_about_what_the_processor_does_not_know(processor: FakeProcessor, db: None, now: datetime) -> None:
    for number, kind in enumerate(["checkout.session.completed", "payment_intent.succeeded", "charge.dispute.created"]):
        deliver(Event(f"evt_{number}", kind, "xx_1", now))
    work(now)
    assert ProcessorEvent.objects.filter(handled_at=None).count() == 0


def test_a_processor_that_is_down_is_asked_again_but_not_for_ever(
    paid: FakeProcessor, mother_party: Party, now: datetime
) -> None:
    paid.is_down = True
    deliver(paid.events[0])
    event = ProcessorEvent.objects.get()
    with pytest.raises(ProcessorDown):
        handle_event(event_id=event.pk, now=now + timedelta(hours=1))
    event.refresh_from_db()
    assert event.handled_at is None
    handle_event(event_id=event.pk, now=now + GIVE_UP + timedelta(minutes=1))
    event.refresh_from_db()
    assert event.handled_at is not None, "its job ends; the periodic ones ask for the payment itself"
