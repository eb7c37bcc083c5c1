"""P3: from the commit that delivers a letter to the event in the reader's open page, against bare LISTEN/NOTIFY.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/events.py [open pages] [events a round]

2,000 open pages by default (give 10000 for the memory of a page), each of another person, held by one server process
on loopback; letters come at a steady pace to one of them after another. The clock runs from the moment after the
commit, before anything is announced; bare: from before `pg_notify` to a connection that listens in the same process
as the pages. Memory: what the server's resident set grew by, a page.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any

from common import compared, database, difference, said

PACE_SECONDS = 0.01
PATIENCE_SECONDS = 20.0
OPENED_AT_ONCE = 100
WARM_PAGES = 100
RESIDENTS = 40
CHANNEL = "kinline_bench_bare"
READY, ARRIVED = "ready", "arrived"


def main(pages: int = 2_000, events: int = 300, rounds: int = 5) -> None:
    with database("kinline_bench_events") as url:
        letters = people(pages)
        watch_commits()
        with helper("serve", url) as server, helper("read", url) as reader:
            port = int(server.word())
            kilobytes = opened(server, reader, port, [key for key, _, _ in letters])
            post = itertools.cycle(random.sample(letters, len(letters)))
            p50: dict[str, list[float]] = {"page": [], "bare": []}
            figures = compared(
                rounds,
                page=lambda: _p99(measured(reader, partial(send, post), events), p50["page"]),
                bare=lambda: _p99(measured(reader, notifier(url), events), p50["bare"]),
            )
    print(f"p50 in ms: page {statistics.median(p50['page']):.2f}, bare {statistics.median(p50['bare']):.2f}")
    said(f"p99 of {pages:,} open pages above bare, in ms", difference(figures, "page", "bare"), "<= 10 (P3)")
    grown = f"{kilobytes:.1f} kB" if kilobytes is not None else "not to be read on this system"
    print(f"memory of an open page in the server: {grown}, target <= 20 kB at 10,000 (P3)")


# Who is there


def people(count: int) -> list[tuple[str, int, int]]:
    """(session key, contact, resident) of `count` family members with an open session, each with one resident."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils.crypto import get_random_string

    from kinline.contacts.models import Contact
    from kinline.identity.models import Session, User
    from kinline.identity.sessions import SessionStore

    now, inside = datetime.now(UTC), residents()
    users = User.objects.bulk_create(
        User(
            username=f"bench{n}", email=f"bench{n}@bench.example", first_name="B", last_name=str(n),
            created_at=now, activated_at=now,
        )
        for n in range(count)
    )  # fmt: skip
    contacts = Contact.objects.bulk_create(
        Contact(user=user, resident_id=inside[n % RESIDENTS], created_at=now) for n, user in enumerate(users)
    )
    store, backend = SessionStore(), settings.AUTHENTICATION_BACKENDS[0]
    keys = [get_random_string(32) for _ in users]
    Session.objects.bulk_create(
        Session(
            session_key=key, user=user, created_at=now, last_seen_at=now, expire_date=now + timedelta(days=1),
            session_data=store.encode({
                SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: backend,
                HASH_SESSION_KEY: user.get_session_auth_hash(),
            }),
        )
        for key, user in zip(keys, users, strict=True)
    )  # fmt: skip
    return [(key, contact.pk, contact.resident_id) for key, contact in zip(keys, contacts, strict=True)]


def residents() -> list[int]:
    """The ids of 40 residents of a place that delivers at once, each with money for many letters."""
    from kinline.core.parties import Party
    from kinline.delivery import services as delivery
    from kinline.facilities import services as facilities
    from kinline.ledger import chart
    from kinline.ledger import services as ledger
    from kinline.residents import services as residents

    now = datetime(2026, 1, 1, tzinfo=UTC)
    agency = facilities.create_agency(name="Bench", slug="bench", now=now)
    place = facilities.create_facility(agency_id=agency.pk, name="Bench", slug="bench", region="NY", city="", now=now)
    unit = facilities.add_unit(facility_id=place.pk, name="A")
    delivery.set_policy(facility_id=place.pk, rules=[{"id": "go", "then": "deliver"}], now=now)
    found = []
    for n in range(RESIDENTS):
        person = residents.create(agency_id=agency.pk, number=str(n), first_name="R", last_name=str(n), now=now)
        residents.book(resident_id=person.pk, facility_id=place.pk, unit_id=unit.pk, now=now)
        party = Party("resident", person.pk)
        lines = [(chart.facility_cash(place.pk), -50_000_000), (chart.messages_of(party), 50_000_000)]
        ledger.post(key=f"bench:{n}", kind="deposit", lines=lines, now=now)
        found.append(person.pk)
    return found


# What is measured


def measured(reader: Helper, act: Callable[[], tuple[str, float]], events: int) -> list[float]:
    """Milliseconds of each event. `act` makes one: what it is called at its arrival, and when its clock began."""
    begun: dict[str, float] = {}
    due = time.perf_counter()
    for _ in range(events):
        name, at = act()
        begun[name] = at
        due += PACE_SECONDS
        time.sleep(max(0.0, due - time.perf_counter()))
    arrived = reader.arrivals(set(begun))
    return [1000 * (arrived[name] - at) for name, at in begun.items()]


def _p99(milliseconds: list[float], medians: list[float]) -> float:
    medians.append(statistics.median(milliseconds))
    return statistics.quantiles(milliseconds, n=100)[98]


def send(post: Iterator[tuple[str, int, int]]) -> tuple[str, float]:
    """One letter from a resident, delivered at once by the real flow."""
    from kinline.core.parties import Party
    from kinline.flows.send_message import send as send_letter

    _, contact, resident = next(post)
    sent = send_letter(
        Party("resident", resident), contact_id=contact, subject="Sunday", body="Dear mother", client_key=uuid.uuid4(),
        collect=False, now=datetime.now(UTC),
    )  # fmt: skip
    assert sent.state == "delivered"
    return f"letter {sent.message_id}", _committed.at


class _Committed(threading.local):
    at = 0.0


_committed = _Committed()


def watch_commits() -> None:
    """Note when the story of a letter has committed: just before its notices leave."""
    from kinline.core import events

    leave = events._Outbox.__call__

    def noted(outbox: Any) -> None:
        _committed.at = time.perf_counter()
        leave(outbox)

    events._Outbox.__call__ = noted


def notifier(url: str) -> Callable[[], tuple[str, float]]:
    import psycopg

    connection, numbers = psycopg.connect(url, autocommit=True), itertools.count()
    mark = uuid.uuid4()

    def act() -> tuple[str, float]:
        name = f"bare {mark} {next(numbers)}"
        at = time.perf_counter()
        connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, name])
        return name, at

    return act


def opened(server: Helper, reader: Helper, port: int, keys: list[str]) -> float | None:
    """Open every page. Kilobytes that the server grew by, each; the first hundred warm it up and do not count."""
    few = min(WARM_PAGES, len(keys) // 2)
    _open(reader, port, keys[:few])
    before = server.resident_kilobytes()
    _open(reader, port, keys[few:])
    after = server.resident_kilobytes()
    return None if before is None or after is None else (after - before) / (len(keys) - few)


def _open(reader: Helper, port: int, keys: list[str]) -> None:
    began = time.monotonic()
    reader.tell(json.dumps({"port": port, "keys": keys}))
    assert reader.word() == READY
    print(f"  {len(keys):,} pages opened in {time.monotonic() - began:.1f} s", flush=True)


# Processes: one serves, one holds the open pages


class Helper:
    """This file in a process of its own; it says words line by line, and what arrived when."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._arrived: dict[str, float] = {}
        self._words: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        threading.Thread(target=self._listen, args=(process.stdout,), daemon=True).start()

    def _listen(self, lines: IO[str]) -> None:
        for line in lines:
            what, _, rest = line.rstrip("\n").partition("\t")
            with self._news:
                if what == ARRIVED:
                    name, _, at = rest.rpartition("\t")
                    self._arrived[name] = float(at)
                else:
                    self._words.append(what)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def word(self) -> str:
        with self._news:
            self._news.wait_for(lambda: self._words or self._ended, timeout=300)
            if not self._words:
                raise RuntimeError("a helper ended or hangs; its own words are above")
            return self._words.pop(0)

    def arrivals(self, names: set[str]) -> dict[str, float]:
        """When each arrived. Raises RuntimeError if one is lost."""
        with self._news:
            if not self._news.wait_for(lambda: names <= self._arrived.keys(), timeout=PATIENCE_SECONDS):
                raise RuntimeError(f"{len(names - self._arrived.keys())} of {len(names)} events never arrived")
            return {name: self._arrived.pop(name) for name in names}

    def resident_kilobytes(self) -> int | None:
        """What the process holds in memory; None where /proc does not say."""
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        return None


@contextlib.contextmanager
def helper(role: str, url: str) -> Iterator[Helper]:
    process = subprocess.Popen(
        [sys.executable, __file__, role], env={**os.environ, "DATABASE_URL": url}, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Helper(process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def say(*words: object) -> None:
    print(*words, sep="\t", flush=True)


async def serve() -> None:
    """The real server on a free loopback port, until it is ended."""
    import django

    django.setup()
    from kinline.ops.web import bind, run_web

    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    serving = asyncio.create_task(run_web(listener))
    while not serving.done():
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        await asyncio.sleep(0.02)
    say(port)
    await serving


class Page(asyncio.Protocol):
    """One open page. `ready` when its first counters are there."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.text = b""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        head = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: kinline_family={self.key}\r\n\r\n"
        transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        *whole, self.text = (self.text + data).split(b"\n\n")
        for one in whole:
            if b"event: message\n" in one:
                say(ARRIVED, f"letter {json.loads(one.partition(b'data: ')[2])['message_id']}", at)
            elif b"event: counters\n" in one and not self.ready.done():
                self.ready.set_result(None)

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(problem or ConnectionError("the server closed a page"))


async def read(url: str) -> None:
    """Open the pages that stdin names, line by line; say what arrives in them and on the bare channel."""
    import psycopg

    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    await connection.execute(f"LISTEN {CHANNEL}")
    listening = asyncio.create_task(_bare(connection))
    loop, held = asyncio.get_running_loop(), []
    while line := await asyncio.to_thread(sys.stdin.readline):
        wish = json.loads(line)
        for first in range(0, len(wish["keys"]), OPENED_AT_ONCE):
            some = wish["keys"][first : first + OPENED_AT_ONCE]
            made = [await loop.create_connection(partial(Page, key), "127.0.0.1", wish["port"]) for key in some]
            await asyncio.wait_for(asyncio.gather(*(page.ready for _, page in made)), 60)
            held += made
        say(READY)
    listening.cancel()


async def _bare(connection: Any) -> None:
    async for notice in connection.notifies():
        say(ARRIVED, notice.payload, time.perf_counter())


def _many_files() -> None:
    """A page is a socket on both sides."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    _many_files()
    role = sys.argv[1] if sys.argv[1:] else ""
    if role == "serve":
        asyncio.run(serve())
    elif role == "read":
        asyncio.run(read(os.environ["DATABASE_URL"]))
    else:
        main(*[int(word) for word in sys.argv[1:3]])
