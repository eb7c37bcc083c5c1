"""`calls list`: the newest calls with their records (T14), for whoever runs the machine."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand

from kinline.core.money import dollars
from kinline.ops.acting import facility_named, shown
from kinline.telephony.models import Call, CallCorrection, Cdr
from kinline.telephony.queries import calls

OF_RECORD = (
    "result", "reasons", "ended_by", "sip_code", "dialled", "place_kind", "country", "jurisdiction", "access",
    "seconds", "unbilled_seconds", "cents", "base_cents", "additive_cents", "tax_cents", "agency_cents", "payer",
    "entries", "recording", "signs",
)  # fmt: skip
MOMENTS = ("ringing_at", "announced_at", "ended_at")


class Command(BaseCommand):
    help = "Telephone calls: list the newest with their records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        listing = parser.add_subparsers(dest="action", required=True).add_parser("list", help="the newest first")
        listing.add_argument("--json", action="store_true")
        listing.add_argument("--facility", help="only of this one")
        listing.add_argument("--limit", type=int, default=100)
        listing.add_argument("--hotlines", action="store_true", help="also free hotlines, which are in no other list")

    def handle(self, *args: Any, **options: Any) -> None:
        place = facility_named(options["facility"]).pk if options["facility"] else None
        found = calls.listed(facility_id=place, hotlines=options["hotlines"], limit=max(1, options["limit"]))
        if options["json"]:
            corrected = calls.corrections([call for call, _written in found])
            whole = [_whole(call, written, corrected.get(call.pk, [])) for call, written in found]
            self.stdout.write(json.dumps(whole, indent=2, default=str))
            return
        for call, written in found:
            self.stdout.write(_line(call, written))


def _whole(call: Call, written: Cdr | None, corrected: Sequence[CallCorrection]) -> dict[str, Any]:
    """`id` is the switch's own name for it; moments are UTC. `cents` is the price as it stands; `charged_cents` what
    was taken at the end of the call, before `corrections` (T14).
    """
    back = [
        {"cents": one.back_cents, "why": one.why, "by_itself": one.made_by_id is None, "entry": one.entry_id,
         "at": _at(one.at)} for one in corrected
    ]  # fmt: skip
    facts = {name: getattr(written, name) for name in OF_RECORD} if written else {}
    later = {name: _at(getattr(written, name)) for name in MOMENTS} if written else {}
    return {
        "id": str(call.key),
        "number_in_ledger": call.pk,
        "state": call.state,
        "switch": call.switch.name,
        "facility": call.facility.slug,
        "station": call.station.label if call.station else "",
        "resident": call.resident.number if call.resident else "",
        "number": call.number,
        "call_type": call.call_type,
        "held_cents": call.held_cents,
        "longest_seconds": call.seconds,
        "started_at": _at(call.started_at),
        "answered_at": _at(call.answered_at),
        "accepted_at": _at(call.accepted_at),
        **later,
        **facts,
        "charged_cents": (written.cents if written else 0) + sum(one.back_cents for one in corrected),
        "corrections": back,
    }


def _at(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _line(call: Call, written: Cdr | None) -> str:
    when = shown(call.started_at, call.facility.time_zone)
    how = f"{written.result} {written.seconds} s {dollars(written.cents)}" if written else call.state
    return (
        f"{when}  {call.facility.slug}  {call.resident.number if call.resident else '-':>8}  {call.number:<16}  {how}"
    )
