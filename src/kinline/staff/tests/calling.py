"""Calls that tests of the staff face look at: a telephone, a switch, calls that go on and calls that are over."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings

from kinline.facilities.models import Facility
from kinline.residents.models import Resident
from kinline.telephony.models import Call, CallEvent, Cdr, Recording, Station, Switch

NUMBER = "+18135550142"


@dataclass
class Lines:
    """The telephones of a place."""

    place: Facility
    station: Station
    switch: Switch
    now: datetime

    def begin(self, resident: Resident | None, *, number: str = NUMBER, talking: bool = True, **more: Any) -> Call:
        """A call that goes on for five minutes."""
        begun = self.now - timedelta(minutes=5)
        moments = {"dialled_at": begun, "answered_at": begun, "accepted_at": begun} if talking else {}
        values = {
            "key": uuid4(), "switch": self.switch, "facility": self.place, "station": self.station,
            "resident": resident, "number": number, "call_type": "prepaid_collect", "seconds": 900,
            "state": "talking" if talking else "reserved", "started_at": begun,
            "lease_until": self.now + timedelta(minutes=1), **moments, **more,
        }  # fmt: skip
        return Call.objects.create(**values)

    def over(self, resident: Resident | None, *, result: str = "completed", ago: timedelta = timedelta(hours=1),
             number: str = NUMBER, call_type: str = "prepaid_collect", **more: Any) -> Cdr:  # fmt: skip
        """A call that is over, with its record; `more`: of the record."""
        begun, talked = self.now - ago, result == "completed"
        end = begun + timedelta(minutes=2)
        call = self.begin(
            resident, number=number, talking=talked, started_at=begun, state="ended", ended_at=end,
            call_type=call_type, **({"accepted_at": begun} if talked else {}),
        )  # fmt: skip
        CallEvent.objects.create(call=call, seq=1, kind="dialling", at=begun, elapsed_ms=1000)
        paid = {"seconds": 61, "cents": 11, "base_cents": 9, "additive_cents": 2, "base_micro": 90_000,
                "additive_micro": 20_000} if talked and call_type != "hotline" else {}  # fmt: skip
        values = {
            "call": call, "facility": self.place, "station": self.station.label, "resident": resident,
            "number": number, "place_kind": "domestic", "country": "US", "jurisdiction": "interstate",
            "call_type": call_type, "started_at": begun, "accepted_at": begun if talked else None, "ended_at": end,
            "result": result, "reasons": ["caller_hung_up" if talked else result], "recording": "none",
            "written_at": end, **paid, **more,
        }  # fmt: skip
        return Cdr.objects.create(**values)

    def recorded(self, resident: Resident, *, sound: bytes = b"RIFF sample", **more: Any) -> Recording:
        """A call that is over and was recorded, with its file."""
        call = self.over(resident, **more).call
        Call.objects.filter(pk=call.pk).update(record=True)
        name = f"{call.key}.wav"
        Path(settings.RECORDINGS).mkdir(parents=True, exist_ok=True)
        (Path(settings.RECORDINGS) / name).write_bytes(sound)
        return Recording.objects.create(
            call=call, file=name, sha256=hashlib.sha256(sound).digest(), seconds=61, begun_at=call.accepted_at
        )


def lines_of(place: Facility, now: datetime, name: str = "sample") -> Lines:
    begun = now - timedelta(days=30)
    digest = hashlib.sha256(name.encode()).digest()
    switch = Switch.objects.create(name=name, agency=place.agency, token_digest=digest, created_at=begun)
    station = Station.objects.create(
        facility=place, unit=place.units.get(), label="West wall", username=f"{name}-west", salt=digest,
        enrolled_at=begun,
    )  # fmt: skip
    return Lines(place, station, switch, now)
