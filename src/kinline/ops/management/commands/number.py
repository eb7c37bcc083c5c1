"""`number list|confirm`: who asked to confirm a telephone number, and staff who saw that it is theirs (TEL-8)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kinline.flows import numbers
from kinline.flows.authority import Actor
from kinline.identity import permissions
from kinline.identity.permissions import Permission
from kinline.ops.acting import ActingCommand, facility_named, family_named, shown, staff_only
from kinline.payments.queries.numbers import waiting_for_proof


class Command(ActingCommand):
    help = "Telephone numbers whose control a family member wants confirmed."

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        act("list", "who asked in the last 30 days, newest first").add_argument("facility", help="where you work")
        confirm = act("confirm", "you saw that the number is theirs")
        confirm.add_argument("number")
        confirm.add_argument("--for", dest="person", required=True, metavar="USERNAME")
        confirm.add_argument("--facility", required=True, metavar="SLUG", help="where you saw it")

    def list(self, actor: Actor, now: datetime, *, facility: str, **_options: Any) -> None:
        place = facility_named(facility)
        permissions.require(staff_only(actor), place.pk, Permission.CONFIRM_NUMBERS, now)
        for one in waiting_for_proof(now):
            self.say(f"{one.shown:<18}{one.name} ({one.username}), asked {shown(one.asked_at, place.time_zone)}")

    def confirm(self, actor: Actor, now: datetime, *, number: str, person: str, facility: str, **_options: Any) -> None:
        place, user = facility_named(facility), family_named(person)
        numbers.confirm(staff=staff_only(actor), facility_id=place.pk, user=user, number=number, now=now)
        self.say(f"{number} is confirmed as the number of {user.username}.")
