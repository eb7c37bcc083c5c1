"""The days that a page of figures is about."""

from datetime import date, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from kinline.payments.staff_forms import DaysForm
from kinline.staff.desk import Desk

DAYS = 30
MOST_DAYS = 366


def days_asked(request: HttpRequest, desk: Desk) -> tuple[date, date, DaysForm]:
    """The days that are asked for, at most a year; else the last 30. The form says which they are."""
    first, last = span_of(DaysForm(request.GET), desk)
    return first, last, DaysForm(initial={"since": first.isoformat(), "until": last.isoformat()})


def span_of(form: DaysForm, desk: Desk) -> tuple[date, date]:
    """The same of a form that asks more than days."""
    return span_on(form, timezone.localdate(desk.now))


def span_on(form: DaysForm, today: date) -> tuple[date, date]:
    first, last = form.days(today - timedelta(days=DAYS - 1), today)
    last = min(last, first + timedelta(days=MOST_DAYS), date.max - timedelta(days=2))
    first = max(first, date(2000, 1, 1))
    return first, max(first, last)


def last_week(now: datetime) -> date:
    """The Monday of the newest week that is over, by the clock of the place."""
    today = timezone.localdate(now)
    return today - timedelta(days=today.weekday()) - timedelta(days=7)
