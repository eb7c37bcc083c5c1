"""A number was denied: both sides read why, and may ask that somebody else decide again (T10).

And whoever proved that a number is theirs may have it taken off a resident's list, without a reason.
"""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from kinline.core.audit import record
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.facilities.models import Facility
from kinline.flows.authority import require
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.notices import services as notices
from kinline.payments.errors import NotYourNumber
from kinline.payments.queries import numbers as holders
from kinline.payments.services.numbers import shown
from kinline.residents import queries as residents
from kinline.telephony import errors
from kinline.telephony.models import AllowedNumber
from kinline.telephony.queries import appeals as queries
from kinline.telephony.services import appeals, lists
from kinline.telephony.services.lists import state_of


@story
def file(*, resident_id: int, facility: Facility, listed_id: int, text: str, now: datetime) -> None:
    """The resident appeals, free, within 15 days.

    raises NotOnList, NotDenied, AppealedAlready, NumberAppealTooLate, NumberAppealEmpty.
    """
    row = lists.locked(listed_id)
    if row.resident_id != resident_id:
        raise errors.NotOnList
    _file(row, facility, Party(RESIDENT, resident_id), text, now)


@story
def file_as_holder(user: User, *, number_listed_id: int, listed_id: int, text: str, now: datetime) -> None:
    """As `file`, by who proved to hold the number. raises NotYourNumber besides."""
    row, facility = _of_mine(user, number_listed_id, listed_id, now)
    _file(row, facility, Party(FAMILY, user.pk), text, now)


def _file(row: AllowedNumber, facility: Facility, who: Party, text: str, now: datetime) -> None:
    user_id = who.id if who.side == FAMILY else None
    told = queries.of_denial(row, facility, now, user_id=user_id)
    if told is None or told.by_holder:
        raise errors.NotDenied
    if told.filed is not None:
        raise errors.AppealedAlready
    if not told.open:
        raise errors.NumberAppealTooLate
    if not text.strip():
        raise errors.NumberAppealEmpty
    one = appeals.file(row, user_id=user_id, text=text.strip()[:1000], now=now)
    record(who.channel, "number.appeal", f"number_appeal:{one.pk}", now=now, facility_id=facility.pk)
    notices.tell(who, "number_appeal_filed", now, number=shown(row.number))


@story
def decide(*, staff: User, facility_id: int, listed_id: int, granted: bool, answer: str, now: datetime) -> None:
    """Every appeal that waits for this number, at once and in writing. Granted: the number is approved.

    raises NotPermitted, NotOnList, NoNumberAppeal, NotYourDenial, NumberAppealEmpty.
    """
    actor = require(staff, facility_id, Permission.DECIDE_APPEAL, now)
    row = lists.locked(listed_id)
    if residents.open_custody_at(facility_id, row.resident_id) is None:
        raise errors.NotOnList
    waiting = list(appeals.open_of(row))
    if not waiting:
        raise errors.NoNumberAppeal
    if any(one.denied_by_id == staff.pk for one in waiting):
        raise errors.NotYourDenial
    if not answer.strip():
        raise errors.NumberAppealEmpty
    for one in waiting:
        appeals.decide(one, granted=granted, answer=answer.strip(), by=staff, now=now)
    if granted:
        lists.decide(row, approved=True, reason="", by=staff, seen=state_of(row), now=now)
    act = "number.appeal_grant" if granted else "number.appeal_keep"
    record(actor, act, f"allowed_number:{row.pk}", now=now, facility_id=facility_id)
    kind = "number_appeal_granted" if granted else "number_appeal_kept"
    for party in _both(row):
        notices.tell(party, kind, now, number=shown(row.number), reason=answer.strip())


# What both sides are told


def _both(row: AllowedNumber) -> list[Party]:
    holder = holders.holder_of(row.number)
    return [Party(RESIDENT, row.resident_id), *([Party(FAMILY, holder)] if holder else [])]


def tell_holder(row: AllowedNumber, facility: Facility, now: datetime) -> None:
    """Step: staff decided upon a number; whoever holds it reads what, and what they can do."""
    holder = holders.holder_of(row.number)
    if holder is None or row.decided_at is None:
        return
    party, number, name, place = Party(FAMILY, holder), shown(row.number), row.resident.name, facility.name
    if row.approved:
        notices.tell(party, "number_on_list", now, number=number, other_name=name, facility=place)
        return
    until = queries.last_day(row.decided_at, facility)
    notices.tell(
        party, "number_not_on_list", now, number=number, other_name=name, facility=place, reason=row.denied_reason,
        until_on=until.isoformat(),
    )  # fmt: skip


# Whoever holds the number


def _of_mine(user: User, number_listed_id: int, listed_id: int, now: datetime) -> tuple[AllowedNumber, Facility]:
    """A locked row of somebody's list with my number. raises NotYourNumber, NotOnList."""
    mine = holders.number(user.pk, number_listed_id, now)
    if mine is None or not mine.mine:
        raise NotYourNumber
    row = lists.locked(listed_id)
    facility = queries.place_of(row)
    if row.number != mine.number or facility is None:
        raise errors.NotOnList
    return row, facility


@story
def take_off(user: User, *, number_listed_id: int, listed_id: int, now: datetime) -> None:
    """My number goes off this list: they cannot call it, and staff cannot approve it, until I let them.

    raises NotYourNumber, NotOnList, DecidedAlready.
    """
    row, facility = _of_mine(user, number_listed_id, listed_id, now)
    with translation.override(row.resident.language):
        reason = gettext("The person who has this number does not want these calls.")
    lists.decide(row, approved=False, reason=reason, by=None, seen="approved", now=now)
    record(f"family:{user.pk}", "number.take_off", f"allowed_number:{row.pk}", now=now, facility_id=facility.pk)
    party = Party(RESIDENT, row.resident_id)
    notices.tell(party, "number_taken_off", now, number=shown(row.number), other_name=row.name)


@story
def let_again(user: User, *, number_listed_id: int, listed_id: int, now: datetime) -> None:
    """The wish is taken back: staff decide as if it had just been asked for.

    raises NotYourNumber, NotOnList, NotDenied.
    """
    row, facility = _of_mine(user, number_listed_id, listed_id, now)
    appeals.ask_anew(row)
    record(f"family:{user.pk}", "number.let_again", f"allowed_number:{row.pk}", now=now, facility_id=facility.pk)
