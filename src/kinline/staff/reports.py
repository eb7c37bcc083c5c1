"""The reports that facilities are asked for, each a question, a filter and a table (STF-7)."""

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kinline.contacts.several import with_several
from kinline.contacts.stopped import stopped
from kinline.core import audit
from kinline.identity import queries as identity
from kinline.messaging.queries import figures
from kinline.payments.queries.pay_outs import unclaimed_by_age
from kinline.residents.queries import moves
from kinline.staff.audit_wording import act_in_words
from kinline.staff.call_reports import CALL_REPORTS
from kinline.staff.dashboard import SIDES
from kinline.staff.report_kinds import Asked, Choices, Report
from kinline.staff.tables import Cell, Cents

__all__ = ["REPORTS", "Asked", "Report"]


def _contacts(asked: Asked) -> list[list[Cell]]:
    return [
        [one.number, one.resident, one.family, one.from_family, one.from_resident, one.held, one.refused, one.last]
        for one in figures.pairs(asked.span, only=asked.only, limit=asked.limit)
    ]


def _several(asked: Asked) -> list[list[Cell]]:
    found = with_several(asked.span.facility_id, limit=asked.limit)
    return [[one.family, one.residents, one.named] for one in found]


_BY = {"facility": _("This facility"), "family": _("Family member"), "resident": SIDES["resident"]}


def _stopped(asked: Asked) -> list[list[Cell]]:
    found = stopped(asked.span.facility_id, asked.now, only=asked.only, limit=asked.limit)
    return [
        [_BY[one.by], one.number, one.resident or _("anybody"), one.family or _("anybody"), one.since, one.until,
         one.reason]
        for one in found
    ]  # fmt: skip


_MOVES = {
    "came": pgettext_lazy("a resident", "Came"),
    "transfer": pgettext_lazy("a resident", "Transferred"),
    "release": pgettext_lazy("a resident", "Released"),
}


def _moves(asked: Asked) -> list[list[Cell]]:
    span = asked.span.values()
    found = moves(asked.span.facility_id, span["begin"], span["end"], only=asked.only, limit=asked.limit)
    return [[one.at, _MOVES[one.what], one.number, one.name, one.unit, one.booking] for one in found]


def _tries(asked: Asked) -> list[list[Cell]]:
    span = asked.span.values()
    found = audit.per_day(asked.span.facility_id, "pin.unknown", span["begin"], span["end"], asked.span.zone)
    return [list(row) for row in found[: asked.limit]]


def _staff(place_id: int) -> Choices:
    return [(f"staff:{pk}", name) for pk, name in sorted(identity.staff_of(place_id).items(), key=lambda one: one[1])]


def _acts(asked: Asked) -> list[list[Cell]]:
    span, names = asked.span.values(), dict(_staff(asked.span.facility_id))
    found = audit.acts_of_staff(asked.span.facility_id, span["begin"], span["end"], actor=asked.only, limit=asked.limit)
    return [[names.get(one.actor, one.actor), act_in_words(one.act), one.count, one.last] for one in found]


_AGES = {
    0: _("up to 30 days"), 30: _("30 to 90 days"), 90: _("90 to 180 days"), 180: _("180 days to a year"),
    365: _("longer than a year"),
}  # fmt: skip
_UNCLAIMED = (
    ("returned", pgettext_lazy("a payment", "Came back")),
    ("unclaimed", pgettext_lazy("a payment", "Owed to a state")),
    ("remitted", pgettext_lazy("a payment", "Paid to a state")),
)


def _unclaimed(asked: Asked) -> list[list[Cell]]:
    found = unclaimed_by_age([asked.span.facility_id], asked.now, state=asked.only)
    return [[_AGES[one.days], one.count, Cents(one.cents), one.oldest] for one in found]


_ENDS = {"won": pgettext_lazy("an appeal", "won"), "lost": pgettext_lazy("an appeal", "lost")}


def _decisions(asked: Asked) -> list[list[Cell]]:
    spanish = (get_language() or "").startswith("es")
    return [
        [one.letter, SIDES[one.sender], one.since, one.decided_at, _("a rule") if one.by_rule else _("a person"),
         (spanish and one.reason_es) or one.reason, _("no") if one.withheld else _("yes"), SIDES.get(one.side),
         one.filed_at, one.due_on, _outcome(one), one.answered_at]
        for one in figures.decisions(asked.span, only=asked.only, limit=asked.limit)
    ]  # fmt: skip


def _outcome(one: figures.Decision) -> Cell:
    return _ENDS.get(one.outcome, pgettext_lazy("an appeal", "open")) if one.filed_at else None


REPORTS: dict[str, Report] = {
    "decisions": Report(
        _("Refusals and appeals"),
        _("Each letter of these days that was not delivered, and what came of an appeal. No names, no words."),
        [_("Letter"), _("Sent by"), _("Held since"), _("Decided"), _("Decided by"), _("Reason"), _("Notice given"),
         _("Who appealed"), pgettext_lazy("an appeal", "Filed"), _("Answer due"), _("Appeal"),
         pgettext_lazy("an appeal", "Answered")],
        _decisions, frozenset({0}), people=False, label=_("Appeals"),
        choices=lambda _place_id: [
            ("appealed", _("appealed")), ("open", _("not answered")), ("won", _ENDS["won"]), ("lost", _ENDS["lost"]),
        ],
    ),
    "contacts": Report(
        _("Letters by contact"),
        _("Who wrote with whom on these days, the most letters first. Confidential contacts are in no report."),
        [_("Number"), _("Resident"), _("Family member"), _("From the family"), _("From the resident"),
         pgettext_lazy("letters", "Held"), _("Not delivered"), _("Last")],
        _contacts, frozenset({3, 4, 5, 6}), label=_("Only with letters"),
        choices=lambda _place_id: [("held", _("that were held")), ("refused", _("that were not delivered"))],
    ),
    "several": Report(
        _("One person with several residents"),
        _("Family members who have more than one resident of this facility among their contacts at this moment."),
        [_("Family member"), _("Residents"), _("Who they are")], _several, frozenset({1}), by_day=False,
    ),
    "stopped": Report(
        _("Restricted and blocked"),
        _("Between whom no letter passes at this moment, and who said so."),
        [_("Said by"), _("Number"), _("Resident"), _("Family member"), _("From"), _("To"), _("Reason")],
        _stopped, by_day=False, label=_("Said by"), choices=lambda _place_id: list(_BY.items()),
    ),
    "moves": Report(
        _("Booked and released"),
        _("Who came to this facility on these days, and who left it."),
        [_("When"), _("What"), _("Number"), _("Resident"), _("Unit"), _("Booking")],
        _moves, label=_("What"), choices=lambda _place_id: list(_MOVES.items()),
    ),
    "tries": Report(
        _("Tries by people who are not here"),
        _("How often a number that nobody in custody here has was tried at a kiosk. The numbers are not kept."),
        [_("Day"), _("Tries"), _("In different hours")], _tries, frozenset({1, 2}), people=False,
    ),
    "acts": Report(
        _("Acts of staff by person"),
        _("What each person of staff did here on these days, by the audit log."),
        [_("Who"), _("Act"), _("How often"), _("Last")], _acts, frozenset({2}), label=_("Who"), choices=_staff,
    ),
    "unclaimed": Report(
        _("Unclaimed money by age"),
        _("Payments that came back or fall to a state, by how long they have stood."),
        [_("Age"), _("Payments"), _("Amount"), _("Oldest")], _unclaimed, frozenset({1, 2}), by_day=False, people=False,
        label=_("State"), choices=lambda _place_id: _UNCLAIMED,
    ),
    **CALL_REPORTS,
}  # fmt: skip
