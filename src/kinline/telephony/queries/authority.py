"""What the decision on a call depends on, read for one try (TEL-3). Money is read by the flow."""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q, Sum, Value
from django.db.models.functions import Coalesce

from kinline.facilities.models import Facility
from kinline.telephony import faults, rules
from kinline.telephony.dialling import Dialled, Place, dialled, e164
from kinline.telephony.models import (
    AllowedNumber,
    Call,
    CallLimits,
    CallRate,
    Cdr,
    Hotline,
    KnownNumber,
    LineStop,
    NumberBlock,
    RatePlan,
    SpeedDial,
    Station,
    TelephoneSettings,
)
from kinline.telephony.rating import Rate


def station(username: str) -> Station | None:
    """A telephone that may call, with its place."""
    rows = Station.objects.select_related("facility__agency", "facility__telephone", "unit")
    return rows.filter(username=username, disabled_at=None).first()


def settings_of(facility: Facility) -> TelephoneSettings:
    """How a place telephones; as the defaults say where nobody has set anything."""
    try:
        return facility.telephone
    except TelephoneSettings.DoesNotExist:
        return usual(facility)


def usual(facility: Facility) -> TelephoneSettings:
    """Where nobody has set anything; not kept."""
    return TelephoneSettings(
        facility=facility, payers=["prepaid_collect", "pin_debit"], places=["domestic", "territory"]
    )


def settings_by_id(facility_id: int) -> TelephoneSettings:
    return settings_of(Facility.objects.select_related("telephone").get(pk=facility_id))


def passcode_alone(facility_id: int) -> bool:
    """Whether a place asks for a passcode and nothing else (TEL-12)."""
    return TelephoneSettings.objects.filter(facility_id=facility_id, asks="pin").exists()


def records(setting: TelephoneSettings, number: str) -> bool:
    """Whether the place records at all, and nothing is known of the number that forbids it (T8, M12)."""
    silent = Q(do_not_record=True) | Q(privileged_since__isnull=False)
    known = KnownNumber.objects.filter(silent, agency_id=setting.facility.agency_id, number=number)
    return setting.records and not known.exists()


def hotline(facility_id: int, keys: str) -> Hotline | None:
    return next(iter(Hotline.objects.raw(_HOTLINE, [facility_id, keys])), None) if keys else None


_HOTLINE: Final = "SELECT * FROM telephony_hotline WHERE facility_id = %s AND keys = %s AND retired_at IS NULL"


def meant(resident_id: int | None, keys: str) -> Dialled:
    """The number that was keyed in, or that its speed dial stands for."""
    if resident_id is not None and 0 < len(keys) <= 2:
        quick = SpeedDial.objects.filter(resident_id=resident_id, keys=keys).first()
        if quick is not None:
            return e164(quick.number)
    return dialled(keys)


def number(*, facility: Facility, resident_id: int | None, found: Dialled, lists: bool) -> rules.Number:
    """What is known of a number here: blocks at every level (T4), its flags, whether it is on the caller's list."""
    if found.code:
        return rules.Number(found)
    known = KnownNumber.objects.filter(agency_id=facility.agency_id, number=found.number).first()
    return rules.Number(
        dialled=found,
        approved=_approved(resident_id, found.number) if lists else None,
        blocked=blocks(facility.pk, found.number),
        privileged=known is not None and known.privileged_since is not None,
        relay=known is not None and known.relay,
        courtesy_left=not _had_courtesy(found.number),
    )


def blocks(facility_id: int, number: str) -> tuple[str, ...]:
    """Who keeps this number from being called, in the order in which they did."""
    begins = [number[:length] for length in range(2, len(number) + 1)]
    here = Q(facility=None) | Q(facility_id=facility_id)
    fits = Q(number=number) | Q(is_prefix=True, number__in=begins)
    rows = NumberBlock.objects.filter(here, fits, lifted_at=None).order_by("made_at", "pk")
    return tuple(dict.fromkeys(rows.values_list("by", flat=True)))


def _approved(resident_id: int | None, number: str) -> bool:
    return (
        resident_id is not None
        and AllowedNumber.objects.filter(
            resident_id=resident_id, number=number, approved=True, removed_at=None
        ).exists()
    )


def _had_courtesy(number: str) -> bool:
    """Once a number, for ever (TEL-13); a try that nobody accepted does not count."""
    given = Q(ended_at=None) | Q(accepted_at__isnull=False)
    return Call.objects.filter(given, number=number, call_type="courtesy").exists()


def limits(*, facility_id: int, unit_id: int | None, resident_id: int | None, number: str) -> tuple[rules.Limits, ...]:
    """Of the place, the unit, the resident and the number, as far as somebody has set them."""
    rows = limit_rows(facility_id=facility_id, unit_id=unit_id, resident_id=resident_id, number=number)
    return tuple(as_limits(row) for row in rows)


def limit_rows(*, facility_id: int, unit_id: int | None, resident_id: int | None, number: str) -> list[CallLimits]:
    """The rows of these: whoever looks for which of them wins needs to know whose each is."""
    of_place = Q(unit=None, resident=None, number="")
    wanted = of_place | Q(unit_id=unit_id, resident=None, number="") | Q(resident_id=resident_id, unit=None, number="")
    if number:
        wanted |= Q(number=number)
    return list(CallLimits.objects.filter(wanted, facility_id=facility_id).prefetch_related("hours").order_by("pk"))


def as_limits(row: CallLimits) -> rules.Limits:
    hours = (rules.Hours(frozenset(map(int, one.days)), one.opens, one.closes) for one in row.hours.all())
    return rules.Limits(
        seconds=row.seconds,
        hours=tuple(hours),
        calls_a_day=row.calls_a_day,
        seconds_a_day=row.seconds_a_day,
        seconds_a_week=row.seconds_a_week,
        seconds_a_month=row.seconds_a_month,
        pause_seconds=row.pause_seconds,
        record=row.record,
    )


def stops(*, facility_id: int, unit_id: int | None, resident_id: int | None, now: datetime) -> tuple[rules.Stop, ...]:
    """What closes the line of this unit, or of this resident, at this moment."""
    here = Q(unit=None) | Q(unit_id=unit_id)
    whose = Q(resident=None) | Q(resident_id=resident_id)
    open_ended = Q(ends_at=None) | Q(ends_at__gt=now)
    rows = LineStop.objects.filter(here, whose, open_ended, facility_id=facility_id, starts_at__lte=now).order_by("pk")
    return tuple(rules.Stop(row.kind, row.ends_at) for row in rows)


def used(resident_id: int, facility: Facility, now: datetime) -> rules.Used:
    """What the quotas have seen: accepted calls of the place's day, week and month (its week begins where it says); and
    when the last one ended, if that was within the day before them. What our side lost uses nothing up (TEL-14).
    """
    zone = ZoneInfo(facility.time_zone)
    today = now.astimezone(zone).date()
    week = today - timedelta(days=(today.weekday() - facility.week_starts) % 7)
    starts = [datetime.combine(day, time(), zone).astimezone(UTC) for day in (today, week, today.replace(day=1))]
    since = min(starts) - timedelta(days=1)  # by its begin, which is indexed: years of calls are not read (P9)
    rows = Cdr.objects.filter(resident_id=resident_id, corrects=None, started_at__gte=since, accepted_at__isnull=False)
    rows = rows.exclude(call_type="hotline").exclude(reasons__0__in=sorted(faults.OURS))
    found = rows.aggregate(
        calls=Count("pk", filter=Q(accepted_at__gte=starts[0])),
        **{name: _seconds(start) for name, start in zip(("day", "week", "month"), starts, strict=True)},
        ended=Max("ended_at"),
    )
    return rules.Used(found["calls"], found["day"], found["week"], found["month"], found["ended"])


def _seconds(since: datetime) -> Coalesce:
    return Coalesce(Sum("seconds", filter=Q(accepted_at__gte=since)), Value(0))


def rate(facility_id: int, place: Place, now: datetime) -> Rate | None:
    """The price there at this moment: of the country, where the plan names it, else of its kind; None: no price."""
    plan = RatePlan.objects.filter(facility_id=facility_id, effective_from__lte=now).order_by("-effective_from").first()
    if plan is None:
        return None
    fits = Q(country=place.country) | Q(country="")
    row = CallRate.objects.filter(fits, plan=plan, kind=place.kind).order_by(F("country").desc()).first()
    return Rate(row.base_micro, row.additive_micro) if row else None
