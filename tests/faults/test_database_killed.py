"""The database is killed under load, again and again: what was acknowledged is there, nothing is there twice.

A server of its own, as `./kinline up` runs it (and as durable), a real worker, and people who press again with the same
form when no answer came. The kill takes all processes of the server at once, or its first, in turn; `KINLINE_KILLS`
sets how many.
"""

import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import Error, connection

from kinline.contacts.models import Contact
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.messaging.errors import TooLate
from kinline.messaging.models import Message
from kinline.payments.models import Deposit
from tests.faults.server import PATIENCE_SECONDS, Server
from tests.money.letters import wrongs
from tests.races.world import held, person

pytestmark = pytest.mark.slow
SENDERS, BETWEEN_SECONDS = 4, 1.5
KILLS = int(os.environ.get("KINLINE_KILLS", "4"))
RULES = [
    {"id": "later", "then": "wait", "minutes": 1, "when": {"words": ["later"]}},
    {"id": "at-once", "then": "deliver"},
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path / "data")
    yield one
    one.stop()


@pytest.fixture
def db(server: Server, django_db_blocker: Any) -> Iterator[None]:
    """Django's database, and with it the whole cast, in that server."""
    with django_db_blocker.unblock(), server.used():
        call_command("migrate", verbosity=0)
        yield


@pytest.fixture
def worker(db: None, server: Server) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ, "DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "kinline.project.settings",
        "PYTHONPATH": os.pathsep.join(sys.path), "KINLINE_ALLOW_TEST_SECRETS": "1", "KINLINE_LOG_LEVEL": "CRITICAL",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "django", "worker"], env=environment)
    yield process
    process.kill()
    process.wait()


@dataclass
class Sender:
    """A person with two devices' worth of patience: who gets no answer presses again, with the same form."""

    mother: Party
    daniel: Party
    contact: int
    staff: User
    place: int
    chance: random.Random
    sent: list[uuid.UUID] = field(default_factory=list)
    paid_in: list[uuid.UUID] = field(default_factory=list)
    again: int = 0

    def work_until(self, over: threading.Event) -> None:
        try:
            while not over.is_set():
                self._one()
        finally:
            connection.close()

    def _one(self) -> None:
        party = self.chance.choice([self.mother, self.daniel])
        key, word = uuid.uuid4(), self.chance.choice(["now", "later", "later"])
        # Delayed letters were sent in the past, so they are due at once and the worker takes them up.
        then = datetime.now(UTC) - timedelta(minutes=2)
        if self.chance.random() < 0.2:
            self._insist(
                lambda: record_deposit(
                    account=party, amount_cents=500, method="cash", client_key=key, now=then, recorded_by=self.staff,
                    facility_id=self.place,
                )
            )  # fmt: skip
            self.paid_in.append(key)
            return
        sent = self._insist(
            lambda: send(party, contact_id=self.contact, subject="", body=word, client_key=key, collect=True, now=then)
        )
        self.sent.append(key)
        if sent.state == "scheduled" and self.chance.random() < 0.3:
            self._insist(lambda: _take_back(party, sent.message_id, then))

    def _insist(self, act: Callable[[], Any]) -> Any:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return act()
            except Error:
                assert time.monotonic() < until
                self.again += 1
                connection.close()
                time.sleep(0.05)


def _take_back(party: Party, message_id: int, now: datetime) -> None:
    """The worker may be faster."""
    try:
        take_back(party, message_id=message_id, now=now)
    except TooLate:
        return


def test_killed_again_and_again(
    server: Server, worker: subprocess.Popen[bytes], north: Facility, admin: User, now: datetime
) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"KINLINE_SEED={seed}\n")  # shown with a failure
    Facility.objects.update(collect_limit=10_000)
    delivery.set_policy(facility_id=north.pk, rules=RULES, now=now - timedelta(hours=1))
    senders = [_sender(number, north, admin, now, random.Random(seed + number)) for number in range(SENDERS)]
    over = threading.Event()
    with ThreadPoolExecutor(SENDERS) as pool:
        ends = [pool.submit(sender.work_until, over) for sender in senders]
        try:
            for number in range(KILLS):
                time.sleep(BETWEEN_SECONDS)
                server.kill(all_at_once=number % 2 == 0)
                server.start()
            time.sleep(BETWEEN_SECONDS)
        finally:
            over.set()
        for end in ends:
            end.result(PATIENCE_SECONDS)
    connection.close()
    _account_for(senders)
    _worker_finishes(worker)


def _sender(number: int, place: Facility, admin: User, now: datetime, chance: random.Random) -> Sender:
    mother, daniel = person(f"sender{number}", now), held(place, str(7000 + number), now)
    contact = Contact.objects.create(
        user=mother, resident=daniel, created_at=now, resident_always_accepts=number % 2 == 0
    )
    parties = Party(FAMILY, mother.pk), Party(RESIDENT, daniel.pk)
    return Sender(*parties, contact.pk, admin, place.pk, chance)


def _account_for(senders: list[Sender]) -> None:
    """Every acknowledged form is one letter, every acknowledged deposit one deposit, and nothing else is there."""
    sent = sorted(str(key) for sender in senders for key in sender.sent)
    assert sorted(map(str, Message.objects.values_list("client_key", flat=True))) == sent
    paid_in = sorted(str(key) for sender in senders for key in sender.paid_in)
    assert sorted(map(str, Deposit.objects.values_list("client_key", flat=True))) == paid_in
    again = sum(sender.again for sender in senders)
    sys.stdout.write(f"{len(sent)} letters, {len(paid_in)} deposits, {again} tries without an answer\n")
    assert again > 0, "nobody noticed the kills"
    assert len(sent) > 20, "hardly anything was sent"


def _worker_finishes(worker: subprocess.Popen[bytes]) -> None:
    """All that was due is delivered, or taken back; jobs of the worker's broken runs are taken up again."""
    until, left = time.monotonic() + PATIENCE_SECONDS, None
    while (now_left := Message.objects.filter(state="scheduled").count()) > 0:
        assert worker.poll() is None, "the worker died"
        if now_left != left:
            until, left = time.monotonic() + PATIENCE_SECONDS, now_left
        assert time.monotonic() < until, f"{left} letters are due and nobody delivers them: {_jobs()}"
        time.sleep(0.2)
    assert wrongs() == []
    call_command("ledger", "verify")
    call_command("audit", "verify")
    for address, cents in queries.totals().items():
        assert cents >= 0 or not chart.is_customer(address)


def _jobs() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text, attempts, min(scheduled_at - now()), count(*) FROM procrastinate_jobs"
            " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        return cursor.fetchall()
