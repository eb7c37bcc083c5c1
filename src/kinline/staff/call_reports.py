"""Reports of calls (TEL-9, STF-7), and the figures that the law asks for each year (F31), each with its source."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kinline.core import audit
from kinline.facilities import queries as facilities
from kinline.requests import queries as requests
from kinline.staff.report_kinds import Asked, Choices, Report
from kinline.staff.tables import Cell, Cents
from kinline.telephony import staff_wording as words
from kinline.telephony.queries import figures, plans
from kinline.telephony.queries.figures import Days, Usage
from kinline.telephony.rating import in_dollars

_USAGE: Final = (
    _("Tries"), pgettext_lazy("calls", "Refused"), pgettext_lazy("calls", "Not accepted"),
    pgettext_lazy("calls", "Accepted"), _("Accepted of those that rang"), _("Minutes"),
)  # fmt: skip
_MONEY: Final = (_("Price"), _("Of it the facility's share"))


def _days(asked: Asked) -> Days:
    span = asked.span.values()
    return Days(asked.span.facility_id, span["begin"], span["end"], asked.span.zone)


def _usage(one: Usage) -> list[Cell]:
    share = f"{round(100 * one.accepted / one.dialled)} %" if one.dialled else None
    return [one.tries, one.refused, one.unanswered, one.accepted, share, one.seconds // 60,
            Cents(one.cents), Cents(one.share_cents)]  # fmt: skip


def _by_day(asked: Asked) -> list[list[Cell]]:
    found = figures.by_day(_days(asked))
    return [[one.key if isinstance(one.key, date) else None, *_usage(one)] for one in reversed(found)][: asked.limit]


def _by_hour(asked: Asked) -> list[list[Cell]]:
    return [[f"{one.key:02d}:00", *_usage(one)] for one in figures.by_hour(_days(asked)) if isinstance(one.key, int)]


def _by_telephone(asked: Asked) -> list[list[Cell]]:
    found = figures.by_telephone(_days(asked))
    return [[*(_texts(one.key)), *_usage(one)] for one in found][: asked.limit]


def _texts(key: object) -> list[Cell]:
    return [str(part or "–") for part in key] if isinstance(key, tuple) else [str(key)]


_KINDS: Choices = (
    ("refused", _("refused before anything rang")),
    ("unanswered", _("rang, but nobody accepted")),
    ("talked", _("they talked")),
)


def _by_result(asked: Asked) -> list[list[Cell]]:
    found = figures.by_result(_days(asked), only=asked.only)
    whole = sum(one.count for one in found)
    return [
        [words.result(one.code), _("yes") if one.refused else _("no"), one.count, f"{round(100 * one.count / whole)} %",
         one.code]
        for one in found
    ]  # fmt: skip


def _by_payment(asked: Asked) -> list[list[Cell]]:
    days = _days(asked)
    agency = figures.agency_cents(days)
    return [
        [words.PAID.get(str(one.key), str(one.key)), one.accepted, one.seconds // 60, Cents(one.cents),
         Cents(one.cents - one.share_cents), Cents(one.share_cents), Cents(agency.get(str(one.key), 0))]
        for one in figures.by_payment(days)
    ]  # fmt: skip


def _by_number(asked: Asked) -> list[list[Cell]]:
    found = figures.by_number(_days(asked), several=asked.only == "several", limit=asked.limit)
    return [[one.number, one.residents, one.calls, one.accepted, one.seconds // 60, one.last, one.who] for one in found]


def _by_resident(asked: Asked) -> list[list[Cell]]:
    return [
        [one.code, one.name, one.numbers, one.calls, one.accepted, one.seconds // 60]
        for one in figures.by_resident(_days(asked), limit=asked.limit)
    ]


def _signs(asked: Asked) -> list[list[Cell]]:
    return [
        [one.started_at, one.resident.number if one.resident else None, one.resident.name if one.resident else None,
         one.number, ", ".join(map(str, one.signs)), words.result(one.reasons[0] if one.reasons else one.result)]
        for one in figures.with_signs(_days(asked), limit=asked.limit)
    ]  # fmt: skip


def _strangers(asked: Asked) -> list[list[Cell]]:
    span = asked.span.values()
    found = audit.per_day(asked.span.facility_id, "pin.not_in_custody", span["begin"], span["end"], asked.span.zone)
    return [list(row) for row in found[: asked.limit]]


_BLOCKED_BY: dict[str, str | Promise] = {
    "facility": _("This facility"), "security": _("This facility, for safety"), "fraud": _("This facility, for fraud"),
    "called_party": _("Who is called"),
}  # fmt: skip


def _blocked(asked: Asked) -> list[list[Cell]]:
    return [
        [one.number, _("yes") if one.is_prefix else _("no"), _BLOCKED_BY[one.by], one.made_at,
         one.made_by.name if one.made_by and one.by != "called_party" else None,
         one.note if one.by != "called_party" else None]
        for one in figures.blocks(asked.span.facility_id, only=asked.only, limit=asked.limit)
    ]  # fmt: skip


def _complaints(asked: Asked) -> list[list[Cell]]:
    span = asked.span.values()
    return [
        [one.name, _("yes") if one.is_grievance else _("no"), one.filed, one.open, one.answered, one.withdrawn]
        for one in requests.filed_by_form(asked.span.facility_id, span["begin"], span["end"])
    ]


# F31: each line names the law that asks for it and where its figure comes from.
_CDR = _("records of calls")
_ANNUAL, _TERMS, _SHARE, _RELAY = "47 CFR 64.6060", "47 CFR 64.6000", "47 CFR 64.6015", "47 CFR 64.6040"


def _years(place_id: int) -> Choices:
    place = facilities.facilities_by_id([place_id])[0]
    today = datetime.now(ZoneInfo(place.time_zone)).date()
    return [(str(year), str(year)) for year in figures.years(place_id, today)]


def _fcc(asked: Asked) -> list[list[Cell]]:
    place = facilities.facilities_by_id([asked.span.facility_id])[0]
    zone = ZoneInfo(place.time_zone)
    year = int(asked.only) if asked.only else asked.now.astimezone(zone).year - 1
    last = date(year, 12, 31)
    days = Days(place.pk, _begin(date(year, 1, 1), zone), _begin(date(year + 1, 1, 1), zone), place.time_zone)
    ground = plans.ground(place, last + timedelta(days=122))  # the people of this year count from the May after it
    head: list[list[Cell]] = [
        [_ANNUAL, _("Year"), str(year), _("asked for")],
        [_ANNUAL, _("Facility"), place.name, _("this place")],
        [_ANNUAL, _("Kind of facility"), words.TIERS[ground.tier], _("settings, and people counted (F2)")],
        [_TERMS, _("People on an average day"), ground.people if ground.year == year else None,
         _("people counted, by day, in the year")],
    ]  # fmt: skip
    return [*head, *_fcc_rates(place.pk, days), *_fcc_calls(days), *_fcc_access(place.pk, place.agency_id, days)]


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _fcc_rates(place_id: int, days: Days) -> list[list[Cell]]:
    """The plan that counted in the last moment of the year; intrastate and interstate calls cost the same."""
    plan = plans.plan_at(place_id, days.end - timedelta(seconds=1))
    source = _("prices in force on December 31")
    return [
        [_ANNUAL, gettext("Dollars a minute: %(what)s") % {"what": one.country or words.PLACES[one.kind]},
         in_dollars(one.rate.total).removeprefix("$"), source]
        for one in (plans.prices_of(plan) if plan else [])
    ]  # fmt: skip


def _fcc_calls(days: Days) -> list[list[Cell]]:
    found = {one.jurisdiction: one for one in figures.yearly(days)}
    rows: list[list[Cell]] = []
    for name, what in words.JURISDICTIONS.items():
        one, told = found.get(name), {"what": what}
        rows += [
            [_ANNUAL, gettext("Completed calls: %(what)s") % told, one.accepted if one else 0, _CDR],
            [_ANNUAL, gettext("Minutes charged: %(what)s") % told, _minutes(one.seconds if one else 0), _CDR],
            [_ANNUAL, gettext("Minutes not charged, before acceptance: %(what)s") % told,
             _minutes(one.unbilled_seconds if one else 0), _CDR],
            [_ANNUAL, gettext("Charged for the service: %(what)s") % told, Cents(one.base_cents if one else 0), _CDR],
            [_SHARE, gettext("The facility's share: %(what)s") % told, Cents(one.additive_cents if one else 0), _CDR],
            [_TERMS, gettext("Taxes: %(what)s") % told, Cents(one.tax_cents if one else 0), _CDR],
        ]  # fmt: skip
    none = _("no account of the books can take one")
    return [*rows, [_TERMS, _("Ancillary charges"), Cents(0), none], [_TERMS, _("Site commissions"), Cents(0), none]]


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:.2f}"


def _fcc_access(place_id: int, agency_id: int, days: Days) -> list[list[Cell]]:
    calls, cents = figures.relay_calls(days)
    phones, numbers = figures.relay_means(place_id, agency_id)
    filed = requests.filed_by_form(place_id, days.begin, days.end)
    grievances = sum(one.filed for one in filed if one.is_grievance)
    return [
        [_RELAY, _("Telephones for TTY or relay"), phones, _("telephones that are on today")],
        [_RELAY, _("Numbers of relay services"), numbers, _("numbers that the agency knows today")],
        [_ANNUAL, _("Completed calls by TTY or relay"), calls, _CDR],
        [_RELAY, _("Charged for them"), Cents(cents), _CDR],
        [_ANNUAL, _("Grievances filed, on every subject"), grievances, _("requests and grievances")],
    ]


_NUMBERS = frozenset({1, 2, 3, 4, 5, 6, 7, 8})
CALL_REPORTS: dict[str, Report] = {
    "calls": Report(
        _("Calls by day"), _("How many calls were tried, what became of them, and what they cost."),
        [_("Day"), *_USAGE, *_MONEY], _by_day, _NUMBERS, people=False,
    ),
    "call-hours": Report(
        _("Calls by hour"), _("The same by the hour of the day, by the clock of the place."),
        [_("Hour"), *_USAGE, *_MONEY], _by_hour, _NUMBERS, people=False,
    ),
    "call-telephones": Report(
        _("Calls by unit and telephone"), _("The same by where the telephone is."),
        [_("Unit"), _("Telephone"), *_USAGE, *_MONEY], _by_telephone, frozenset(range(2, 10)), people=False,
    ),
    "call-results": Report(
        _("How calls ended"), _("Why calls were refused, not accepted, or came to their end."),
        [_("How it ended"), pgettext_lazy("calls", "Refused"), _("Calls"), _("Share"), _("Code")], _by_result,
        frozenset({2, 3}), people=False, label=_("Only those"), choices=lambda _place_id: _KINDS,
    ),
    "call-money": Report(
        _("Money of calls"), _("What accepted calls cost, by how they were paid."),
        [_("Paid with"), _("Calls"), _("Minutes"), _("Price"), _("The service"), _("The facility's share"),
         _("Paid by the agency")], _by_payment, frozenset(range(1, 7)), people=False,
    ),
    "numbers": Report(
        _("Numbers that were called"), _("Which numbers were called from here, and by how many residents."),
        [_("Number that is called"), _("Residents"), _("Tries"), pgettext_lazy("calls", "Accepted"), _("Minutes"),
         _("Last"), _("Who they are")], _by_number, frozenset({1, 2, 3, 4}), label=_("Only numbers"),
        choices=lambda _place_id: [("several", _("that more than one resident called"))],
    ),
    "callers": Report(
        _("Residents by numbers"), _("How many different numbers each resident called."),
        [_("Number"), _("Resident"), _("Different numbers"), _("Tries"), pgettext_lazy("calls", "Accepted"),
         _("Minutes")], _by_resident, frozenset({2, 3, 4, 5}),
    ),
    "call-signs": Report(
        _("Signs of a third party"), _("Calls with extra digits, a hook flash, or a change of the sound's way."),
        [_("When"), _("Number"), _("Resident"), _("Number that is called"), _("Signs"), _("How it ended")], _signs,
    ),
    "call-strangers": Report(
        _("Calls tried by people who are not here"),
        _("How often a telephone was tried with the ID number of somebody of this agency who is not in custody here."),
        [_("Day"), _("Tries"), _("In different hours")], _strangers, frozenset({1, 2}), people=False,
    ),
    "blocked-numbers": Report(
        _("Blocked numbers"), _("Which numbers nobody may call from here at this moment, and who said so."),
        [_("Number that is called"), _("All that begin so"), _("Said by"), _("Since"), _("By"), _("Note")],
        _blocked, by_day=False, label=_("Said by"), choices=lambda _place_id: list(_BLOCKED_BY.items()),
    ),
    "complaints": Report(
        _("Requests and grievances by form"), _("How many were filed on these days, and what became of them."),
        [_("Form"), _("Grievance"), pgettext_lazy("requests", "Filed"), pgettext_lazy("requests", "Open"),
         pgettext_lazy("requests", "Answered"), pgettext_lazy("requests", "Withdrawn")], _complaints,
        frozenset({2, 3, 4, 5}), people=False,
    ),
    "fcc": Report(
        _("Yearly figures for the FCC"),
        _("What 47 CFR 64.6060 asks for by April 1, of the year before: each figure with where it comes from. An "
          "officer certifies it; check it against the instructions of that year first."),
        [_("Law"), _("What"), _("Figure"), _("Where it comes from")], _fcc, by_day=False, people=False,
        label=_("Year"), choices=_years, every=_("the last whole year"),
    ),
}  # fmt: skip
