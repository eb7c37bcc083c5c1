"""`pin reset`: a new PIN for a resident, which also unlocks (KSK-6)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kinline.flows import custody
from kinline.flows.authority import Actor
from kinline.ops.acting import ActingCommand, agency_named, resident_numbered, staff_only


class Command(ActingCommand):
    help = "Give a resident a new PIN, to be changed at first use. It is printed once and kept nowhere."

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        reset = act("reset", "a new random PIN; unlocks, too")
        reset.add_argument("agency")
        reset.add_argument("number")

    def reset(self, actor: Actor, now: datetime, *, agency: str, number: str, **_options: Any) -> None:
        person = resident_numbered(agency_named(agency), number)
        pin = custody.give_pin(staff=staff_only(actor), resident_id=person.pk, now=now)
        self.say(f"{person.number}: new PIN {pin}. Hand it over on paper; they choose their own at the kiosk.")
