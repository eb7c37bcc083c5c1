"""The one place that reads and writes the text of messages. Encryption will come here and nowhere else."""

from collections.abc import Iterable

from django.db.models.functions import Left

from kinline.messaging.models import Body

PREVIEW = 120


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


def previews(message_ids: Iterable[int]) -> dict[int, str]:
    """The first characters of each, on one line, for lists. The caller has checked the actor."""
    rows = Body.objects.filter(pk__in=list(message_ids)).values_list("pk", Left("text", PREVIEW))
    return {pk: " ".join(unseal(start).split()) for pk, start in rows}
