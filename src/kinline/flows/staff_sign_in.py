"""Staff come in by two factors: what they know, then what they carry (STF-1, ACC-7). Every try is counted."""

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
from kinline.identity.errors import NoFactor, StaffPaused, WrongFactor, WrongPassword, WrongStaffLogin
from kinline.identity.models import Kind, SecondFactor, User
from kinline.identity.services import attempts, second_factor
from kinline.notices import services as notices


def check_password(*, login: str, password: str, address: str | None, now: datetime) -> User:
    """The first factor. Raises WrongStaffLogin, StaffPaused, passwords.Busy: alike for a name that nobody has."""
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
    pause = attempts.paused_until("staff_login", who, now) or attempts.paused_until("staff_address", network, now)
    if pause is not None:
        return None, StaffPaused(until=until(pause))
    fits = passwords.matches(password, user.password if user else None)
    if user is not None and fits and user.activated_at is not None:
        attempts.forget("staff_login", who)
        return user, None
    attempts.add("staff_login", who, now)
    attempts.add("staff_address", network, now)
    if user is not None:
        record(f"staff:{user.pk}", "sign_in.wrong_password", f"staff:{user.pk}", now=now)
    return None, None


def password_again(*, user: User, password: str, now: datetime) -> None:
    """The person who is signed in is still the one at the desk. Raises WrongPassword, StaffPaused, passwords.Busy."""
    refusal = _again(user, password, now)
    if refusal is not None:
        raise refusal


@story
def _again(user: User, password: str, now: datetime) -> Refusal | None:
    attempts.hold("staff_login", user.pk)
    pause = attempts.paused_until("staff_login", user.pk, now)
    if pause is not None:
        return StaffPaused(until=until(pause))
    if passwords.matches(password, user.password):
        attempts.forget("staff_login", user.pk)
        return None
    attempts.add("staff_login", user.pk, now)
    return WrongPassword()


def confirm_factor(*, user: User, factor: SecondFactor, code: str, now: datetime) -> list[str]:
    """The planned app works: the person is in. Their recovery codes, shown this once. Raises as `check_factor`."""
    codes, refusal = _try_factor(user, code, now, planned=factor)
    if refusal is not None:
        raise refusal
    return codes


def check_factor(*, user: User, code: str, now: datetime) -> None:
    """The second factor: a code of the app, or a recovery code. Raises WrongFactor, FactorUsed, StaffPaused."""
    _codes, refusal = _try_factor(user, code, now)
    if refusal is not None:
        raise refusal


@story
def _try_factor(
    user: User, code: str, now: datetime, *, planned: SecondFactor | None = None
) -> tuple[list[str], Refusal | None]:
    """Committed also when it is wrong; a wrong code has changed nothing but the count."""
    attempts.hold("staff_code", user.pk)
    pause = attempts.paused_until("staff_code", user.pk, now)
    if pause is not None:
        return [], StaffPaused(until=until(pause))
    try:
        codes = _set_up(user, planned, code, now) if planned else _use(user, code, now)
    except Refusal as no:
        attempts.add("staff_code", user.pk, now)
        record(f"staff:{user.pk}", "sign_in.wrong_code", f"staff:{user.pk}", now=now)
        return [], no
    attempts.forget("staff_code", user.pk)
    record(f"staff:{user.pk}", "factor.set_up" if planned else "sign_in", f"staff:{user.pk}", now=now)
    return codes, None


def _set_up(user: User, planned: SecondFactor, code: str, now: datetime) -> list[str]:
    """Once: whoever comes second, with another plan, does not replace the first."""
    if planned.user_id != user.pk or queries.factor_of(user.pk) is not None:
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


@story
def reset_factor(*, staff: Actor, user_id: int, now: datetime) -> None:
    """A lost phone: the factor ends, and with it every session; the next sign-in sets up a new one.

    Raises NotPermitted (who resets must be allowed to give each of the person's roles), NoFactor.
    """
    may_manage(staff, user_id, now)
    if not second_factor.forget(user_id=user_id):
        raise NoFactor
    identity.end_sessions(user_id=user_id)
    record(named(staff), "factor.reset", f"staff:{user_id}", now=now)
    person = User.objects.get(pk=user_id)
    notices.mail(to=person.email, kind="factor_reset", now=now, user=person, language=person.language)


@story
def sign_out(*, user: User, now: datetime) -> None:
    record(f"staff:{user.pk}", "sign_out", f"staff:{user.pk}", now=now)
