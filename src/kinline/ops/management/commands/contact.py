"""`contact waiting|approve|deny`: the facility's part in who may write to whom (CON-2)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kinline.contacts import queries
from kinline.flows import contacts
from kinline.flows.authority import Actor
from kinline.identity import permissions
from kinline.identity.permissions import Permission
from kinline.ops.acting import ActingCommand, facility_named, shown, staff_only


class Command(ActingCommand):
    help = "Contacts that wait for the facility: list, approve, deny."

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        act("waiting", "oldest first").add_argument("facility")
        act("approve", "they may write").add_argument("contact", type=int)
        deny = act("deny", "they may not; both are told the reason")
        deny.add_argument("contact", type=int)
        deny.add_argument("reason")

    def waiting(self, actor: Actor, now: datetime, *, facility: str, **_options: Any) -> None:
        place = facility_named(facility)
        permissions.require(staff_only(actor), place.pk, Permission.DECIDE_CONTACT, now)
        for one in queries.waiting_for_approval(place.pk):
            people = f"{one.user.name} ({one.relation or 'no relation given'}) and {one.resident.name}"
            self.say(f"{one.pk:<8}{people}, since {shown(one.created_at, place.time_zone)}")

    def approve(self, actor: Actor, now: datetime, *, contact: int, **_options: Any) -> None:
        contacts.approve(staff=staff_only(actor), contact_id=contact, now=now)
        self.say(f"Contact {contact} is approved.")

    def deny(self, actor: Actor, now: datetime, *, contact: int, reason: str, **_options: Any) -> None:
        contacts.deny(staff=staff_only(actor), contact_id=contact, reason=reason, now=now)
        self.say(f"Contact {contact} is denied.")
