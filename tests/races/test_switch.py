"""Letters at the moment of the emergency switch (STF-8): held or delivered, never both, and said as it is.

Each row makes the dangerous order; the control is the same without the row locks, and loses.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import F

from kinline.core.models import AuditEvent
from kinline.delivery.models import Stop
from kinline.facilities.models import Facility
from kinline.flows import emergency
from kinline.flows.deliver_message import deliver_due
from kinline.messaging.models import Message
from tests.money.letters import wrongs
from tests.races.steps import FIRST_WRITE, crossing, without_row_locks
from tests.races.test_review import codes
from tests.races.world import Waits, World, write

pytestmark = pytest.mark.usefixtures("db")
HOUR = timedelta(hours=1)
WHY = {"en": "The network is repaired.", "es": "Se repara la red."}

# First, second, whether letters were stopped before; what each hears, how the letter ends, how many stops were begun.
ENDS = [
    ("deliver", "stop", False, ["NoneType", "int"], "delivered", 1),
    ("stop", "stop", False, ["int", "stopped_already"], "scheduled", 1),
    ("go", "later", True, ["NoneType", "no_stop"], "scheduled", 1),
    ("take_back", "out", True, ["NoneType", "NoneType"], "withdrawn", 1),
    ("out", "take_back", True, ["NoneType", "too_late"], "delivered", 1),
    ("out", "out", True, ["NoneType", "NoneType"], "delivered", 1),
]


def acts(world: World, place: Facility, now: datetime) -> dict[str, Callable[[], Any]]:
    own = {"facility_id": place.pk, "now": now}
    stop = partial(emergency.stop_letters, told=WHY, until=now + HOUR, **own)
    return {
        "deliver": world.act("deliver"),
        "take_back": world.act("take_back"),
        "stop": partial(stop, staff=world.supervisor),
        "go": partial(emergency.let_letters_go, staff=world.supervisor, **own),
        "later": partial(emergency.change_end, staff=world.supervisor, until=now + 2 * HOUR, **own),
        "out": partial(emergency._let_go, world.message_id, now + 3 * HOUR),
    }


def ended(world: World, place: Facility, first: str, second: str, *, before: bool) -> tuple[list[object], str, int]:
    """What both heard, how the letter stands, how many stops began; and nothing held that was delivered."""
    Stop.objects.filter(ended_at=None).update(ended_at=F("starts_at"))
    begun, now = Stop.objects.count(), world.now
    do = acts(world, place, now)
    if before:
        do["stop"]()
    heard = codes(crossing(do[first], FIRST_WRITE, do[second]))
    state = Message.objects.get(pk=world.message_id).state
    if state == "delivered" and not before:
        held = AuditEvent.objects.filter(act="letters.stop").latest("pk").detail["held"]
        heard += [f"and {held} held"] if held else []
    stop = Stop.objects.latest("pk")
    heard += ["an end of what had ended"] if stop.ended_at and stop.until != now + HOUR else []
    return heard, state, Stop.objects.count() - begun


def misses(waits: Waits, place: Facility) -> list[tuple[str, str]]:
    """The rows that did not end as they say, or left wrong money behind."""
    found, faults = [], wrongs()
    for first, second, before, hears, state, stops in ENDS:
        got = ended(waits("scheduled", "sender"), place, first, second, before=before)
        after = wrongs()
        if got != (hears, state, stops) or after != faults:
            found.append((first, second))
        faults = after
    return found


def test_what_meets_the_switch_is_held_or_delivered(waits: Waits, north: Facility) -> None:
    assert misses(waits, north) == []
    assert wrongs() == []


def test_control_without_the_locks_every_row_loses(
    waits: Waits, north: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_row_locks(monkeypatch)
    assert misses(waits, north) == [(first, second) for first, second, *_ in ENDS]


def test_a_letter_that_was_read_before_the_switch_and_written_after_it_waits(waits: Waits, north: Facility) -> None:
    """Its sender pressed first: it does not know of the switch, but what delivers it does."""
    world = waits("scheduled", "sender")
    contact = Message.objects.get(pk=world.message_id).contact
    letter = write(world.resident, contact, world.now)
    sent, _stop = crossing(letter, FIRST_WRITE, acts(world, north, world.now)["stop"])
    assert Message.objects.get(pk=sent.message_id).state == sent.state
    deliver_due(message_id=sent.message_id, now=world.now + HOUR / 2)
    assert Message.objects.get(pk=sent.message_id).state == "scheduled"
    emergency.end_stops(now=world.now + HOUR)
    assert {one.state for one in Message.objects.all()} == {"delivered"}
    assert wrongs() == []
