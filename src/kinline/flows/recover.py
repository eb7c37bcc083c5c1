"""Trouble logging in (ACC-5): the code again, a new password, the username. Never says who has an account (ACC-3).

Each asks for an email. How often one connection may ask is limited and said; how often one account is written to is
limited and not said.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from kinline.core.audit import record
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.flows.create_account import mail_activation, tell_owner
from kinline.flows.limiting import count_try
from kinline.identity import passwords, queries
from kinline.identity import services as identity
from kinline.identity.access import network_of
from kinline.identity.errors import DeadLink
from kinline.identity.models import Purpose, User
from kinline.identity.services import attempts
from kinline.notices import services as notices

# Longer than any of these stories takes on a machine that is well: an email that is written must not show in the time.
SAME_SECONDS = 0.15


@contextmanager
def _same_time() -> Iterator[None]:
    """What is inside takes as long whether or not there is an account (ACC-3)."""
    until = time.monotonic() + SAME_SECONDS
    yield
    time.sleep(max(0.0, until - time.monotonic()))


def _asked(typed: str, address: str | None, now: datetime, write: Callable[[User, datetime], None]) -> None:
    count_try("ask_address", network_of(address), now)
    with _same_time():
        _written(typed, now, write)


@story
def _written(typed: str, now: datetime, write: Callable[[User, datetime], None]) -> None:
    user = queries.by_identifier(typed)
    if user is not None and attempts.take("ask_account", user.pk, now):
        write(user, now)


def resend_code(*, identifier: str, address: str | None, now: datetime) -> None:
    """Raises TooOften."""
    _asked(identifier, address, now, _mail_code)


def _mail_code(user: User, now: datetime) -> None:
    if user.activated_at is None:
        mail_activation(user, now)
    else:
        tell_owner(user, now)


def ask_reset(*, identifier: str, address: str | None, now: datetime) -> None:
    """Raises TooOften."""
    _asked(identifier, address, now, _mail_reset)


def _mail_reset(user: User, now: datetime) -> None:
    owner = queries.active_with_email(user.email)
    if owner is not None and owner != user:
        tell_owner(owner, now)
        return
    notices.mail(to=user.email, kind="password_reset", now=now, user=user, language=user.language)


def remind_username(*, email: str, address: str | None, now: datetime) -> None:
    """Raises TooOften."""
    _asked(email, address, now, _mail_username)


def _mail_username(user: User, now: datetime) -> None:
    notices.mail(
        to=user.email, kind="username_reminder", now=now, user=user, language=user.language, username=user.username
    )


def reset_password(*, token: str, password: str, now: datetime) -> User:
    """Raises DeadLink; EmailTaken. All sessions end, a pause of logging in ends, and the owner is told (ACC-5)."""
    if queries.user_to_reset(token, now) is None:
        raise DeadLink  # before the hash: a dead link must not cost one
    return _reset(token, passwords.make(password), now)


@story
def _reset(token: str, password_hash: str, now: datetime) -> User:
    used = identity.use_token(token=token, purpose=Purpose.RESET, now=now)
    if used is None:
        raise DeadLink
    user = used.user
    identity.set_password(user=user, password_hash=password_hash)
    identity.activate(user=user, now=now)  # the link came by email, so the address is proved
    attempts.forget("login", user.pk)
    record(f"family:{user.pk}", "account.password_reset", f"user:{user.pk}", now=now)
    tell_password_changed(user, now)
    return user


def tell_password_changed(user: User, now: datetime) -> None:
    """Step: in the portal, and by email."""
    notices.tell(Party(FAMILY, user.pk), "password_changed", now)
    notices.mail(to=user.email, kind="password_changed", now=now, user=user, language=user.language)
