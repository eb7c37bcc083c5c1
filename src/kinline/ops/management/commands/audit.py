"""`audit list`: who did what (STF-4)."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings

from kinline.core.models import AuditEvent
from kinline.flows.authority import Actor, require
from kinline.identity.permissions import Permission
from kinline.ops.acting import ActingCommand, facility_named, shown


class Command(ActingCommand):
    help = "The audit log, newest first."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        parser = act("list", "of one facility, or (operator) of all")
        parser.add_argument("--facility")
        parser.add_argument("--object", default="", help="such as message:12")
        parser.add_argument("--limit", type=int, default=50)

    def list(self, actor: Actor, now: datetime, *, facility: str | None, limit: int, **options: Any) -> None:
        rows = AuditEvent.objects.order_by("-id")
        place = facility_named(facility) if facility else None
        require(actor, place.pk if place else 0, Permission.READ_AUDIT, now)  # no role reaches beyond a facility
        if place:
            rows = rows.filter(facility_id=place.pk)
        if options["object"]:
            rows = rows.filter(object=options["object"])
        zone = place.time_zone if place else settings.TIME_ZONE
        for row in rows[:limit]:
            detail = json.dumps(row.detail, ensure_ascii=False) if row.detail else ""
            self.say(f"{row.id:<8}{shown(row.at, zone)}  {row.actor:<14}{row.act:<22}{row.object} {detail}".rstrip())
