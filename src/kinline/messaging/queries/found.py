"""What staff find in the record of a place: letters and people (STF-3). The caller has noted who asks, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from kinline.contacts.models import Contact
from kinline.core.folding import fold
from kinline.messaging import bodies
from kinline.messaging.models import Message, Search
from kinline.residents import queries as residents

# Never a privileged letter, whatever its index says (DEL-7), and never one of a contact of one's own (STF-1).
_LETTERS = """
    SELECT m.id FROM messaging_searchentry s
    JOIN messaging_message m ON m.id = s.message_id
    JOIN contacts_contact c ON c.id = m.contact_id
    JOIN identity_user u ON u.id = c.user_id
    WHERE s.words @@ websearch_to_tsquery('simple', %(words)s) AND m.facility_id = %(place)s
      AND c.kind <> 'privileged' AND lower(u.email) <> lower(%(email)s)
      AND m.sent_at >= COALESCE(%(since)s, '-infinity'::timestamptz)
      AND m.sent_at < COALESCE(%(until)s, 'infinity'::timestamptz) AND m.id < %(before)s
    ORDER BY m.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Words at a place, in a span of time; `email`: of who asks, whose own letters are left out."""

    place_id: int
    words: str
    since: datetime | None
    until: datetime | None
    email: str


@dataclass(frozen=True, slots=True)
class LetterFound:
    id: int
    at: datetime
    sender: str
    recipient: str
    number: str
    subject: str
    starts: str
    state: str


def letters(asked: Asked, *, before: int | None = None, limit: int = 20) -> list[LetterFound]:
    """Letters that have all the words (websearch: quotes, `or`, `-`), newest first, older than the id `before`."""
    values: dict[str, Any] = {
        "words": fold(asked.words), "place": asked.place_id, "email": asked.email, "since": asked.since,
        "until": asked.until, "before": before if before is not None else 2**62, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LETTERS, values)
        return _listed([row[0] for row in cursor.fetchall()])


def _listed(ids: Sequence[int]) -> list[LetterFound]:
    rows = Message.objects.select_related("contact__user", "contact__resident").filter(pk__in=ids).order_by("-pk")
    starts = bodies.previews(list(ids), sealed=False)
    return [_letter(row, starts.get(row.pk, bodies.NOTHING).text) for row in rows]


def _letter(row: Message, starts: str) -> LetterFound:
    names = row.contact.user.name, row.contact.resident.name
    sender, recipient = names if row.sender == "family" else reversed(names)
    return LetterFound(
        row.pk, row.sent_at, sender, recipient, row.contact.resident.number, row.subject, starts, row.state
    )


def letter(place_id: int, message_id: int, email: str) -> tuple[LetterFound, str] | None:
    """One letter with all its words; None when it is another place's, privileged, one's own contact's, or purged."""
    row = (
        Message.objects.select_related("contact__user", "contact__resident")
        .filter(pk=message_id, facility_id=place_id, body__isnull=False)
        .exclude(contact__kind="privileged")
        .exclude(contact__user__email__iexact=email)
        .first()
    )
    return (_letter(row, ""), bodies.read(row.pk)) if row else None


@dataclass(frozen=True, slots=True)
class PersonFound:
    """`kind`: resident or family; `code`: ID number or user name. `at`: since when they are known here. `of`: the
    residents whose contact a family member is. `is_here`: a resident who is here now."""

    kind: str
    name: str
    code: str
    at: datetime
    is_here: bool = False
    of: tuple[str, ...] = ()


def people(place_id: int, words: str, *, limit: int = 50) -> list[PersonFound]:
    """Residents of the place, now or before, and family members who are their contacts."""
    held = [
        PersonFound("resident", one.resident.name, one.resident.number, one.started_at, is_here=one.ended_at is None)
        for one in residents.ever_held(place_id, words, limit=limit)
    ]
    rows = Contact.objects.select_related("user", "resident").filter(
        resident__custodies__facility_id=place_id, user__closed_at=None
    )
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(user__first_name__icontains=word) | Q(user__last_name__icontains=word) | Q(user__username__iexact=word)
            | Q(user__email__iexact=word)
        )  # fmt: skip
    return [*held, *_family(rows.distinct().order_by("-pk")[:limit])]


def _family(contacts: Iterable[Contact]) -> list[PersonFound]:
    """One line for each person, with all whose contact they are; known here since the first of them."""
    by_user: dict[int, list[Contact]] = {}
    for one in contacts:
        by_user.setdefault(one.user_id, []).append(one)
    return [
        PersonFound(
            "family", every[0].user.name, every[0].user.username, min(one.created_at for one in every),
            of=tuple(one.resident.name for one in every),
        )
        for every in by_user.values()
    ]  # fmt: skip


# Searches themselves: of the person who asks, at the place where they work


def search_of(staff_id: int, place_id: int, search_id: int) -> Search | None:
    return Search.objects.filter(staff_id=staff_id, facility_id=place_id, pk=search_id).first()


def saved(staff_id: int, place_id: int) -> list[Search]:
    return list(Search.objects.filter(staff_id=staff_id, facility_id=place_id).exclude(name="").order_by("name"))
