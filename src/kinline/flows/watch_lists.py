"""Staff keep lists of words and people (STF-6). Each change counts from the next letter on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kinline.contacts.models import Contact
from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.delivery import queries
from kinline.delivery import services as delivery
from kinline.delivery.errors import NobodyFound, NotFound
from kinline.delivery.models import WatchList
from kinline.delivery.services import NewPhrase
from kinline.facilities.models import Facility
from kinline.flows.authority import Actor, not_own, require
from kinline.identity import queries as identity
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.residents import queries as residents
from kinline.residents.models import Custody


@story
def set_may_refuse(*, staff: Actor, facility_id: int, on: bool, now: datetime) -> None:
    """Whether words refuse by themselves here; it is a matter of the rules (DEL-1). raises NotPermitted."""
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    delivery.set_may_refuse(facility_id=facility_id, on=on)
    record(actor, "lists.may_refuse", f"facility:{facility_id}", now=now, facility_id=facility_id, on=on)


@story
def create_list(*, staff: Actor, place: Facility, kind: str, values: Mapping[str, Any], now: datetime) -> WatchList:
    """raises NotPermitted, BadUntil, NameTaken, NoSuchReason."""
    actor = require(staff, place.pk, Permission.EDIT_LISTS, now)
    today = queries.today_at(place, now)
    row = delivery.create_list(
        facility_id=place.pk, kind=kind, today=today, now=now, by_id=staff.pk if staff else None, **values
    )
    record(actor, "list.create", f"list:{row.pk}", now=now, facility_id=place.pk, kind=kind)
    return row


@story
def change_list(*, staff: Actor, place: Facility, list_id: int, values: Mapping[str, Any], now: datetime) -> None:
    """raises NotPermitted, NotFound, BadUntil, NameTaken, NoSuchReason."""
    actor, row = _mine(staff, place, list_id, now)
    delivery.change_list(row, today=queries.today_at(place, now), **values)
    record(actor, "list.change", f"list:{row.pk}", now=now, facility_id=place.pk, until=row.until.isoformat())


@story
def end_list(*, staff: Actor, place: Facility, list_id: int, now: datetime) -> None:
    """raises NotPermitted, NotFound."""
    actor, row = _mine(staff, place, list_id, now)
    delivery.end_list(row, now=now)
    record(actor, "list.end", f"list:{row.pk}", now=now, facility_id=place.pk)


@story
def add_phrases(*, staff: Actor, place: Facility, list_id: int, phrases: Sequence[NewPhrase], now: datetime) -> int:
    """How many are new. raises NotPermitted, NotFound, BadPhrase, TooManyPhrases; then none was added."""
    actor, row = _mine(staff, place, list_id, now, "words", "numbers")
    count = delivery.add_phrases(row, phrases, now=now, by_id=staff.pk if staff else None)
    record(actor, "list.add", f"list:{row.pk}", now=now, facility_id=place.pk, phrases=len(phrases), new=count)
    return count


@story
def remove_phrase(*, staff: Actor, place: Facility, list_id: int, phrase_id: int, now: datetime) -> None:
    """Twice is once. raises NotPermitted, NotFound."""
    actor, row = _mine(staff, place, list_id, now)
    if delivery.remove_phrase(row, phrase_id=phrase_id, now=now) is not None:
        record(actor, "list.remove", f"list:{row.pk}", now=now, facility_id=place.pk, phrase=phrase_id)


@story
def add_person(*, staff: Actor, place: Facility, list_id: int, who: str, tier: str, now: datetime) -> None:
    """`who`: ID number of a resident who is or was there, or user name of a family member who writes to one.

    raises NotPermitted, NotFound, NobodyFound.
    """
    actor, row = _mine(staff, place, list_id, now, "people")
    delivery.add_person(row, tier=tier, now=now, by_id=staff.pk if staff else None, **_person(place, who))
    record(actor, "list.add", f"list:{row.pk}", now=now, facility_id=place.pk, people=1)


def _person(place: Facility, who: str) -> dict[str, int]:
    resident = residents.by_number(place.agency_id, who)
    if resident is not None and Custody.objects.filter(resident=resident, facility=place).exists():
        return {"resident_id": resident.pk}
    user = identity.by_identifier(who)
    if user is not None and _writes_here(user, place):
        return {"user_id": user.pk}
    raise NobodyFound


def _writes_here(user: User, place: Facility) -> bool:
    return Contact.objects.filter(user=user, resident__custodies__facility=place).exists()


@story
def remove_person(*, staff: Actor, place: Facility, list_id: int, person_id: int, now: datetime) -> None:
    """Twice is once. raises NotPermitted, NotFound."""
    actor, row = _mine(staff, place, list_id, now)
    if delivery.remove_person(row, person_id=person_id, now=now):
        record(actor, "list.remove", f"list:{row.pk}", now=now, facility_id=place.pk, person=person_id)


@story
def follow(*, staff: User, place: Facility, list_id: int, on: bool, now: datetime) -> None:
    """Whoever may read lists may have an email when one fires. raises NotPermitted, NotFound."""
    actor = require(staff, place.pk, Permission.READ_RULES, now)
    row = _found(place, list_id)
    delivery.follow(row, user_id=staff.pk, on=on)
    record(actor, "list.follow", f"list:{row.pk}", now=now, facility_id=place.pk, on=on)


@story
def judge_hit(*, staff: User, place: Facility, list_id: int, message_id: int, judged: str, now: datetime) -> None:
    """Whoever decides letters says whether the list was right to fire in one; empty takes it back (STF-6).

    raises NotPermitted, OwnContact, NotFound.
    """
    actor = require(staff, place.pk, Permission.DECIDE_REVIEW, now)
    row = _found(place, list_id)
    contact = Contact.objects.filter(messages__pk=message_id).select_related("user").first()
    if contact is None:
        raise NotFound
    not_own(staff, contact)
    if delivery.judge(row, message_id=message_id, judged=judged, by_id=staff.pk, now=now):
        record(actor, "list.judge", f"list:{row.pk}", now=now, facility_id=place.pk, message=message_id, judged=judged)


def _mine(staff: Actor, place: Facility, list_id: int, now: datetime, *kinds: str) -> tuple[str, WatchList]:
    actor = require(staff, place.pk, Permission.EDIT_LISTS, now)
    return actor, _found(place, list_id, *kinds)


def _found(place: Facility, list_id: int, *kinds: str) -> WatchList:
    row = delivery.owned({"facility": place, "pk": list_id} | ({"kind__in": kinds} if kinds else {}))
    if row is None:
        raise NotFound
    return row
