"""`review list|show|release|refuse`: held messages (DEL-4, DEL-5), through the flow that the portal will use."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kinline.flows import decide_review
from kinline.flows.authority import Actor
from kinline.flows.reading import read_held
from kinline.identity import permissions
from kinline.identity.permissions import Permission
from kinline.messaging import queries
from kinline.ops.acting import ActingCommand, facility_named, shown, staff_only


class Command(ActingCommand):
    help = "Messages that wait for a person: list, read, release, refuse."

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        act("list", "oldest first").add_argument("facility")
        show = act("show", "read one; who looked, and why, is written down")
        show.add_argument("message", type=int)
        show.add_argument("--purpose", default="review")
        act("release", "deliver it").add_argument("message", type=int)
        refuse = act("refuse", "do not deliver it; both sides are told, the price goes back")
        refuse.add_argument("message", type=int)
        refuse.add_argument("reason", help="code of the facility's list")
        refuse.add_argument("explanation", help="a sentence for both sides")
        refuse.add_argument("--withhold", action="store_true", help="suspected crime: nobody is told (supervisors)")

    def list(self, actor: Actor, now: datetime, *, facility: str, **_options: Any) -> None:
        place = facility_named(facility)
        permissions.require(staff_only(actor), place.pk, Permission.READ_REVIEW, now)
        for row in queries.reviews_waiting([place.pk]):
            rules = ", ".join(one["id"] for one in row.fired)
            people = f"{row.sender_name} to {row.recipient_name}"
            self.say(f"{row.message_id:<8}since {shown(row.since, place.time_zone)}  {people}  [{rules}]")

    def show(self, actor: Actor, now: datetime, *, message: int, purpose: str, **_options: Any) -> None:
        self.say(read_held(staff=staff_only(actor), message_id=message, purpose=purpose, now=now))

    def release(self, actor: Actor, now: datetime, *, message: int, **_options: Any) -> None:
        decide_review.release(staff=staff_only(actor), message_id=message, now=now)
        self.say(f"Message {message} is released.")

    def refuse(self, actor: Actor, now: datetime, *, message: int, reason: str, **options: Any) -> None:
        decide_review.refuse(
            staff=staff_only(actor),
            message_id=message,
            reason_code=reason,
            explanation=options["explanation"],
            now=now,
            withheld=options["withhold"],
        )
        self.say(f"Message {message} is not delivered.")
