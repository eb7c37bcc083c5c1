"""Verbs of prices: a plan from a moment on, and how many people a year saw (TEL-5, F1, F2)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.telephony.models import CallRate, Population, RatePlan
from kinline.telephony.queries.plans import Priced
from kinline.telephony.staff_errors import PlanMomentTaken


@verb
def set_plan(
    *, facility_id: int, effective_from: datetime, prices: Iterable[Priced], by: User | None, now: datetime
) -> RatePlan:
    """All prices of a place from a moment on, for ever written. raises PlanMomentTaken."""
    try:
        with transaction.atomic():
            plan = RatePlan.objects.create(
                facility_id=facility_id, effective_from=effective_from, made_by=by, made_at=now
            )
    except IntegrityError:
        raise PlanMomentTaken from None
    CallRate.objects.bulk_create(
        CallRate(
            plan=plan,
            kind=one.kind,
            country=one.country,
            base_micro=one.rate.base,
            additive_micro=one.rate.additive,
        )
        for one in prices
    )
    return plan


@verb
def count_people(*, facility_id: int, year: int, person_days: int, by: User | None, now: datetime) -> None:
    """How many were held in a year, day by day added up; a second count takes the place of the first."""
    Population.objects.update_or_create(
        facility_id=facility_id,
        year=year,
        defaults={"person_days": person_days, "counted_by": by, "counted_at": now},
    )
