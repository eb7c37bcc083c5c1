"""Verbs of photos (MSG-9)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from kinline.core.transaction import verb
from kinline.messaging import errors, photo_files
from kinline.messaging.models import Message, Photo
from kinline.messaging.pictures import Picture

KEPT = timedelta(days=30)  # beside a letter that nobody has sent


def known_photo(contact_id: int, digest: bytes, *, limit: int) -> Photo | None:
    """The photo of this file beside the letter that is being written. raises TooManyPhotos: no place for a new one."""
    beside = Photo.objects.filter(contact_id=contact_id, message=None)
    known = beside.filter(digest=digest).first()
    if known is None and beside.count() >= limit:
        raise errors.TooManyPhotos(limit=limit)
    return known


@verb
def keep_photo(contact_id: int, picture: Picture, digest: bytes, *, limit: int, now: datetime) -> Photo:
    """Put a photo beside the letter that is being written; the same file again is there already. raises TooManyPhotos.

    The contact is locked by the caller, where the photos beside its letter are counted.
    """
    known = known_photo(contact_id, digest, limit=limit)
    if known is not None:
        return known
    photo = Photo.objects.create(
        contact_id=contact_id, digest=digest, width=picture.width, height=picture.height, added_at=now
    )
    photo_files.store(photo.pk, picture)
    return photo


@verb
def drop_photos(contact_id: int, photo_ids: Sequence[int] | None = None) -> int:
    """Take photos away from beside an unsent letter; None: all of them. Returns how many."""
    beside = Photo.objects.filter(contact_id=contact_id, message=None)
    if photo_ids is not None:
        beside = beside.filter(pk__in=photo_ids)
    return _forget(beside.values_list("pk", flat=True))


@verb
def forget_photos(*, now: datetime, limit: int = 1000) -> int:
    """Those that have lain beside an unsent letter for 30 days. Returns how many."""
    old = Photo.objects.filter(message=None, added_at__lt=now - KEPT).values_list("pk", flat=True)
    return _forget(old[:limit])


def _forget(ids: Iterable[int]) -> int:
    found = list(ids)
    photo_files.destroy(found)
    Photo.objects.filter(pk__in=found, message=None).delete()
    return len(found)


@verb
def locked_beside(contact_id: int, photo_ids: Sequence[int]) -> list[Photo]:
    """These photos beside the unsent letter to this contact, locked. raises PhotosChanged: one of them is not there."""
    rows = Photo.objects.select_for_update(no_key=True).filter(contact_id=contact_id, message=None, pk__in=photo_ids)
    photos = list(rows.order_by("pk"))
    if len(photos) != len(set(photo_ids)):
        raise errors.PhotosChanged
    return photos


@verb
def attach_photo(photo: Photo, message_id: int, *, price_cents: int, hold_id: int | None) -> None:
    """A locked photo goes with this letter; `hold_id`: what is set aside for it."""
    photo.message_id, photo.price_cents, photo.hold_id = message_id, price_cents, hold_id
    photo.save(update_fields=["message", "price_cents", "hold_id"])


@verb
def count_photos(message_id: int, count: int) -> None:
    """So that a letter without photos costs no question for them."""
    Message.objects.filter(pk=message_id).update(photo_count=count)


def held_photos(message: Message) -> list[Photo]:
    """The photos of a locked letter for which something is set aside."""
    if not message.photo_count:
        return []
    return list(Photo.objects.filter(message=message, hold_id__isnull=False).order_by("pk"))


@verb
def unhold_photo(photo: Photo) -> None:
    """Its price went back: it did not arrive."""
    photo.hold_id = None
    photo.save(update_fields=["hold_id"])
