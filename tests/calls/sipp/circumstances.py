"""What is so before anybody lifts a telephone: places that telephone in their own way, and what is the matter with a
caller or a number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import uuid4

from kinline.contacts.models import Contact, Restriction
from kinline.facilities.models import Facility
from kinline.flows.lines import close_lines
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.payments.models import Allowance
from kinline.payments.services import numbers
from kinline.residents import services as residents
from kinline.telephony.models import (
    AllowedNumber,
    CallLimits,
    LineHours,
    LineStop,
    NumberBlock,
    SpeedDial,
)
from tests.calls.sipp.scenes import LIMIT, SHORT

AGO = timedelta(minutes=1)
PASSWORD = "Sample words 4 this"
LOCKED_LATER = "locked down later"
SPEED = "5"  # the key that dials a number of a list
BACK, FORTH = "Sample/Back", "Sample/Forth"  # time zones whose clock changes during a call (`clocks`)


@dataclass(frozen=True)
class Case:
    """Somebody of a place, and the number that they mean."""

    place: Facility
    resident_id: int
    number: str
    now: datetime


@dataclass(frozen=True)
class Place:
    """`settings`: of its telephones. `arrange`: what else is so there."""

    settings: Mapping[str, object] = field(default_factory=dict)
    arrange: Callable[[Facility, datetime], object] = lambda place, now: None


def _staff(place: Facility, now: datetime) -> int:
    """Somebody who does what staff do."""
    name = f"sample-{uuid4().hex[:8]}"
    return identity.create_staff(
        username=name, email=f"{name}@staff.example", password=PASSWORD, first_name="Sam",
        last_name="Staff", now=now,
    ).pk  # fmt: skip


def _stop(place: Facility, now: datetime, kind: str, **whose: object) -> None:
    LineStop.objects.create(
        facility=place, kind=kind, reason="Sample.", starts_at=now - AGO, made_by_id=_staff(place, now), made_at=now,
        **whose,
    )  # fmt: skip


def lock_down(place: Facility, now: datetime) -> int:
    """From now on, by somebody who may; how many calls it ends."""
    staff = _staff(place, now)
    identity.grant_role(user_id=staff, facility_id=place.pk, role=Role.FACILITY_ADMIN, now=now)
    return close_lines(
        staff=User.objects.get(pk=staff), facility_id=place.pk, kind="lockdown", unit_id=None, number="",
        reason="Sample.", starts_at=None, ends_at=None, now=now,
    )  # fmt: skip


def _not_offered(place: Facility, now: datetime) -> None:
    place.calls_offered = False
    place.save()


def _closed(place: Facility, now: datetime) -> None:
    """Open for an hour that is far away, whatever the zone."""
    of_place = CallLimits.objects.get(facility=place, resident=None)
    LineHours.objects.create(
        limits=of_place, days="0123456", opens=time((now.hour + 8) % 24), closes=time((now.hour + 9) % 24)
    )


def _blocks(place: Facility, now: datetime) -> None:
    """All numbers that begin as those of these tests."""
    NumberBlock.objects.create(
        facility=place, number="+1813555", by="facility", note="Sample.", is_prefix=True, made_at=now
    )


def _zone(name: str) -> Callable[[Facility, datetime], object]:
    """The clock of a place that is always open: how long it is until it closes is asked, too."""

    def arrange(place: Facility, now: datetime) -> None:
        Facility.objects.filter(pk=place.pk).update(time_zone=name)
        of_place = CallLimits.objects.get(facility=place, resident=None)
        LineHours.objects.create(limits=of_place, days="0123456", opens=time(), closes=time())

    return arrange


def _agency_pays(place: Facility, now: datetime) -> None:
    Allowance.objects.create(facility=place, kind="minutes", per_week=30, effective_from=now - timedelta(days=1))


PLACES = {
    "usual": Place({"courtesy_seconds": SHORT}),
    "limited": Place(
        {"courtesy_seconds": SHORT}, lambda place, now: CallLimits.objects.filter(facility=place).update(seconds=LIMIT)
    ),
    "no courtesy": Place(),
    "not offered": Place(arrange=_not_offered),
    "locked down": Place(arrange=lambda place, now: _stop(place, now, "lockdown")),
    LOCKED_LATER: Place(),
    "unit locked down": Place(arrange=lambda place, now: _stop(place, now, "lockdown", unit=place.units.get())),
    "other unit locked down": Place(
        arrange=lambda place, now: _stop(place, now, "lockdown", unit=place.units.create(name="Z"))
    ),
    "blacked out": Place(arrange=lambda place, now: _stop(place, now, "blackout")),
    "closed": Place(arrange=_closed),
    "blocks a beginning": Place(arrange=_blocks),
    "with lists": Place({"lists_numbers": True}),
    "calls Canada": Place({"places": ["domestic", "canada"]}),
    "debit": Place({"payers": ["pin_debit"]}),
    "agency pays": Place(arrange=_agency_pays),
    "clock goes back": Place(arrange=_zone(BACK)),
    "clock goes forth": Place(arrange=_zone(FORTH)),
}


def _restricted(case: Case) -> None:
    Restriction.objects.create(
        facility=case.place, resident_id=case.resident_id, reason="Sample.", starts_at=case.now - AGO,
        created_by_id=_staff(case.place, case.now), created_at=case.now,
    )  # fmt: skip


def _blocked_by_family(case: Case) -> None:
    """Whoever proved that the number is theirs wants to hear nothing of this resident."""
    name = f"sample-{uuid4().hex[:8]}"
    person = identity.create_family_user(
        username=name, email=f"{name}@family.example", password=PASSWORD, first_name="Sam", last_name="Family",
        now=case.now, activated=True,
    )  # fmt: skip
    Contact.objects.create(
        user=person, resident_id=case.resident_id, relation="sister", created_at=case.now, family_blocked_at=case.now
    )
    numbers.hold_number(
        number_id=numbers.known(case.number, now=case.now).pk, user_id=person.pk, by="code", now=case.now
    )


def _released(case: Case) -> None:
    residents.end_custody(resident_id=case.resident_id, reason="released", now=case.now - AGO)


def _blocked(by: str) -> Callable[[Case], object]:
    return lambda case: NumberBlock.objects.create(
        facility=None if by == "called_party" else case.place, number=case.number, by=by, note="Sample.",
        made_at=case.now,
    )  # fmt: skip


def _listed(case: Case, *, approved: bool) -> None:
    AllowedNumber.objects.create(
        resident_id=case.resident_id, number=case.number, name="Sample", asked_at=case.now,
        approved=approved or None, decided_at=case.now if approved else None,
    )  # fmt: skip


def _speed(case: Case) -> None:
    _listed(case, approved=True)
    SpeedDial.objects.create(resident_id=case.resident_id, keys=SPEED, number=case.number)


def _limited(**limits: int) -> Callable[[Case], object]:
    return lambda case: CallLimits.objects.create(facility=case.place, resident_id=case.resident_id, **limits)


GIVEN: dict[str, Callable[[Case], object]] = {
    "": lambda case: None,
    "restricted": _restricted,
    "suspended": lambda case: _stop(case.place, case.now, "suspended", resident_id=case.resident_id),
    "released": _released,
    "blocked by the place": _blocked("facility"),
    "blocked by family": _blocked_by_family,
    "blocked by the called": _blocked("called_party"),
    "asked for": lambda case: _listed(case, approved=False),
    "dialled by one key": _speed,
    "once a day": _limited(calls_a_day=1),
    "a pause": _limited(pause_seconds=600),
}
