"""On what terms money is taken and given back: public (MON-9, F22), from the rows and settings that count."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from kinline.payments.models import Allowance, DormancyRule


@dataclass(frozen=True, slots=True)
class Terms:
    """`unclaimed_months`: by state, after how long without a sign the state keeps what could not be given back; `*` is
    every other state.
    """

    most_cents: int
    undo_hours: int
    release_hours: int
    inactive_days: int
    reminder_days: tuple[int, ...]
    unclaimed_months: dict[str, int]

    def months_in(self, region: str) -> int | None:
        return self.unclaimed_months.get(region, self.unclaimed_months.get("*"))


def terms(now: datetime) -> Terms:
    return Terms(
        most_cents=settings.DEPOSIT_LIMIT_CENTS,
        undo_hours=settings.GIFT_UNDO_HOURS,
        release_hours=settings.RELEASE_REFUND_HOURS,
        inactive_days=settings.INACTIVE_DAYS,
        reminder_days=settings.REMINDER_DAYS,
        unclaimed_months=_months(now),
    )


def _months(now: datetime) -> dict[str, int]:
    rows = DormancyRule.objects.filter(effective_from__lte=now.date()).order_by("effective_from")
    return dict(rows.values_list("region", "months"))


def letters_a_week(now: datetime) -> dict[int, int]:
    """How many letters a week the agency pays for each resident, by facility; only where it pays any (MON-8)."""
    rows = Allowance.objects.filter(kind="messages", effective_from__lte=now).order_by("effective_from")
    newest = dict(rows.values_list("facility_id", "per_week"))
    return {facility_id: per_week for facility_id, per_week in newest.items() if per_week}
