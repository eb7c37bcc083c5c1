"""Verbs of letters on paper (MSG-10)."""

from collections.abc import Sequence
from datetime import datetime

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.messaging import errors
from kinline.messaging.models import Message, PrintBatch, PrintedLetter


@verb
def start_batch(
    *, facility_id: int, unit_id: int | None, staff: User, message_ids: Sequence[int], now: datetime
) -> int:
    """A batch of these locked letters; its id."""
    batch = PrintBatch.objects.create(facility_id=facility_id, unit_id=unit_id, made_by=staff, made_at=now)
    PrintedLetter.objects.bulk_create([PrintedLetter(batch=batch, message_id=pk) for pk in message_ids])
    return batch.pk


@verb
def count_pages(batch_id: int, pages: int) -> None:
    PrintBatch.objects.filter(pk=batch_id).update(pages=pages)


@verb
def locked_batch(facility_id: int, batch_id: int) -> PrintBatch:
    """raises NotFound: also of another place."""
    rows = PrintBatch.objects.select_for_update(of=("self",), no_key=True)
    batch = rows.filter(pk=batch_id, facility_id=facility_id).first()
    if batch is None:
        raise errors.NotFound
    return batch


@verb
def open_letters(batch: PrintBatch) -> list[PrintedLetter]:
    """Letters of a locked batch whose paper is on its way, in the order of their numbers: so they are locked."""
    return list(PrintedLetter.objects.filter(batch=batch, outcome="").order_by("message_id"))


@verb
def end_printed(letter: PrintedLetter, outcome: str, *, now: datetime) -> None:
    letter.outcome, letter.ended_at = outcome, now
    letter.save(update_fields=["outcome", "ended_at"])


@verb
def close_batch(batch: PrintBatch, *, now: datetime) -> None:
    batch.closed_at = now
    batch.save(update_fields=["closed_at"])


def paper_waiting(resident_id: int) -> list[int]:
    """Letters to a resident that wait for paper and are not printed, oldest first."""
    rows = Message.objects.filter(contact__resident_id=resident_id, state="paper").exclude(printed__outcome="")
    return list(rows.order_by("pk").values_list("pk", flat=True))
