"""R8: nothing that people write, are called or may be reached by stands in a log, however things go wrong.

`conftest.py` watches every line of the whole suite for what belongs to its cast; here everything goes wrong on purpose
with words of our own, and a control shows that they would be seen.
"""

import json
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import checkout, processor_event
from kinline.flows.send_message import send
from kinline.flows.sweeping import SweepFailed, each
from kinline.identity import services as identity
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.messaging.models import Message
from kinline.ops.handlers import HANDLERS
from kinline.payments.errors import BadSignature, ProcessorDown
from kinline.residents.models import Resident
from tests.architecture.personal import Bare, Watch
from tests.money.processor import FakeProcessor

WORDS = {
    "letter": "quillfeather-in-the-soup", "name": "Xanthippe", "email": "xanthippe@secret.example", "pin": "739104",
    "phone": "+18135550177", "card": "4242424242424242", "password": "hunter-of-quills", "address": "9 Quill Street",
}  # fmt: skip
PERSONAL = re.compile("|".join(re.escape(word) for word in WORDS.values()) + "|8135550177|813-555-0177")
ALL = " ".join(WORDS.values())


@pytest.fixture
def watch() -> Iterator[Watch]:
    with Watch(PERSONAL) as watch:
        yield watch


@pytest.fixture
def somebody(db: None, long_ago: datetime) -> User:
    return identity.create_family_user(
        username="xan", email=WORDS["email"], password=WORDS["password"], first_name=WORDS["name"],
        last_name="Sample", now=long_ago, activated=True,
    )  # fmt: skip


def said_nothing(watch: Watch, *, lines: int = 1) -> None:
    assert watch.lines >= lines, "nothing was logged, so nothing was proved"
    assert watch.found == []


def test_a_page_that_falls_over(
    watch: Watch, somebody: User, family_client: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error quotes the form; the log names places only."""

    def fall(*_args: Any, **_more: Any) -> None:
        raise ValueError(f"invalid: {ALL}")

    client = family_client(somebody)
    client.raise_request_exception = False
    monkeypatch.setattr("kinline.family.answers.counts", fall)  # where it is used: whoever imports later keeps the real
    for address in ("/credits/buy/", f"/credits/buy/?q={WORDS['letter']}"):
        assert client.get(address).status_code == 500
    said_nothing(watch)


def test_addresses_that_are_not_there(watch: Watch, somebody: User, family_client: Callable[[User], Client]) -> None:
    """404, 403 and 400 are logged by path; what people type into a search is a query, and is cut."""
    client = family_client(somebody)
    client.get(f"/nowhere/?q={WORDS['letter']}&name={WORDS['name']}")
    Client(enforce_csrf_checks=True).post("/login/", {"username": WORDS["email"], "password": WORDS["password"]})
    client.get("/messages/99999999/", {"words": ALL})
    said_nothing(watch, lines=2)


def test_a_database_that_refuses(watch: Watch, somebody: User, now: datetime) -> None:
    """PostgreSQL quotes the row it refuses; a job that dies of it must not."""
    try:
        with transaction.atomic():
            identity.create_family_user(
                username="xan", email=WORDS["email"], password=WORDS["password"], first_name=WORDS["name"],
                last_name="Sample", now=now,
            )  # fmt: skip
    except DatabaseError:
        logging.getLogger("kinline.jobs").exception("a job failed: %s", 7)
    said_nothing(watch)


def test_a_job_of_many(watch: Watch) -> None:
    def act(_one: int) -> None:
        raise RuntimeError(ALL)

    with pytest.raises(SweepFailed) as caught:
        each("refund_released", [1, 2], act)
    logging.getLogger("procrastinate.worker").error("Job failed", exc_info=caught.value)
    said_nothing(watch, lines=3)


def test_a_processor_that_fails_and_an_event_that_is_forged(
    watch: Watch, somebody: User, north: Facility, monkeypatch: pytest.MonkeyPatch, settings: Any, now: datetime
) -> None:
    processor = FakeProcessor(now=now).install(monkeypatch)
    processor.fails("create_page", "down")
    with pytest.raises(ProcessorDown):
        checkout.start(
            somebody, account=chart.family_messages(somebody.pk), amount_cents=1000, client_key=uuid.uuid4(), now=now
        )
    settings.STRIPE_WEBHOOK_SECRET = "whsec_sample"
    with pytest.raises(BadSignature):
        processor_event.receive(json.dumps({"card": ALL}).encode(), f"t=1,v1={WORDS['card']}", now)
    answer = Client().post("/webhooks/stripe/", data=ALL, content_type="application/json")
    assert answer.status_code == 400
    said_nothing(watch)


def test_a_card_number_in_the_wrong_field(
    watch: Watch, somebody: User, family_client: Callable[[User], Client]
) -> None:
    """PCI1: refused, not given back, not logged."""
    client = family_client(somebody)
    answer = client.post("/credits/buy/", {"amount": WORDS["card"], "for": "me", "key": str(uuid.uuid4())})
    assert answer.status_code == 200
    assert WORDS["card"] not in answer.content.decode()
    assert watch.found == []


def test_a_file_of_deposits_with_faults(
    watch: Watch, admin: User, north: Facility, resident: Resident, tmp_path: Path
) -> None:
    """The person at the command is told the line; the log hears nothing of it."""
    file = tmp_path / "day.csv"
    file.write_text(f"account,amount,reference,payer\nresident:1001,x,K-1,{ALL}\n")
    with pytest.raises(CommandError):
        call_command("deposit", "import", str(file), "--as", admin.username, "--facility", north.slug)
    assert watch.found == []


def test_a_letter_whose_delivery_dies(
    watch: Watch, contact: Contact, mother_party: Party, money: Callable[[Party, int], None], now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    money(mother_party, 100)
    sent = send(
        mother_party, contact_id=contact.pk, subject=WORDS["name"], body=ALL, client_key=uuid.uuid4(), collect=False,
        now=now,
    )  # fmt: skip

    monkeypatch.setitem(HANDLERS, "after_delivery", _falls)
    try:
        HANDLERS["after_delivery"](message_id=sent.message_id, now=now)
    except RuntimeError:
        logging.getLogger("procrastinate.worker").exception("Job after_delivery failed")
    said_nothing(watch)


def _falls(*, message_id: int, now: datetime) -> None:
    raise RuntimeError(Message.objects.get(pk=message_id).subject + str(now))


def test_wrong_pins_and_passwords(
    watch: Watch, somebody: User, resident: Resident, kiosk_device: Callable[[Facility], Client], north: Facility
) -> None:
    kiosk = kiosk_device(north)
    for _ in range(6):
        kiosk.post("/kiosk/sign-in/", {"number": resident.number, "pin": WORDS["pin"]})
        Client().post("/login/", {"username": WORDS["email"], "password": WORDS["password"] + "x"})
    assert watch.found == []


def test_control_the_same_words_are_seen_in_a_log_like_everybodys() -> None:
    logger = logging.getLogger("kinline.control")
    with Bare(PERSONAL) as bare, Watch(PERSONAL) as watch:
        logger.warning("mail to %s failed", WORDS["email"])
        logger.warning("the number is %s", WORDS["phone"])
    assert len(bare.found) == 2
    assert watch.found == []
    with Watch(PERSONAL) as careless:
        logger.warning("a letter: %s", WORDS["letter"])
    assert len(careless.found) == 1, "words of a letter cannot be cut out of a line: they must not be logged at all"
