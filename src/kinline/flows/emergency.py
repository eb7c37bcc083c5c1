"""The emergency switch (STF-8): a place stops all letters for a while, with a reason and an end, and everybody is told.

It holds and never loses: who writes can go on writing, what would be delivered waits with its price set aside and goes
out in the order in which it was sent when the switch is off. It goes off by itself.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from kinline.contacts import queries as contacts
from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.errors import Refusal
from kinline.core.events import announce
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.delivery import errors
from kinline.delivery.models import Stop
from kinline.delivery.queries import stops as queries
from kinline.delivery.services import stops
from kinline.facilities import queries as facilities
from kinline.flows.deliver_message import deliver_or_return
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import services
from kinline.messaging.models import Message, State
from kinline.messaging.queries import held
from kinline.notices import services as notices
from kinline.residents import queries as residents

_log = logging.getLogger(__name__)
LONGEST = timedelta(days=7)  # a longer one is a change of the rules, not an emergency


@story
def stop_letters(*, staff: User, facility_id: int, told: Mapping[str, str], until: datetime, now: datetime) -> int:
    """From now on nothing is delivered here until `until`. Returns the stop's id.

    `told`: why, by language, as everybody reads it. raises NotPermitted, StopNeedsReason, BadStopEnd, StoppedAlready.
    """
    permissions.require(staff, facility_id, Permission.STOP_LETTERS, now)
    _check(told, until, now)
    earlier = stops.locked(facility_id)
    if earlier is not None and earlier.until > now:
        raise errors.StoppedAlready
    if earlier is not None:
        _end(earlier, earlier.until, None)
    stop = stops.start(facility_id=facility_id, told=told, until=until, staff=staff, now=now)
    count = services.hold_scheduled(facility_id=facility_id, before=until)
    jobs.defer("end_stops", at=until)
    _record(staff, "letters.stop", stop, now, held=count, until=until.isoformat())
    _tell_all("letters_stopped", stop, now)
    return stop.pk


def _check(told: Mapping[str, str], until: datetime, now: datetime) -> None:
    if not told.get("en", "").strip():
        raise errors.StopNeedsReason
    if not now < until <= now + LONGEST:
        raise errors.BadStopEnd


@story
def change_end(*, staff: User, facility_id: int, until: datetime, now: datetime) -> None:
    """Sooner or later than first said; everybody is told anew. raises NotPermitted, NoStop, BadStopEnd."""
    permissions.require(staff, facility_id, Permission.STOP_LETTERS, now)
    stop = _on(facility_id, now)
    _check(stop.told, until, now)
    stops.change_until(stop, until)
    services.hold_scheduled(facility_id=facility_id, before=until)
    jobs.defer("end_stops", at=until)
    _record(staff, "letters.stop_until", stop, now, until=until.isoformat())
    _tell_all("letters_stopped", stop, now)


@story
def let_letters_go(*, staff: User, facility_id: int, now: datetime) -> None:
    """Before its end. raises NotPermitted, NoStop."""
    permissions.require(staff, facility_id, Permission.STOP_LETTERS, now)
    stop = _on(facility_id, now)
    _end(stop, now, staff)
    _record(staff, "letters.go", stop, now)
    _tell_all("letters_go_again", stop, now)
    jobs.defer("end_stops")


def _on(facility_id: int, now: datetime) -> Stop:
    stop = stops.locked(facility_id)
    if stop is None or stop.until <= now:
        raise errors.NoStop
    return stop


def _end(stop: Stop, at: datetime, staff: User | None) -> None:
    stops.end(stop, at=at, staff=staff)


def _record(staff: User | None, act: str, stop: Stop, now: datetime, **detail: object) -> None:
    actor = f"staff:{staff.pk}" if staff else "system"
    record(actor, act, f"stop:{stop.pk}", now=now, facility_id=stop.facility_id, **detail)


def _tell_all(kind: str, stop: Stop, now: datetime) -> None:
    """Everybody in custody there, and every family member who may write to one of them."""
    place = facilities.facility_by_id(stop.facility_id)
    params = {"facility_name": place.name if place else "", "why": stop.told, "until_at": stop.until.isoformat()}
    inside = [Party(RESIDENT, one) for one in residents.in_custody_at(stop.facility_id)]
    outside = [Party(FAMILY, one) for one in contacts.families_of_place(stop.facility_id)]
    notices.tell_many(((party, params) for party in (*inside, *outside)), kind, now)


# Jobs


def end_stops(*, now: datetime) -> None:
    """Job, at each end and every minute: stops whose time is over end; what no stop holds any more goes out in order.

    One that fails holds up nobody else's: the others go, and the job runs again.
    """
    for stop_id in queries.over(now):
        _end_by_itself(stop_id, now)
    failed: Exception | None = None
    for message_id in held.held_letters(now):
        try:
            _let_go(message_id, now)
        except Refusal as no:
            _log.warning("held letter %s stays: %s", message_id, no.code)
        except Exception as problem:
            _log.error("held letter %s failed: %s", message_id, type(problem).__name__)
            failed = problem
    if failed is not None:
        raise failed


@story
def _end_by_itself(stop_id: int, now: datetime) -> None:
    stop = stops.locked(stops.facility_of(stop_id))
    if stop is None or stop.pk != stop_id or stop.until > now:
        return  # ended by hand, or put off, meanwhile
    _end(stop, stop.until, None)
    _record(None, "letters.go", stop, now)
    _tell_all("letters_go_again", stop, now)


@story
def _let_go(message_id: int, now: datetime) -> None:
    """One held letter: delivered, or scheduled again if its own time is still to come. A second run does nothing."""
    message = services.locked(message_id)
    if message.state != State.SCHEDULED or message.deliver_at is not None:
        return
    contact = contacts.contact(services.sender_of(message), message.contact_id, now)
    if contact is not None and contact.stopped_until is not None:
        return
    due_at = _due(message)
    if due_at > now:
        services.let_go(message, due_at=due_at)
        jobs.defer("deliver_due", at=due_at, message_id=message_id)
        announce(services.sender_of(message), "status", message_id=message_id)
    else:
        deliver_or_return(message, now)


def _due(message: Message) -> datetime:
    """When it would have been delivered; a letter that does not say so was due when it was sent."""
    kept = message.decision.get("due_at")
    return datetime.fromisoformat(kept) if kept else message.sent_at
