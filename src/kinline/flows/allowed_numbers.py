"""A resident's own list of numbers: asked for at the kiosk, decided by staff, dialled by one or two keys (T10, TEL-9).

Where a place keeps no lists, a number of the list needs nobody's yes; it is asked for all the same, so that none is
approved unseen when the place begins to.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from kinline.core.audit import record
from kinline.core.parties import RESIDENT, Party
from kinline.core.transaction import story
from kinline.facilities.models import Facility
from kinline.flows.authority import require
from kinline.flows.number_appeals import tell_holder
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.identity.services import attempts
from kinline.notices import services as notices
from kinline.payments.services.numbers import shown
from kinline.residents import queries as residents
from kinline.residents.models import Resident
from kinline.telephony import resident_wording as words
from kinline.telephony import services
from kinline.telephony.errors import (
    CannotBeCalled,
    DecidedAlready,
    DenialNeedsReason,
    HolderSaysNo,
    ListFull,
    NotOnList,
    NumberAppealWaits,
    OnListAlready,
    SpeedDialTaken,
)
from kinline.telephony.models import AllowedNumber, Call, Switch
from kinline.telephony.queries import authority
from kinline.telephony.queries import resident as lists_of
from kinline.telephony.queries.appeals import last_day
from kinline.telephony.services import appeals, lists
from kinline.telephony.typed import read

Asked = Literal["done", "already", "full", "enough", "not_possible"]
ASK_WITHIN: Final = timedelta(minutes=2)


@story
def ask(*, resident: Resident, facility: Facility, typed: str, name: str, relation: str, now: datetime) -> int:
    """The listing's id. raises CannotBeCalled, OnListAlready, ListFull."""
    number = _callable(facility, typed)
    setting = authority.settings_of(facility)
    row = lists.ask(
        resident_id=resident.pk, number=number, name=name, relation=relation, limit=setting.list_limit, now=now
    )
    who = Party(RESIDENT, resident.pk).channel
    record(who, "number.ask", f"allowed_number:{row.pk}", now=now, facility_id=facility.pk)
    return row.pk


def ask_by_keys(switch: Switch, *, key: UUID, now: datetime) -> Asked:
    """The caller whose call was just refused asks for its number by a key (TEL-9): it waits with those of the kiosk.

    `key`: of the refused call. What came of it is the code of a sentence. A call is answered for two minutes, so that
    an old one cannot be used to ask for its number. Each try counts, whatever comes of it.
    """
    why_not = _count_keys(switch, key, now)
    if why_not is not None:
        return why_not
    try:
        return _ask_by_keys(switch, key, now)
    except OnListAlready:
        return "already"
    except ListFull:
        return "full"


@story
def _count_keys(switch: Switch, key: UUID, now: datetime) -> Asked | None:
    call = services.locked(key, switch.pk)
    if call is None or not _may_ask(call, now):
        return "not_possible"
    return None if attempts.take("number_by_keys", call.resident_id, now) else "enough"


@story
def _ask_by_keys(switch: Switch, key: UUID, now: datetime) -> Asked:
    """raises OnListAlready, ListFull."""
    call = services.locked(key, switch.pk)
    if call is None or call.resident_id is None:
        return "not_possible"
    name, limit = _by_telephone(call), authority.settings_of(call.facility).list_limit
    row = lists.ask(
        resident_id=call.resident_id, number=call.number, name=name, relation="", limit=limit, now=now
    )  # fmt: skip
    who = Party(RESIDENT, call.resident_id).channel
    record(who, "number.ask", f"allowed_number:{row.pk}", now=now, facility_id=call.facility_id, by="telephone")
    return "done"


def _by_telephone(call: Call) -> str:
    """In the place of the person's name, which no key can say; in the language that the caller chose."""
    with translation.override(call.facts.get("language", "en")):
        return gettext("asked for by telephone")


def _may_ask(call: Call, now: datetime) -> bool:
    reasons = call.facts.get("reasons", ())
    asked = call.call_type == "refused" and reasons[:1] == ["not_on_list"] and call.resident_id is not None
    return asked and bool(call.number) and call.ended_at is not None and now - call.ended_at <= ASK_WITHIN


def _callable(facility: Facility, typed: str) -> str:
    """E.164 of what could be called here if it were approved: whoever waits for a yes should not wait in vain."""
    found = read(typed)
    if found.code or found.place is None:
        raise CannotBeCalled(why=words.cannot_be_called(found.code))
    if found.place.kind not in authority.settings_of(facility).places:
        raise CannotBeCalled(why=words.cannot_be_called("place_not_allowed"))
    blocked = authority.blocks(facility.pk, found.number)
    if blocked:
        code = "blocked_by_called_party" if blocked[0] == "called_party" else "blocked_number"
        raise CannotBeCalled(why=words.cannot_be_called(code))
    return found.number


@story
def remove(*, resident: Resident, facility_id: int, listed_id: int, now: datetime) -> None:
    """raises NotOnList."""
    lists.remove(resident_id=resident.pk, listed_id=listed_id, now=now)
    who = Party(RESIDENT, resident.pk).channel
    record(who, "number.remove", f"allowed_number:{listed_id}", now=now, facility_id=facility_id)


@story
def set_speed(*, resident: Resident, facility: Facility, listed_id: int, keys: str, now: datetime) -> None:
    """`keys`: 1 to 99; empty: none any more. raises NotOnList, NotApproved, SpeedDialTaken."""
    one = lists_of.listed(resident.pk, listed_id, facility, now)
    if one is None:
        raise NotOnList
    if not keys:
        lists.clear_speed(resident_id=resident.pk, number=one.number)
        return
    if authority.hotline(facility.pk, keys) is not None:  # a hotline's keys always lead there
        raise SpeedDialTaken(keys=keys)
    needs = authority.settings_of(facility).lists_numbers and not one.privileged
    lists.set_speed(resident_id=resident.pk, listed_id=listed_id, keys=keys, needs_approval=needs)


# Staff


@story
def decide(
    *, staff: User, facility_id: int, listed_id: int, approved: bool, reason: str, seen: str, now: datetime
) -> None:
    """Approve a number, deny it, or take an approval back; the resident is told (T10).

    `seen`: how it stood when it was looked at. raises NotPermitted, NotOnList, DecidedAlready, DenialNeedsReason,
    HolderSaysNo, NumberAppealWaits.
    """
    actor = require(staff, facility_id, Permission.DECIDE_NUMBERS, now)
    _decide(actor, staff, facility_id, listed_id, approved=approved, reason=reason, seen=seen, now=now)


def _decide(
    actor: str, staff: User, facility_id: int, listed_id: int, *, approved: bool, reason: str, seen: str, now: datetime
) -> None:
    if not approved and not reason.strip():
        raise DenialNeedsReason
    row = lists.locked(listed_id)
    custody = residents.open_custody_at(facility_id, row.resident_id)
    if custody is None:
        raise NotOnList
    if row.approved is False and row.decided_by_id is None:
        raise HolderSaysNo
    if appeals.open_of(row).exists():
        raise NumberAppealWaits
    lists.decide(row, approved=approved, reason=reason.strip(), by=staff, seen=seen, now=now)
    act = "number.approve" if approved else "number.deny"
    record(actor, act, f"allowed_number:{row.pk}", now=now, facility_id=facility_id)
    _tell(row, custody.facility, now)


def decide_many(
    *, staff: User, facility_id: int, ids: Sequence[int], approved: bool, reason: str, now: datetime
) -> tuple[int, int]:
    """As `decide`, for numbers that are asked for, each in a story of its own: (decided, not any more to be decided).

    raises NotPermitted, DenialNeedsReason; then nothing was decided.
    """
    done = 0
    for listed_id in sorted(set(ids)):
        try:
            decide(
                staff=staff, facility_id=facility_id, listed_id=listed_id, approved=approved, reason=reason,
                seen="asked", now=now,
            )  # fmt: skip
        except (NotOnList, DecidedAlready, HolderSaysNo, NumberAppealWaits):
            continue
        done += 1
    return done, len(set(ids)) - done


def _tell(row: AllowedNumber, facility: Facility, now: datetime) -> None:
    party, number = Party(RESIDENT, row.resident_id), shown(row.number)
    tell_holder(row, facility, now)
    if row.approved:
        notices.tell(party, "number_approved", now, number=number, other_name=row.name)
        return
    until = last_day(row.decided_at or now, facility)
    notices.tell(
        party, "number_denied", now, number=number, other_name=row.name, reason=row.denied_reason,
        until_on=until.isoformat(),
    )  # fmt: skip
