"""Logging in (ACC-6): the same answer in the same time whether or not the account exists, and five wrong tries."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from kinline.core.errors import Refusal
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.flows.keep import note_interest
from kinline.flows.limiting import until
from kinline.identity import passwords, queries
from kinline.identity.access import network_of
from kinline.identity.errors import AddressPaused, LoginPaused, WrongLogin
from kinline.identity.limits import LIMITS
from kinline.identity.models import User
from kinline.identity.services import attempts
from kinline.notices import services as notices

# Wrong tries of what was typed → seconds before the answer: by account, the time would tell that a username and an
# email are one. Few wait at a time, so waiting cannot use up the workers.
SLOW_SECONDS = {3: 0.5, 4: 1.0}
_waiting = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class _Tried:
    user: User | None = None
    refusal: Refusal | None = None
    wrong_tries: int = 0


def sign_in(*, identifier: str, password: str, address: str | None, now: datetime) -> User:
    """Whose password this is; `activated_at` says whether they may come in yet (ACC-6).

    raises WrongLogin, LoginPaused, AddressPaused, passwords.Busy.
    """
    tried = _try(identifier, password, network_of(address), now)
    if tried.user is not None:
        return tried.user
    _slow_down(tried.wrong_tries)
    raise tried.refusal or WrongLogin


@story
def _try(identifier: str, password: str, network: str, now: datetime) -> _Tried:
    """One try. It is committed also when it is wrong: the count is the lock.

    Tries of one account stand in line, hash included; so of a hundred at once five are looked at. An account that
    waits for activation is counted by what was typed: by account, a pause under its username would tell whether its
    email, which anybody may have typed at sign-up, is somebody else's already (ACC-3).
    """
    people = queries.all_by_identifier(identifier)
    owner = next((user for user in people if user.activated_at), None)
    waiting = next((user for user in people if not user.activated_at), None)
    typed = identifier.lower()
    who = owner.pk if owner else typed
    attempts.hold("login", who)
    refusal = _paused(who, network, now)
    if refusal is not None:
        return _Tried(refusal=refusal)
    user = _whose(password, owner, waiting, by_email="@" in identifier)
    if user is not None:
        attempts.forget("login", who)
        attempts.forget("login_typed", typed)
        note_interest(user.pk, now)
        return _Tried(user=user)
    attempts.add("login_typed", typed, now)
    _count_wrong(owner, who, network, now)
    return _Tried(wrong_tries=attempts.count("login_typed", typed, now))


def _whose(password: str, owner: User | None, waiting: User | None, *, by_email: bool) -> User | None:
    """Whose password this is. By email it may be that of an account that waits beside the owner's.

    Looking only at the owner's would tell who signed up with that email that it has one. By email it is two hashes,
    by username one, whoever there is (ACC-3).
    """
    people = (owner, waiting) if by_email else (owner or waiting,)
    right = [passwords.matches(password, user.password if user else None) for user in people]
    return next((user for user, fits in zip(people, right, strict=True) if fits), None)


def _paused(who: object, network: str, now: datetime) -> Refusal | None:
    account = attempts.paused_until("login", who, now)
    if account is not None:
        return LoginPaused(until=until(account))
    connection = attempts.paused_until("login_address", network, now)
    return AddressPaused(until=until(connection)) if connection is not None else None


def _count_wrong(owner: User | None, who: object, network: str, now: datetime) -> None:
    """A wrong try counts for the account; for the address, each account counts once. The owner is told of a pause."""
    attempts.add("login", who, now)
    if attempts.take("login_pair", f"{network} {who}", now):
        attempts.add("login_address", network, now)
    wrong = attempts.count("login", who, now)
    if owner is not None and wrong >= LIMITS["login"].times and attempts.take("pause_told", owner.pk, now):
        notices.tell(Party(FAMILY, owner.pk), "locked_out", now)
        notices.mail(to=owner.email, kind="locked_out", now=now, user=owner, language=owner.language)


def _slow_down(wrong_tries: int) -> None:
    seconds = SLOW_SECONDS.get(wrong_tries, 0)
    if seconds and _waiting.acquire(blocking=False):
        try:
            time.sleep(seconds)
        finally:
            _waiting.release()
