"""Sample County: one agency, two jails with different rules, six units, staff of each role, one kiosk."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kinline.facilities import queries
from kinline.facilities.models import Agency, Facility
from kinline.flows import set_up, staff_sign_in
from kinline.identity import queries as identity
from kinline.identity.models import Role, User
from kinline.identity.services import second_factor
from kinline.ops.demo.calendar import OPENED_DAYS, ZONE, ago

AGENCY = "sample-county"
NORTH = "sample-north-jail"
SOUTH = "sample-south-jail"
UNITS = {NORTH: ("North A", "North B", "North C"), SOUTH: ("South A", "South B", "South C")}
KIOSK_UNIT = "North A"
HOLIDAYS = ((1, 1, "New Year's Day"), (6, 19, "Juneteenth"), (7, 4, "Independence Day"), (12, 25, "Christmas Day"))
STAFF_PASSWORD = "sample-staff-room"  # noqa: S105 (everybody knows it)

_WORDS = ["escape", "contraband", "weapon", "fuga", "contrabando", "arma"]
_WHY_READ = {
    "en": "Letters with certain words are read by a person first.",
    "es": "Una persona lee primero las cartas con ciertas palabras.",
}
RULES: dict[str, list[dict[str, Any]]] = {
    NORTH: [
        {"id": "at-once", "then": "deliver"},
        {"id": "words", "then": "review", "when": {"direction": "resident", "words": _WORDS}, "why": _WHY_READ},
    ],
    SOUTH: [
        {"id": "half-hour", "then": "wait", "minutes": 30},
        {"id": "by-day", "then": "hours", "from": "07:00", "to": "21:00"},
        {"id": "words", "then": "review", "when": {"words": _WORDS}, "why": _WHY_READ},
    ],
}
REASONS = {
    "threat": ("It threatens or harasses somebody.", "Amenaza o acosa a alguien."),
    "unlawful-plan": ("It plans something unlawful.", "Planea algo ilegal."),
    "contraband": ("It is about bringing in things that are not allowed.", "Trata de traer cosas no permitidas."),
    "no-contact": ("A court does not allow contact.", "Un tribunal no permite el contacto."),
}
# Who works at both jails is in the list of each.
STAFF: dict[str, dict[str, Role]] = {
    NORTH: {
        "sample.mailroom": Role.MAILROOM,
        "sample.reviewer": Role.REVIEWER,
        "sample.supervisor": Role.SUPERVISOR,
        "sample.investigator": Role.INVESTIGATOR,
        "sample.finance": Role.FINANCE,
        "sample.admin": Role.FACILITY_ADMIN,
        "sample.county": Role.AGENCY_ADMIN,
        "sample.auditor": Role.AUDITOR,
        "sample.ombudsperson": Role.OMBUDSPERSON,
    },
    SOUTH: {
        "sample.reviewer.south": Role.REVIEWER,
        "sample.supervisor.south": Role.SUPERVISOR,
        "sample.finance": Role.FINANCE,
        "sample.county": Role.AGENCY_ADMIN,
        "sample.auditor": Role.AUDITOR,
    },
}


@dataclass(frozen=True, slots=True)
class Jail:
    agency: Agency
    north: Facility
    south: Facility
    staff: dict[str, User]


def make(now: datetime) -> Jail:
    opened = ago(now, OPENED_DAYS, "08:00")
    agency = queries.agency_by_slug(AGENCY) or set_up.open_agency(name="Sample County", slug=AGENCY, now=opened)
    north = _place(agency, NORTH, "Sample North Jail", "Sampleton", opened)
    south = _place(agency, SOUTH, "Sample South Jail", "Exampleville", opened)
    for year in (now.year, now.year + 1):
        for month, day, name in HOLIDAYS:
            set_up.add_holiday(staff=None, agency_id=agency.pk, day=date(year, month, day), name=name, now=opened)
    staff = {name: user for place in (north, south) for name, user in _staff(place, opened)}
    return Jail(agency, north, south, staff)


def _place(agency: Agency, slug: str, name: str, city: str, opened: datetime) -> Facility:
    place = queries.facility_by_slug(slug)
    if place is None:
        place = set_up.open_facility(
            agency_id=agency.pk, name=name, slug=slug, region="NY", city=city, time_zone=ZONE, now=opened
        )
    for unit in UNITS[slug]:
        set_up.add_unit(staff=None, facility_id=place.pk, name=unit, now=opened)
    for code, (text, text_es) in REASONS.items():
        set_up.add_reason(staff=None, facility_id=place.pk, code=code, text=text, text_es=text_es, now=opened)
    if not place.policies.exists():
        set_up.set_rules(staff=None, facility_id=place.pk, rules=RULES[slug], now=opened)
    if slug == NORTH and not queries.kiosks_of(place.pk):
        here = set_up.add_unit(staff=None, facility_id=place.pk, name=KIOSK_UNIT, now=opened)
        set_up.enrol_kiosk(staff=None, facility_id=place.pk, unit_id=here.pk, label="Sample kiosk", now=opened)
    return place


def _staff(place: Facility, opened: datetime) -> list[tuple[str, User]]:
    made = []
    for name, role in STAFF[place.slug].items():
        user = identity.staff_by_username(name)
        if user is None:
            user = set_up.add_staff(
                staff=None,
                facility_id=place.pk,
                role=role,
                username=name,
                email=f"{name}@staff.example",
                password=STAFF_PASSWORD,
                first_name="Sample",
                last_name=role.replace("_", " ").title(),
                now=opened,
            )
        else:
            set_up.grant_role(staff=None, user_id=user.pk, facility_id=place.pk, role=role, now=opened)
        made.append((name, user))
    return made


def totp_secret(username: str, now: datetime) -> str:
    """What an authenticator app needs to sign this member of staff in; set up a day ago: codes of today are unused."""
    user = User.objects.get(username=username, closed_at=None)
    then = now - timedelta(days=1)
    factor = identity.factor_of(user.pk)
    if factor is None:
        factor = second_factor.planned(user.pk, second_factor.new_salt())
        code = second_factor.code_at(factor, int(then.timestamp()) // second_factor.STEP_SECONDS)
        staff_sign_in.confirm_factor(user=user, factor=factor, code=code, now=then)
    return second_factor.secret(factor)
