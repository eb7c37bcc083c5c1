"""Letters on paper (MSG-10): printed a housing unit at a time, handed over, and by that delivered and paid.

Who cannot use a kiosk is marked; a letter to them that nothing holds waits for paper instead. A batch of them is one
document, which can be printed again as often as needed. Each look at it is written down, since it shows content (REC5).
"""

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from kinline.contacts import queries as contacts
from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.design import wording
from kinline.design.documents import glyphs, pdf
from kinline.design.letters import paragraphs
from kinline.flows.deliver_message import deliver_or_return
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import errors, services
from kinline.messaging.models import Message, PaperOutcome, State
from kinline.messaging.queries import printing as queries
from kinline.messaging.services import printing
from kinline.residents import queries as residents
from kinline.residents import services as people

MOST_LETTERS = 100
WEIGHT_BYTES = 5_000_000  # of words and pictures in one document: about 150 letters of usual length, or 10 photos


@story
def mark_paper(*, staff: User, facility_id: int, number: str, on: bool, now: datetime) -> str:
    """Letters to this resident come on paper from now on, or at the kiosk again; their name.

    Back at the kiosk, what waits for paper and is not printed yet is delivered there. raises NotPermitted, NobodyHere.
    """
    permissions.require(staff, facility_id, Permission.PRINT_MAIL, now)
    person = residents.here_by_number(facility_id, number)
    if person is None:
        raise errors.NobodyHere(number=number)
    if not people.put_on_paper(resident_id=person.pk, on=on, now=now):
        return person.name
    act = "paper.on" if on else "paper.off"
    record(f"staff:{staff.pk}", act, f"resident:{person.pk}", now=now, facility_id=facility_id)
    for message_id in [] if on else printing.paper_waiting(person.pk):
        message = services.locked(message_id)
        if message.state == State.PAPER:
            deliver_or_return(message, now)
    return person.name


def make_batch(*, staff: User, facility_id: int, unit_id: int | None, now: datetime) -> int:
    """Take the oldest letters of a unit into a new batch; its id.

    A letter whose two may not write to each other any more leaves the queue as it would at the kiosk: back to its
    sender, or to a reviewer; also when nothing else is left. raises NotPermitted, NothingToPrint.
    """
    batch_id = _make(staff, facility_id, unit_id, now)
    if batch_id is None:
        raise errors.NothingToPrint
    return batch_id


@story
def _make(staff: User, facility_id: int, unit_id: int | None, now: datetime) -> int | None:
    permissions.require(staff, facility_id, Permission.PRINT_MAIL, now)
    chosen = queries.next_for_paper(staff, facility_id, unit_id, most=MOST_LETTERS, weight=WEIGHT_BYTES)
    ready = [message_id for message_id in sorted(chosen) if _ready(message_id, now)]
    if not ready:
        return None
    batch_id = printing.start_batch(facility_id=facility_id, unit_id=unit_id, staff=staff, message_ids=ready, now=now)
    _note(staff, "print.make", batch_id, facility_id, now, letters=len(ready))
    return batch_id


def _ready(message_id: int, now: datetime) -> bool:
    """Locked, and still to be printed: another clerk may have been faster."""
    message = services.locked(message_id)
    if message.state != State.PAPER or queries.is_printed(message_id):
        return False
    if _may_arrive(message, now):
        return True
    deliver_or_return(message, now)
    return False


def _may_arrive(message: Message, now: datetime) -> bool:
    contact = contacts.contact(services.sender_of(message), message.contact_id, now)
    return contact is not None and contact.can_write and contact.stopped_until is None


def document(*, staff: User, facility_id: int, batch_id: int, now: datetime) -> bytes:
    """The PDF of a batch; made again, it holds what may still be handed over or was.

    raises NotPermitted, NotFound, NothingToPrint, `pdf.NotTypeset`.
    """
    batch, pages = _opened(staff, facility_id, batch_id, now)
    made = pdf.make("letters_on_paper", _data(batch, pages, now), title=_title(batch), language=_language(), at=now)
    _counted(batch_id, pdf.pages_of(made))
    return made


@story
def _opened(staff: User, facility_id: int, batch_id: int, now: datetime) -> tuple[queries.Batch, list[queries.Page]]:
    permissions.require(staff, facility_id, Permission.PRINT_MAIL, now)
    batch = queries.batch(facility_id, batch_id)
    if batch is None:
        raise errors.NotFound
    pages = queries.printable(batch.lines)
    if not pages:
        raise errors.NothingToPrint
    _note(staff, "print.read", batch_id, facility_id, now, letters=len(pages), purpose="print")
    return batch, pages


@story
def _counted(batch_id: int, pages: int) -> None:
    printing.count_pages(batch_id, pages)


@dataclass(frozen=True, slots=True)
class Handed:
    """How many of a batch were delivered, go back into the queue, and must not be handed over."""

    delivered: int
    back: int
    ended: int


@story
def hand_over(*, staff: User, facility_id: int, batch_id: int, handed: Collection[int], now: datetime) -> Handed:
    """The paper is in the hands of these letters' readers: they are delivered, and paid, now. The others wait again.

    A letter that was taken back, or that may not arrive any more, is not delivered: its paper is to be destroyed. So is
    that of one which was not given and comes at the kiosk now. A repeat changes nothing. raises NotPermitted, NotFound.
    """
    permissions.require(staff, facility_id, Permission.PRINT_MAIL, now)
    batch = printing.locked_batch(facility_id, batch_id)
    counts = dict.fromkeys(PaperOutcome.values, 0)
    for letter in printing.open_letters(batch):
        outcome = _handed(letter.message_id, letter.message_id in handed, now)
        printing.end_printed(letter, outcome, now=now)
        counts[outcome] += 1
    if sum(counts.values()):
        printing.close_batch(batch, now=now)
        _note(staff, "print.hand_over", batch_id, facility_id, now, **counts)
    return Handed(counts["handed"], counts["back"], counts["ended"])


def _handed(message_id: int, in_hand: bool, now: datetime) -> PaperOutcome:
    message = services.locked(message_id)
    if message.state != State.PAPER:
        return PaperOutcome.ENDED
    if not in_hand and message.contact.resident.paper_since is not None:
        return PaperOutcome.BACK
    deliver_or_return(message, now)
    if not in_hand:
        return PaperOutcome.ENDED  # its reader reads at the kiosk again
    return PaperOutcome.HANDED if message.state == State.DELIVERED else PaperOutcome.ENDED


def _note(staff: User, act: str, batch_id: int, facility_id: int, now: datetime, **detail: Any) -> None:
    record(f"staff:{staff.pk}", act, f"batch:{batch_id}", now=now, facility_id=facility_id, **detail)


# The document


def _language() -> str:
    return (get_language() or "en")[:2]


def _title(batch: queries.Batch) -> str:
    unit = batch.row.unit or gettext("no unit")
    return gettext("Letters for %(unit)s, batch %(number)s") % {"unit": unit, "number": batch.row.id}


def _data(batch: queries.Batch, pages: list[queries.Page], now: datetime) -> dict[str, Any]:
    count = ngettext("%(n)s letter", "%(n)s letters", len(pages)) % {"n": len(pages)}
    return {
        "facts": [[gettext("Printed"), _moment(now)], [gettext("Letters"), count]],
        "pages_word": gettext("Pages in all"),
        "head": [
            gettext("For"), gettext("Number"), gettext("From"), gettext("Sent"), gettext("Pages"), gettext("Given")
        ],
        "notes": [
            gettext("Every letter begins on a sheet of its own. Give each to its reader only; tick what you gave."),
            *([_unprintable()] if any(_boxes(page) for page in pages) else []),
        ],
        "letters": [_letter(page) for page in pages],
        "foot": f"Kinline · {_title(batch)}",
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return wording.full_moment(at, timezone.get_current_timezone())


def _letter(page: queries.Page) -> dict[str, Any]:
    line = page.line
    return {
        "row": [line.resident_name, line.resident_number, line.sender_name, _moment(line.sent_at)],
        "to": gettext("For %(name)s") % {"name": line.resident_name},
        "place": " · ".join(filter(None, (gettext("Number %(number)s") % {"number": line.resident_number}, line.unit))),
        "from": gettext("From %(name)s, sent %(at)s") % {"name": line.sender_name, "at": _moment(line.sent_at)},
        "notes": [_boxed(boxes)] if (boxes := _boxes(page)) else [],
        "subject": line.subject,
        "of": gettext("Page {page} of {pages} of this letter"),
        "paragraphs": paragraphs(page.text),
        "photos": [
            {"svg": _picture(*photo), "alt": gettext("Photo %(n)s") % {"n": number}}
            for number, photo in enumerate(page.photos, start=1)
        ],
    }  # fmt: skip


def _unprintable() -> str:
    return gettext(
        "A letter here is in a writing that our fonts do not have. Boxes are of no use to its reader: take its tick "
        "away, and find another way."
    )


def _boxes(page: queries.Page) -> int:
    return glyphs.boxes(page.line.subject) + glyphs.boxes(page.text)


def _boxed(boxes: int) -> str:
    said = ngettext(
        "%(n)s letter of this writing is not in our fonts, and is a box here.",
        "%(n)s letters of this writing are not in our fonts, and are boxes here.",
        boxes,
    )
    return said % {"n": boxes}


def _picture(jpeg: bytes, width: int, height: int) -> str:
    """The typesetter takes data as text only: the photo comes inside a drawing that holds nothing else."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" '
        f'height="{height}"><image width="{width}" height="{height}" '
        f'xlink:href="data:image/jpeg;base64,{b64encode(jpeg).decode()}"/></svg>'
    )
