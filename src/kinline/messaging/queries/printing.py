"""The print queue (MSG-10). The caller has checked that this person prints at this place.

Never a privileged letter (DEL-7), and none of the reader's own contacts (STF-1). A letter is printed where its reader
is now: after a transfer, at the other place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Length, Lower

from kinline.messaging import bodies, photo_files
from kinline.messaging.models import Message, Photo, Pixels, PrintBatch, PrintedLetter
from kinline.residents.models import Custody, Resident

if TYPE_CHECKING:
    from kinline.identity.models import User


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many letters wait for paper in one unit. `unit_id` None: for people without a unit."""

    unit_id: int | None
    unit: str
    letters: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class BatchRow:
    id: int
    unit: str
    made_at: datetime
    made_by: str
    letters: int
    pages: int | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One letter of a batch. `state`: of the letter now; `outcome`: of its paper."""

    message_id: int
    resident_name: str
    resident_number: str
    unit: str
    sender_name: str
    subject: str
    sent_at: datetime
    length: int
    state: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Batch:
    row: BatchRow
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What is printed of a letter: its line, its words, and what one sees of its photos."""

    line: Line
    text: str
    photos: tuple[tuple[bytes, int, int], ...]


@dataclass(frozen=True, slots=True)
class OnPaper:
    resident_id: int
    name: str
    number: str
    unit: str
    since: datetime


def _waiting(staff: "User", facility_id: int) -> QuerySet[Any]:
    """Letters, each with `unit_id` and `unit` of its reader."""
    here = Custody.objects.filter(resident=OuterRef("contact__resident"), facility_id=facility_id, ended_at=None)
    printed = PrintedLetter.objects.filter(message=OuterRef("pk"), outcome="")
    rows = Message.objects.filter(Exists(here), ~Exists(printed), state="paper").exclude(contact__kind="privileged")
    rows = rows.annotate(own=Lower("contact__user__email")).exclude(own=staff.email.lower())
    return rows.annotate(unit_id=Subquery(here.values("unit_id")[:1]), unit=Subquery(here.values("unit__name")[:1]))


def waiting_for_paper(staff: "User", facility_id: int) -> list[Waiting]:
    """By unit, those without one last."""
    rows = _waiting(staff, facility_id).values_list("unit_id", "unit", "sent_at")
    units: dict[tuple[str, int | None], list[datetime]] = {}
    for unit_id, unit, sent_at in rows:
        units.setdefault((unit or "", unit_id), []).append(sent_at)
    ordered = sorted(units.items(), key=lambda item: (item[0][1] is None, item[0][0]))
    return [Waiting(unit_id, unit, len(times), min(times)) for (unit, unit_id), times in ordered]


def next_for_paper(staff: "User", facility_id: int, unit_id: int | None, *, most: int, weight: int) -> list[int]:
    """The oldest letters of a unit, as many as one document takes: `most` letters of together `weight` bytes or so."""
    seen = Pixels.objects.filter(photo__message=OuterRef("pk")).values("photo__message")
    photos = Subquery(seen.annotate(bytes=Sum(Length("full"))).values("bytes"))
    rows = _waiting(staff, facility_id).filter(unit_id=unit_id).order_by("sent_at", "pk")
    chosen: list[int] = []
    left = weight
    sizes = rows.annotate(photo_bytes=Coalesce(photos, 0)).values_list("pk", "length", "photo_bytes")
    for pk, length, size in sizes[:most]:
        left -= 4 * length + 4 * size // 3
        if chosen and left < 0:
            break
        chosen.append(pk)
    return chosen


def batches(facility_id: int, *, limit: int = 50) -> list[BatchRow]:
    """Newest first; what is not handed over yet before everything else."""
    rows = _batches(facility_id).order_by(F("closed_at").desc(nulls_first=True), "-pk")
    return [_row(one) for one in rows[:limit]]


def _batches(facility_id: int) -> QuerySet[PrintBatch]:
    rows = PrintBatch.objects.filter(facility_id=facility_id).select_related("unit", "made_by")
    return rows.annotate(how_many=Count("letters"), last=Max("letters__ended_at"))


def _row(one: PrintBatch) -> BatchRow:
    how_many: int = getattr(one, "how_many", 0)
    unit = one.unit.name if one.unit else ""
    return BatchRow(one.pk, unit, one.made_at, one.made_by.name, how_many, one.pages, one.closed_at)


def batch(facility_id: int, batch_id: int) -> Batch | None:
    """A batch of this place with its letters, in the order in which they are printed: by name, number, then time."""
    found = _batches(facility_id).filter(pk=batch_id).first()
    if found is None:
        return None
    people = "message__contact__user", "message__contact__resident"
    rows = PrintedLetter.objects.filter(batch=found).select_related(*people)
    rows = rows.exclude(message__contact__kind="privileged")  # it has become so since
    unit = found.unit.name if found.unit else ""
    return Batch(_row(found), tuple(sorted((_line(row, unit) for row in rows), key=_place)))


def _place(line: Line) -> tuple[str, str, datetime, int]:
    return line.resident_name, line.resident_number, line.sent_at, line.message_id


def _line(row: PrintedLetter, unit: str) -> Line:
    message, contact = row.message, row.message.contact
    return Line(
        message.pk, contact.resident.name, contact.resident.number, unit, contact.user.name, message.subject,
        message.sent_at, message.length, message.state, row.outcome,
    )  # fmt: skip


def may_print(line: Line) -> bool:
    """Its paper is on its way, or was handed over."""
    return (line.outcome, line.state) in {("", "paper"), ("handed", "delivered")}


def printable(lines: Sequence[Line]) -> list[Page]:
    """What of these letters may be printed now, with its words; none whose words were purged (MSG-8)."""
    chosen = ((line, bodies.read_kept(line.message_id)) for line in lines if may_print(line))
    return [Page(line, text, _photos(line.message_id)) for line, text in chosen if text is not None]


def _photos(message_id: int) -> tuple[tuple[bytes, int, int], ...]:
    rows = Photo.objects.filter(message_id=message_id).order_by("pk")
    seen = ((photo_files.read(photo.pk), photo.width, photo.height) for photo in rows)
    return tuple((jpeg, width, height) for jpeg, width, height in seen if jpeg is not None)


def on_paper(facility_id: int) -> list[OnPaper]:
    """Who of this place gets paper, by name."""
    rows = Custody.objects.filter(facility_id=facility_id, ended_at=None, resident__paper_since__isnull=False)
    rows = rows.select_related("resident", "unit").order_by("resident__last_name", "resident__first_name", "pk")
    return [_person(custody.resident, custody) for custody in rows]


def _person(person: Resident, custody: Custody) -> OnPaper:
    since = person.paper_since or custody.started_at
    return OnPaper(person.pk, person.name, person.number, custody.unit.name if custody.unit else "", since)


def is_printed(message_id: int) -> bool:
    """Whether paper of this letter is on its way to its reader."""
    return PrintedLetter.objects.filter(Q(message_id=message_id, outcome="")).exists()
