"""Whether somebody may act for a place, and how the audit names them (STF-1, STF-4)."""

from datetime import datetime

from kinline.contacts.errors import OwnContact
from kinline.contacts.models import Contact
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission

Actor = User | None  # None: the operator, who runs the machine itself (command line, sample data)


def require(actor: Actor, facility_id: int, permission: Permission, now: datetime) -> str:
    """The actor as the audit names them. raises NotPermitted; the operator may do everything."""
    if actor is not None:
        permissions.require(actor, facility_id, permission, now)
    return named(actor)


def not_own(staff: User, contact: Contact) -> None:
    """STF-1: nobody decides about their own letters, or reads them as staff. raises OwnContact."""
    if contact.user.email.lower() == staff.email.lower():
        raise OwnContact


def named(actor: Actor) -> str:
    return "operator" if actor is None else f"staff:{actor.pk}"
