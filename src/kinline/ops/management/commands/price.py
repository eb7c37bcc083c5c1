"""`price set`: what one message costs at an agency, from a moment on (MSG-2)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from kinline.core.money import short
from kinline.flows import set_up
from kinline.flows.authority import Actor
from kinline.ops.acting import ActingCommand, agency_named, moment, shown


class Command(ActingCommand):
    help = "Set the price of one message at an agency. Messages sent before keep their price."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        parser = act("set", "from now, or from a later moment on")
        parser.add_argument("agency")
        parser.add_argument("cents", type=int, help="0: free")
        parser.add_argument("--photo", type=int, help="cents of one photo with it; 0: free (default: as it is)")
        parser.add_argument("--from", dest="begins", help="in the deployment's time zone (default: now)")

    def set(self, actor: Actor, now: datetime, *, agency: str, cents: int, begins: str | None, **options: Any) -> None:
        start, photo, agency_id = moment(begins, settings.TIME_ZONE), options["photo"], agency_named(agency).pk
        for amount in (cents, photo or 0):
            if amount < 0:
                raise CommandError("A price is not below zero.")
        set_up.set_price(
            staff=actor, agency_id=agency_id, cents=cents, now=now, effective_from=start, photo_cents=photo
        )
        self.say(f"One message costs {short(cents)} from {shown(start or now, settings.TIME_ZONE)}.")
        if photo is not None:
            self.say(f"One photo with it costs {short(photo)} from then on.")
