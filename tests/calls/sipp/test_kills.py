"""kill -9 of rtpengine, of the database and of the switch in every state of a call, and a database at five seconds a
statement (R6, TEL-6): both telephones, the record, the money, and the books by replay.

The web server has no part in these calls: none runs here, and `test_web_killed` kills it beside a switch that needs it.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kinline.telephony.rating import Rate, cost
from tests.calls.sipp import kill_scenes
from tests.calls.sipp.conftest import _must_be_there
from tests.calls.sipp.kill_scenes import Scene
from tests.calls.sipp.kills import DatabaseDies, DatabaseIsSlow, Disaster, MediaDies, SwitchDies
from tests.calls.sipp.stage import Spoken
from tests.faults.processes import database_url
from tests.faults.server import Server
from tests.races.conftest import cloned

RATE = Rate(90_000, 20_000)
CUT_WITHIN = 0.25  # seconds
TOLD_WITHIN = 1.0  # from the packet to the moment that the record says
DISASTERS = {
    "media": kill_scenes.MEDIA, "database": kill_scenes.DATABASE, "switch": kill_scenes.SWITCH,
    "slow": kill_scenes.SLOW,
}  # fmt: skip
ROWS = [(name, scene) for name, scenes in DISASTERS.items() for scene in scenes]
Play = Callable[[str], tuple[Disaster, dict[str, Spoken]]]


def _play(name: str, folder: Path) -> tuple[Disaster, dict[str, Spoken]]:
    """What happened, with its books looked at."""
    scenes = DISASTERS[name]
    if name == "database":
        server = Server(folder / "data")
        try:
            server.copy(database_url())
            with server.used():
                return _played(DatabaseDies("rtp-io", folder, scenes, server=server))
        finally:
            server.stop()
    with cloned():
        if name == "media":
            return _played(MediaDies("rtpengine", folder, scenes))
        return _played((SwitchDies if name == "switch" else DatabaseIsSlow)("rtp-io", folder, scenes))


def _played(stage: Disaster) -> tuple[Disaster, dict[str, Spoken]]:
    played = stage.play()
    stage.wrong = stage.books()
    return stage, played


@pytest.fixture(scope="session")
def happen(db: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Each once, when the first test of it asks."""
    done: dict[str, tuple[Disaster, dict[str, Spoken]] | BaseException] = {}

    def happened(name: str) -> tuple[Disaster, dict[str, Spoken]]:
        if name not in done:
            _must_be_there("rtpengine" if name == "media" else "rtp-io")
            try:
                with django_db_blocker.unblock():
                    done[name] = _play(name, tmp_path_factory.mktemp(name))
            except Exception as problem:
                done[name] = problem
                raise
        found = done[name]
        if isinstance(found, BaseException):
            pytest.fail(f"It did not happen: {found}")
        return found

    return happened


@pytest.fixture(params=ROWS, ids=lambda row: f"{row[0]}-{row[1].name.replace(' ', '-')}")
def row(request: pytest.FixtureRequest, happen: Play) -> tuple[Disaster, Scene, Spoken]:
    name, scene = request.param
    disaster, played = happen(name)
    return disaster, scene, played[scene.name]


Row = tuple[Disaster, Scene, Spoken]


def test_both_telephones_are_hung_up(row: Row) -> None:
    _, scene, one = row
    assert one.codes == (0, None if scene.outside is None else 0), one.words


def test_there_is_one_record_and_it_says_what_came_of_it(row: Row) -> None:
    _, scene, one = row
    assert [record.result for record in one.records] == ([scene.result] if scene.result else [])
    if not scene.result:
        return
    (record,) = one.records
    assert scene.seconds[0] <= record.seconds <= scene.seconds[1]
    assert scene.by in {"", record.ended_by}
    assert scene.reason in {"", *record.reasons}


def test_the_record_says_when_it_was_however_late_it_is_told(row: Row) -> None:
    _, scene, one = row
    if scene.result != "completed":
        return
    (record,) = one.records
    begun, over = one.accepted_at, one.over_at
    assert begun is not None
    assert record.accepted_at is not None
    assert record.accepted_at.timestamp() == pytest.approx(begun, abs=TOLD_WITHIN)
    if scene.reason not in {"switch_lost", "media_failed"}:
        assert record.ended_at.timestamp() == pytest.approx(over, abs=TOLD_WITHIN)
        assert record.seconds == pytest.approx(over - begun, abs=1 + CUT_WITHIN)


def test_it_is_paid_once_and_nothing_stays_held(row: Row) -> None:
    disaster, scene, one = row
    prices = [cost(record.seconds, RATE) if record.accepted_at and not scene.free else 0 for record in one.records]
    assert [record.cents for record in one.records] == prices
    assert one.live == 0
    assert (one.posted, one.held) == (one.put - disaster.paid[scene.name], 0)
    assert disaster.paid[scene.name] in {0, sum(prices)}  # what our side lost may go back (TEL-14)
    assert disaster.paid[scene.name] == sum(prices) or scene.reason in {"media_failed", "switch_lost"}


def test_who_cannot_call_hears_why(row: Row) -> None:
    _, scene, one = row
    if scene.sentence:
        assert _spoken_seconds(one) > 1


def _spoken_seconds(one: Spoken) -> float:
    """How long something else than silence arrived before the telephone was refused."""
    refused = one.wire.sip(to=one.phone_port, begins="SIP/2.0 503")[-1].at
    silent = {0x7E, 0x7F, 0xFE, 0xFF}
    heard = [packet for packet in one.wire.rtp(one.phone_sound) if packet.kind == 0 and packet.at < refused]
    return 0.02 * sum(sum(byte not in silent for byte in packet.load[12:]) > 40 for packet in heard)


CUT = [row for row in ROWS if row[1].cut]


@pytest.mark.parametrize("row", CUT, ids=lambda row: row[0], indirect=True)
def test_it_is_cut_on_its_second_meanwhile(row: Row) -> None:
    disaster, scene, one = row
    begun = one.accepted_at
    assert begun is not None
    (cut,) = one.wire.sip(to=one.phone_port, begins="BYE ")
    assert abs(cut.at - begun - scene.cut) <= CUT_WITHIN
    assert disaster.happened_at < cut.at < disaster.over_at


ACCEPTED = [row for row in ROWS if row[0] == "database" and row[1].name in {"rings", "is announced"}]


@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: row[1].name, indirect=True)
def test_a_call_is_accepted_while_the_database_is_away(row: Row) -> None:
    disaster, _, one = row
    assert one.accepted_at is not None
    assert disaster.happened_at < one.accepted_at < disaster.over_at


BY_STAFF = [row for row in ROWS if row[1].reason == "security"]


@pytest.mark.parametrize("row", BY_STAFF, ids=lambda row: row[0], indirect=True)
def test_staff_are_heard_at_once(row: Row) -> None:
    """Not only with the next sign of life (TEL-9): the switch looks twice a second, and the machine may be busy."""
    disaster, _, one = row
    sys.stdout.write(f"{one.over_at - disaster.asked_at:.2f} s\n")
    assert disaster.asked_at < one.over_at < disaster.asked_at + 2


@pytest.mark.parametrize("name", DISASTERS)
def test_the_books_balance_by_replay(happen: Play, name: str) -> None:
    """Every posting, hold and resolution; every call against its record. Nothing was left for the sweeper."""
    disaster, _ = happen(name)
    assert disaster.wrong == []
    assert disaster.swept == 0
