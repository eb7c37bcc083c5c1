"""The one place that reads and writes the words of messages and drafts.

Those between a resident and a verified attorney are sealed (DEL-7): subject and text together in the column of the
text, and the column of the subject is empty. What is stored says itself whether it is sealed.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from kinline.core import confidential
from kinline.messaging.errors import ConfidentialClosed
from kinline.messaging.models import Body, Draft

PREVIEW = 120
_STARTS = "SELECT message_id, left(text, %s) FROM messaging_body WHERE message_id = ANY(%s)"


class Words(NamedTuple):
    subject: str
    text: str


NOTHING = Words("", "")


def stored(words: Words, contact_id: int, *, private: bool) -> Words:
    """As the two columns hold it. raises ConfidentialClosed."""
    if not private:
        return words
    try:
        return Words("", confidential.seal(json.dumps(words), _about(contact_id)))
    except confidential.Closed:
        raise ConfidentialClosed from None


def opened(kept: Words, contact_id: int) -> Words:
    """What was written. raises ConfidentialClosed."""
    if not confidential.is_sealed(kept.text):
        return kept
    try:
        return Words(*json.loads(confidential.unseal(kept.text, _about(contact_id))))
    except confidential.Closed:
        raise ConfidentialClosed from None


def _about(contact_id: int) -> str:
    """Whose words they are: sealed for these two, they open for no others."""
    return f"contact:{contact_id}"


def write(message_id: int, text: str) -> None:
    """`text` as `stored` gave it."""
    Body.objects.create(message_id=message_id, text=text)


def words_of(message_id: int) -> Words:
    """Subject and text. The caller has checked that this actor may read this message. raises ConfidentialClosed."""
    found = Body.objects.values_list("message__subject", "text", "message__contact_id").get(pk=message_id)
    return opened(Words(*found[:2]), found[2])


def words_or_none(message_id: int) -> Words | None:
    """As `words_of`; None when nothing here opens them."""
    try:
        return words_of(message_id)
    except ConfidentialClosed:
        return None


def read(message_id: int) -> str:
    """The text, for staff: a sealed one is never opened, whether or not there is a key. raises ConfidentialClosed."""
    text = Body.objects.values_list("text", flat=True).get(pk=message_id)
    if confidential.is_sealed(text):
        raise ConfidentialClosed
    return text


def read_kept(message_id: int) -> str | None:
    """Like `read`; None when the words were purged (MSG-8)."""
    return read(message_id) if Body.objects.filter(pk=message_id).exists() else None


def previews(message_ids: Sequence[int], *, sealed: bool = True) -> dict[int, Words]:
    """The first characters of each, on one line, for lists. The caller has checked the actor.

    The subject only of a sealed one, whose column is empty; nothing of one that does not open here. `sealed`: False
    for staff, to whom none is opened.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STARTS, [PREVIEW, list(message_ids)])
        starts = {message_id: Words("", start) for message_id, start in cursor.fetchall()}
    closed = [message_id for message_id, start in starts.items() if confidential.is_sealed(start.text)]
    starts |= dict.fromkeys(closed, NOTHING)
    starts |= _heads(closed) if closed and sealed else {}
    return {message_id: Words(head.subject, " ".join(head.text.split())) for message_id, head in starts.items()}


def _heads(message_ids: Sequence[int]) -> dict[int, Words]:
    rows = Body.objects.filter(pk__in=message_ids).values_list("message_id", "text", "message__contact_id")
    found = {}
    for message_id, text, contact_id in rows:
        try:
            words = opened(Words("", text), contact_id)
        except ConfidentialClosed:
            words = NOTHING
        found[message_id] = Words(words.subject, words.text[:PREVIEW])
    return found


def draft_words(draft: Draft) -> Words:
    """raises ConfidentialClosed."""
    return opened(Words(draft.subject, draft.text), draft.contact_id)
