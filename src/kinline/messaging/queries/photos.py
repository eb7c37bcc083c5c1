"""Photos, as those may see them who may (MSG-9). Absent and forbidden look alike: nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from kinline.core.parties import FAMILY, Party
from kinline.messaging import photo_files
from kinline.messaging.models import Mailbox, Photo, Review


@dataclass(frozen=True, slots=True)
class PhotoView:
    """`number`: which of its letter, from 1; `width`, `height`: pixels. `small_width`, `small_height`: of the small one
    that lists show, so that the page keeps its place. `paid_cents`: set aside for it, or paid when it was delivered."""

    id: int
    number: int
    width: int
    height: int
    paid_cents: int = 0

    @property
    def small_width(self) -> int:
        return max(1, round(self.width * self._scale))

    @property
    def small_height(self) -> int:
        return max(1, round(self.height * self._scale))

    @property
    def _scale(self) -> float:
        return min(1.0, 320 / max(self.width, self.height, 1))


def beside(party: Party, contact_id: int) -> tuple[PhotoView, ...]:
    """Photos beside the party's unsent letter to this contact. Only family members have any."""
    if party.side != FAMILY:
        return ()
    return _views(Photo.objects.filter(contact_id=contact_id, contact__user_id=party.id, message=None))


def photos_of(message_id: int) -> tuple[PhotoView, ...]:
    """The photos of a letter. The caller has checked that this actor may see it."""
    return _views(Photo.objects.filter(message_id=message_id))


def _views(photos: Iterable[Photo]) -> tuple[PhotoView, ...]:
    ordered = sorted(photos, key=lambda photo: photo.pk)
    return tuple(
        PhotoView(photo.pk, n, photo.width, photo.height, photo.price_cents if photo.hold_id is not None else 0)
        for n, photo in enumerate(ordered, start=1)
    )


def photo(party: Party, photo_id: int, *, small: bool = False) -> bytes | None:
    """A JPEG that this party may see: beside their own unsent letter, or of a letter in their mailbox that is open to
    them: their own, or one that was delivered."""
    copies = Mailbox.objects.filter(**party.filter, message=OuterRef("message"))
    open_to_me = Q(message__sender=party.side) | Q(message__state="delivered")
    mine = Q(Exists(copies)) & open_to_me
    if party.side == FAMILY:
        mine |= Q(message=None, contact__user_id=party.id)
    found = Photo.objects.filter(mine, pk=photo_id).exists()
    return photo_files.read(photo_id, small=small) if found else None


def held_photo(facility_ids: list[int], message_id: int, photo_id: int, *, small: bool = False) -> bytes | None:
    """A photo of a letter that is or was in review at one of these facilities; never of a privileged one (DEL-7)."""
    held = Review.objects.filter(facility_id__in=facility_ids, message=OuterRef("message")).exclude(
        message__contact__kind="privileged"
    )
    found = Photo.objects.filter(Exists(held), pk=photo_id, message_id=message_id).exists()
    return photo_files.read(photo_id, small=small) if found else None
