"""`call_facts.read` (SQL, one statement) answers what the domains' own queries answer, which pages ask (P5).

One place is changed step by step, every step something else that a decision depends on; after each both are asked.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from kinline.contacts import stopped
from kinline.contacts.models import Contact, Restriction
from kinline.facilities.models import HousingUnit
from kinline.flows import call_facts
from kinline.flows.call_facts import About, Known
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import PrepaidNumber
from kinline.payments.queries import allowances, numbers
from kinline.payments.services import allowances as allowance_verbs
from kinline.residents import queries as residents
from kinline.residents.models import Resident
from kinline.telephony import rules
from kinline.telephony.models import (
    AllowedNumber,
    CallLimits,
    CallRate,
    KnownNumber,
    LineHours,
    LineStop,
    NumberBlock,
    Population,
    RatePlan,
)
from kinline.telephony.queries import authority, calls, plans
from tests.calls.line import KEYS, NUMBER, PPC, Line

pytestmark = pytest.mark.django_db(transaction=True)
ABROAD = "011525512345678"


def by_queries(about: About) -> Known:
    """One thing after the other, as each domain answers it."""
    place, who, found, now = about.station.facility, about.resident_id, about.found, about.now
    custody = residents.open_custody_at(place.pk, who) if who else None
    unit = custody.unit_id if custody else about.station.unit_id
    call, live = calls.by_key(about.switch_id, about.key), calls.live_of(who) if who else None
    week = allowances.week(who, place.pk, now, kind=allowances.MINUTES) if who else None
    holder = numbers.holder_of(found.number)
    contact = stopped.between(who, holder) if who and holder else stopped.Between()
    number = authority.number(facility=place, resident_id=who, found=found, lists=about.setting.lists_numbers)
    if contact.counsel:
        number = replace(number, privileged=True)
    return Known(
        asked_of=who is not None,
        call_id=call.pk if call else None,
        in_custody=custody is not None,
        live_id=live.pk if live else None,
        lease_until=live.lease_until if live else None,
        number=number,
        silent=not authority.records(about.setting, found.number),
        rate=authority.rate(place.pk, found.place, now) if found.place else None,
        limits=authority.limits(facility_id=place.pk, unit_id=unit, resident_id=who, number=found.number),
        used=authority.used(who, place, now) if who else rules.Used(),
        stops=authority.stops(facility_id=place.pk, unit_id=unit, resident_id=who, now=now),
        blocked=contact.blocked,
        apart=stopped.kept_apart(place.pk, who, holder, now) if who else (False, None),
        balances=ledger.balances(about.purses),
        allowance_left=week.left if week else 0,
        ground=plans.ground(place, plans.day_at(place, now)),
    )


def test_one_statement_answers_what_the_queries_answer(
    line: Line, resident: Resident, mother: User, admin: User
) -> None:
    seen: set[str] = set()
    for step in _steps(line, resident, mother, admin):
        for keys in (KEYS, ABROAD, "9005550142", "77", ""):
            for who in (resident.pk, None):
                found, said = _both(line, who, keys)
                assert found == said, step
                seen.add(repr(found))
    assert len(seen) > 60, "the steps change what is known"


def _both(line: Line, who: int | None, keys: str, key: Any = None) -> tuple[Known, Known]:
    found = authority.meant(who, keys)
    purses = [chart.resident_calls(who)] if who else []
    purses += [chart.number_prepaid(found.number)] if found.number else []
    setting = authority.settings_of(line.station.facility)
    about = About(line.switch.pk, key or uuid4(), line.station, setting, who, found, purses, line.now)
    return call_facts.read(about), by_queries(about)


def _steps(line: Line, resident: Resident, mother: User, admin: User) -> Iterator[str]:  # noqa: PLR0915 - a row of steps
    place, now = line.station.facility, line.now
    place.telephone.records = True
    place.telephone.save()
    yield "nothing besides prices"
    line.put(PPC, 1000)
    line.put(chart.resident_calls(resident.pk), 300)
    yield "money"
    line.talk(resident, 130)
    line.wait(minutes=2)
    line.talk(resident, 45)
    yield "calls today"
    line.wait(days=1, hours=1)
    yield "calls yesterday"
    call = line.ask(resident).call
    assert _both(line, resident.pk, KEYS, call.key)[0].call_id == call.pk
    yield "in a call"
    line.accept(call)
    line.end(call, 1000, "switch_lost")
    yield "ended by a fault of ours"
    known = KnownNumber.objects.create(agency_id=place.agency_id, number=NUMBER, relay=True)
    yield "a relay"
    KnownNumber.objects.filter(pk=known.pk).update(do_not_record=True)
    yield "not recorded"
    KnownNumber.objects.filter(pk=known.pk).update(privileged_since=now, do_not_record=False)
    yield "counsel"
    for by, prefix, number in (("security", False, NUMBER), ("fraud", True, "+1813"), ("facility", True, "+52")):
        NumberBlock.objects.create(facility=place, number=number, is_prefix=prefix, by=by, note="S.", made_at=line.now)
        yield f"blocked by {by}"
    NumberBlock.objects.create(number=NUMBER, by="called_party", note="S.", made_at=now - timedelta(days=9))
    yield "blocked by the called party"
    NumberBlock.objects.filter(by="fraud").update(lifted_at=now)
    yield "a block lifted"
    place.telephone.lists_numbers = True
    place.telephone.save()
    yield "lists"
    own = AllowedNumber.objects.create(
        resident=resident, number=NUMBER, name="M", relation="mother", asked_at=now, approved=True, decided_at=now
    )
    yield "on the list"
    AllowedNumber.objects.filter(pk=own.pk).update(removed_at=now)
    yield "off the list"
    of: dict[str, Any]
    unit, other = place.units.order_by("pk").first(), HousingUnit.objects.create(facility=place, name="Other")
    for of in ({"unit": unit}, {"unit": other}, {"resident": resident}, {"number": NUMBER}):
        limits = CallLimits.objects.create(facility=place, calls_a_day=3, seconds_a_week=900, record=False, **of)
        LineHours.objects.create(limits=limits, days="0246", opens="08:00", closes="21:30")
        LineHours.objects.create(limits=limits, days="135", opens="22:00", closes="02:00")
        yield f"limits of {of}"
    for kind, of in (
        ("lockdown", {"unit": unit}),
        ("blackout", {"unit": other}),
        ("suspended", {"resident": resident}),
    ):
        LineStop.objects.create(
            facility=place, kind=kind, reason="S.", starts_at=now, made_by=admin, made_at=now,
            ends_at=now + timedelta(days=9) if kind == "suspended" else None, **of,
        )  # fmt: skip
        yield f"{kind} of {of}"
    PrepaidNumber.objects.create(number=NUMBER, holder=mother, proved_at=now, created_at=now)
    yield "a number that somebody proved"
    contact = Contact.objects.create(user=mother, resident=resident, created_at=now)
    yield "of a contact"
    Contact.objects.filter(pk=contact.pk).update(family_blocked_at=now)
    yield "who blocks the resident"
    Contact.objects.filter(pk=contact.pk).update(kind="privileged", family_blocked_at=None)
    yield "who is their counsel"
    Contact.objects.filter(pk=contact.pk).update(privilege_ended_at=now)
    yield "and is it no more"
    for of in ({"user": mother}, {"user": mother, "resident": resident}, {"resident": resident}):
        Restriction.objects.create(
            facility=place, reason="S.", starts_at=now, ends_at=now + timedelta(days=30), created_by=admin,
            created_at=now, **of,
        )  # fmt: skip
        yield f"kept apart: {of}"
    Restriction.objects.filter(user=None).update(ends_at=None)
    yield "without an end"
    plan = RatePlan.objects.create(facility=place, effective_from=now, made_at=now)
    yield "a plan without prices"
    CallRate.objects.create(plan=plan, kind="international", base_micro=300_000)
    yield "a price abroad"
    CallRate.objects.create(plan=plan, kind="international", country="MX", base_micro=200_000, additive_micro=10_000)
    yield "a price of one country"
    since = line.now + timedelta(minutes=1)
    allowance_verbs.set_allowance(
        facility_id=place.pk, kind=allowances.MINUTES, per_week=20, effective_from=since, now=line.now
    )
    yield "an allowance of tomorrow"
    line.wait(minutes=2)
    yield "an allowance"
    week = allowances.week(resident.pk, place.pk, line.now, kind=allowances.MINUTES)
    assert week is not None
    allowance_verbs.reserve(
        week,
        resident_id=resident.pk,
        facility_id=place.pk,
        about="call:1",
        now=line.now,
        kind=allowances.MINUTES,
        count=7,
    )
    yield "an allowance used"
    Population.objects.create(facility=place, year=now.year - 2, person_days=365 * 70, counted_at=now)
    Population.objects.create(facility=place, year=now.year - 1, person_days=365 * 700, counted_at=now)
    yield "people counted"
    resident.custodies.update(ended_at=line.now, end_reason="released")
    yield "released"
    line.wait(days=400)
    yield "long after"
