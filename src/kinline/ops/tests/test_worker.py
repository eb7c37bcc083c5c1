"""Real worker processes on a real database: killed, stopped, restarted under, and nothing is lost or stays behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from procrastinate.exceptions import ConnectorException

from kinline.core import clock
from kinline.core.jobs import defer
from kinline.notices.models import Email
from kinline.notices.services import mail
from kinline.ops import worker as module
from kinline.ops.handlers import FIRST_WAIT_SECONDS, HANDLERS, LONGEST_WAIT_SECONDS, BackOff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PATIENCE_SECONDS = 20


class Slow:
    """A mail server that answers when it is allowed to, and counts."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.may_answer = threading.Event()
        self.kept: list[str] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    async def handle_DATA(self, server, session, envelope) -> str:
        self.began.release()
        await asyncio.to_thread(self.may_answer.wait, PATIENCE_SECONDS)
        self.kept.extend(envelope.rcpt_tos)
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[Slow]:
    handler = Slow()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    handler.may_answer.set()
    controller.stop()


@pytest.fixture
def worker(transactional_db, smtp) -> Iterator[Callable[[], subprocess.Popen]]:
    """`worker()` starts a process; all of them are gone after the test."""
    database = connection.settings_dict
    address = f"{quote(database['USER'])}:{quote(database['PASSWORD'] or '')}@{database['HOST'] or '127.0.0.1'}"
    url = f"postgresql://{address}:{database['PORT'] or 5432}/{database['NAME']}"
    if (database["HOST"] or "").startswith("/"):
        url = f"postgresql://{quote(database['USER'])}@/{database['NAME']}?host={quote(database['HOST'])}"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "KINLINE_SMTP_URL": f"smtp://127.0.0.1:{smtp.port}",
        "DJANGO_SETTINGS_MODULE": "kinline.project.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    running: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        running.append(subprocess.Popen([sys.executable, "-m", "django", "worker"], env=environment))
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def jobs() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        # Not what the clock asks for, which may be due in just this minute.
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name = 'send_email'")
        return cursor.fetchall()


def write(user) -> Email:
    return mail(to=user.email, kind="password_changed", now=clock.now(), user=user)


def sent(email: Email) -> bool:
    return Email.objects.filter(pk=email.pk, sent_at__isnull=False).exists()


def test_a_waiting_worker_hears_of_a_job_and_leaves_no_row(worker, smtp, mother):
    smtp.may_answer.set()
    worker()
    first, second = write(mother), None
    until(lambda: sent(first), "the first email did not leave")
    second = write(mother)
    until(lambda: sent(second), "the second email did not leave")
    until(lambda: jobs() == [], "a job that succeeded stays in the table")
    assert smtp.kept == [mother.email] * 2


def test_a_killed_workers_job_is_taken_over(worker, smtp, mother):
    """R6: killed in the middle of a job, at the worst place: the mail server is just being told."""
    email = write(mother)
    killed = worker()
    assert smtp.began.acquire(timeout=PATIENCE_SECONDS)
    assert jobs() == [("send_email", "doing")]
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not sent(email)
    smtp.may_answer.set()
    with connection.cursor() as cursor:  # a dead worker is known by its silence; the test does not wait for it
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    worker()
    until(lambda: sent(email), "nobody took the job over")
    until(lambda: jobs() == [], "the job stays")


def test_asked_to_end_it_finishes_what_it_does(worker, smtp, mother):
    email = write(mother)
    process = worker()
    assert smtp.began.acquire(timeout=PATIENCE_SECONDS)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert process.poll() is None, "it left its job behind"
    smtp.may_answer.set()
    assert process.wait(PATIENCE_SECONDS) == 0
    assert sent(email)
    assert jobs() == []


def test_it_lives_through_a_lost_database(worker, smtp, mother):
    smtp.may_answer.set()
    process = worker()
    first = write(mother)
    until(lambda: sent(first), "the worker did not start")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    second = write(mother)
    until(lambda: sent(second), "it did not come back")
    assert process.poll() is None


def test_a_job_that_is_due_later_waits_and_then_runs(worker, smtp, mother, transactional_db):
    smtp.may_answer.set()
    email = write(mother)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    due = clock.now() + timedelta(seconds=2)
    worker()
    defer("send_email", at=due, email_id=email.pk)
    until(lambda: sent(email), "it was never due")
    assert Email.objects.get(pk=email.pk).sent_at >= due


def test_the_pause_grows_and_never_ends():
    from procrastinate.jobs import Job

    def pause(attempts: int, lock: str | None = None) -> float | None:
        job = Job(id=1, queue="q", lock=None, queueing_lock=lock, task_name="t", attempts=attempts)
        decision = BackOff().get_retry_decision(exception=OSError(), job=job)
        return None if decision is None else round((decision.retry_at - clock.now()).total_seconds())

    assert [pause(n) for n in range(4)] == [FIRST_WAIT_SECONDS * 2**n for n in range(4)]
    assert pause(1000) == LONGEST_WAIT_SECONDS
    assert pause(0, lock="once") is None


def test_every_job_that_is_deferred_has_its_handler():
    import ast
    from pathlib import Path

    import kinline

    deferred = set()
    for path in Path(kinline.__file__).parent.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if isinstance(getattr(getattr(node, "func", None), "value", None), ast.Attribute):
                continue  # a queryset that leaves a column out
            if name == "defer" and node.args and isinstance(node.args[0], ast.Constant):
                deferred.add(node.args[0].value)
    assert deferred >= {"send_email", "deliver_due", "after_delivery"}
    assert deferred <= set(HANDLERS)


def test_asked_to_end_while_the_database_goes_away_it_ends(monkeypatch):
    """As when all of `up` is killed: the database is gone before the worker has finished."""

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise ConnectorException from None

    async def run() -> None:
        task = asyncio.create_task(module.run_worker())
        await asyncio.sleep(0.05)
        task.cancel()
        async with asyncio.timeout(5):
            await asyncio.gather(task, return_exceptions=True)

    monkeypatch.setattr(module, "_work", work)
    asyncio.run(run())
