"""Control in process: the flows, in threads, and a journal before them (TEL-6, TEL-10)."""

import asyncio
import contextlib
import math
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError, connection, connections

from kinline.core import clock
from kinline.flows import allowed_numbers, authorise_call, end_call, recorded_names, recordings, speak_code, tell_call
from kinline.flows.authorise_call import Try
from kinline.flows.call_terms import NAME_WANTED, Terms, terms
from kinline.flows.speak_code import Spoken
from kinline.sip.call import Entry
from kinline.sip.call.words import LANGUAGES, Asked
from kinline.sip.control import Telephone
from kinline.sip.journal import Report
from kinline.sip.options import Peer
from kinline.sip.outbox import Outbox
from kinline.sip.quiet import sparse
from kinline.sip.telling import Group, ended, moment, signs_of, sorted_out
from kinline.telephony.errors import NotAName
from kinline.telephony.queries import authority, outward
from kinline.telephony.services import built_in
from kinline.telephony.services.stations import password_of
from kinline.telephony.staff_errors import NoRecording, NotToBeRecorded

if TYPE_CHECKING:
    from kinline.telephony.models import Station, Switch, Trunk

DEADLINE_SECONDS: Final = 3.0
THREADS: Final = 8
TELLERS: Final = 4
KNOWN_SECONDS: Final = 5.0
MOST_KNOWN: Final = 1000
RETRY_SECONDS: Final = 1.0
SETTLE_SECONDS: Final = 1.0  # the longest that a question waits for the ends before it
MOST_AT_ONCE: Final = 200  # reports told in one go
GATHER_SECONDS: Final = 0.08  # what comes from all calls meanwhile shares a transaction; it is on disk already
_ASKS: Final[dict[str, tuple[Asked, ...]]] = {"nothing": (), "id": ("id",), "pin": ("pin",), "id_pin": ("id", "pin")}
_AWAY: Final = (OperationalError, InterfaceError, psycopg.OperationalError)  # it is down, or restarts, or is full
T = TypeVar("T")


class LocalControl:
    """`folder`: where the journal lies. `unnamed`: a telephone need not say which it is (the sample's)."""

    def __init__(
        self,
        folder: Path,
        *,
        unnamed: bool = False,
        now: Callable[[], datetime] = clock.now,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self._now, self._unnamed, self._deadline = now, unnamed, deadline
        self._questions = ThreadPoolExecutor(THREADS, "question")
        self._tellers = ThreadPoolExecutor(TELLERS, "teller")
        self._outbox = Outbox(folder / "journal")
        self._more = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._telling = asyncio.create_task(self._tell_for_ever())
        self._own: Switch | None = None
        self._known: dict[str, tuple[Telephone | None, float]] = {}
        self._asking: dict[str, threading.Lock] = {}
        self._held_by: dict[str, frozenset[object]] = {}  # calls that were granted and whose end is not told yet

    # Questions

    async def telephone(self, username: str) -> Telephone | None:
        """As it was at most `KNOWN_SECONDS` ago; whether it may call is asked anew with each call.

        While the database is away, as it was last: nobody can call then, and it hears so in words (TEL-3).
        """
        found, since = self._known.get(username, (None, -math.inf))
        if time.monotonic() - since < KNOWN_SECONDS:
            return found
        try:
            found = await self._asked(lambda: self._telephone(username))
        except TimeoutError:
            if found is None:
                raise
            return found
        if len(self._known) >= MOST_KNOWN:  # names may be invented
            self._known = {name: known for name, known in self._known.items() if known[0]}
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
        self._known[username] = (found, time.monotonic())
        return found

    def _telephone(self, username: str) -> Telephone | None:
        station = self._station(username, "")
        if station is None:
            return None
        setting = authority.settings_of(station.facility)
        asks = _ASKS[setting.asks]
        own = station.language if station.language in LANGUAGES else LANGUAGES[0]
        languages = (own, *(one for one in LANGUAGES if one != own))
        names = setting.records_names and "pin" in asks
        return Telephone(station.username if username else "", password_of(station), asks, languages, names)

    def _station(self, username: str, resident_number: str) -> "Station | None":
        if not username and self._unnamed:
            return outward.station_of_nobody(resident_number)
        return authority.station(username)

    def _station_of(self, username: str, resident_id: int) -> "Station | None":
        if not username and self._unnamed:
            return outward.station_of_nobody(resident_id=resident_id)
        return authority.station(username)

    def seen(self, username: str) -> None:
        self._tellers.submit(self._seen, username)

    def _seen(self, username: str) -> None:
        with contextlib.suppress(*_AWAY):
            _with_database(lambda: built_in.station_seen(username, now=self._now()))

    async def authorise(self, key: UUID, station: str, entry: Entry, language: str, names: bool = False) -> Terms:
        first = threading.Lock()  # taken by the answer or by the deadline, whichever is first
        answers: list[Terms] = []

        def ask() -> Terms:
            found = self._authorise(key, station, entry, language, names)
            answers.append(found)
            if not first.acquire(blocking=False) and found.allowed:  # nobody waits any more: the money goes back
                self._tell_ends([Report("end", str(key), "", 0, "try_later", "system")])
            return found

        with contextlib.suppress(TimeoutError):  # who hangs up and dials at once is in no call, and its money is free
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._outbox.ends_told(self._ends_of(entry))
        try:
            found = await self._asked(ask)
        except TimeoutError:
            if first.acquire(blocking=False):
                raise
            found = answers[0]
        if found.allowed:
            self._held_by[str(key)] = signs_of(entry)
        return found

    def _ends_of(self, entry: Entry) -> set[str]:
        """Calls of this caller, or to this number, as far as their ends are still to be told."""
        return {key for key, who in self._held_by.items() if who & signs_of(entry)}

    def _authorise(self, key: UUID, username: str, entry: Entry, language: str, names: bool) -> Terms:
        station = self._station(username, entry.id)
        if station is None:
            return Terms(key, False, "try_later", ("try_later",))
        tried = Try(entry.id, entry.pin, entry.number, entry.payer, language, names, entry.rename)
        try:
            answer = authorise_call.authorise(self._switch(), key=key, station=station, tried=tried, now=self._now())
        except authorise_call.NameFirst as first:
            return Terms(key, False, NAME_WANTED, (NAME_WANTED,), name_of=first.resident_id)
        return terms(answer, language, voice=True)

    async def keep_name(self, station: str, resident_id: int, sound: bytes) -> None:
        await self._asked(lambda: self._keep_name(station, resident_id, sound))

    def _keep_name(self, username: str, resident_id: int, sound: bytes) -> None:
        station = self._station_of(username, resident_id)
        if station is not None:
            with contextlib.suppress(NotAName):
                recorded_names.keep(station, resident_id=resident_id, sound=sound, now=self._now())

    async def ask_number(self, key: UUID) -> str:
        return await self._asked(lambda: allowed_numbers.ask_by_keys(self._switch(), key=key, now=self._now()))

    async def alive(self, heard: Mapping[UUID, int]) -> Sequence[UUID]:
        return await self._asked(
            self._alone("alive", lambda: tell_call.alive(self._switch(), heard=heard, now=self._now()))
        )

    async def to_end(self) -> Sequence[UUID]:
        return await self._asked(self._alone("to_end", lambda: tell_call.unwanted(self._switch())))

    async def to_speak(self) -> Sequence[Spoken]:
        return await self._asked(self._alone("to_speak", lambda: speak_code.take(self._switch(), now=self._now())))

    def _alone(self, name: str, question: Callable[[], T]) -> Callable[[], T]:
        """What is asked again and again is never asked twice at once: of a slow database that would take all threads.
        Raises TimeoutError.
        """
        asking = self._asking.setdefault(name, threading.Lock())

        def asked() -> T:
            if not asking.acquire(blocking=False):
                raise TimeoutError
            try:
                return question()
            finally:
                asking.release()

        return asked

    async def booted(self, boot_id: str) -> Sequence[UUID]:
        self._outbox.take_up()
        while True:
            try:
                await self._told_all()
                return await self._asked(lambda: self._boot(boot_id), seconds=60.0)
            except (TimeoutError, *_AWAY):
                sparse.warn("the database is away")
                await asyncio.sleep(RETRY_SECONDS)

    def _boot(self, boot_id: str) -> list[UUID]:
        self._own = built_in.built_in(self._now())
        return [call.key for call in tell_call.booted(self._own, boot_id=boot_id, now=self._now())]

    def _switch(self) -> "Switch":
        if self._own is None:
            self._own = built_in.built_in(self._now())
        return self._own

    async def peers(self) -> list[Peer]:
        """The ways outside that stand in the database. Raises TimeoutError."""
        return await self._asked(lambda: [_peer(trunk) for trunk in outward.trunks()])

    async def _asked(self, question: Callable[[], T], seconds: float = 0) -> T:
        """In a thread. Raises TimeoutError, also when the database is away; what no thread has begun is dropped."""

        def answer() -> T:
            try:
                return _with_database(question)
            except _AWAY as problem:
                sparse.warn("the database is away", type(problem).__name__)
                raise TimeoutError from None

        asked = asyncio.get_running_loop().run_in_executor(self._questions, answer)
        async with asyncio.timeout(seconds or self._deadline):
            return await asked

    # What is told

    def tell(self, key: UUID, number: int, kind: str, detail: str, elapsed_ms: int) -> None:
        self._report(Report("tell", str(key), self._now().isoformat(), elapsed_ms, kind, detail, number))

    def ended(self, key: UUID, reason: str, side: str, billable_ms: int, sip_code: int) -> None:
        self._report(Report("end", str(key), self._now().isoformat(), billable_ms, reason, side, sip_code))

    def recorded(self, key: UUID, file: str, length_ms: int) -> None:
        self._report(Report("recorded", str(key), self._now().isoformat(), length_ms, file))

    def spoken(self, key: UUID, result: str) -> None:
        self._report(Report("spoken", str(key), self._now().isoformat(), 0, result))

    def _report(self, report: Report) -> None:
        self._outbox.put(report)
        self._more.set()

    async def _tell_for_ever(self) -> None:
        while True:
            await self._more.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._more.clear()
            try:
                await self._told_all()
            except Exception as problem:
                away = isinstance(problem, _AWAY)
                sparse.warn("the database is away" if away else "telling failed", fault=None if away else problem)
                await asyncio.sleep(RETRY_SECONDS)
                self._more.set()

    async def _told_all(self) -> None:
        """Everything that waits, a journal write ahead. Raises what the database raises; then all of it waits again."""
        async with self._one_at_a_time:
            await self._tell_batches()

    async def _tell_batches(self) -> None:
        loop = asyncio.get_running_loop()
        while batch := await self._outbox.batch(MOST_AT_ONCE):
            group = sorted_out(batch)
            await loop.run_in_executor(self._tellers, self._tell_group, group)
            by_call: dict[str, list[Report]] = {}
            for report in group.others:
                by_call.setdefault(report.key, []).append(report)
            jobs = [loop.run_in_executor(self._tellers, self._tell_call, one) for one in by_call.values()]
            results = await asyncio.gather(*jobs, return_exceptions=True)
            for problem in results:
                if isinstance(problem, BaseException):
                    raise problem
            for one in group.ends:
                self._held_by.pop(one.key, None)
            self._outbox.told(len(batch))
        await self._outbox.tidy()

    def _tell_group(self, group: Group) -> None:
        """Moments of all calls in one transaction, then their ends in one; each by itself if one of them is refused."""
        for reports, tell in ((group.moments, self._tell_moments), (group.ends, self._tell_ends)):
            try:
                if reports:
                    _with_database(partial(tell, reports))
            except _AWAY:
                raise
            except Exception as fault:
                sparse.warn("told one by one", fault=fault)
                self._tell_call(reports)

    def _tell_moments(self, reports: Sequence[Report]) -> None:
        tell_call.tell_all(self._switch(), [(UUID(one.key), moment(one)) for one in reports], now=self._now())

    def _tell_ends(self, reports: Sequence[Report]) -> None:
        end_call.end_all(self._switch(), [ended(one) for one in reports], now=self._now())

    def _tell_call(self, reports: Sequence[Report]) -> None:
        for report in reports:
            try:
                _with_database(partial(self._tell_one, report))
            except _AWAY:
                raise
            except Exception as fault:  # one that can never be told must not keep all others waiting
                sparse.warn("not told", report.what, fault=fault)

    def _tell_one(self, report: Report) -> None:
        if report.what == "end":
            self._tell_ends([report])
        elif report.what == "recorded":
            self._keep(report)
        elif report.what == "spoken":
            speak_code.over(self._switch(), key=UUID(report.key), result=report.kind, now=self._now())
        else:
            self._tell_moments([report])

    def _keep(self, report: Report) -> None:
        begun_at = datetime.fromisoformat(report.at) - timedelta(milliseconds=report.ms)
        seconds = report.ms // 1000
        with contextlib.suppress(NoRecording, NotToBeRecorded):
            recordings.keep(
                self._switch(),
                key=UUID(report.key),
                file=report.kind,
                seconds=seconds,
                begun_at=begun_at,
                now=self._now(),
            )

    async def close(self) -> None:
        self._telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._telling
        with contextlib.suppress(TimeoutError, *_AWAY):
            async with asyncio.timeout(DEADLINE_SECONDS):
                await self._told_all()
        for pool, threads in ((self._questions, THREADS), (self._tellers, TELLERS)):
            await asyncio.to_thread(_end_threads, pool, threads)
        await self._outbox.close()


def _peer(trunk: "Trunk") -> Peer:
    """Its password is a secret of the environment, so that no copy of the database gives it away."""
    password = os.environ.get(trunk.secret_name, "") if trunk.secret_name else ""
    return Peer(trunk.name, trunk.host, trunk.port, trunk.username, password)


def _with_database(question: Callable[[], T]) -> T:
    """Ask over this thread's own connection, which stays; over a new one if the database has restarted since.

    Whatever is asked may be asked twice: a call has its key, a moment its number.
    """
    try:
        return question()
    except _AWAY:
        restarted = not connection.is_usable()
        connections.close_all()
        if not restarted:  # it is there, and refuses: a lock that somebody holds for too long
            raise
    try:
        return question()
    except _AWAY:
        connections.close_all()
        raise


def _end_threads(pool: ThreadPoolExecutor, threads: int) -> None:
    """Each lets its connection go; one that is stuck in a question is not waited for."""
    together = threading.Barrier(threads)

    def let_go() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(1.0)  # so that none takes the turn of another
        connections.close_all()

    ending = [pool.submit(let_go) for _ in range(threads)]
    pool.shutdown(wait=False)
    wait(ending, 2.0)
