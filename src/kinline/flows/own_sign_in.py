"""What somebody of staff changes about their own sign-in (ACC-7, STF-1): password, app, passkeys, recovery codes,
sessions. Faces ask for the password or a passkey of the last ten minutes first. The owner is told by email each time.
"""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.staff_sign_in import password_again
from kinline.identity import passwords
from kinline.identity import services as identity
from kinline.identity.errors import NoFactor
from kinline.identity.models import SecondFactor, User
from kinline.identity.services import passkeys, second_factor
from kinline.notices import services as notices


def change_password(user: User, *, current: str, new: str, session_key: str | None, now: datetime) -> None:
    """All other sessions end. Raises WrongPassword, StaffLocked, passwords.Busy."""
    password_again(user=user, password=current, now=now)
    _change_password(user, passwords.make(new), session_key, now)


@story
def _change_password(user: User, password_hash: str, session_key: str | None, now: datetime) -> None:
    identity.set_password(user=user, password_hash=password_hash, keep_session=session_key)
    _note(user, "account.password", now)


@story
def add_passkey(user: User, *, challenge_id: int, answer: str, name: str, now: datetime) -> None:
    """Raises StaleChallenge, WrongPasskey, KnownPasskey, TooManyPasskeys."""
    _own(user)
    made, _codes = passkeys.add(user=user, challenge_id=challenge_id, answer=answer, name=name, now=now)
    _note(user, "factor.passkey", now, passkey=made.pk)


@story
def remove_passkey(user: User, *, passkey_id: int, now: datetime) -> str:
    """Its name; nothing if it was gone. Raises LastFactor."""
    name = passkeys.remove(factor=_own(user), passkey_id=passkey_id)
    if name:
        _note(user, "factor.passkey_removed", now, passkey=passkey_id)
    return name


@story
def set_app(user: User, *, factor: SecondFactor, code: str, now: datetime) -> None:
    """An app, in the place of one before. Raises WrongFactor."""
    _own(user)
    second_factor.confirm(factor=factor, code=code, now=now)
    _note(user, "factor.app", now)


@story
def remove_app(user: User, *, now: datetime) -> None:
    """Raises LastFactor."""
    second_factor.drop_app(factor=_own(user))
    _note(user, "factor.app_removed", now)


@story
def new_recovery_codes(user: User, *, now: datetime) -> list[str]:
    """In clear this once; those of before end."""
    codes = second_factor.recovery_codes(_own(user))
    _note(user, "factor.codes", now)
    return codes


@story
def end_session(user: User, *, handle: str, now: datetime) -> bool:
    """False: it was over."""
    ended = identity.end_session(user_id=user.pk, handle=handle)
    record(f"staff:{user.pk}", "account.end_session", f"staff:{user.pk}", now=now)
    return ended


@story
def end_other_sessions(user: User, *, session_key: str | None, now: datetime) -> int:
    ended = identity.end_sessions(user_id=user.pk, keep=session_key)
    record(f"staff:{user.pk}", "account.end_sessions", f"staff:{user.pk}", now=now)
    return ended


def _own(user: User) -> SecondFactor:
    """Their second factor, locked: of two removals at once, the second sees what the first has left."""
    factor = SecondFactor.objects.select_for_update().filter(user_id=user.pk).first()
    if factor is None:
        raise NoFactor  # reset by somebody a moment ago
    return factor


def _note(user: User, act: str, now: datetime, **detail: int) -> None:
    record(f"staff:{user.pk}", act, f"staff:{user.pk}", now=now, **detail)
    kind = "staff_password_changed" if act == "account.password" else "factor_changed"
    notices.mail(to=user.email, kind=kind, now=now, user=user, language=user.language)
