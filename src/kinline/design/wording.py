"""Words for time, money and names, in the reader's language. `now` is an argument; times are shown in `zone`."""

from datetime import date, datetime, time, timedelta, tzinfo

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from kinline.core import money

MINUTE, HOUR, DAY = 60, 3600, 86400


def clock(dt: datetime, zone: tzinfo) -> str:
    """`4:12 pm`; in Spanish `16:12`."""
    return wall(dt.astimezone(zone).time())


def wall(at: time) -> str:
    """A time of day that belongs to no date, as `clock` writes it."""
    if _spanish():
        return f"{at.hour}:{at.minute:02d}"
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"


def day(dt: datetime, now: datetime, zone: tzinfo) -> str:
    """`today`, `yesterday`, `tomorrow`, a weekday within six days, else `November 3` (with the year if another)."""
    local, here = dt.astimezone(zone), now.astimezone(zone)
    away = (local.date() - here.date()).days
    near = {0: gettext("today"), -1: gettext("yesterday"), 1: gettext("tomorrow")}
    if away in near:
        return near[away]
    if abs(away) < 7:
        return pgettext("weekday in a sentence", "%(day)s") % {"day": date_format(local, "l")}
    english, spanish = ("F j", r"j \d\e F") if local.year == here.year else ("F j, Y", r"j \d\e F \d\e Y")
    return "el " + date_format(local, spanish) if _spanish() else date_format(local, english)


def full_day(day: date) -> str:
    """A day for what is kept: `November 3, 2025`; in Spanish for after "el": `3 de noviembre de 2025`."""
    return date_format(day, r"j \d\e F \d\e Y" if _spanish() else "F j, Y")


def full_moment(dt: datetime, zone: tzinfo) -> str:
    """A day and a time for what is kept and read later: no "yesterday"."""
    return _at(full_day(dt.astimezone(zone)), dt, zone)


def moment(dt: datetime, now: datetime, zone: tzinfo) -> str:
    """A day and a time that fit in a sentence: `today at 4:12 pm`, `el domingo a las 16:12`."""
    return _at(day(dt, now, zone), dt, zone)


def brief(dt: datetime, now: datetime, zone: tzinfo) -> str:
    """For a row of a list: the time if it is today, else only the day."""
    today = dt.astimezone(zone).date() == now.astimezone(zone).date()
    return clock(dt, zone) if today else day(dt, now, zone)


def _at(day: str, dt: datetime, zone: tzinfo) -> str:
    params = {"day": day, "time": clock(dt, zone)}
    if dt.astimezone(zone).hour == 1:  # Spanish says "a la 1:05" but "a las 2:05"
        return pgettext("at one o'clock", "%(day)s at %(time)s") % params
    return pgettext("at another hour", "%(day)s at %(time)s") % params


def about(span: timedelta) -> str:
    """A length of time as people say it, rounded to one unit: `40 minutes`, `3 hours`, `2 days`."""
    seconds = span.total_seconds()
    minutes, hours = round(seconds / MINUTE), round(seconds / HOUR)
    if seconds < MINUTE:
        return gettext("less than a minute")
    if minutes < 60:
        return _counted(minutes, "minute")
    return _counted(hours, "hour") if hours < 48 else _counted(round(seconds / DAY), "day")


def since(dt: datetime, now: datetime) -> str:
    """How long ago: `just now`, `10 minutes ago`."""
    span = now - dt
    if span < timedelta(seconds=MINUTE):
        return gettext("just now")
    return gettext("%(span)s ago") % {"span": about(span)}


def _counted(n: int, unit: str) -> str:
    forms = {
        "minute": ngettext("%(n)s minute", "%(n)s minutes", n),
        "hour": ngettext("%(n)s hour", "%(n)s hours", n),
        "day": ngettext("%(n)s day", "%(n)s days", n),
    }
    return forms[unit] % {"n": n}


def credits_of(cents: int, price_cents: int) -> str:
    """A balance in messages: `9 message credits`. Where a message is free there is nothing to count."""
    if price_cents <= 0:
        return gettext("Letters are free here")
    n = money.credits_in(cents, price_cents)
    return ngettext("%(n)s message credit", "%(n)s message credits", n) % {"n": f"{n:,}"}


def initials(name: str) -> str:
    """First letters of the first and last word, for the round mark beside a name. Any script."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


def _spanish() -> bool:
    return (get_language() or "").startswith("es")
