"""`staff add|grant|end|reset-factor|open|list`: who works where, as what (STF-1)."""

import getpass
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from kinline.flows import set_up, staff_sign_in, team
from kinline.flows.authority import Actor
from kinline.identity.models import Kind, Role, StaffRole, User
from kinline.ops.acting import ActingCommand, actor_named, facility_named, moment, shown, staff_only


class Command(ActingCommand):
    help = "Staff: add somebody, give or end a role, reset a lost second factor, open a locked sign-in, list."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        add = act("add", "a new member of staff; the password is asked for, or read from standard input")
        add.add_argument("username")
        add.add_argument("email")
        add.add_argument("first_name")
        add.add_argument("last_name")
        self._role(add)
        grant = act("grant", "give a further role")
        grant.add_argument("username")
        self._role(grant)
        grant.add_argument("--until", help="when it ends, in the facility's time, such as 2027-01-31")
        end = act("end", "end a role now")
        end.add_argument("username")
        self._role(end)
        reset = act("reset-factor", "a lost phone: sign out everywhere; the next sign-in sets up a new second factor")
        reset.add_argument("username")
        act("open", "a sign-in locked by wrong tries, or stopped after 90 days").add_argument("username")
        act("list", "who has which role at a facility").add_argument("facility")

    def _role(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("facility")

    def add(self, actor: Actor, now: datetime, *, username: str, role: str, facility: str, **options: Any) -> None:
        person = {name: options[name] for name in ("email", "first_name", "last_name")}
        place = facility_named(facility)
        password = _password(User(username=username, **person))
        set_up.add_staff(
            staff=actor, facility_id=place.pk, role=role, username=username, password=password, now=now, **person
        )
        self.say(f"{username} is {role} at {facility}.")

    def grant(self, actor: Actor, now: datetime, *, username: str, role: str, facility: str, **options: Any) -> None:
        place, user = facility_named(facility), staff_only(actor_named(username))
        until = moment(options["until"], place.time_zone)
        set_up.grant_role(staff=actor, user_id=user.pk, facility_id=place.pk, role=role, now=now, ends_at=until)
        self.say(f"{username} is {role} at {facility}.")

    def end(self, actor: Actor, now: datetime, *, username: str, role: str, facility: str, **_options: Any) -> None:
        place, user = facility_named(facility), staff_only(actor_named(username))
        set_up.end_role(staff=actor, user_id=user.pk, facility_id=place.pk, role=role, now=now)
        self.say(f"{username} is no longer {role} at {facility}.")

    def reset_factor(self, actor: Actor, now: datetime, *, username: str, **_options: Any) -> None:
        staff_sign_in.reset_factor(staff=actor, user_id=staff_only(actor_named(username)).pk, now=now)
        self.say(f"{username} is signed out and sets up a new second factor at the next sign-in.")

    def open(self, actor: Actor, now: datetime, *, username: str, **_options: Any) -> None:
        team.open_sign_in(staff=actor, user_id=staff_only(actor_named(username)).pk, now=now)
        self.say(f"{username} can sign in again.")

    def list(self, _actor: Actor, _now: datetime, *, facility: str, **_options: Any) -> None:
        place = facility_named(facility)
        grants = StaffRole.objects.select_related("user").filter(facility=place, user__kind=Kind.STAFF)
        for grant in grants.order_by("user__username", "starts_at"):
            until = f" until {shown(grant.ends_at, place.time_zone)}" if grant.ends_at else ""
            self.say(f"{grant.user.username:<24}{grant.role}{until}")


def _password(user: User) -> str:
    """Never an argument: arguments are seen by every user of the machine."""
    typed = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(typed, user)
    except ValidationError as fault:
        raise CommandError(" ".join(fault.messages)) from None
    return typed
