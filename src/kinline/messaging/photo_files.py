"""The one place that stores, reads and destroys what one sees of photos. Another store than the database comes here.

The caller has checked that this actor may see this photo.
"""

from collections.abc import Iterable

from kinline.messaging.models import Pixels
from kinline.messaging.pictures import Picture


def store(photo_id: int, picture: Picture) -> None:
    Pixels.objects.create(photo_id=photo_id, full=picture.full, small=picture.small)


def read(photo_id: int, *, small: bool = False) -> bytes | None:
    """A JPEG; None when it was destroyed at the end of its retention (MSG-8)."""
    column = "small" if small else "full"
    found = Pixels.objects.filter(photo_id=photo_id).values_list(column, flat=True).first()
    return None if found is None else bytes(found)


def destroy(photo_ids: Iterable[int]) -> int:
    """For good. Returns how many there were."""
    return Pixels.objects.filter(photo_id__in=list(photo_ids)).delete()[0]
