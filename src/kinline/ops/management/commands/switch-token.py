"""`switch-token add|renew|disable|list`: switches that ask for calls over the API (TEL-10, docs/api-calls.md)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.forms import ValidationError

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.flows import switch_tokens
from kinline.ops.acting import agency_named
from kinline.telephony.queries import switches


class Command(BaseCommand):
    help = "Tokens of switches: each is shown once and kept as a digest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        add = acts.add_parser("add", help="a switch, and its token")
        add.add_argument("name", help="letters, digits, dashes: as it names itself in addresses")
        add.add_argument("--agency", help="serves this agency's telephones alone; else those of all")
        acts.add_parser("renew", help="another token; the old one opens nothing any more").add_argument("name")
        acts.add_parser("disable", help="its token opens nothing any more").add_argument("name")
        acts.add_parser("list", help="all switches, and when they were last heard")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            getattr(self, options["act"])(options)
        except Refusal as refusal:
            raise CommandError(f"{refusal} [{refusal.code}]") from refusal

    def add(self, options: dict[str, Any]) -> None:
        name = options["name"]
        try:
            validate_slug(name)
        except ValidationError:
            raise CommandError(f"{name}: letters, digits, dashes and underscores.") from None
        agency_id = agency_named(options["agency"]).pk if options["agency"] else None
        self._token(name, switch_tokens.add(name=name, agency_id=agency_id, now=clock.now()))

    def renew(self, options: dict[str, Any]) -> None:
        self._token(options["name"], switch_tokens.renew(name=options["name"], now=clock.now()))

    def disable(self, options: dict[str, Any]) -> None:
        switch_tokens.disable(name=options["name"], now=clock.now())
        self.stdout.write(f"The switch {options['name']} is disabled.")

    def list(self, _options: dict[str, Any]) -> None:
        for one in switches.every():
            whose = one.agency.slug if one.agency else "the deployment"
            heard = f"heard {one.seen_at:%Y-%m-%d %H:%M} UTC" if one.seen_at else "never heard"
            self.stdout.write(f"{one.name:<20} {whose:<20} {'disabled' if one.disabled_at else heard}")

    def _token(self, name: str, token: str) -> None:
        self.stdout.write(f"The token of {name}, shown only now:")
        self.stdout.write(token)
