"""`facility add|set|unit|reason|list|show`: places and what they offer."""

import calendar
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

from kinline.delivery import queries as delivery
from kinline.facilities import queries
from kinline.facilities.models import ContactRule
from kinline.flows import set_up
from kinline.flows.authority import Actor
from kinline.ops.acting import ActingCommand, agency_named, facility_named

TEXTS = ("name", "city", "time_zone")
NUMBERS = (
    "collect_limit",
    "sender_appeal_days",
    "resident_appeal_days",
    "appeal_decision_days",
    "kiosk_idle_seconds",
    "reply_days",
    "week_starts",
    "photos_a_letter",
)
SWITCHES = (
    "messages_offered",
    "calls_offered",
    "resident_deposits",
    "prepaid_numbers",
    "pin_debit",
    "privileged_offered",
)


class Command(ActingCommand):
    help = "Facilities: add one, change its settings, its units and its reasons for refusing a message."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        add = act("add", "a new facility; until it has rules, it holds every message for review")
        add.add_argument("agency")
        add.add_argument("slug", help="its short name in addresses; never changes")
        add.add_argument("name")
        add.add_argument("--region", required=True, help="state, such as FL")
        add.add_argument("--unit", action="append", default=[], help="a housing unit; may be given several times")
        add.add_argument("--city", default="")
        add.add_argument("--time-zone", default="America/New_York")
        add.add_argument("--contact-rule", choices=ContactRule.values, default=ContactRule.OPEN)
        self._settings(act("set", "change settings of a facility"))
        unit = act("unit", "add a housing unit")
        unit.add_argument("slug")
        unit.add_argument("name")
        reason = act("reason", "put a reason on the facility's public list, or word it anew")
        reason.add_argument("slug")
        reason.add_argument("code")
        reason.add_argument("text")
        reason.add_argument("--es", default="", help="the same in Spanish")
        act("list", "all facilities")
        act("show", "one facility with units, kiosks, reasons and rules").add_argument("slug")

    def _settings(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        for name in TEXTS:
            parser.add_argument(f"--{name.replace('_', '-')}")
        for name in NUMBERS:
            parser.add_argument(f"--{name.replace('_', '-')}", type=int)
        for name in SWITCHES:
            parser.add_argument(f"--{name.replace('_', '-')}", choices=["yes", "no"])
        parser.add_argument("--contact-rule", choices=ContactRule.values)

    def add(self, actor: Actor, now: datetime, *, agency: str, slug: str, name: str, **options: Any) -> None:
        if actor is not None:
            raise CommandError("Only the operator adds facilities: leave --as out.")
        chosen = {key: options[key] for key in ("region", "city", "time_zone", "contact_rule")}
        place = set_up.open_facility(agency_id=agency_named(agency).pk, name=name, slug=slug, now=now, **chosen)
        for unit in options["unit"]:
            set_up.add_unit(staff=None, facility_id=place.pk, name=unit, now=now)
        self.say(
            f"Facility {name} ({slug}). It has no rules yet, so it holds every message: ./kinline rules set {slug}"
        )

    def set(self, actor: Actor, now: datetime, *, slug: str, **options: Any) -> None:
        names = (*TEXTS, *NUMBERS, "contact_rule")
        changes = {name: options[name] for name in names if options[name] is not None}
        changes |= {name: options[name] == "yes" for name in SWITCHES if options[name] is not None}
        if not changes:
            raise CommandError("Nothing to change: name a setting, such as --contact-rule approval.")
        set_up.change_facility(staff=actor, facility_id=facility_named(slug).pk, changes=changes, now=now)
        self.say(f"{slug}: " + ", ".join(f"{name} = {value}" for name, value in changes.items()))

    def unit(self, actor: Actor, now: datetime, *, slug: str, name: str, **_options: Any) -> None:
        set_up.add_unit(staff=actor, facility_id=facility_named(slug).pk, name=name, now=now)
        self.say(f"{slug} has the unit {name}.")

    def reason(self, actor: Actor, now: datetime, *, slug: str, code: str, text: str, **options: Any) -> None:
        place = facility_named(slug)
        set_up.add_reason(staff=actor, facility_id=place.pk, code=code, text=text, text_es=options["es"], now=now)
        self.say(f"{slug} may refuse for {code}: {text}")

    def list(self, _actor: Actor, _now: datetime, **_options: Any) -> None:
        for place in queries.public_facilities():
            self.say(f"{place.slug:<24}{place.name}, {place.city} {place.region} ({place.agency.name})")

    def show(self, _actor: Actor, now: datetime, *, slug: str, **_options: Any) -> None:
        place = facility_named(slug)
        policy = delivery.policy_at(place.pk, now)
        self.say(f"{place.name} ({place.agency.name}), {place.city} {place.region}, {place.time_zone}")
        self.say(f"contacts: {place.contact_rule}; messages: {place.messages_offered}; calls: {place.calls_offered}")
        days = f"{place.reply_days} days" if place.reply_days else "not offered"
        self.say(f"prepaid replies: {days}; weeks of allowances begin on {calendar.day_name[place.week_starts]}")
        self.say(f"photos with a letter: {place.photos_a_letter or 'not offered'}")
        self.say(f"confidential letters with attorneys: {'offered' if place.privileged_offered else 'not offered'}")
        offers = [name for name in ("resident_deposits", "prepaid_numbers", "pin_debit") if getattr(place, name)]
        self.say("takes money for: " + ", ".join(["message credits", *offers]))
        self.say("units: " + ", ".join(unit.name for unit in queries.units_of(place.pk)))
        for kiosk in queries.kiosks_of(place.pk):
            self.say(f"kiosk {kiosk.pk}: {kiosk.label}, {kiosk.unit.name}{' (disabled)' if kiosk.disabled_at else ''}")
        for one in queries.reasons(place.pk):
            self.say(f"reason {one.code}: {one.text}")
        self.say(f"rules: version {policy.version}" if policy else "rules: none, so every message is held")
