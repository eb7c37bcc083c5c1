"""Staff look at a photo of a held letter: every look is written down with its purpose (STF-3, REC5)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import not_own
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import errors, queries, services


@story
def see_photo(*, staff: User, message_id: int, photo_id: int, small: bool, purpose: str, now: datetime) -> bytes:
    """A photo of a letter that is or was in review; never a privileged one (DEL-7).

    raises NotFound, NotPermitted, OwnContact.
    """
    message = services.locked(message_id)
    permissions.require(staff, message.facility_id, Permission.READ_REVIEW, now)
    not_own(staff, message.contact)
    photo = queries.held_photo([message.facility_id], message_id, photo_id, small=small)
    if photo is None:
        raise errors.NotFound
    record(
        f"staff:{staff.pk}", "photo.read", f"message:{message_id}", now=now, facility_id=message.facility_id,
        purpose=purpose[:200], photo=photo_id, small=small,
    )  # fmt: skip
    return photo
