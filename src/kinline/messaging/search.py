"""The one place that fills and asks the search index (MSG-7). Privileged messages are never put in (DEL-7)."""

from django.db import connection

from kinline.core.folding import fold
from kinline.core.parties import Party
from kinline.messaging import bodies
from kinline.messaging.models import Message, SearchEntry

_PUT = """
    INSERT INTO messaging_searchentry (message_id, user_id, resident_id, words)
    VALUES (%s, %s, %s, to_tsvector('simple', %s))
    ON CONFLICT (message_id) DO NOTHING
"""

# `column` is one of two literals (Party.column), never input. The join to the mailbox is what decides who may find
# what: a row removed by its owner is not found, a collect letter not yet paid is not found by its recipient.
_FIND = """
    SELECT m.id FROM messaging_searchentry s
    JOIN messaging_mailbox b ON b.message_id = s.message_id AND b.{column} = s.{column}
    JOIN messaging_message m ON m.id = s.message_id
    WHERE s.{column} = %s AND s.words @@ websearch_to_tsquery('simple', %s) AND b.folder <> 'removed'
      AND (m.sender = %s OR m.state = 'delivered') AND m.id < %s
    ORDER BY m.id DESC LIMIT %s
"""


def put(message: Message) -> None:
    """Index a message for its two owners. Doing it again changes nothing."""
    if message.contact.kind == "privileged":
        return
    words = fold("\n".join(bodies.words_of(message.pk)))
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [message.pk, message.contact.user_id, message.contact.resident_id, words])


def find(party: Party, words: str, *, before: int | None = None, limit: int = 20) -> list[int]:
    """Ids of the party's own messages that have all `words`, newest first, older than the id `before`."""
    sql = _FIND.format(column=party.column)
    top = before if before is not None else 2**62
    with connection.cursor() as cursor:
        cursor.execute(sql, [party.id, fold(words), party.side, top, limit])
        return [row[0] for row in cursor.fetchall()]


def forget(contact_id: int) -> int:
    """Take what two people wrote out of the index: their letters have become confidential (M11)."""
    return SearchEntry.objects.filter(message__contact_id=contact_id).delete()[0]
