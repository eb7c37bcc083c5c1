"""Who joins the staff, and how they come in: invited by email, with a role from–until (STF-1).

The link of the email lets them choose a password; the second factor is set up at the first sign-in.
"""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import Actor, named
from kinline.flows.set_up import may_grant, may_manage
from kinline.identity import passwords, queries
from kinline.identity import services as identity
from kinline.identity.errors import DeadLink, NotLocked
from kinline.identity.models import Purpose, Role, User
from kinline.identity.services import attempts
from kinline.notices import services as notices


@story
def invite(
    *,
    staff: Actor,
    facility_id: int,
    role: str,
    username: str,
    email: str,
    first_name: str,
    last_name: str,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> int:
    """Somebody new, and an email with a link to them; their id. raises NotPermitted, UsernameTaken, GrantBackwards."""
    actor = may_grant(staff, facility_id, Role(role), now)
    user = identity.invite_staff(username=username, email=email, first_name=first_name, last_name=last_name, now=now)
    identity.grant_role(
        user_id=user.pk, facility_id=facility_id, role=role, now=now, starts_at=starts_at, ends_at=ends_at
    )
    record(actor, "staff.add", f"staff:{user.pk}", now=now, facility_id=facility_id, role=role)
    _mail(user, now)
    return user.pk


@story
def send_link(*, staff: Actor, user_id: int, facility_id: int, now: datetime) -> None:
    """The link once more: for an invitation that was too old, or a forgotten password. raises NotPermitted: whoever
    sends it must be allowed to give each role of the person.
    """
    may_manage(staff, user_id, now)
    record(named(staff), "staff.link", f"staff:{user_id}", now=now, facility_id=facility_id)
    _mail(User.objects.get(pk=user_id), now)


LOCKS = ("staff_login", "staff_code", "staff_again")


@story
def open_sign_in(*, staff: Actor, user_id: int, now: datetime) -> None:
    """End the lock after five wrong tries (rules C3), or the stop of an account that nobody used (C6).

    Raises NotPermitted: whoever opens it must be allowed to give each role of the person; NotLocked.
    """
    may_manage(staff, user_id, now)
    locked = [attempts.open_again(kind, user_id) for kind in LOCKS]
    if not identity.start_again(user_id=user_id, now=now) and not any(locked):
        raise NotLocked
    record(named(staff), "sign_in.open", f"staff:{user_id}", now=now)


def _mail(user: User, now: datetime) -> None:
    notices.mail(
        to=user.email, kind="staff_invitation", now=now, user=user, language=user.language, username=user.username
    )


def accept(*, token: str, password: str, now: datetime) -> User:
    """The person has a password from now on, and signs in with it. All their sessions end. raises DeadLink, Busy,
    EmailTaken: another account proved the address first.
    """
    if queries.user_invited(token, now) is None:
        raise DeadLink  # before the hash: a dead link must not cost one
    return _accept(token, passwords.make(password), now)


@story
def _accept(token: str, password_hash: str, now: datetime) -> User:
    used = identity.use_token(token=token, purpose=Purpose.INVITE, now=now)
    if used is None:
        raise DeadLink
    user = used.user
    identity.set_password(user=user, password_hash=password_hash)
    identity.activate(user=user, now=now)  # the link came by email, so the address is proved
    attempts.open_again("staff_login", user.pk)
    record(f"staff:{user.pk}", "staff.password", f"staff:{user.pk}", now=now)
    return user
