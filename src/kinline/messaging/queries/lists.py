"""Pages of letters: folders, one conversation, search results. Twenty rows cost two statements at any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.db.models import Q, QuerySet

from kinline.core.parties import Party
from kinline.messaging import bodies
from kinline.messaging import search as index
from kinline.messaging.models import Folder, Mailbox
from kinline.messaging.rules import Facts
from kinline.messaging.wording import status_sentence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIELDS = (
    "id", "at", "folder", "read_at", "message_id", "contact_id", "message__sender", "message__subject",
    "message__state", "message__payer", "message__price_cents", "message__sent_at", "message__deliver_at",
    "message__delivered_at", "message__opened_at", "message__ended_at", "contact__user__first_name",
    "contact__user__last_name", "contact__resident__first_name", "contact__resident__last_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One letter in a list. `preview` is empty for a collect letter that its recipient has not paid for.

    `status` is the sentence for the sender, empty for letters received. `collect_cents`: what opening costs me, or 0.
    """

    id: int
    contact_id: int
    other_name: str
    subject: str
    preview: str
    at: datetime
    unread: bool
    state: str
    direction: Literal["in", "out"]
    status: str
    collect_cents: int
    folder: str


@dataclass(frozen=True, slots=True)
class Page:
    """`next`: the cursor of the next page, or None on the last."""

    rows: list[Row]
    next: str | None


def page(
    party: Party,
    folder: str,
    *,
    now: datetime,
    before: str | None = None,
    size: int = 20,
    contact_id: int | None = None,
) -> Page:
    """One folder of the party's own mailbox, newest first. A cursor that makes no sense starts at the newest."""
    rows = Mailbox.objects.filter(**party.filter, folder=folder)
    if contact_id is not None:
        rows = rows.filter(contact_id=contact_id)
    return _page(party, rows, before, size, now)


def conversation(party: Party, contact_id: int, *, now: datetime, before: str | None = None, size: int = 20) -> Page:
    """All letters with one contact, both ways, newest first, without those that the party removed."""
    rows = Mailbox.objects.filter(**party.filter, contact_id=contact_id).exclude(folder=Folder.REMOVED)
    return _page(party, rows, before, size, now)


def last_between(party: Party, contact_ids: Sequence[int], *, now: datetime) -> dict[int, Row]:
    """The newest letter of each contact, for the home page: one indexed look-up a contact, in one statement."""
    newest = (
        Mailbox.objects.filter(**party.filter, contact_id__in=contact_ids)
        .exclude(folder=Folder.REMOVED)
        .order_by("contact_id", "-at", "-id")
        .distinct("contact_id")
    )
    return {row.contact_id: row for row in _rows(party, list(newest.values_list(*_FIELDS)), now)}


def search(party: Party, words: str, *, now: datetime, before: str | None = None, size: int = 20) -> Page:
    """The party's own letters that have all the words. Empty words find nothing."""
    if not words.strip():
        return Page([], None)
    top = int(before) if before and before.isdecimal() and len(before) < 19 else None
    ids = index.find(party, words.replace("\0", ""), before=top, limit=size + 1)
    found = Mailbox.objects.filter(**party.filter, message_id__in=ids[:size]).order_by("-message_id")
    rows = _rows(party, list(found.values_list(*_FIELDS)), now)
    return Page(rows, str(ids[size - 1]) if len(ids) > size else None)


def _page(party: Party, rows: QuerySet[Mailbox], before: str | None, size: int, now: datetime) -> Page:
    place = _read_cursor(before)
    if place is not None:
        at, row_id = place
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(id__lt=row_id))
    found = list(rows.order_by("-at", "-id").values_list(*_FIELDS)[: size + 1])
    more = len(found) > size
    return Page(_rows(party, found[:size], now), _cursor(found[size - 1]) if more else None)


def _cursor(row: tuple[Any, ...]) -> str:
    return f"{(row[1] - _EPOCH) // timedelta(microseconds=1)}-{row[0]}"


def _read_cursor(text: str | None) -> tuple[datetime, int] | None:
    micros, _, row_id = (text or "").partition("-")
    if not (micros.isdecimal() and row_id.isdecimal() and len(micros) < 18 and len(row_id) < 19):
        return None
    return _EPOCH + timedelta(microseconds=int(micros)), int(row_id)


def _rows(party: Party, found: list[tuple[Any, ...]], now: datetime) -> list[Row]:
    readable = [row[4] for row in found if not _unpaid(party, row)]
    previews = bodies.previews(readable)
    return [_row(party, row, previews.get(row[4], ""), now) for row in found]


def _unpaid(party: Party, row: tuple[Any, ...]) -> bool:
    return bool(row[6] != party.side and row[8] != "delivered")


def _row(party: Party, row: tuple[Any, ...], preview: str, now: datetime) -> Row:
    mine = row[6] == party.side
    first, last = row[18:20] if party.side == "family" else row[16:18]
    facts = Facts(row[8], row[9], row[10], row[11], row[12], row[13], row[14], row[15])
    collect = row[10] if not mine and row[8] == "collect" else 0
    return Row(
        id=row[4], contact_id=row[5], other_name=f"{first} {last}".strip(), subject=row[7], preview=preview, at=row[1],
        unread=row[2] == Folder.INBOX and row[3] is None, state=row[8], direction="out" if mine else "in",
        status=status_sentence(facts, first, now=now) if mine else "", collect_cents=collect, folder=row[2],
    )  # fmt: skip
