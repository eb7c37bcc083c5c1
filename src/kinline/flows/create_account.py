"""Somebody creates an account (ACC-1 to ACC-3)."""

from datetime import datetime
from typing import Any

from kinline.core.transaction import story
from kinline.flows.limiting import count_try, until
from kinline.identity import passwords, queries
from kinline.identity import services as identity
from kinline.identity.access import network_of
from kinline.identity.errors import TooOften
from kinline.identity.models import User
from kinline.identity.services import attempts
from kinline.notices import services as notices


def create_account(
    *,
    username: str,
    email: str,
    password: str,
    profile: dict[str, Any],
    address: str | None,
    language: str,
    now: datetime,
) -> None:
    """An account that waits for activation, and one email. Raises UsernameTaken, TooOften.

    An email that is in use changes nothing that the person at the page could see: the same rows are written, after
    the same hash; only the email says something else, to its owner (ACC-3).
    """
    count_try("signup_address", network_of(address), now)
    facts = {"username": username, "email": email, "profile": profile, "language": language}
    _register(facts, password_hash=passwords.make(password), address=address, now=now)


@story
def _register(facts: dict[str, Any], *, password_hash: str, address: str | None, now: datetime) -> None:
    user = identity.register(**facts, password_hash=password_hash, now=now)
    identity.accept_terms(user=user, terms=queries.current_terms(now), address=address, now=now)
    mail_activation(user, now)


def mail_activation(user: User, now: datetime) -> None:
    """Step: the email that activates, or, when the address is another active account's, tells its owner so."""
    owner = queries.active_with_email(user.email)
    if owner is not None:
        tell_owner(owner, now)
        return
    notices.mail(to=user.email, kind="activation", now=now, user=user, language=user.language, username=user.username)


def tell_owner(owner: User, now: datetime) -> None:
    """Step: tell whose address it is that somebody tried to create an account with it."""
    notices.mail(
        to=owner.email,
        kind="already_registered",
        now=now,
        user=owner,
        language=owner.language,
        username=owner.username,
    )


def refuse_if_seen_too_often(address: str | None, now: datetime) -> None:
    """Before a username is looked up: over the limit no answer tells a taken one from a free one. raises TooOften."""
    paused = attempts.paused_until("username_seen", network_of(address), now)
    if paused is not None:
        raise TooOften(until=until(paused))


def count_seen_username(address: str | None, now: datetime) -> None:
    """That a username is taken is necessarily visible, so how often one address may see it is limited (TooOften)."""
    count_try("username_seen", network_of(address), now)
