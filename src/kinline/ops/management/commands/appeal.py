"""`appeal list|decide`: somebody asked that another person decide again (DEL-6)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kinline.flows import appeal
from kinline.flows.authority import Actor
from kinline.identity import permissions
from kinline.identity.permissions import Permission
from kinline.messaging import queries
from kinline.ops.acting import ActingCommand, facility_named, staff_only


class Command(ActingCommand):
    help = "Appeals: list those without an answer, decide one in writing."

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        act("list", "the first due first").add_argument("facility")
        decide = act("decide", "by somebody who had no part in the refusal")
        decide.add_argument("appeal", type=int)
        decide.add_argument("outcome", choices=["won", "lost"], help="won: the message is delivered, free")
        decide.add_argument("answer", help="a sentence for who appealed")

    def list(self, actor: Actor, now: datetime, *, facility: str, **_options: Any) -> None:
        place = facility_named(facility)
        permissions.require(staff_only(actor), place.pk, Permission.DECIDE_APPEAL, now)
        for row in queries.appeals_open([place.pk]):
            self.say(f"{row.id:<8}message {row.message_id}, by the {row.side}, due {row.due_on}: {row.text}")

    def decide(self, actor: Actor, now: datetime, *, outcome: str, answer: str, **options: Any) -> None:
        number = options["appeal"]
        appeal.decide(staff=staff_only(actor), appeal_id=number, won=outcome == "won", answer=answer, now=now)
        self.say(f"Appeal {number} is {outcome}.")
