"""The figures of a place on some days, as tables and pictures (STF-5).

`exact` is for those who may see single decisions anyway. Everybody else gets numbers to the nearest five, and times
only of twenty letters and more: at a small place a single number would tell of a person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from kinline.messaging.queries import figures
from kinline.messaging.queries.figures import Appealed, Decided, Outcomes, Span
from kinline.residents import queries as residents
from kinline.residents.queries import Sittings
from kinline.staff import tables
from kinline.staff.charts import bars, stacked
from kinline.staff.tables import Cell, Table
from kinline.telephony.queries import figures as telephony

FEWEST_TIMES = 20
SIDES = {"family": gettext_lazy("Family"), "resident": gettext_lazy("Resident")}


@dataclass(frozen=True, slots=True)
class Asked:
    span: Span
    now: datetime
    exact: bool

    def count(self, number: int) -> Cell:
        return number if self.exact else tables.coarse(number)

    def counts(self, *numbers: int) -> list[Cell]:
        return [self.count(number) for number in numbers]

    def bar(self, number: int) -> int:
        return number if self.exact else tables.drawn(number)

    def times(self, one: Decided) -> tuple[timedelta | None, timedelta | None]:
        told = self.exact or one.count >= FEWEST_TIMES
        return (one.median, one.ninth) if told else (None, None)


def letters(asked: Asked) -> Table:
    total, days = figures.outcomes(asked.span)
    columns = [_("Day"), _("Sent"), _("Delivered"), _("Waiting"), _("Not delivered"), _("of it without a notice"),
               _("Taken back or returned")]  # fmt: skip
    rows = [[one.day, *_of_letters(asked, one)] for one in reversed(days)]
    foot = [_("Together"), *_of_letters(asked, total)] if rows else []
    return Table("letters", _("Letters by day, and where they are now"), columns, rows, frozenset(range(1, 7)), foot)


def _of_letters(asked: Asked, one: Outcomes) -> list[Cell]:
    return asked.counts(one.sent, one.delivered, one.waiting, one.refused, one.withheld, one.ended)


def decisions(asked: Asked) -> Table:
    total, days = figures.decided(asked.span)
    columns = [_("Day sent"), _("Decided"), _("Half within, hours"), _("Nine of ten within, hours")]
    rows = [[one.day, asked.count(one.count), *asked.times(one)] for one in reversed(days)]
    foot = [_("Together"), asked.count(total.count), *asked.times(total)] if rows else []
    return Table("decisions", _("Time from held to decided"), columns, rows, frozenset({1, 2, 3}), foot)


def reasons(asked: Asked) -> Table:
    found = figures.reasons(asked.span)
    spanish = (get_language() or "").startswith("es")
    rows = [[(spanish and one.text_es) or one.text, asked.count(one.count), asked.count(one.by_rule)] for one in found]
    columns = [_("Reason"), _("Letters"), _("of it by a rule alone")]
    return Table("reasons", _("Not delivered, by reason"), columns, rows, frozenset({1, 2}))


def appeals(asked: Asked) -> Table:
    found = figures.appealed(asked.span, asked.now)
    columns = [
        _("Who appealed"),
        pgettext("appeals", "Filed"),
        pgettext("appeals", "Won"),
        pgettext("appeals", "Lost"),
        pgettext("appeals", "Open"),
        _("of it past the last day"),
    ]
    rows = [[SIDES[one.side], *_of_appeals(asked, one)] for one in found]
    return Table("appeals", _("Appeals, and how they ended"), columns, rows, frozenset(range(1, 6)))


def _of_appeals(asked: Asked, one: Appealed) -> list[Cell]:
    return asked.counts(one.filed, one.won, one.lost, one.open, one.late)


def waits(asked: Asked) -> Table:
    counts = figures.waiting(asked.span.facility_id, asked.now)
    ages = [_("less than 24 hours"), _("24 to 48 hours"), _("48 to 72 hours"), _("longer than 72 hours")]
    rows = [[age, asked.count(count)] for age, count in zip(ages, counts, strict=True)]
    return Table(
        "waits",
        _("Waiting for a person now"),
        [pgettext("letters", "Held for"), _("Letters")],
        rows,
        frozenset({1}),
    )


def kiosks(asked: Asked) -> Table:
    columns = [_("Day"), _("Sittings"), _("Residents"), _("Minutes")]
    rows = [[one.day, *_of_sittings(asked, one)] for one in reversed(residents.sittings(asked.span.values()))]
    return Table("kiosks", _("Use of kiosks by day"), columns, rows, frozenset({1, 2, 3}))


def screens(asked: Asked) -> Table:
    columns = [_("Kiosk"), _("Unit"), _("Sittings"), _("Residents"), _("Minutes")]
    found = residents.sittings(asked.span.values(), by_kiosk=True)
    rows = [[one.label, one.unit, *_of_sittings(asked, one)] for one in found]
    return Table("screens", _("Use of kiosks by screen"), columns, rows, frozenset({2, 3, 4}))


def _of_sittings(asked: Asked, one: Sittings) -> list[Cell]:
    if not asked.exact and one.people < tables.SMALLEST:
        return [tables.coarse(one.count), tables.coarse(one.people), None]
    return asked.counts(one.count, one.people, one.minutes)


def calls(asked: Asked) -> Table:
    """By result (TEL-9); hotlines are counted nowhere (REC3)."""
    columns = [_("Day"), pgettext("calls", "Accepted"), pgettext("calls", "Not accepted"), pgettext("calls", "Refused")]
    found = calls_by_day(asked)
    rows = [[day, *asked.counts(*parts)] for day, parts in reversed(found.items())]
    sums = [sum(parts[n] for parts in found.values()) for n in range(3)]
    foot = [_("Together"), *asked.counts(*sums)] if rows else []
    return Table("calls", _("Calls by day, and what became of them"), columns, rows, frozenset({1, 2, 3}), foot)


def calls_by_day(asked: Asked) -> dict[date, tuple[int, int, int]]:
    """Accepted, not accepted, refused before anything rang."""
    span = asked.span.values()
    days = telephony.Days(asked.span.facility_id, span["begin"], span["end"], asked.span.zone)
    found = telephony.by_day(days)
    return {one.key: (one.accepted, one.unanswered, one.refused) for one in found if isinstance(one.key, date)}


TABLES: dict[str, Callable[[Asked], Table]] = {
    "letters": letters, "decisions": decisions, "reasons": reasons, "appeals": appeals, "waits": waits,
    "kiosks": kiosks, "screens": screens, "calls": calls,
}  # fmt: skip


# The pictures: one group of bars a day, the oldest day first


def letters_drawn(asked: Asked) -> str:
    by_day = {one.day: one for one in figures.outcomes(asked.span)[1]}
    days = [by_day.get(day, Outcomes(day)) for day in asked.span.days()]
    return stacked(*(
        [asked.bar(getattr(one, name)) for one in days] for name in ("delivered", "refused", "waiting", "ended")
    ))  # fmt: skip


def decisions_drawn(asked: Asked) -> str:
    """In minutes."""
    by_day = {one.day: asked.times(one) for one in figures.decided(asked.span)[1]}
    return bars(*(
        [_minutes(by_day.get(day, (None, None))[which]) for day in asked.span.days()] for which in (0, 1)
    ))  # fmt: skip


def _minutes(span: timedelta | None) -> int:
    return round(span.total_seconds() / 60) if span else 0


def kiosks_drawn(asked: Asked) -> str:
    by_day: dict[date | None, int] = {one.day: one.count for one in residents.sittings(asked.span.values())}
    return bars([asked.bar(by_day.get(day, 0)) for day in asked.span.days()])


def calls_drawn(asked: Asked) -> str:
    found = calls_by_day(asked)
    return stacked(*([asked.bar(found.get(day, (0, 0, 0))[n]) for day in asked.span.days()] for n in range(3)))


PICTURES: dict[str, Callable[[Asked], str]] = {
    "letters": letters_drawn, "decisions": decisions_drawn, "kiosks": kiosks_drawn, "calls": calls_drawn,
}  # fmt: skip


def tiles(asked: Asked, made: Mapping[str, Table]) -> Sequence[tuple[str, Cell]]:
    """What one looks at first, from the tables below it. Without a letter there is no row of sums."""
    sent, delivered, _waiting, refused = (made["letters"].foot or [None, 0, 0, 0, 0])[1:5]
    median = made["decisions"].foot[2] if made["decisions"].foot else None
    open_now = sum(figures.waiting(asked.span.facility_id, asked.now))
    return [
        (_("Letters sent"), sent),
        (_("Delivered"), delivered),
        (_("Not delivered"), refused),
        (_("Half decided within, hours"), median),
        (_("Waiting for a person now"), asked.count(open_now)),
    ]
