"""The email address is proved: by the link's button, or by the code, from any browser (ACC-4)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.contacts import tell_invitations
from kinline.flows.limiting import count_try
from kinline.identity import queries
from kinline.identity import services as identity
from kinline.identity.access import network_of
from kinline.identity.errors import DeadLink, WrongCode
from kinline.identity.models import Purpose, User


@story
def activate_by_link(*, token: str, now: datetime) -> User:
    """Raises DeadLink; EmailTaken when another account proved this address first."""
    used = identity.use_token(token=token, purpose=Purpose.ACTIVATE, now=now)
    if used is None:
        raise DeadLink
    return _activated(used.user, now)


def activate_by_code(*, identifier: str, code: str, address: str | None, now: datetime) -> User:
    """Raises WrongCode, the same whether the account exists or not; a wrong try stays counted. TooOften, EmailTaken."""
    count_try("code_address", network_of(address), now)
    user = _by_code(identifier, code, now)
    if user is None:
        raise WrongCode
    return user


@story
def _by_code(identifier: str, code: str, now: datetime) -> User | None:
    waiting = [user.pk for user in queries.all_by_identifier(identifier) if user.activated_at is None]
    used = identity.use_code(user_ids=waiting, purpose=Purpose.ACTIVATE, code=code, now=now)
    return _activated(used.user, now) if used else None


def _activated(user: User, now: datetime) -> User:
    identity.activate(user=user, now=now)
    record(f"family:{user.pk}", "account.activate", f"user:{user.pk}", now=now)
    tell_invitations(user.pk, now)
    return user
