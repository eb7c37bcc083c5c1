"""Places, prices, rules, kiosks and staff: set up by the operator, changed by staff who may (STF-1, STF-4, OPS-2).

Every act is written into the audit in its own transaction. An actor of None is the operator.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.delivery import services as delivery
from kinline.delivery.models import Policy
from kinline.facilities import queries, services
from kinline.facilities.errors import NameTaken, UnknownKiosk
from kinline.facilities.models import Agency, Facility, HousingUnit, Kiosk
from kinline.facilities.rules import DEFAULT_MESSAGE_CENTS
from kinline.flows.authority import Actor, named, require
from kinline.identity import permissions
from kinline.identity import services as identity
from kinline.identity.errors import OwnRoles
from kinline.identity.models import Role, User
from kinline.identity.permissions import NotPermitted, Permission
from kinline.ledger import chart
from kinline.ledger import services as ledger


@story
def open_agency(
    *,
    name: str,
    slug: str,
    now: datetime,
    message_cents: int = DEFAULT_MESSAGE_CENTS,
    resident_word: str = "",
    resident_word_es: str = "",
) -> Agency:
    """The operator's act. raises NameTaken."""
    agency = services.create_agency(
        name=name,
        slug=slug,
        now=now,
        message_cents=message_cents,
        resident_word=resident_word,
        resident_word_es=resident_word_es,
    )
    record("operator", "agency.create", f"agency:{agency.pk}", now=now, cents=message_cents)
    return agency


@story
def open_facility(*, agency_id: int, name: str, slug: str, region: str, now: datetime, **choices: Any) -> Facility:
    """The operator's act. A new place has no rules yet, so it holds every letter (DEL-3). raises NameTaken."""
    facility = services.create_facility(agency_id=agency_id, name=name, slug=slug, region=region, now=now, **choices)
    ledger.open_account(chart.facility_revenue(facility.pk), now)
    ledger.open_account(chart.facility_cash(facility.pk), now)
    ledger.open_account(chart.additive(facility.pk), now)
    record("operator", "facility.create", f"facility:{facility.pk}", now=now, facility_id=facility.pk)
    return facility


@story
def change_facility(
    *,
    staff: Actor,
    facility_id: int,
    changes: Mapping[str, Any],
    now: datetime,
    seen: Mapping[str, Any] | None = None,
) -> None:
    """Settings of a place by column. A stricter contact rule is for new contacts. `seen`: what was there to look at.

    raises NotPermitted, BadTimeZone, BadSetting, SettingsChanged.
    """
    actor = require(staff, facility_id, Permission.EDIT_FACILITY, now)
    services.change_facility(facility_id=facility_id, changes=changes, seen=seen)
    subject = f"facility:{facility_id}"
    record(actor, "facility.change", subject, now=now, facility_id=facility_id, columns=sorted(changes))


@story
def add_unit(*, staff: Actor, facility_id: int, name: str, now: datetime) -> HousingUnit:
    """raises NotPermitted."""
    actor = require(staff, facility_id, Permission.EDIT_FACILITY, now)
    unit = services.add_unit(facility_id=facility_id, name=name)
    record(actor, "unit.add", f"unit:{unit.pk}", now=now, facility_id=facility_id)
    return unit


@story
def new_unit(*, staff: Actor, facility_id: int, name: str, now: datetime) -> HousingUnit:
    """As `add_unit`, but raises NameTaken for one that is there."""
    actor = require(staff, facility_id, Permission.EDIT_FACILITY, now)
    unit = services.new_unit(facility_id=facility_id, name=name)
    record(actor, "unit.add", f"unit:{unit.pk}", now=now, facility_id=facility_id)
    return unit


@story
def rename_unit(*, staff: Actor, facility_id: int, unit_id: int, name: str, now: datetime) -> None:
    """raises NotPermitted, UnknownUnit, NameTaken."""
    actor = require(staff, facility_id, Permission.EDIT_FACILITY, now)
    services.rename_unit(facility_id=facility_id, unit_id=unit_id, name=name)
    record(actor, "unit.rename", f"unit:{unit_id}", now=now, facility_id=facility_id)


@story
def remove_unit(*, staff: Actor, facility_id: int, unit_id: int, now: datetime) -> None:
    """raises NotPermitted, UnknownUnit, UnitInUse."""
    actor = require(staff, facility_id, Permission.EDIT_FACILITY, now)
    services.remove_unit(facility_id=facility_id, unit_id=unit_id)
    record(actor, "unit.remove", f"unit:{unit_id}", now=now, facility_id=facility_id)


@story
def add_reason(*, staff: Actor, facility_id: int, code: str, text: str, now: datetime, text_es: str = "") -> None:
    """Put a reason on the public list, or word it anew (DEL-5). raises NotPermitted."""
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    services.add_reason(facility_id=facility_id, code=code, text=text, text_es=text_es)
    record(actor, "reason.add", f"facility:{facility_id}", now=now, facility_id=facility_id, code=code)


@story
def set_rules(
    *,
    staff: Actor,
    facility_id: int,
    rules: list[dict[str, Any]],
    now: datetime,
    effective_from: datetime | None = None,
) -> Policy:
    """A new version of the delivery rules (DEL-1). raises NotPermitted, BrokenRules, RulesInThePast."""
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    policy = delivery.set_policy(
        facility_id=facility_id,
        rules=rules,
        now=now,
        effective_from=effective_from,
        created_by_id=staff.pk if staff else None,
    )
    record(actor, "rules.set", f"policy:{policy.pk}", now=now, facility_id=facility_id, version=policy.version)
    return policy


@story
def set_price(
    *,
    staff: Actor,
    agency_id: int,
    cents: int,
    now: datetime,
    effective_from: datetime | None = None,
    photo_cents: int | None = None,
) -> None:
    """Cents of one message (MSG-2), and of one photo unless that stays as it is (MSG-9).

    The price is the whole agency's, so the permission is needed at all its places.
    raises NotPermitted, PriceInThePast.
    """
    for place in queries.facilities_of(agency_id):
        require(staff, place.pk, Permission.EDIT_PRICES, now)
    services.set_price(
        agency_id=agency_id, cents=cents, effective_from=effective_from or now, now=now, photo_cents=photo_cents
    )
    record(named(staff), "price.set", f"agency:{agency_id}", now=now, cents=cents, photo_cents=photo_cents)


@story
def add_holiday(*, staff: Actor, agency_id: int, day: date, name: str, now: datetime) -> None:
    """A day that is no working day (DEL-6). raises NotPermitted."""
    for place in queries.facilities_of(agency_id):
        require(staff, place.pk, Permission.EDIT_FACILITY, now)
    services.add_holiday(agency_id=agency_id, day=day, name=name)
    record(named(staff), "holiday.add", f"agency:{agency_id}", now=now, day=day.isoformat())


@story
def enrol_kiosk(*, staff: Actor, facility_id: int, unit_id: int, label: str, now: datetime) -> tuple[Kiosk, str]:
    """The kiosk and its token, shown this once (KSK-1). raises NotPermitted, UnknownUnit."""
    actor = require(staff, facility_id, Permission.MANAGE_KIOSKS, now)
    kiosk, token = services.enrol_kiosk(facility_id=facility_id, unit_id=unit_id, label=label, now=now)
    record(actor, "kiosk.enrol", f"kiosk:{kiosk.pk}", now=now, facility_id=facility_id)
    return kiosk, token


@story
def renew_kiosk(*, staff: Actor, kiosk_id: int, now: datetime) -> str:
    """A new token for an enrolled kiosk; the old one opens nothing any more. raises UnknownKiosk, NotPermitted."""
    kiosk, actor = _kiosk(staff, kiosk_id, now)
    token = services.renew_kiosk(kiosk_id=kiosk_id)
    record(actor, "kiosk.renew", f"kiosk:{kiosk_id}", now=now, facility_id=kiosk.facility_id)
    return token


@story
def add_kiosk(*, staff: Actor, facility_id: int, unit_id: int, label: str, now: datetime) -> tuple[Kiosk, str]:
    """A kiosk, and the token of the address that enrols its browser once (KSK-1). raises NotPermitted, UnknownUnit."""
    actor = require(staff, facility_id, Permission.MANAGE_KIOSKS, now)
    kiosk, _never_used = services.enrol_kiosk(facility_id=facility_id, unit_id=unit_id, label=label, now=now)
    record(actor, "kiosk.enrol", f"kiosk:{kiosk.pk}", now=now, facility_id=facility_id)
    return kiosk, services.link_kiosk(kiosk_id=kiosk.pk, now=now)


@story
def link_kiosk(*, staff: Actor, kiosk_id: int, now: datetime) -> str:
    """A new such address; the browser that was this kiosk is out. raises UnknownKiosk, NotPermitted."""
    kiosk, actor = _kiosk(staff, kiosk_id, now)
    token = services.link_kiosk(kiosk_id=kiosk_id, now=now)
    record(actor, "kiosk.renew", f"kiosk:{kiosk_id}", now=now, facility_id=kiosk.facility_id)
    return token


@story
def disable_kiosk(*, staff: Actor, kiosk_id: int, now: datetime) -> None:
    """Its token opens nothing any more; who sits at it is signed out. raises UnknownKiosk, NotPermitted."""
    kiosk, actor = _kiosk(staff, kiosk_id, now)
    if services.disable_kiosk(kiosk_id=kiosk_id, now=now):
        record(actor, "kiosk.disable", f"kiosk:{kiosk_id}", now=now, facility_id=kiosk.facility_id)


def _kiosk(staff: Actor, kiosk_id: int, now: datetime) -> tuple[Kiosk, str]:
    kiosk = queries.kiosk_by_id(kiosk_id)
    if kiosk is None:
        raise UnknownKiosk(id=kiosk_id)
    return kiosk, require(staff, kiosk.facility_id, Permission.MANAGE_KIOSKS, now)


@story
def publish_terms(*, version: str, text: str, text_es: str, now: datetime, effective_from: datetime) -> None:
    """The operator's act: Terms of Service that whoever signs up from then on must accept (ACC-2).

    A version is published once and never changed: people have accepted its words. raises NameTaken.
    """
    if not identity.publish_terms(version=version, text=text, text_es=text_es, effective_from=effective_from):
        raise NameTaken(name=version)
    record("operator", "terms.publish", f"terms:{version}", now=now)


# Staff


@story
def add_staff(
    *,
    staff: Actor,
    facility_id: int,
    role: str,
    username: str,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    now: datetime,
) -> User:
    """A member of staff with a first role. raises NotPermitted: also for a role that may all they may, and more."""
    actor = may_grant(staff, facility_id, Role(role), now)
    user = identity.create_staff(
        username=username, email=email, password=password, first_name=first_name, last_name=last_name, now=now
    )
    identity.grant_role(user_id=user.pk, facility_id=facility_id, role=role, now=now)
    record(actor, "staff.add", f"staff:{user.pk}", now=now, facility_id=facility_id, role=role)
    return user


@story
def grant_role(
    *,
    staff: Actor,
    user_id: int,
    facility_id: int,
    role: str,
    now: datetime,
    ends_at: datetime | None = None,
    starts_at: datetime | None = None,
) -> None:
    """raises NotPermitted: also for a role that is above theirs; OwnRoles, GrantBackwards."""
    actor = may_grant(staff, facility_id, Role(role), now, user_id)
    identity.grant_role(
        user_id=user_id, facility_id=facility_id, role=role, now=now, ends_at=ends_at, starts_at=starts_at
    )
    record(actor, "role.grant", f"staff:{user_id}", now=now, facility_id=facility_id, role=role)


@story
def end_role(*, staff: Actor, user_id: int, facility_id: int, role: str, now: datetime) -> None:
    """raises NotPermitted, OwnRoles."""
    actor = may_grant(staff, facility_id, Role(role), now, user_id)
    if identity.end_role(user_id=user_id, facility_id=facility_id, role=role, now=now):
        record(actor, "role.end", f"staff:{user_id}", now=now, facility_id=facility_id, role=role)


def may_manage(staff: Actor, user_id: int, now: datetime) -> None:
    """Whether `staff` could give this person each role they have, or will have. raises NotPermitted: also if none."""
    if staff is None:
        return
    grants = permissions.open_grants(user_id, now)
    if not grants or user_id == staff.pk:
        raise NotPermitted
    for facility_id, role in grants:
        may_grant(staff, facility_id, role, now)


def may_grant(staff: Actor, facility_id: int, role: Role, now: datetime, user_id: int | None = None) -> str:
    """Step: nobody gives, or takes away, what is above them, or anything of their own (STF-1)."""
    actor = require(staff, facility_id, Permission.GRANT_ROLES, now)
    if staff is not None and role not in permissions.grantable(staff, facility_id, now):
        raise NotPermitted
    if staff is not None and user_id == staff.pk:
        raise OwnRoles
    return actor
