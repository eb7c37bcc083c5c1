"""The worker is killed in the middle of a delivery: another takes the job up, and the letter is delivered once."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from kinline.core.models import AuditEvent
from kinline.messaging.models import Message
from tests.faults.processes import environment
from tests.money.letters import wrongs
from tests.races.steps import stopped
from tests.races.world import Waits

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.slow]
PATIENCE_SECONDS = 40
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def worker(db: None) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        running.append(subprocess.Popen([sys.executable, "-m", "django", "worker"], env=environment()))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def until(what: str) -> None:
    """The statement `what` answers true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        with connection.cursor() as cursor:
            cursor.execute(what)
            if cursor.fetchone()[0]:
                return
        assert time.monotonic() < end, what
        time.sleep(0.05)


def test_killed_while_it_delivers(waits: Waits, worker: Start) -> None:
    world = waits("scheduled", "sender")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name <> 'deliver_due'")
    # The test has the letter locked, so the worker stands in the middle of its delivery.
    with stopped(_touch(world.message_id), 'UPDATE "messaging_message"') as holder:
        holder.reaches()
        first = worker()
        until(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        first.kill()
        first.wait()
    until("SELECT count(*) = 1 FROM procrastinate_jobs WHERE status = 'doing' AND task_name = 'deliver_due'")
    assert Message.objects.get(pk=world.message_id).state == "scheduled"
    assert wrongs() == []
    with connection.cursor() as cursor:  # twenty seconds without a sign of life
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    worker()
    until(f"SELECT state = 'delivered' FROM messaging_message WHERE id = {world.message_id}")
    until("SELECT count(*) = 0 FROM procrastinate_jobs WHERE task_name = 'deliver_due'")
    assert AuditEvent.objects.filter(act="message.deliver", object=f"message:{world.message_id}").count() == 1
    assert wrongs() == []


def _touch(message_id: int) -> Callable[[], None]:
    """Locks the letter, then would change it; it is rolled back."""
    from django.db import transaction

    def hold() -> None:
        with transaction.atomic():
            Message.objects.select_for_update(no_key=True).get(pk=message_id)
            Message.objects.filter(pk=message_id).update(length=8)
            transaction.set_rollback(True)

    return hold
