"""When lines are open, in words: days and times of day."""

from collections.abc import Iterable
from itertools import groupby

from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kinline.design import wording
from kinline.telephony.rules import Hours


def sentences(hours: Iterable[Hours]) -> list[str]:
    """`Monday to Friday: 7:00 am to 9:30 pm`, one for each stretch."""
    told = sorted(hours, key=lambda one: (min(one.days, default=7), one.opens))
    return [capfirst(f"{days(one.days)}: {span(one)}") for one in told]


def days(some: Iterable[int]) -> str:
    """`Every day`; `Monday to Friday, Sunday`."""
    every = sorted(some)
    if len(every) == 7:
        return _("Every day")
    runs = [[day for _place, day in run] for _key, run in groupby(enumerate(every), lambda pair: pair[1] - pair[0])]
    return ", ".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    first, last = str(WEEKDAYS[run[0]]), str(WEEKDAYS[run[-1]])
    if len(run) < 3:
        return first if first == last else f"{first}, {last}"
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def span(one: Hours) -> str:
    if one.opens == one.closes:
        return _("all day")
    said = {"first": wording.wall(one.opens), "last": wording.wall(one.closes)}
    if one.crosses:
        return _("%(first)s to %(last)s of the next day") % said
    return _("%(first)s to %(last)s") % said
