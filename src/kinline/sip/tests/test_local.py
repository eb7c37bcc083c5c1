"""The switch with the real flows behind it: money, records, and a database that is away (TEL-6, T13)."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection, transaction

from kinline.facilities.models import Facility
from kinline.flows import authorise_call, end_call, tell_call
from kinline.flows.end_asked import end_one
from kinline.ledger import chart
from kinline.ledger import queries as ledger_queries
from kinline.ledger import services as ledger
from kinline.residents.models import Resident
from kinline.sip import local
from kinline.sip.call import Entry
from kinline.sip.journal import Journal, Report
from kinline.sip.local import LocalControl
from kinline.sip.quiet import sparse
from kinline.sip.tests.stage import PIN, play, staged
from kinline.telephony.models import (
    Call,
    CallEvent,
    CallLimits,
    CallRate,
    Cdr,
    RatePlan,
    Station,
    TelephoneSettings,
    Trunk,
)
from kinline.telephony.services.stations import password_of

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "+13155550101"
PPC = chart.number_prepaid(NUMBER)
PATIENT = 30.0  # a busy machine is no slow database
ENTRY = Entry("1001", PIN, "3155550101")


@pytest.fixture
def station(north: Facility, resident: Resident, now: datetime, long_ago: datetime) -> Station:
    """A telephone of the north, where calls cost six cents a minute; ten dollars wait for one number."""
    north.calls_offered = True
    north.save()
    TelephoneSettings.objects.create(
        facility=north, payers=["prepaid_collect"], places=["domestic"], courtesy_seconds=0
    )
    CallLimits.objects.create(facility=north, seconds=900)
    plan = RatePlan.objects.create(facility=north, effective_from=long_ago, made_at=long_ago)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=60_000)
    lines = [(PPC, 1000), (chart.BANK, -1000)]
    ledger.post(key=f"test:{uuid4()}", kind="deposit", lines=lines, now=now)
    return Station.objects.create(
        facility=north, unit=north.units.get(), label="West", username="west", salt=b"w" * 32, enrolled_at=long_ago
    )


def purse() -> tuple[int, int]:
    found = ledger_queries.balance(PPC)
    return found.posted_cents, found.held_cents


def books_are_right() -> None:
    assert ledger_queries.replay() == []
    assert sum(ledger_queries.totals().values()) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "switch"


def test_a_call_through_the_switch_costs_what_it_lasted(tmp_path: Path, folder: Path, station: Station) -> None:
    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        async with staged(tmp_path, control=control, password=password_of(station)) as stage:  # type: ignore[arg-type]
            a = await stage.call(f"1001*{PIN}*3155550101")
            b = await stage.ring()
            b.answer()
            await stage.until(
                lambda: bool(stage.media.past) and ("play", "b") in [done[:2] for done in stage.media.past[0].done]
            )
            await b.press_by_info("1")
            assert await a.until("up")
            await asyncio.sleep(2.1)
            await a.hang_up()
            await stage.until(lambda: not control._outbox.waiting)

    play(scene)
    cdr = Cdr.objects.get()
    assert (cdr.seconds, cdr.cents, cdr.result, cdr.reasons, cdr.number) == (
        2,
        0,
        "completed",
        ["caller_hung_up"],
        NUMBER,
    )
    assert [event.kind for event in cdr.call.events.order_by("seq")] == [
        "dialling",
        "answered",
        "announced",
        "accepted",
    ]
    assert purse() == (1000, 0)
    assert (folder / "journal").read_text() == ""
    station.refresh_from_db()
    assert station.seen_at is not None
    books_are_right()


def test_what_is_told_while_the_database_is_away_is_told_later(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TEL-6: also by the next process, from the journal."""

    async def away() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        key = uuid4()
        assert (await control.authorise(key, "west", ENTRY, "en")).allowed
        before = sparse.seen["the database is away"]
        with monkeypatch.context() as patch:
            patch.setattr(tell_call, "tell_all", _away)
            patch.setattr(end_call, "end_all", _away)
            control.tell(key, 0, "accepted", "", 10)
            control.ended(key, "caller_hung_up", "caller", 61_900, 0)
            await _until(lambda: sparse.seen["the database is away"] >= before + 2)  # tried again
            control.recorded(key, "no-such-file.wav", 10)
            await _until(lambda: len(control._outbox.journal.left()) == 3)
            assert [report.what for report in control._outbox.journal.left()] == ["tell", "end", "recorded"]
            await control.close()  # as if it had died

    async def back() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        assert await control.booted("two") == []  # nothing is left to settle: it ended, and is billed to the second
        await control.close()

    play(away)
    assert purse() == (1000, 90)
    ended = datetime.fromisoformat(Journal(folder / "journal").left()[1].at)
    play(back)
    cdr = Cdr.objects.get()
    assert (cdr.seconds, cdr.cents, cdr.reasons) == (61, 6, ["caller_hung_up"])
    assert cdr.ended_at == ended  # not when it could be told
    assert purse() == (994, 0)
    assert (folder / "journal").read_text() == ""
    books_are_right()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENT):
        while not true():
            await asyncio.sleep(0.01)


def _away(*words: object, **more: object) -> None:
    raise OperationalError("away")


def test_what_comes_while_something_is_being_told_is_on_disk_at_once(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A switch that dies beside a slow database forgets nothing."""
    asked, go_on = threading.Event(), threading.Event()

    def slow(*words: object, **more: object) -> None:
        asked.set()
        assert go_on.wait(PATIENT)

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        monkeypatch.setattr(tell_call, "tell_all", slow)
        control.tell(uuid4(), 0, "dialling", "", 10)
        assert await asyncio.to_thread(asked.wait, PATIENT)
        control.ended(uuid4(), "caller_hung_up", "caller", 61_900, 0)
        await _until(lambda: [one.what for one in Journal(folder / "journal").left()] == ["tell", "end"])
        go_on.set()
        await _until(lambda: not control._outbox.waiting)
        await control.close()

    play(scene)
    assert (folder / "journal").read_text() == ""


def test_after_a_crash_a_call_is_billed_to_the_last_sign_of_life(folder: Path, station: Station) -> None:
    key = uuid4()

    async def before() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        assert (await control.authorise(key, "west", ENTRY, "en")).allowed
        control.tell(key, 0, "accepted", "", 10)
        await control._told_all()
        assert list(await control.alive({key: 61_000})) == []
        await control.close()

    async def after() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        assert await control.booted("two") == [key]
        assert await control.booted("two") == []
        await control.close()

    play(before)
    play(after)
    settled, credited = Cdr.objects.order_by("pk")
    assert (settled.seconds, settled.cents, settled.reasons) == (61, 6, ["switch_lost"])
    assert (credited.seconds, credited.cents) == (61, 0)  # our fault: given back by itself (TEL-14)
    assert purse() == (1000, 0)
    books_are_right()


def test_a_slow_database_is_given_three_seconds_and_keeps_no_money(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, real_end = authorise_call.authorise, end_call.end_all
    given_back = threading.Event()

    def end(*words: object, **more: object) -> None:
        real_end(*words, **more)  # type: ignore[arg-type]
        given_back.set()

    def slow(*words: object, **more: object) -> object:
        time.sleep(0.5)
        return real(*words, **more)  # type: ignore[arg-type]

    async def scene() -> None:
        control = LocalControl(folder, deadline=0.1)
        await control.booted("one")
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await control.authorise(uuid4(), "west", ENTRY, "en")
        assert time.monotonic() - began < 0.4
        assert await asyncio.to_thread(given_back.wait, PATIENT)
        await control.close()

    monkeypatch.setattr(authorise_call, "authorise", slow)
    monkeypatch.setattr(end_call, "end_all", end)
    play(scene)
    call = Call.objects.get()  # it was granted, too late
    assert call.ended_at is not None
    assert purse() == (1000, 0)
    assert Cdr.objects.get().reasons == ["try_later"]
    books_are_right()


def test_a_report_that_can_never_be_told_keeps_none_waiting(folder: Path, station: Station) -> None:
    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        control._report(Report("tell", "no key", "never", 0, "accepted"))
        control.seen("west")
        await control._told_all()
        assert not control._outbox.waiting
        await control.close()

    play(scene)


def test_a_journal_that_was_cut_short_gives_what_is_whole(folder: Path) -> None:
    journal = Journal(folder / "journal")
    whole = Report("end", str(uuid4()), "2026-11-23T12:00:00+00:00", 61_000, "caller_hung_up", "caller", 0)
    journal.write([whole])
    with (folder / "journal").open("a") as file:
        file.write('{"what": "end", "key": "')
    assert journal.left() == [whole]
    journal.empty()
    assert journal.left() == []
    assert PIN not in repr(ENTRY)


def test_who_is_known_and_by_what(folder: Path, station: Station) -> None:
    Trunk.objects.create(name="second", host="b.example", rank=2)
    Trunk.objects.create(name="first", host="a.example", rank=1, username="us", secret_name="KINLINE_NO_SUCH_SECRET")

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        found = await control.telephone("west")
        assert found is not None
        assert (found.username, found.asks, found.languages) == ("west", ("id", "pin"), ("en", "es"))
        assert found.password not in repr(found)
        assert await control.telephone("east") is None
        assert await control.telephone("") is None
        assert [peer.name for peer in await control.peers()] == ["first", "second"]
        assert await control.to_speak() == []
        await control.close()
        sample = LocalControl(folder, unnamed=True, deadline=PATIENT)
        assert (await sample.telephone("")) is not None
        assert (await sample.authorise(uuid4(), "", ENTRY, "en")).allowed  # the telephone of the place where 1001 is
        await sample.close()

    play(scene)


def test_a_database_that_is_away_is_try_later_at_once(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        monkeypatch.setattr(authorise_call, "authorise", _away)
        monkeypatch.setattr(tell_call, "alive", _away)
        with pytest.raises(TimeoutError):
            await control.authorise(uuid4(), "west", ENTRY, "en")
        with pytest.raises(TimeoutError):
            await control.alive({})
        await control.close()

    play(scene)
    assert purse() == (1000, 0)


def test_while_the_database_is_away_a_telephone_is_known_as_it_was_last(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that who lifts it hears that nobody can call now, and is not just turned away."""

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        known = await control.telephone("west")
        assert known is not None
        monkeypatch.setattr(local, "KNOWN_SECONDS", 0.0)
        monkeypatch.setattr(LocalControl, "_telephone", _away)
        assert await control.telephone("west") == known
        with pytest.raises(TimeoutError):
            await control.telephone("east")
        await control.close()

    play(scene)


def test_of_a_slow_database_nothing_is_asked_twice_at_once(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signs of life and looks would take all threads, and nobody could call."""
    asked, go_on = threading.Event(), threading.Event()
    turns: list[int] = []

    def slow(*words: object, **more: object) -> list[object]:
        turns.append(1)
        asked.set()
        assert go_on.wait(PATIENT)
        return []

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        with monkeypatch.context() as patch:
            patch.setattr(tell_call, "unwanted", slow)
            first = asyncio.create_task(control.to_end())
            assert await asyncio.to_thread(asked.wait, PATIENT)
            for _ in range(2 * local.THREADS):
                with pytest.raises(TimeoutError):
                    await control.to_end()
            assert (await control.authorise(uuid4(), "west", ENTRY, "en")).allowed
            go_on.set()
            assert await first == []
            assert turns == [1]
        assert await control.to_end() == []
        await control.close()

    play(scene)


def test_staff_are_heard_by_a_look(folder: Path, station: Station) -> None:
    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        key = uuid4()
        assert (await control.authorise(key, "west", ENTRY, "en")).allowed
        assert await control.to_end() == []
        await asyncio.to_thread(_ask_end, key)
        assert await control.to_end() == [key]
        control.ended(key, "ended_by_staff", "staff", 0, 0)
        await control._told_all()
        assert await control.to_end() == []
        await control.close()

    play(scene)
    assert Cdr.objects.get().reasons == ["security"]


def _ask_end(key: UUID) -> None:
    call = Call.objects.get(key=key)
    with transaction.atomic():
        assert end_one(call.facility_id, call.pk, "security")
    connection.close()


def test_a_database_that_restarted_is_asked_again_over_a_new_connection(folder: Path, station: Station) -> None:
    """No caller hears "try later" for a restart that is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        assert await control.booted("one") == []
        assert await asyncio.to_thread(_cut_others, own) > 0
        assert (await control.authorise(uuid4(), "west", ENTRY, "en")).allowed
        await control.close()

    play(scene)


def _cut_others(own: int) -> int:
    """As a restart of the database does, to all but this test's own; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid, 1000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
            [own],
        )
        count: int = cursor.fetchone()[0]
    connection.close()
    return count


def test_one_that_is_refused_spoils_no_other_of_its_group(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What all calls tell at one time shares a transaction; refused, each is told alone (P5)."""
    good, bad, groups = uuid4(), uuid4(), []
    real = end_call.end_all

    def end(switch: object, ended: list[end_call.Ended], *, now: datetime) -> None:
        groups.append([one.key for one in ended])
        if bad in groups[-1]:
            raise ValueError
        real(switch, ended, now=now)  # type: ignore[arg-type]

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        assert (await control.authorise(good, "west", ENTRY, "en")).allowed
        monkeypatch.setattr(end_call, "end_all", end)
        control.tell(bad, 0, "accepted", "", 10)
        control.tell(good, 0, "accepted", "", 10)
        control.ended(bad, "caller_hung_up", "caller", 61_900, 0)
        control.ended(good, "caller_hung_up", "caller", 61_900, 0)
        control.tell(good, 1, "sign", "after its end", 10)
        await _until(lambda: not control._outbox.waiting)
        await control.close()

    play(scene)
    assert groups == [[bad, good], [bad], [good]]
    cdr = Cdr.objects.get()
    assert (cdr.seconds, cdr.cents, cdr.reasons, cdr.signs) == (61, 6, ["caller_hung_up"], [])
    assert purse() == (994, 0)
    assert (folder / "journal").read_text() == ""
    books_are_right()


def test_what_is_told_in_a_group_is_told_once_after_a_crash_in_between(
    folder: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database took the moments and the end, and the switch died before it knew: the next run tells them again."""
    key = uuid4()

    async def before() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        await control.booted("one")
        assert (await control.authorise(key, "west", ENTRY, "en")).allowed
        monkeypatch.setattr(control._outbox, "told", _away)
        away = sparse.seen["the database is away"]
        control.tell(key, 0, "accepted", "", 10)
        control.ended(key, "caller_hung_up", "caller", 61_900, 0)
        await _until(lambda: sparse.seen["the database is away"] > away)
        await control.close()

    async def after() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        assert await control.booted("two") == []
        await control.close()

    play(before)
    assert len(Journal(folder / "journal").left()) == 2
    play(after)
    assert (Cdr.objects.get().seconds, CallEvent.objects.count()) == (61, 1)
    assert purse() == (994, 0)
    books_are_right()
