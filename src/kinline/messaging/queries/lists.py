"""Pages of letters: folders, one conversation, search results. Twenty rows cost two statements at any size.

The statements are written out: the same through the ORM cost as much Python as the whole page's rows. `{me}` is one of
two columns (`Party.column`), never input.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from django.db import connection

from kinline.core.parties import FAMILY, RESIDENT, Party, Side
from kinline.messaging import bodies
from kinline.messaging import search as index
from kinline.messaging.models import Folder
from kinline.messaging.rules import Facts, shown_state
from kinline.messaging.wording import status_sentence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEWEST = (datetime(9999, 1, 1, tzinfo=UTC), 0)

_COLUMNS = """
    SELECT b.id, b.at, b.folder, b.read_at, b.message_id, b.contact_id, m.sender, m.subject, m.state, m.payer,
           m.price_cents, m.sent_at, m.deliver_at, m.delivered_at, m.opened_at, m.ended_at, o.first_name, o.last_name
"""
_OTHER = {
    FAMILY: "JOIN residents_resident o ON o.id = c.resident_id",
    RESIDENT: "JOIN identity_user o ON o.id = c.user_id",
}
_FROM = """
    FROM messaging_mailbox b JOIN messaging_message m ON m.id = b.message_id
    JOIN contacts_contact c ON c.id = b.contact_id {other}
    WHERE b.{me} = %(me)s
"""
_OLDER = " AND (b.at, b.id) < (%(at)s, %(id)s) ORDER BY b.at DESC, b.id DESC LIMIT %(limit)s"
_LAST_OF_EACH = """
    FROM unnest(%(contacts)s::bigint[]) AS wanted (contact_id) CROSS JOIN LATERAL (
        SELECT * FROM messaging_mailbox x
        WHERE x.{me} = %(me)s AND x.contact_id = wanted.contact_id AND x.folder <> 'removed'
        ORDER BY x.at DESC, x.id DESC LIMIT 1
    ) b
    JOIN messaging_message m ON m.id = b.message_id JOIN contacts_contact c ON c.id = b.contact_id {other}
"""


def _statements(rest: str) -> dict[Side, str]:
    """The statement for each side, put together once."""
    sides: tuple[tuple[Side, str], ...] = ((FAMILY, "user_id"), (RESIDENT, "resident_id"))
    return {side: (_COLUMNS + rest).format(me=column, other=_OTHER[side]) for side, column in sides}


_FOLDER = _statements(_FROM + " AND b.folder = %(folder)s" + _OLDER)
_FOLDER_OF_CONTACT = _statements(_FROM + " AND b.folder = %(folder)s AND b.contact_id = %(contact)s" + _OLDER)
_CONVERSATION = _statements(_FROM + " AND b.contact_id = %(contact)s AND b.folder <> 'removed'" + _OLDER)
_FOUND = _statements(_FROM + " AND b.message_id = ANY(%(ids)s) ORDER BY b.message_id DESC")
_LAST = _statements(_LAST_OF_EACH)


class _Found(NamedTuple):
    """One row of the statements above."""

    id: int
    at: datetime
    folder: str
    read_at: datetime | None
    message_id: int
    contact_id: int
    sender: str
    subject: str
    state: str
    payer: str
    price_cents: int
    sent_at: datetime
    deliver_at: datetime | None
    delivered_at: datetime | None
    opened_at: datetime | None
    ended_at: datetime | None
    other_first_name: str
    other_last_name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One letter in a list. `subject` and `preview` are empty for a collect letter that its recipient has not paid for.

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
    statements = _FOLDER if contact_id is None else _FOLDER_OF_CONTACT
    return _page(party, statements, before, size, now, folder=folder, contact=contact_id)


def conversation(party: Party, contact_id: int, *, now: datetime, before: str | None = None, size: int = 20) -> Page:
    """All letters with one contact, both ways, newest first, without those that the party removed."""
    return _page(party, _CONVERSATION, before, size, now, contact=contact_id)


def last_between(party: Party, contact_ids: Sequence[int], *, now: datetime) -> dict[int, Row]:
    """The newest letter of each contact, without its text: one indexed look-up a contact, in one statement."""
    if not contact_ids:
        return {}
    found = _ask(party, _LAST, contacts=list(contact_ids))
    return {row.contact_id: _row(party, row, bodies.NOTHING, now) for row in found}


def search(party: Party, words: str, *, now: datetime, before: str | None = None, size: int = 20) -> Page:
    """The party's own letters that have all the words. Empty words find nothing."""
    if not words.strip():
        return Page([], None)
    top = int(before) if before and before.isdecimal() and len(before) < 19 else None
    ids = index.find(party, words.replace("\0", ""), before=top, limit=size + 1)
    rows = _rows(party, _ask(party, _FOUND, ids=ids[:size]), now)
    return Page(rows, str(ids[size - 1]) if len(ids) > size else None)


def _page(
    party: Party, statements: dict[Side, str], before: str | None, size: int, now: datetime, **values: Any
) -> Page:
    at, row_id = _read_cursor(before) or _NEWEST
    found = _ask(party, statements, at=at, id=row_id, limit=size + 1, **values)
    more = len(found) > size
    return Page(_rows(party, found[:size], now), _cursor(found[size - 1]) if more else None)


def _ask(party: Party, statements: dict[Side, str], **values: Any) -> list[_Found]:
    with connection.cursor() as cursor:
        cursor.execute(statements[party.side], {"me": party.id, **values})
        return [_Found(*row) for row in cursor.fetchall()]


def _cursor(row: _Found) -> str:
    return f"{(row.at - _EPOCH) // timedelta(microseconds=1)}-{row.id}"


def _read_cursor(text: str | None) -> tuple[datetime, int] | None:
    micros, _, row_id = (text or "").partition("-")
    if not (micros.isdecimal() and row_id.isdecimal() and len(micros) < 18 and len(row_id) < 19):
        return None
    return _EPOCH + timedelta(microseconds=int(micros)), int(row_id)


def _rows(party: Party, found: list[_Found], now: datetime) -> list[Row]:
    previews = bodies.previews([row.message_id for row in found if _readable(party, row)])
    return [_row(party, row, previews.get(row.message_id, bodies.NOTHING), now) for row in found]


def _readable(party: Party, row: _Found) -> bool:
    """A collect letter that its recipient has not paid for shows nothing of its text."""
    return row.sender == party.side or row.state == "delivered"


def _row(party: Party, row: _Found, starts: bodies.Words, now: datetime) -> Row:
    mine = row.sender == party.side
    return Row(
        id=row.message_id,
        contact_id=row.contact_id,
        other_name=f"{row.other_first_name} {row.other_last_name}".strip(),
        subject=row.subject or starts.subject if _readable(party, row) else "",
        preview=starts.text,
        at=row.at,
        unread=row.folder == Folder.INBOX and row.read_at is None,
        state=shown_state(row.state),
        direction="out" if mine else "in",
        status=_status(row, now) if mine else "",
        collect_cents=row.price_cents if not mine and row.state == "collect" else 0,
        folder=row.folder,
    )


def _status(row: _Found, now: datetime) -> str:
    facts = Facts(
        shown_state(row.state),
        row.payer,
        row.price_cents,
        row.sent_at,
        row.deliver_at,
        row.delivered_at,
        row.opened_at,
        row.ended_at,
    )
    return status_sentence(facts, row.other_first_name, now=now)
