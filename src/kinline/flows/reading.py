"""Staff read a held letter: every look at content is written down with its purpose (STF-3)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import not_own
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import errors, queries, services


@story
def read_held(*, staff: User, message_id: int, purpose: str, now: datetime) -> str:
    """The text of a letter that is or was in review. raises NotFound, NotPermitted; never a privileged one (DEL-7)."""
    message = services.locked(message_id)
    permissions.require(staff, message.facility_id, Permission.READ_REVIEW, now)
    not_own(staff, message.contact)
    text = queries.review_text([message.facility_id], message_id)
    if text is None:
        raise errors.NotFound
    subject = f"message:{message_id}"
    record(
        f"staff:{staff.pk}", "message.read", subject, now=now, facility_id=message.facility_id, purpose=purpose[:200]
    )
    return text
