"""The one place that reads and writes the text of messages. Encryption will come here and nowhere else."""

from collections.abc import Sequence

from django.db import connection

from kinline.messaging.models import Body

PREVIEW = 120
_STARTS = "SELECT message_id, left(text, %s) FROM messaging_body WHERE message_id = ANY(%s)"


def seal(text: str) -> str:
    """What is stored for `text`."""
    return text


def unseal(stored: str) -> str:
    return stored


def write(message_id: int, text: str) -> None:
    Body.objects.create(message_id=message_id, text=seal(text))


def read(message_id: int) -> str:
    """The text. The caller has checked that this actor may read this message."""
    return unseal(Body.objects.values_list("text", flat=True).get(pk=message_id))


def read_kept(message_id: int) -> str | None:
    """Like `read`; None when the words were purged (MSG-8)."""
    stored = Body.objects.filter(pk=message_id).values_list("text", flat=True).first()
    return None if stored is None else unseal(stored)


def previews(message_ids: Sequence[int]) -> dict[int, str]:
    """The first characters of each, on one line, for lists. The caller has checked the actor."""
    with connection.cursor() as cursor:
        cursor.execute(_STARTS, [PREVIEW, list(message_ids)])
        return {message_id: " ".join(unseal(start).split()) for message_id, start in cursor.fetchall()}
