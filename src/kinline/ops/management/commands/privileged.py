"""`privileged seal`: letters with attorneys under the newest key (DEL-7)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

from kinline.core import confidential
from kinline.flows.authority import Actor
from kinline.flows.privileged import seal_all
from kinline.ops.acting import ActingCommand


class Command(ActingCommand):
    help = "Letters in confidence: seal them all with the newest key."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        act("seal", "seal all letters and drafts with attorneys with the key of now; those under old keys, too")

    def seal(self, actor: Actor, now: datetime, **_options: Any) -> None:
        if actor is not None:
            raise CommandError("Only the operator has the key: leave --as out.")
        if not confidential.can_seal():
            raise CommandError("There is no key here: set KINLINE_PRIVILEGED_KEY (docs/operate/privileged.md).")
        self.say(
            f"{seal_all(now)} pairs of people write in confidence. More than 200 letters of a pair: a job goes on."
        )
