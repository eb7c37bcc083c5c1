"""Verbs of watch lists. Each change makes what is kept ready of the facility's lists old (`Screening.version`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from kinline.core.transaction import verb
from kinline.delivery import errors
from kinline.delivery.models import Hit, ListFollower, Phrase, Screening, WatchedPerson, WatchList
from kinline.delivery.numbers import digits
from kinline.delivery.rules import Fired
from kinline.delivery.screening import phrase
from kinline.facilities.models import RefusalReason

LONGEST = timedelta(days=366)  # a list is looked through once a year
MOST_PHRASES = 20_000  # of a facility
LONGEST_PHRASE = 200  # characters
LONGEST_FOLDED = 800
# What only somebody means who types a pattern. Words are looked for as they stand.
_PATTERN = ("\\", "*", "|", "[", "]", "{", "}", "^", "(?", ")+", ".+", ".?")


@dataclass(frozen=True, slots=True)
class NewPhrase:
    text: str
    tier: str


_TOUCH = """
    INSERT INTO delivery_screening (facility_id, version, may_refuse) VALUES (%s, 1, false)
    ON CONFLICT (facility_id) DO UPDATE SET version = delivery_screening.version + 1
"""


def _touch(facility_id: int) -> None:
    """Two changes of one facility's lists wait for each other here."""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, [facility_id])


@verb
def hold_lists(*, facility_id: int) -> None:
    """Until this transaction ends nobody else changes a list of the facility."""
    _touch(facility_id)


@verb
def set_may_refuse(*, facility_id: int, on: bool) -> None:
    """Whether words may refuse letters by themselves at this facility (DEL-1)."""
    _touch(facility_id)
    Screening.objects.filter(pk=facility_id).update(may_refuse=on)


@verb
def create_list(
    *, facility_id: int, kind: str, name: str, purpose: str, owner_id: int, until: date, today: date, now: datetime,
    reason_code: str = "", why: Mapping[str, str] | None = None, by_id: int | None = None,
) -> WatchList:  # fmt: skip
    """A list without entries. Its owner follows it. raises BadUntil, NameTaken, NoSuchReason."""
    _touch(facility_id)
    made = WatchList(facility_id=facility_id, kind=kind, created_at=now, created_by_id=by_id)
    _describe(made, name=name, purpose=purpose, owner_id=owner_id, until=until, today=today)
    _explain(made, reason_code, why)
    _keep(made)
    ListFollower.objects.create(list=made, user_id=owner_id)
    return made


@verb
def change_list(
    row: WatchList, *, name: str, purpose: str, owner_id: int, until: date, today: date, reason_code: str = "",
    why: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """raises BadUntil, NameTaken, NoSuchReason."""
    _touch(row.facility_id)
    _describe(row, name=name, purpose=purpose, owner_id=owner_id, until=until, today=today)
    _explain(row, reason_code, why)
    _keep(row)
    ListFollower.objects.get_or_create(list=row, user_id=owner_id)


def _describe(row: WatchList, *, name: str, purpose: str, owner_id: int, until: date, today: date) -> None:
    if not today <= until <= today + LONGEST:
        raise errors.BadUntil
    row.name, row.purpose, row.owner_id, row.until = name, purpose, owner_id, until


def _explain(row: WatchList, reason_code: str, why: Mapping[str, str] | None) -> None:
    reasons = RefusalReason.objects.filter(facility_id=row.facility_id, retired_at=None, code=reason_code)
    row.reason, row.why = reasons.first(), dict(why or {})
    if reason_code and row.reason is None:
        raise errors.NoSuchReason


def _keep(row: WatchList) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as problem:
        raise errors.NameTaken from problem


@verb
def end_list(row: WatchList, *, now: datetime) -> None:
    """It stops for good; what it did stays on record."""
    _touch(row.facility_id)
    row.ended_at = now
    row.save(update_fields=["ended_at"])


# Words


def folded(text: str, kind: str) -> str:
    """As an entry is compared on a list of words, or of numbers."""
    return digits(text) if kind == "numbers" else phrase(text)


def fault(text: str, kind: str = "words") -> str:
    """What is wrong with a phrase: `empty`, `pattern`, `long`, or of a number `number`; or nothing."""
    if kind == "numbers":
        return "" if digits(text) and len(text) <= LONGEST_PHRASE else "number"
    if not phrase(text):
        return "empty"
    if any(sign in text for sign in _PATTERN):
        return "pattern"
    return "long" if len(text) > LONGEST_PHRASE or len(phrase(text)) > LONGEST_FOLDED else ""


@verb
def add_phrases(row: WatchList, phrases: Sequence[NewPhrase], *, now: datetime, by_id: int | None = None) -> int:
    """Those that the list does not have yet; of those it has, the tier is made anew. Gives how many are new.

    raises BadPhrase, TooManyPhrases; then none was added.
    """
    by_words = {folded(one.text, row.kind): one for one in phrases}
    for one in phrases:
        if wrong := fault(one.text, row.kind):
            raise errors.BadPhrase(text=one.text[:60], why=errors.PHRASE_FAULTS[wrong])
    _touch(row.facility_id)
    known = dict(Phrase.objects.filter(list=row, removed_at=None).values_list("folded", "tier"))
    new = [words for words in by_words if words not in known]
    others = Phrase.objects.filter(list__facility_id=row.facility_id, list__ended_at=None, removed_at=None)
    if others.count() + len(new) > MOST_PHRASES:
        raise errors.TooManyPhrases(most=f"{MOST_PHRASES:,}")
    changed = [words for words, one in by_words.items() if words in known and known[words] != one.tier]
    Phrase.objects.filter(list=row, removed_at=None, folded__in=changed).update(removed_at=now)
    made = [
        Phrase(list=row, text=one.text, folded=words, tier=one.tier, added_at=now, added_by_id=by_id)
        for words, one in ((words, by_words[words]) for words in (*new, *changed))
    ]
    Phrase.objects.bulk_create(made, batch_size=2000)
    return len(new)


@verb
def remove_phrase(row: WatchList, *, phrase_id: int, now: datetime) -> str | None:
    """Its text; None when the list does not have it (any more). What it did stays on record."""
    _touch(row.facility_id)
    found = Phrase.objects.filter(list=row, pk=phrase_id, removed_at=None).first()
    if found is None:
        return None
    found.removed_at = now
    found.save(update_fields=["removed_at"])
    return found.text


# People


@verb
def add_person(
    row: WatchList, *, tier: str, now: datetime, resident_id: int | None = None, user_id: int | None = None,
    by_id: int | None = None,
) -> None:  # fmt: skip
    """One is on a list once: again means with this tier."""
    _touch(row.facility_id)
    own = {"resident_id": resident_id, "user_id": user_id}
    WatchedPerson.objects.filter(list=row, removed_at=None, **own).update(removed_at=now)
    WatchedPerson.objects.create(list=row, tier=tier, added_at=now, added_by_id=by_id, **own)


@verb
def remove_person(row: WatchList, *, person_id: int, now: datetime) -> bool:
    _touch(row.facility_id)
    return bool(WatchedPerson.objects.filter(list=row, pk=person_id, removed_at=None).update(removed_at=now))


# Who follows, and what fired


@verb
def follow(row: WatchList, *, user_id: int, on: bool) -> None:
    if on:
        ListFollower.objects.get_or_create(list=row, user_id=user_id)
    else:
        ListFollower.objects.filter(list=row, user_id=user_id).delete()


@verb
def record_hits(*, message_id: int, entries: Iterable[Fired], now: datetime) -> None:
    """`entries`: what fired of lists when this letter was sent."""
    Hit.objects.bulk_create(
        [
            Hit(list_id=list_id(one), phrase_id=one.phrase, person_id=one.person, message_id=message_id, at=now)
            for one in entries
        ]
    )


@verb
def judge(row: WatchList, *, message_id: int, judged: str, by_id: int | None, now: datetime) -> bool:
    """What a person says of the list at this letter; the last one counts. False: it did not fire there, or says so."""
    hits = Hit.objects.filter(list=row, message_id=message_id).exclude(judged=judged)
    return bool(hits.update(judged=judged, judged_by_id=by_id, judged_at=now if judged else None))


def list_id(one: Fired) -> int:
    """Of which list this is."""
    return int(one.id.partition(":")[2])


def list_to_tell(of: int) -> WatchList | None:
    """The list, locked, so that two jobs do not tell the same hits."""
    return WatchList.objects.select_for_update(no_key=True).filter(pk=of, ended_at=None).first()


@verb
def told_of_hits(row: WatchList, *, now: datetime) -> None:
    row.alerted_at = now
    row.save(update_fields=["alerted_at"])


@verb
def warned_of_expiry(rows: Iterable[WatchList]) -> None:
    for row in rows:
        row.warned_until = row.until
        row.save(update_fields=["warned_until"])


@verb
def told_of_expiry(rows: Iterable[WatchList]) -> None:
    for row in rows:
        row.told_until = row.until
        row.save(update_fields=["told_until"])


def owned(values: Mapping[str, Any]) -> WatchList | None:
    """The list of these facilities, locked until the story ends."""
    return WatchList.objects.select_for_update(no_key=True).filter(**values, ended_at=None).first()
