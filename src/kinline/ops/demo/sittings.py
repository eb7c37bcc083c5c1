"""Who sat at the sample kiosk in the last two weeks: something to see on the dashboard (STF-5)."""

from datetime import datetime, timedelta

from kinline.facilities import queries as facilities
from kinline.ops.demo.calendar import ago
from kinline.ops.demo.places import Jail
from kinline.residents import queries, services
from kinline.residents.models import ResidentSession

DAYS = 14
HOURS = ("09:10", "10:40", "13:20", "15:05", "18:30")


def make(jail: Jail, now: datetime) -> None:
    """Once. Not today: whoever sits there now is not sent away."""
    kiosk = facilities.kiosks_of(jail.north.pk)[0]
    if ResidentSession.objects.filter(kiosk=kiosk).exists():
        return
    people = sorted(queries.in_custody_at(jail.north.pk))
    for day in range(DAYS, 0, -1):
        for n, hour in enumerate(HOURS[: 1 + day * 7 % len(HOURS)]):
            began = ago(now, day, hour)
            _session, key = services.open_session(
                resident_id=people[(day + n) % len(people)], kiosk_id=kiosk.pk, now=began
            )
            services.end_session(key, "left", began + timedelta(minutes=6 + (day * 5 + n * 3) % 17))
