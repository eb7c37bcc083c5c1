"""Staff come in by two factors: what they know, then what they carry (STF-1, ACC-7). Every try is counted; the fifth
wrong one within 15 minutes locks until somebody opens it again (rules C3).
"""

from collections.abc import Callable
from datetime import datetime

from kinline.core.audit import record
from kinline.core.errors import Refusal
from kinline.core.transaction import story
from kinline.flows.authority import Actor, named
from kinline.flows.limiting import until
from kinline.flows.set_up import may_manage
from kinline.identity import passwords, queries
from kinline.identity import services as identity
from kinline.identity.access import network_of
from kinline.identity.errors import (
    CopiedPasskey,
    FactorUsed,
    NoFactor,
    StaffLocked,
    StaffPaused,
    StaffStopped,
    WrongFactor,
    WrongPasskey,
    WrongPassword,
    WrongStaffLogin,
)
from kinline.identity.models import Kind, SecondFactor, User
from kinline.identity.services import attempts, passkeys, second_factor
from kinline.notices import services as notices

# What a wrong try of the second step is, and how the audit calls it. Other refusals, such as of an answer that came too
# late, say nothing about who asks.
_WRONG: dict[type[Refusal], str] = {
    WrongFactor: "sign_in.wrong_code",
    FactorUsed: "sign_in.wrong_code",
    WrongPasskey: "sign_in.wrong_passkey",
    CopiedPasskey: "factor.passkey_copied",
}


def check_password(*, login: str, password: str, address: str | None, now: datetime) -> User:
    """The first factor. Raises WrongStaffLogin, StaffLocked, StaffPaused, passwords.Busy: alike for a name that nobody
    has; StaffStopped, only with the right password.
    """
    user, refusal = _try_password(login, password, network_of(address), now)
    if user is None:
        raise refusal or WrongStaffLogin
    return user


@story
def _try_password(login: str, password: str, network: str, now: datetime) -> tuple[User | None, Refusal | None]:
    """Committed also when it is wrong: the count is the lock. Tries of one account stand in line."""
    user = queries.by_identifier(login, Kind.STAFF)
    who = user.pk if user else login.lower()
    attempts.hold("staff_login", who)
    if attempts.locked("staff_login", who):
        return None, StaffLocked()
    pause = attempts.paused_until("staff_address", network, now)
    if pause is not None:
        return None, StaffPaused(until=until(pause))
    fits = passwords.matches(password, user.password if user else None)
    if user is not None and fits and user.activated_at is not None:
        attempts.forget("staff_login", who)
        return (user, None) if user.stopped_at is None else (None, StaffStopped())
    attempts.add("staff_address", network, now)
    _wrong("staff_login", who, user, "sign_in.wrong_password", now)
    return None, None


def _wrong(kind: str, who: object, user: User | None, act: str, now: datetime) -> None:
    """Count it, note it, and tell the person if it was the last that is looked at."""
    locks = attempts.add_or_lock(kind, who, user.pk if user else None, now)
    if user is None:
        return
    record(f"staff:{user.pk}", act, f"staff:{user.pk}", now=now)
    if locks:
        record(f"staff:{user.pk}", "sign_in.locked", f"staff:{user.pk}", now=now)
        notices.mail(to=user.email, kind="staff_locked", now=now, user=user, language=user.language)


def password_again(*, user: User, password: str, now: datetime) -> None:
    """The person who is signed in is still the one at the desk. Raises WrongPassword, StaffLocked, passwords.Busy.

    Wrong tries here are counted apart from those at the door: whoever knows only a user name locks nobody's desk.
    """
    refusal = _again(user, password, now)
    if refusal is not None:
        raise refusal


@story
def _again(user: User, password: str, now: datetime) -> Refusal | None:
    attempts.hold("staff_again", user.pk)
    if attempts.locked("staff_again", user.pk):
        return StaffLocked()
    if passwords.matches(password, user.password):
        attempts.forget("staff_again", user.pk)
        return None
    _wrong("staff_again", user.pk, user, "sign_in.wrong_password", now)
    return WrongPassword()


def confirm_factor(*, user: User, factor: SecondFactor, code: str, now: datetime) -> list[str]:
    """The planned app works: the person is in. Their recovery codes, shown this once. Raises as `check_factor`."""
    return _counted(user, "factor.set_up", now, lambda: _first(user, lambda: _set_up(user, factor, code, now)))


def confirm_passkey(*, user: User, challenge_id: int, answer: str, name: str, now: datetime) -> list[str]:
    """The same with a passkey. Raises as `check_passkey`, and KnownPasskey."""

    def add() -> list[str]:
        return passkeys.add(user=user, challenge_id=challenge_id, answer=answer, name=name, now=now)[1]

    return _counted(user, "factor.set_up", now, lambda: _first(user, add))


def check_factor(*, user: User, code: str, now: datetime) -> None:
    """The second factor: a code of the app, or a recovery code. Raises WrongFactor, FactorUsed, StaffLocked."""
    _counted(user, "sign_in", now, lambda: _use(user, code, now))


def check_passkey(*, user: User, challenge_id: int, answer: str, now: datetime) -> None:
    """The second factor: a passkey. Raises WrongPasskey, CopiedPasskey, StaleChallenge, StaffLocked."""
    _counted(user, "sign_in", now, lambda: _by_passkey(user, challenge_id, answer, passkeys.SIGN_IN, now))


def passkey_again(*, user: User, challenge_id: int, answer: str, now: datetime) -> None:
    """In the place of `password_again`: a passkey is opened by its owner's finger, face or PIN. Raises as above."""
    _counted(user, "", now, lambda: _by_passkey(user, challenge_id, answer, passkeys.AGAIN, now))


@story
def ask_passkey(*, user: User, purpose: str, now: datetime) -> tuple[int, str]:
    """(id of a challenge, what the browser is asked, as JSON). Raises PasskeysImpossible, TooManyPasskeys."""
    return passkeys.ask(user=user, purpose=purpose, now=now)


def _counted(user: User, act: str, now: datetime, attempt: Callable[[], list[str]]) -> list[str]:
    codes, refusal = _try_factor(user, act, now, attempt)
    if refusal is not None:
        raise refusal
    return codes


@story
def _try_factor(
    user: User, act: str, now: datetime, attempt: Callable[[], list[str]]
) -> tuple[list[str], Refusal | None]:
    """Committed also when it is wrong; what is wrong has changed nothing but the count, and a copied passkey's row."""
    attempts.hold("staff_code", user.pk)
    if attempts.locked("staff_code", user.pk):
        return [], StaffLocked()
    try:
        codes = attempt()
    except Refusal as no:
        if wrong := _WRONG.get(type(no)):
            _wrong("staff_code", user.pk, user, wrong, now)
        return [], no
    attempts.forget("staff_code", user.pk)
    if act:
        record(f"staff:{user.pk}", act, f"staff:{user.pk}", now=now)
        identity.came_in(user_id=user.pk, now=now)
    return codes, None


def _first(user: User, set_up: Callable[[], list[str]]) -> list[str]:
    """Once: whoever comes second, with another plan, does not add to the first or replace it."""
    if queries.factor_of(user.pk) is not None:
        raise WrongFactor
    return set_up()


def _set_up(user: User, planned: SecondFactor, code: str, now: datetime) -> list[str]:
    if planned.user_id != user.pk:
        raise WrongFactor
    return second_factor.confirm(factor=planned, code=code, now=now)


def _use(user: User, code: str, now: datetime) -> list[str]:
    factor = queries.factor_of(user.pk)
    if factor is None:
        raise WrongFactor
    if second_factor.is_app_code(code):
        second_factor.use_code(factor=factor, code=code, now=now)
    else:
        second_factor.use_recovery(factor=factor, code=code, now=now)
    return []


def _by_passkey(user: User, challenge_id: int, answer: str, purpose: str, now: datetime) -> list[str]:
    passkeys.use(user=user, challenge_id=challenge_id, answer=answer, purpose=purpose, now=now)
    return []


@story
def reset_factor(*, staff: Actor, user_id: int, now: datetime) -> None:
    """A lost phone: app, passkeys and recovery codes end, and every session; the next sign-in sets up new ones.

    Raises NotPermitted (who resets must be allowed to give each of the person's roles), NoFactor.
    """
    may_manage(staff, user_id, now)
    if not second_factor.forget(user_id=user_id):
        raise NoFactor
    identity.end_sessions(user_id=user_id)
    attempts.open_again("staff_code", user_id)
    record(named(staff), "factor.reset", f"staff:{user_id}", now=now)
    person = User.objects.get(pk=user_id)
    notices.mail(to=person.email, kind="factor_reset", now=now, user=person, language=person.language)


@story
def sign_out(*, user: User, now: datetime) -> None:
    record(f"staff:{user.pk}", "sign_out", f"staff:{user.pk}", now=now)
