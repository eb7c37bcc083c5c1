"""Disasters: something is killed, or is slow, in every state of a call at once; then it is back, and all is settled.

Nobody sleeps until a state is there: it is looked for, in the database or on the wire. A call is held in a state that
passes quickly (being authorised, ending) by holding the row that it needs, as another transaction might.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from django.db import connection, transaction
from django.db.models import QuerySet

from kinline.flows import end_call
from kinline.flows.end_asked import end_one
from kinline.telephony.models import Call, Cdr, TelephoneSettings
from tests.calls.sipp import engine, kill_scenes, voices
from tests.calls.sipp.kill_scenes import Scene
from tests.calls.sipp.slow import Slow
from tests.calls.sipp.stage import LONG, Process, Spoken, Stage
from tests.faults.processes import database_url
from tests.faults.server import Server

PATIENCE_SECONDS = 60
STATES = {"rings": "ringing", "is announced": "announced", "is accepted": "announced"}  # by scene: how it is known
SWEPT_AFTER = timedelta(minutes=3)  # longer than any call may go without a sign of life, and switches may be late
STATEMENT_SECONDS = 5.0
KEYS_AT = {"accepts late": 8.0, "accepts very late": 15.0}  # second of their voice


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.1)


@dataclass
class Disaster(Stage):
    """`paid`: by scene, what was taken in the end. `happened_at`, `over_at`: from when to when something was wrong.
    `swept`: calls of which nobody had told.
    """

    paid: dict[str, int] = field(default_factory=dict)
    happened_at: float = 0
    over_at: float = 0
    asked_at: float = 0
    swept: int = 0
    wrong: list[str] = field(default_factory=list)

    def _play_all(self, calls: list[Spoken], port: int) -> None:
        self._calls = {one.scene.name: one for one in calls}
        self._phones: dict[str, Process] = {}
        with contextlib.ExitStack() as stack:
            outside = {one.scene.name: self._sipp(stack, one, port, outside=True) for one in calls if one.scene.outside}
            time.sleep(0.5)
            self._telephone = lambda one: self._sipp(stack, one, port, outside=False)
            self._place_all("")
            self._meanwhile()
            for name, one in self._calls.items():
                self._until_it_is_over(name)
                other = outside.get(name)
                until(lambda other=other: other is None or other.poll() is not None, f"{name}, outside")  # type: ignore[misc]
                one.codes = (self._phones[name].returncode, other.returncode if other else None)
            self._settle()

    def _write(self, one: Spoken) -> None:
        if of := _scene(one).with_telephone_of:
            own = one.part.telephone
            one.part = replace(one.part, telephone=replace(self._world.parts[of].telephone, user=own.user))
        super()._write(one)

    def _voices(self, keys: str) -> Callable[[str], Path]:
        usual = super()._voices(keys)

        def voice(name: str) -> Path:
            path = self.folder / f"{name.replace(' ', '-')}.pcap"
            if name not in KEYS_AT:
                return usual(name)
            return voices.write(path, voices.voice(voices.CALLED_HERTZ, LONG, [(KEYS_AT[name], "1")]))

        return voice

    def _read(self, one: Spoken) -> None:
        super()._read(one)
        own = self._of(one)
        one.records = list(Cdr.objects.filter(call__in=own, corrects=None).order_by("pk"))
        one.live = own.filter(ended_at=None).count()
        stands = [Cdr.objects.filter(call=record.call_id).latest("pk") for record in one.records]
        self.paid[one.scene.name] = sum(record.cents for record in stands)

    @staticmethod
    def _of(one: Spoken) -> QuerySet[Call]:
        return Call.objects.filter(station__username=one.part.telephone.station, number=one.part.number)

    def _place_all(self, when: str) -> None:
        for one in self._calls.values():
            if _scene(one).when == when:
                self._phones[one.scene.name] = self._telephone(one)
                time.sleep(0.25)

    def _until_in_their_states(self, when: str = "") -> None:
        for name, one in self._calls.items():
            if _scene(one).when == when:
                self._until_in_its_state(name)

    def _until_in_its_state(self, name: str) -> None:
        until(lambda: self._has_begun(name), f"{name} has begun")

    def _has_begun(self, name: str) -> bool:
        one = self._calls[name]
        if one.scene.keys:
            return self._says(name, "SIP/2.0 200")
        state = next((STATES[start] for start in STATES if name.startswith(start)), "accepted")
        return self._of(one).filter(ended_at=None, events__kind=state).exists()

    def _says(self, name: str, begins: str) -> bool:
        """Whether that was sent to, or by, its telephone."""
        one = self._calls[name]
        packets = list(one.wire.packets)
        return any(
            one.phone_port in {packet.source, packet.target} and packet.first_line.startswith(begins)
            for packet in packets
            if packet.is_sip
        )

    def _until_over(self, when: str) -> None:
        """The telephones of that moment have ended by themselves."""
        for name, one in self._calls.items():
            if _scene(one).when == when:
                self._until_it_is_over(name)

    def _until_it_is_over(self, name: str) -> None:
        until(lambda: self._phones[name].poll() is not None, f"{name} is over")

    @contextlib.contextmanager
    def _held_up(self) -> Iterator[None]:
        """The call that ends can not be settled, nor the next one begun: their rows are another's."""
        who = self._calls["is authorised"].part.telephone.user.split("*")[0]
        with psycopg.connect(database_url()) as other:
            other.execute("SELECT FROM residents_resident WHERE number = %s FOR UPDATE", [who])
            for name in ("ends", "is accepted"):
                if name in self._calls:
                    station = self._calls[name].part.telephone.station
                    other.execute(
                        "SELECT FROM telephony_call WHERE ended_at IS NULL AND station_id ="
                        " (SELECT id FROM telephony_station WHERE username = %s) FOR UPDATE", [station],
                    )  # fmt: skip
            yield
            with contextlib.suppress(psycopg.Error):  # its database may have died
                other.rollback()

    def _until_held_up(self) -> None:
        """An end is written down and cannot be told; somebody asks, and waits for their row."""
        until(lambda: '"what": "end"' in (self.folder / "switch" / "journal").read_text(), "an end is written down")
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE query LIKE '%%residents_resident%%' AND wait_event_type = 'Lock' AND datname = current_database()"
        )

        def waits() -> bool:
            with connection.cursor() as cursor:
                cursor.execute(waiting, [])
                return bool(cursor.fetchone()[0])

        until(waits, "one waits to be authorised")

    def _settle(self) -> None:
        """Whatever was written down is told, and what nobody tells of is swept up."""
        expected = sum(bool(one.scene.result) for one in self._calls.values())
        until(lambda: Cdr.objects.filter(corrects=None).count() >= expected, "all records")
        until(lambda: (self.folder / "switch" / "journal").read_text() == "", "the journal is empty")
        self.swept = end_call.sweep(datetime.now(UTC) + SWEPT_AFTER)


def _scene(one: Spoken) -> Scene:
    assert isinstance(one.scene, Scene)
    return one.scene


@dataclass
class MediaDies(Disaster):
    """rtpengine is killed, and back after a while; then it is killed and restarted so quickly that it seems there."""

    def _meanwhile(self) -> None:
        server = engine.RUNNING[self.folder]
        self._until_in_their_states()
        server.kill()
        self._until_over("")
        self._place_all(kill_scenes.MEANWHILE)
        self._until_over(kill_scenes.MEANWHILE)
        server.start()
        self._place_all(kill_scenes.AFTERWARDS)
        self._place_all(kill_scenes.AGAIN)
        self._until_in_their_states(kill_scenes.AGAIN)
        self._until_over(kill_scenes.AFTERWARDS)
        server.kill()
        server.start()


@dataclass
class DatabaseDies(Disaster):
    """The first process of the server and all its children are killed; it stays away for a while."""

    server: Server = field(kw_only=True)

    def _meanwhile(self) -> None:
        until(lambda: self._has_begun("ends"), "one talks")
        with self._held_up():
            self._place_all(kill_scenes.JUST_BEFORE)
            self._until_in_their_states(kill_scenes.JUST_BEFORE)
            until(lambda: self._says("ends", "BYE"), "one hangs up")
            self._place_all(kill_scenes.HELD_UP)
            self._until_held_up()
            self.happened_at = time.time()
            self.server.kill(all_at_once=True)
        connection.close()
        self._until_over(kill_scenes.HELD_UP)
        self._place_all(kill_scenes.MEANWHILE)
        self._until_over(kill_scenes.MEANWHILE)
        for name in ("rings", "is announced", "talks till then"):
            self._until_it_is_over(name)
        self.over_at = time.time()
        self.server.start()
        self._place_all(kill_scenes.AFTERWARDS)


@dataclass
class SwitchDies(Disaster):
    """And is started again. With rtp-io the voices die with it."""

    def _meanwhile(self) -> None:
        until(lambda: self._has_begun("ends"), "one talks")
        with self._held_up():
            until(lambda: self._says("ends", "BYE"), "one hangs up")
            until(lambda: self._says("is accepted", "SIP/2.0 200"), "one is accepted")
            self._place_all(kill_scenes.HELD_UP)
            self._until_held_up()
            self._process.kill()
            self._process.wait()
        self._start()
        self._place_all(kill_scenes.AFTERWARDS)
        self._until_in_its_state("ended by staff")
        call = self._of(self._calls["ended by staff"]).get()
        with transaction.atomic():
            assert end_one(call.facility_id, call.pk, "security")
        self.asked_at = time.time()


@dataclass
class DatabaseIsSlow(Disaster):
    """Five seconds a statement, for a while."""

    @contextlib.contextmanager
    def _behind_it(self) -> Iterator[Slow]:
        """Whoever asks the database from now on, the switch too, asks through something that may be slow."""
        settings = connection.settings_dict
        with Slow(self.folder, database_url()) as slow:
            connection.close()
            direct = {name: settings[name] for name in ("HOST", "PORT")}
            settings.update(HOST=str(self.folder), PORT="5432")
            try:
                yield slow
            finally:
                connection.close()
                settings.update(direct)

    def play(self) -> dict[str, Spoken]:
        with self._behind_it() as self._slow:
            return super().play()

    def _meanwhile(self) -> None:
        self._until_in_their_states()
        self.happened_at = time.time()
        self._slow.seconds = STATEMENT_SECONDS
        self._place_all(kill_scenes.MEANWHILE)
        self._until_over(kill_scenes.MEANWHILE)
        for name in ("first call for nothing", "talks till then"):
            self._until_it_is_over(name)
        self.over_at = time.time()
        self._slow.seconds = 0.0
        assert self._slow.statements > 0
        self._place_all(kill_scenes.AFTERWARDS)

    def _write(self, one: Spoken) -> None:
        TelephoneSettings.objects.update(courtesy_seconds=kill_scenes.LONGER)
        super()._write(one)
