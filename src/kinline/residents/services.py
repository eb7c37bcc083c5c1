"""Verbs on residents: who they are, where they are, their PIN, their sitting at a kiosk."""

import os
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from kinline.core import audit
from kinline.core.transaction import story, verb
from kinline.design import wording
from kinline.facilities.models import HousingUnit, Kiosk
from kinline.residents import pins
from kinline.residents.errors import (
    BadNumber,
    InCustodyAlready,
    NotInCustody,
    NumberTaken,
    OthersFirst,
    PinForm,
    PinIssued,
    PinLocked,
    PinTooEasy,
    PinUnchanged,
    WrongPin,
)
from kinline.residents.models import Custody, KioskTurns, Pin, Resident, ResidentSession
from kinline.residents.queries import idle_end, key_digest, turns_of
from kinline.residents.roster import Step
from kinline.residents.rules import PIN_TRIES, Last, Turn, normal_number, pin_fault, search_form
from kinline.residents.rules import turn as turn_at

EndReason = Literal["transfer", "release"]


def folded_name(first_name: str, last_name: str) -> str:
    """What a search compares and lists are ordered by: last name first, each word after a space."""
    return f" {search_form(f'{last_name} {first_name}')}"


@verb
def create(
    *,
    agency_id: int,
    number: str,
    first_name: str,
    last_name: str,
    now: datetime,
    date_of_birth: date | None = None,
    language: str = "en",
) -> Resident:
    """A person known to an agency, not yet in custody. raises BadNumber, NumberTaken."""
    kept = normal_number(number)
    if not 1 <= len(kept) <= 30 or not last_name.strip():
        raise BadNumber
    first, last = first_name.strip(), last_name.strip()
    facts = {"first_name": first, "last_name": last, "folded": folded_name(first, last), "language": language}
    resident, made = Resident.objects.get_or_create(
        agency_id=agency_id, number=kept, defaults={**facts, "date_of_birth": date_of_birth, "created_at": now}
    )
    if not made:
        raise NumberTaken(number=kept)
    return resident


@verb
def rename(
    *, resident_id: int, first_name: str, last_name: str, date_of_birth: date | None = None, language: str | None = None
) -> None:
    """Correct what is known of a person; a date of birth or language of None stays as it is."""
    first, last = first_name.strip(), last_name.strip()
    changes: dict[str, object] = {"first_name": first, "last_name": last, "folded": folded_name(first, last)}
    if date_of_birth is not None:
        changes["date_of_birth"] = date_of_birth
    if language is not None:
        changes["language"] = language
    Resident.objects.filter(pk=resident_id).update(**changes)


@verb
def lock(*, resident_id: int) -> None:
    """Until the transaction ends, what one resident does, or is done with them, happens one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM residents_resident WHERE id = %s FOR NO KEY UPDATE", [resident_id])


@verb
def lock_all(*, resident_ids: Sequence[int]) -> None:
    """In the order of their ids, so that nobody waits in a circle."""
    rows = Resident.objects.select_for_update(no_key=True).filter(pk__in=resident_ids).order_by("pk")
    list(rows.values_list("pk"))


@verb
def set_language(*, resident_id: int, language: str) -> None:
    """What the kiosk and the notices speak to them. `language`: one of the deployment's."""
    Resident.objects.filter(pk=resident_id).update(language=language)


@verb
def put_on_paper(*, resident_id: int, on: bool, now: datetime) -> bool:
    """Letters come on paper, or at the kiosk again (MSG-10). False if that was so already."""
    people = Resident.objects.filter(pk=resident_id, paper_since__isnull=on)
    return people.update(paper_since=now if on else None) == 1


@verb
def book(
    *, resident_id: int, facility_id: int, unit_id: int | None = None, booking: str = "", now: datetime
) -> Custody:
    """Custody begins. raises InCustodyAlready."""
    Resident.objects.select_for_update(no_key=True).get(pk=resident_id)
    held = Custody.objects.select_related("facility").filter(resident_id=resident_id, ended_at=None).first()
    if held:
        raise InCustodyAlready(facility=held.facility.name)
    return Custody.objects.create(
        resident_id=resident_id, facility_id=facility_id, unit_id=unit_id, booking=booking, started_at=now
    )


@verb
def end_custody(*, resident_id: int, reason: EndReason, now: datetime) -> Custody:
    """Custody ends, and with it every sitting at a kiosk. raises NotInCustody."""
    custody = Custody.objects.select_for_update().filter(resident_id=resident_id, ended_at=None).first()
    if custody is None:
        raise NotInCustody
    custody.ended_at, custody.end_reason = max(now, custody.started_at), reason
    custody.save(update_fields=["ended_at", "end_reason"])
    _end(ResidentSession.objects.filter(resident_id=resident_id), reason, now)
    return custody


@verb
def to_agency(*, resident_id: int, agency_id: int, number: str | None = None) -> None:
    """A resident comes under another agency, under the same number or a new one. raises NumberTaken, BadNumber."""
    person = Resident.objects.select_for_update(no_key=True).get(pk=resident_id)
    kept = normal_number(number) if number else person.number
    if not 1 <= len(kept) <= 30:
        raise BadNumber
    if Resident.objects.filter(agency_id=agency_id, number=kept).exclude(pk=resident_id).exists():
        raise NumberTaken(number=kept)
    Resident.objects.filter(pk=resident_id).update(agency_id=agency_id, number=kept)
    Pin.objects.filter(resident_id=resident_id).update(alone=None)


@verb
def move_unit(*, resident_id: int, unit_id: int | None) -> None:
    """To another unit of the same facility; no new custody. raises NotInCustody."""
    units = HousingUnit.objects.filter(pk=unit_id).values("facility_id") if unit_id is not None else None
    open_rows = Custody.objects.filter(resident_id=resident_id, ended_at=None)
    rows = open_rows if units is None else open_rows.filter(facility_id__in=units)
    if not rows.update(unit_id=unit_id):
        raise NotInCustody


# Many at once (STF-2)

BATCH = 500


@verb
def load_new(*, agency_id: int, steps: Sequence[Step], now: datetime) -> dict[str, Resident]:
    """Make the residents of a roster's new rows, by number."""
    people = [
        Resident(
            agency_id=agency_id,
            number=step.row.number,
            first_name=step.row.first_name,
            last_name=step.row.last_name,
            folded=folded_name(step.row.first_name, step.row.last_name),
            date_of_birth=step.row.date_of_birth,
            language=step.row.language or "en",
            created_at=now,
        )
        for step in steps
    ]
    return {person.number: person for person in Resident.objects.bulk_create(people, batch_size=BATCH)}


@verb
def load_custodies(*, places: Iterable[tuple[int, Step]], now: datetime) -> None:
    """Custody begins for each (resident id, row). Nobody of them may be in custody already."""
    Custody.objects.bulk_create(
        (
            Custody(
                resident_id=resident_id,
                facility_id=step.place_id,
                unit_id=step.unit_id,
                booking=step.row.booking,
                started_at=now,
            )
            for resident_id, step in places
        ),
        batch_size=BATCH,
    )


@verb
def load_moves(*, moved: Iterable[tuple[int, int | None]]) -> None:
    """Each (resident id, unit id of the place where they are) to that unit: one statement a unit."""
    by_unit: dict[int | None, list[int]] = {}
    for resident_id, unit_id in moved:
        by_unit.setdefault(unit_id, []).append(resident_id)
    for unit_id, ids in by_unit.items():
        Custody.objects.filter(resident_id__in=ids, ended_at=None).update(unit_id=unit_id)


@verb
def load_pins(*, chosen: Sequence[tuple[int, str]], now: datetime, must_change: bool = True) -> None:
    """First PINs of (resident id, PIN). The hashing takes all cores: 28 ms of one each."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        hashes = list(pool.map(lambda one: pins.hashed(*one), chosen))
    rows = [
        Pin(resident_id=resident_id, hash=hashed, must_change=must_change, changed_at=now)
        for (resident_id, _), hashed in zip(chosen, hashes, strict=True)
    ]
    Pin.objects.bulk_create(rows, batch_size=BATCH)


# PIN


@verb
def set_pin(*, resident_id: int, pin: str, must_change: bool, now: datetime) -> None:
    """Give a PIN and unlock (staff reset, KSK-6). raises PinForm, PinTooEasy."""
    check_new_pin(pin, Resident.objects.get(pk=resident_id).number)
    Pin.objects.update_or_create(resident_id=resident_id, defaults=_fresh(resident_id, pin, must_change, now))


@verb
def issue_passcode(*, resident_id: int, now: datetime) -> str:
    """A passcode that nobody else of the agency has: at a telephone it says by itself who calls (TEL-12).

    It is not changed at first use: what somebody chooses could be another's.
    """
    person = Resident.objects.get(pk=resident_id)
    while Pin.objects.filter(alone=pins.alone(person.agency_id, pin := pins.random_pin(person.number))).exists():
        pass
    facts = _fresh(resident_id, pin, must_change=False, now=now) | {"alone": pins.alone(person.agency_id, pin)}
    Pin.objects.update_or_create(resident_id=resident_id, defaults=facts)
    return pin


def check_new_pin(pin: str, number: str) -> None:
    """raises PinForm, PinTooEasy."""
    fault = pin_fault(pin, number)
    if fault == "form":
        raise PinForm
    if fault:
        raise PinTooEasy


def _fresh(resident_id: int, pin: str, must_change: bool, now: datetime) -> dict[str, object]:
    return {
        "hash": pins.hashed(resident_id, pin),
        "alone": None,  # a self-chosen one needs the ID (TEL-12)
        "must_change": must_change,
        "wrong_tries": 0,
        "locked_at": None,
        "changed_at": now,
    }


def check_pin(*, facility_id: int, number: str, pin: str, now: datetime) -> Resident:
    """The resident in custody at this facility who has this number and PIN.

    raises WrongPin (also for an unknown number, after the same work) and PinLocked: five wrong tries lock it until
    staff reset it. Must not be called inside a transaction: a wrong try is counted even though the sign-in fails.
    """
    outcome = _try_pin(facility_id, normal_number(number), pin, now)
    if isinstance(outcome, Resident):
        return outcome
    raise outcome


@story
def _try_pin(facility_id: int, number: str, pin: str, now: datetime) -> Resident | WrongPin | PinLocked:
    """One try, counted under the row's lock, so that tries at once are counted one after the other."""
    kept = (
        Pin.objects.select_for_update(of=("self",))
        .select_related("resident")
        .filter(
            resident__number=number,
            resident__custodies__ended_at=None,
            resident__custodies__facility_id=facility_id,
        )
        .first()
    )
    if kept is None:
        pins.spend_as_much(pin)
        # The row is also what makes this path write as much as a wrong try does (STF-7 reports them).
        audit.record("system", "pin.unknown", now=now, facility_id=facility_id)
        return WrongPin()
    return _judge(kept, pin, now) or kept.resident


def _judge(kept: Pin, pin: str, now: datetime) -> WrongPin | PinLocked | None:
    right = pins.fits(kept.resident_id, pin, kept.hash)  # also when locked: the same work
    if kept.locked_at is not None:
        return PinLocked()
    if right:
        if kept.wrong_tries:
            Pin.objects.filter(pk=kept.pk).update(wrong_tries=0)
        return None
    tries = kept.wrong_tries + 1
    Pin.objects.filter(pk=kept.pk).update(wrong_tries=tries, locked_at=now if tries >= PIN_TRIES else None)
    return PinLocked() if tries >= PIN_TRIES else WrongPin()


def change_pin(*, resident_id: int, old: str, new: str, now: datetime) -> None:
    """The resident chooses another PIN (KSK-6). Wrong old ones count towards the lock, so not inside a transaction.

    raises WrongPin, PinLocked, PinForm, PinTooEasy, PinUnchanged, PinIssued.
    """
    refusal = _try_change(resident_id, old, new, now)
    if refusal is not None:
        raise refusal


@story
def _try_change(resident_id: int, old: str, new: str, now: datetime) -> WrongPin | PinLocked | None:
    kept = Pin.objects.select_for_update(of=("self",)).select_related("resident").get(resident_id=resident_id)
    refusal = _judge(kept, old, now)
    if refusal is not None:
        return refusal
    if kept.alone is not None:
        raise PinIssued
    check_new_pin(new, kept.resident.number)
    if old == new:
        raise PinUnchanged
    Pin.objects.filter(pk=resident_id).update(**_fresh(resident_id, new, must_change=False, now=now))
    return None


# Sittings


@verb
def open_session(*, resident_id: int, kiosk_id: int, now: datetime) -> tuple[ResidentSession, str]:
    """A sitting begins; any other of this resident or at this kiosk ends. Returns it and its key, kept nowhere.

    raises NotInCustody: not in custody at the kiosk's facility; OthersFirst: their turn is over (KSK-4).
    """
    kiosk = Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk_id)
    # The resident's row is the lock of all their sittings: two kiosks at once leave one of them open.
    Resident.objects.select_for_update(no_key=True).get(pk=resident_id)
    if not Custody.objects.filter(resident_id=resident_id, facility_id=kiosk.facility_id, ended_at=None).exists():
        raise NotInCustody
    turn = _turn(kiosk, resident_id, now)
    _end(ResidentSession.objects.filter(Q(resident_id=resident_id) | Q(kiosk_id=kiosk_id)), "another", now)
    key = secrets.token_urlsafe(32)
    session = ResidentSession.objects.create(
        resident_id=resident_id,
        kiosk_id=kiosk_id,
        key_digest=key_digest(key),
        offline_key=secrets.token_bytes(32),
        started_at=now,
        last_seen_at=now,
        turn_ends_at=turn.ends_at,
    )
    return session, key


def _turn(kiosk: Kiosk, resident_id: int, now: datetime) -> Turn:
    """KSK-4. raises OthersFirst."""
    turns = turns_of(kiosk.facility_id)
    if not turns.minutes and not turns.pause_minutes:
        return Turn()
    sittings = ResidentSession.objects.select_related("kiosk__facility")
    newest = sittings.filter(kiosk__facility_id=kiosk.facility_id).order_by("-started_at")
    mine, here = newest.filter(resident_id=resident_id).first(), newest.filter(kiosk=kiosk).first()
    last = Last(_left_at(mine, now), mine.turn_ends_at) if mine else None
    turn = turn_at(turns, last, _left_at(here, now) if here else None, now)
    if turn.again_at is not None:
        raise OthersFirst(at=wording.clock(turn.again_at, ZoneInfo(kiosk.facility.time_zone)))
    return turn


def _left_at(sitting: ResidentSession, now: datetime) -> datetime:
    """When a sitting ended; one that nobody ended, when its time ran out, or `now` while it goes on."""
    if sitting.ended_at is not None:
        return sitting.ended_at
    ends = [idle_end(sitting), *([sitting.turn_ends_at] if sitting.turn_ends_at else []), now]
    return min(ends)


@verb
def set_turns(*, facility_id: int, minutes: int, pause_minutes: int) -> None:
    """KSK-4. Sittings that go on keep the turn they have."""
    values = {"minutes": minutes, "pause_minutes": pause_minutes}
    KioskTurns.objects.update_or_create(facility_id=facility_id, defaults=values)


@verb
def touch_session(session: ResidentSession, now: datetime) -> None:
    """Somebody is there: the idle time begins anew. `session`: as `queries.session` has just read it."""
    ResidentSession.objects.filter(pk=session.pk, last_seen_at__lt=now).update(last_seen_at=now)
    session.last_seen_at = max(session.last_seen_at, now)


@verb
def end_session(key: str, reason: str, now: datetime) -> None:
    """Ended by its button (`left`), by time (`idle`) … Ending twice changes nothing."""
    _end(ResidentSession.objects.filter(key_digest=key_digest(key)), reason, now)


@verb
def end_sessions(*, resident_id: int, reason: str, now: datetime) -> None:
    """Every sitting of a resident, wherever."""
    _end(ResidentSession.objects.filter(resident_id=resident_id), reason, now)


def _end(sessions: QuerySet[ResidentSession], reason: str, now: datetime) -> None:
    """The offline key goes with the sitting (KSK-2): what was typed offline can no longer be read."""
    sessions.filter(ended_at=None).update(ended_at=now, end_reason=reason, offline_key=b"")
