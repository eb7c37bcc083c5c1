"""Everything that the decision on a call depends on, in one statement (TEL-3, P5).

Asked one thing after the other a call cost some twenty round trips and most of its time in the ORM. So this SQL knows
tables of five domains, in the one place where that pays. What it must answer is said by the domains' own queries, which
pages ask: `tests/calls/test_facts_twin.py` holds the two equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from kinline.facilities.models import Facility
from kinline.ledger.queries import Balance
from kinline.payments.queries.allowances import MINUTES
from kinline.payments.rules import week_of
from kinline.telephony import faults, rules
from kinline.telephony.caps import Holds
from kinline.telephony.dialling import Dialled
from kinline.telephony.models import Station, TelephoneSettings
from kinline.telephony.queries import plans
from kinline.telephony.queries.plans import Ground
from kinline.telephony.rating import Rate

_READ: Final = """
SELECT
    (SELECT id FROM telephony_call WHERE key = %(key)s::uuid AND switch_id = %(switch)s::bigint),
    here.id, live.id, live.lease_until,
    known.privileged_since IS NOT NULL, coalesce(known.relay, false),
    known.privileged_since IS NOT NULL OR coalesce(known.do_not_record, false),
    ARRAY(SELECT b.by FROM telephony_numberblock b
          WHERE b.lifted_at IS NULL AND (b.facility_id IS NULL OR b.facility_id = %(place)s::bigint)
            AND (b.number = %(number)s::text
                 OR b.is_prefix AND b.number = ANY (%(begins)s::text[]))
          ORDER BY b.made_at, b.id),
    EXISTS (SELECT FROM telephony_allowednumber
            WHERE resident_id = %(who)s::bigint AND number = %(number)s::text AND approved AND removed_at IS NULL),
    EXISTS (SELECT FROM telephony_call
            WHERE number = %(number)s::text AND call_type = 'courtesy'
              AND (ended_at IS NULL OR accepted_at IS NOT NULL)),
    price.base_micro, price.additive_micro,
    (SELECT json_agg(json_build_array(l.seconds, l.calls_a_day, l.seconds_a_day, l.seconds_a_week, l.seconds_a_month,
                l.pause_seconds, l.record,
                (SELECT json_agg(json_build_array(h.days, h.opens, h.closes) ORDER BY h.id)
                 FROM telephony_linehours h WHERE h.limits_id = l.id)) ORDER BY l.id)
        FROM telephony_calllimits l
        WHERE l.facility_id = %(place)s::bigint
          AND (l.number = '' AND (l.unit_id IS NULL AND l.resident_id IS NULL
                                  OR l.unit_id = unit.id AND l.resident_id IS NULL
                                  OR l.resident_id = %(who)s::bigint AND l.unit_id IS NULL)
               OR l.number = nullif(%(number)s::text, ''))),
    used.calls, used.day, used.week, used.month, used.ended,
    closed.kinds, closed.ends,
    contact.family_blocked_at IS NOT NULL, coalesce(contact.counsel, false),
    (SELECT array_agg(ends_at) FROM contacts_restriction r
        WHERE %(who)s::bigint IS NOT NULL AND r.starts_at <= %(now)s::timestamptz
          AND (r.ends_at IS NULL OR r.ends_at > %(now)s::timestamptz)
          AND (r.resident_id = %(who)s::bigint AND (r.user_id IS NULL OR r.user_id = holder.id)
               OR r.user_id = holder.id AND r.resident_id IS NULL AND r.facility_id = %(place)s::bigint)),
    (SELECT json_object_agg(a.address, json_build_array(b.posted_cents, b.held_cents))
        FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id WHERE a.address = ANY (%(purses)s::text[])),
    coalesce(given.per_week, 0),
    CASE WHEN given.per_week > 0 THEN (
        SELECT coalesce(sum(count), 0)::bigint FROM payments_allowanceuse
        WHERE resident_id = %(who)s::bigint AND facility_id = %(place)s::bigint AND kind = %(kind)s
          AND week = %(week)s::date AND returned_at IS NULL) ELSE 0 END,
    counted.year, counted.person_days
FROM (SELECT) AS one
LEFT JOIN LATERAL (
    SELECT id, unit_id FROM residents_custody
    WHERE resident_id = %(who)s::bigint AND facility_id = %(place)s::bigint AND ended_at IS NULL) AS here ON true
CROSS JOIN LATERAL (SELECT CASE WHEN here.id IS NULL THEN %(unit)s::bigint ELSE here.unit_id END AS id) AS unit
LEFT JOIN LATERAL (
    SELECT id, lease_until FROM telephony_call WHERE resident_id = %(who)s::bigint AND ended_at IS NULL) AS live ON true
LEFT JOIN LATERAL (
    SELECT privileged_since, relay, do_not_record FROM telephony_knownnumber
    WHERE agency_id = %(agency)s::bigint AND number = %(number)s::text) AS known ON true
LEFT JOIN LATERAL (
    SELECT holder_id AS id FROM payments_prepaidnumber WHERE number = %(number)s::text) AS holder ON true
LEFT JOIN LATERAL (
    SELECT family_blocked_at, kind = 'privileged' AND privilege_ended_at IS NULL AS counsel FROM contacts_contact
    WHERE resident_id = %(who)s::bigint AND user_id = holder.id) AS contact ON true
LEFT JOIN LATERAL (
    SELECT id FROM telephony_rateplan
    WHERE facility_id = %(place)s::bigint AND effective_from <= %(now)s::timestamptz
    ORDER BY effective_from DESC LIMIT 1) AS plan ON true
LEFT JOIN LATERAL (
    SELECT base_micro, additive_micro FROM telephony_callrate
    WHERE plan_id = plan.id AND kind = %(place_kind)s AND country IN (%(country)s, '')
    ORDER BY country DESC LIMIT 1) AS price ON true
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE accepted_at >= %(day)s::timestamptz) AS calls,
        coalesce(sum(seconds) FILTER (WHERE accepted_at >= %(day)s::timestamptz), 0)::bigint AS day,
        coalesce(sum(seconds) FILTER (WHERE accepted_at >= %(begin)s::timestamptz), 0)::bigint AS week,
        coalesce(sum(seconds) FILTER (WHERE accepted_at >= %(month)s::timestamptz), 0)::bigint AS month,
        max(ended_at) AS ended
    FROM telephony_cdr
    WHERE resident_id = %(who)s::bigint AND corrects_id IS NULL AND started_at >= %(since)s::timestamptz
      AND accepted_at IS NOT NULL AND call_type <> 'hotline'
      AND coalesce(reasons ->> 0, '') <> ALL (%(ours)s::text[])) AS used
CROSS JOIN LATERAL (
    SELECT array_agg(kind ORDER BY id) AS kinds, array_agg(ends_at ORDER BY id) AS ends FROM telephony_linestop
    WHERE facility_id = %(place)s::bigint AND starts_at <= %(now)s::timestamptz
      AND (ends_at IS NULL OR ends_at > %(now)s::timestamptz) AND (unit_id IS NULL OR unit_id = unit.id)
      AND (resident_id IS NULL OR resident_id = %(who)s::bigint)) AS closed
LEFT JOIN LATERAL (
    SELECT per_week FROM payments_allowance
    WHERE %(who)s::bigint IS NOT NULL AND facility_id = %(place)s::bigint AND kind = %(kind)s
      AND effective_from <= %(now)s::timestamptz
    ORDER BY effective_from DESC LIMIT 1) AS given ON true
LEFT JOIN LATERAL (
    SELECT year, person_days FROM telephony_population
    WHERE facility_id = %(place)s::bigint AND year <= %(newest)s::smallint
    ORDER BY year DESC LIMIT 1) AS counted ON true
"""


@dataclass(frozen=True, slots=True)
class About:
    """One question: a key of a switch; where, how that place telephones; who, as far as that is known; which number.

    `purses`: accounts that may pay.
    """

    switch_id: int
    key: UUID
    station: Station
    setting: TelephoneSettings
    resident_id: int | None
    found: Dialled
    purses: Sequence[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What is known. `call_id`: of the call that this key has already. `live_id`, `lease_until`: of the resident's.

    `asked_of`: whether a resident is known. `blocked`: by the person whose number it is. `apart`: whether staff keep
    the two apart, and until when. `silent`: the number forbids recording. `rate` None: no price.
    `ground`: of what the law's most depends on.
    """

    asked_of: bool
    call_id: int | None
    in_custody: bool
    live_id: int | None
    lease_until: datetime | None
    number: rules.Number
    silent: bool
    rate: Rate | None
    limits: tuple[rules.Limits, ...]
    used: rules.Used
    stops: tuple[rules.Stop, ...]
    blocked: bool
    apart: tuple[bool, datetime | None]
    balances: dict[str, Balance]
    allowance_left: int
    ground: Ground


def read(about: About) -> Known:
    """One statement. Raises nothing of its own."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, _values(about))
        row = cursor.fetchone()
    return _known(about, row)


def _values(about: About) -> dict[str, Any]:
    place, now, number, at = about.station.facility, about.now, about.found.number, about.found.place
    day, week, month = begins(place, now)
    return {
        "key": about.key,
        "switch": about.switch_id,
        "place": place.pk,
        "agency": place.agency_id,
        "unit": about.station.unit_id,
        "who": about.resident_id,
        "number": number,
        "begins": [number[:length] for length in range(2, len(number) + 1)],
        "place_kind": at.kind if at else "",
        "country": at.country if at else "",
        "purses": list(about.purses),
        "kind": MINUTES,
        "week": week_of(now, place.time_zone, place.week_starts),
        "day": day,
        "begin": week,
        "month": month,
        "since": min(day, week, month) - timedelta(days=1),  # as `authority.used`
        "ours": sorted(faults.OURS),
        "newest": plans.newest_year(plans.day_at(place, now)),
        "now": now,
    }


def begins(place: Facility, now: datetime) -> tuple[datetime, datetime, datetime]:
    """When the place's day, week and month began."""
    zone = ZoneInfo(place.time_zone)
    today = now.astimezone(zone).date()
    week = today - timedelta(days=(today.weekday() - place.week_starts) % 7)
    day, week_at, month = (
        datetime.combine(one, time(), zone).astimezone(UTC) for one in (today, week, today.replace(day=1))
    )
    return day, week_at, month


def _known(about: About, row: tuple[Any, ...]) -> Known:
    (
        call_id, custody_id, live_id, lease_until, privileged, relay, silent, blocked, approved, courtesy, base,
        additive, limits, calls, day, week, month, ended, kinds, ends, contact_blocked, counsel, apart, balances,
        per_week, used, year, person_days,
    ) = row  # fmt: skip
    found = about.found
    number = rules.Number(found)
    if not found.code:
        number = rules.Number(
            dialled=found,
            approved=approved if about.setting.lists_numbers else None,
            blocked=tuple(dict.fromkeys(blocked)),
            privileged=privileged,
            relay=relay,
            courtesy_left=not courtesy,
        )
    if counsel:  # an attorney's proved number is as confidential as their letters (CON-5, M12)
        number = replace(number, privileged=True)
    return Known(
        asked_of=about.resident_id is not None,
        call_id=call_id,
        in_custody=custody_id is not None,
        live_id=live_id,
        lease_until=lease_until,
        number=number,
        silent=silent,
        rate=Rate(base, additive) if base is not None else None,
        limits=tuple(map(_limits, limits or ())),
        used=rules.Used(calls, day, week, month, ended),
        stops=tuple(rules.Stop(kind, until) for kind, until in zip(kinds or (), ends or (), strict=True)),
        blocked=contact_blocked,
        apart=_apart(apart or ()),
        balances={one: Balance(*(balances or {}).get(one, (0, 0))) for one in about.purses},
        allowance_left=max(0, per_week - used),
        ground=plans.ground_of(cast("Holds", about.setting.holds), year, person_days or 0),
    )


def _limits(row: list[Any]) -> rules.Limits:
    *numbers, hours = row
    seconds, calls_a_day, a_day, a_week, a_month, pause, record = numbers
    return rules.Limits(
        seconds=seconds,
        hours=tuple(
            rules.Hours(frozenset(map(int, days)), time.fromisoformat(opens), time.fromisoformat(closes))
            for days, opens, closes in hours or ()
        ),
        calls_a_day=calls_a_day,
        seconds_a_day=a_day,
        seconds_a_week=a_week,
        seconds_a_month=a_month,
        pause_seconds=pause,
        record=record,
    )


def _apart(ends: Sequence[datetime | None]) -> tuple[bool, datetime | None]:
    return bool(ends), None if None in ends else max((end for end in ends if end), default=None)
