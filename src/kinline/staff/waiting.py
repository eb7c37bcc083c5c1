"""The lists that wait for staff: whose each is, where, how many wait, and since when (experience.md, 10)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.contacts import claims
from kinline.contacts.queries import waiting_for_approval
from kinline.core.audit import week_read
from kinline.delivery import queries as lists
from kinline.identity import queries as people
from kinline.identity.permissions import Permission
from kinline.messaging.queries import appeals, reviews
from kinline.messaging.queries.printing import waiting_for_paper
from kinline.payments.queries.differences import differences
from kinline.payments.queries.numbers import waiting_for_proof
from kinline.payments.queries.pay_outs import summary
from kinline.requests.queries import waiting as requests_waiting
from kinline.staff.days import last_week
from kinline.staff.desk import Desk
from kinline.telephony.queries.lists import waiting as numbers_asked

if TYPE_CHECKING:
    from kinline.facilities.models import Facility


@dataclass(frozen=True, slots=True)
class Counted:
    """`oldest`: since when its first waits; None: it has no age."""

    count: int
    oldest: datetime | None = None
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """`permission`: to do something there. `always`: also shown with nothing in it, as the daily work of its people."""

    permission: Permission
    label: str | Promise
    page: str
    counted: "Callable[[Desk, Facility], Counted]"
    always: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """One list as the first page shows it."""

    label: str | Promise
    href: str
    counted: Counted


def _letters(desk: Desk, place: "Facility") -> Counted:
    return Counted(reviews.how_many(desk.user, [place.pk]), reviews.oldest(desk.user, [place.pk]))


def _appeals(desk: Desk, place: "Facility") -> Counted:
    return Counted(appeals.how_many_open(desk.user, [place.pk]), appeals.first_filed(desk.user, [place.pk]))


def _paper(desk: Desk, place: "Facility") -> Counted:
    units = waiting_for_paper(desk.user, place.pk)
    return Counted(sum(one.letters for one in units), min((one.oldest for one in units), default=None))


def _requests(desk: Desk, place: "Facility") -> Counted:
    found = requests_waiting([place.pk], desk.now)
    return Counted(found.count, found.oldest)


def _contacts(_desk: Desk, place: "Facility") -> Counted:
    found = waiting_for_approval(place.pk)
    return Counted(len(found), found[0].created_at if found else None)


def _pay_outs(desk: Desk, _place: "Facility") -> Counted:
    owed = summary(desk.ids(Permission.SETTLE_REFUNDS))
    return Counted(owed.count, owed.oldest, owed.cents)


def _differences(desk: Desk, _place: "Facility") -> Counted:
    found = differences(desk.user, desk.now)
    return Counted(len(found), found[0].found_at if found else None)


def _numbers_asked(_desk: Desk, place: "Facility") -> Counted:
    return Counted(*numbers_asked(place.pk))


def _week(desk: Desk, place: "Facility") -> Counted:
    """C5: the newest week that is over, while nobody has read it."""
    return Counted(0 if week_read(place.pk, last_week(desk.now)) else 1)


def _numbers(desk: Desk, _place: "Facility") -> Counted:
    found = waiting_for_proof(desk.now, desk.ids(Permission.CONFIRM_NUMBERS))
    return Counted(len(found), found[-1].asked_at if found else None)


P = Permission
QUEUES = (
    Queue(P.DECIDE_REVIEW, _("Letters to be read"), "staff_review", _letters),
    Queue(P.DECIDE_APPEAL, _("Appeals to be decided"), "staff_appeals", _appeals),
    Queue(P.PRINT_MAIL, _("Letters to be printed"), "staff_print", _paper),
    Queue(P.ANSWER_REQUESTS, _("Requests to be answered"), "staff_requests", _requests),
    Queue(P.DECIDE_CONTACT, _("Contacts to be approved"), "staff_contacts", _contacts),
    Queue(P.VERIFY_PRIVILEGED, _("Attorneys to be verified"), "staff_privileged",
          lambda _desk, place: Counted(claims.waiting_count(place.pk)), always=False),
    Queue(P.EDIT_LISTS, _("Word lists that have stopped"), "staff_words",
          lambda desk, place: Counted(lists.over_count(place, desk.now)), always=False),
    Queue(P.SETTLE_REFUNDS, _("Pay-outs to be paid"), "staff_payouts", _pay_outs),
    Queue(P.SETTLE_REFUNDS, _("Differences to be explained"), "staff_differences", _differences),
    Queue(P.GRANT_ROLES, _("Sign-ins of staff that are locked or stopped"), "staff_team",
          lambda desk, place: Counted(people.shut_out(place.pk, desk.now)), always=False),
    Queue(P.DECIDE_NUMBERS, _("Numbers that residents ask for"), "staff_call_numbers", _numbers_asked, always=False),
    Queue(P.CONFIRM_NUMBERS, _("Telephone numbers to be confirmed"), "staff_numbers", _numbers),
    Queue(P.READ_AUDIT, _("Weeks of the audit log to be read"), "staff_audit_week", _week, always=False),
)  # fmt: skip


def waiting(desk: Desk) -> list[Waiting]:
    """Only lists on which this person can do something here."""
    if desk.place is None:
        return []
    open_here = [(one, one.counted(desk, desk.place)) for one in QUEUES if desk.may(one.permission)]
    return [Waiting(one.label, reverse(one.page), counted) for one, counted in open_here if one.always or counted.count]
