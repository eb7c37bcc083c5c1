"""Every read of identity. What a person owns is asked for with that person first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Lower

from kinline.identity import rules
from kinline.identity.models import (
    Kind,
    OneTimeCode,
    Passkey,
    Purpose,
    RecoveryCode,
    Role,
    SecondFactor,
    Session,
    SignInLock,
    StaffRole,
    Terms,
    User,
)
from kinline.identity.services.codes import find_token, is_live, live_codes
from kinline.identity.services.sessions import session_handle
from kinline.identity.terms import first_terms


def by_identifier(typed: str, kind: str = Kind.FAMILY) -> User | None:
    """The open account that a username or an email means. Of several that wait with one email: the newest.

    A username holds no @ and an email does, so they never mean two people.
    """
    return next(iter(all_by_identifier(typed, kind)), None)


def all_by_identifier(typed: str, kind: str = Kind.FAMILY) -> Sequence[User]:
    """The active account first, then those that wait for activation, newest first."""
    column = "email" if "@" in typed else "username"
    name = rules.tidy(typed[:300])
    if not name:
        return []
    return list(_with(column, name).filter(kind=kind).order_by(F("activated_at").desc(nulls_last=True), "-pk")[:20])


def active_with_email(email: str, kind: str = Kind.FAMILY) -> User | None:
    """Whose proved address this is."""
    return _with("email", email).filter(kind=kind, activated_at__isnull=False).first()


def username_taken(username: str) -> bool:
    return _with("username", username).exists()


def staff_by_username(username: str) -> User | None:
    """The open staff account; for commands' `--as`."""
    return _with("username", username).filter(kind=Kind.STAFF).first()


def staff_by_id(user_id: int) -> User | None:
    """The open staff account of a session that is half signed in."""
    open_ = User.objects.filter(kind=Kind.STAFF, closed_at=None, stopped_at=None, activated_at__isnull=False)
    return open_.filter(pk=user_id).first()


def factor_of(user_id: int) -> SecondFactor | None:
    """None: nothing but a password yet."""
    return SecondFactor.objects.select_related("user").filter(user_id=user_id).first()


def passkeys_of(user_id: int) -> list[Passkey]:
    """In the order in which they were added."""
    return list(Passkey.objects.filter(factor__user_id=user_id).order_by("pk"))


def recovery_left(user_id: int) -> int:
    """How many recovery codes are not used yet."""
    return RecoveryCode.objects.filter(factor__user_id=user_id, used_at=None).count()


def idle_staff(until: datetime) -> QuerySet[User]:
    """Open accounts of staff to which nobody came in since `until` (rules C6)."""
    people = User.objects.filter(kind=Kind.STAFF, activated_at__isnull=False, closed_at=None, stopped_at=None)
    return people.annotate(since=Coalesce("last_in_at", "activated_at")).filter(since__lte=until).order_by("pk")


def roles_of(user_id: int, now: datetime) -> list[tuple[str, Role, datetime | None]]:
    """(place, role, end) of what somebody holds now, by place."""
    grants = StaffRole.objects.select_related("facility").filter(user_id=user_id, starts_at__lte=now)
    held = grants.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("facility__name", "role")
    return [(one.facility.name, Role(one.role), one.ends_at) for one in held]


def shut_out(facility_id: int, now: datetime) -> int:
    """How many of a place's staff are locked out or stopped, and wait for somebody to open it (rules C3, C6)."""
    grants = StaffRole.objects.filter(facility_id=facility_id).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    people = User.objects.filter(pk__in=grants.values("user_id"), closed_at=None)
    return people.filter(
        Q(stopped_at__isnull=False) | Exists(SignInLock.objects.filter(user_id=OuterRef("pk")))
    ).count()


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of somebody at one place; `when`: is it now, later, or over."""

    role: str
    starts_at: datetime
    ends_at: datetime | None
    when: Literal["now", "later", "over"]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a place's staff, as whoever manages roles there sees them."""

    user_id: int
    name: str
    username: str
    email: str
    invited: bool  # has not chosen a password yet
    factor: bool
    locked: bool  # after five wrong tries (C3)
    stopped: bool  # not used for 90 days (C6)
    grants: tuple[Grant, ...]  # at this place, the newest first

    @property
    def works_here(self) -> bool:
        return any(grant.when != "over" for grant in self.grants)


def team(facility_id: int, now: datetime) -> list[Member]:
    """Everybody who has, had or will have a role at a place, by name."""
    return _members(User.objects.filter(roles__facility_id=facility_id), facility_id, now)


def member(facility_id: int, user_id: int, now: datetime) -> Member | None:
    """None: nobody who ever had a role at this place."""
    found = _members(User.objects.filter(roles__facility_id=facility_id, pk=user_id), facility_id, now)
    return found[0] if found else None


def _members(people: QuerySet[User], facility_id: int, now: datetime) -> list[Member]:
    rows = people.filter(kind=Kind.STAFF, closed_at=None).distinct().select_related("second_factor")
    locked = set(SignInLock.objects.filter(user__in=rows).values_list("user_id", flat=True))
    grants: dict[int, list[Grant]] = {}
    for one in StaffRole.objects.filter(facility_id=facility_id, user__in=rows).order_by("-starts_at", "-pk"):
        when: Literal["now", "later", "over"] = "later" if one.starts_at > now else "now"
        when = "over" if one.ends_at is not None and one.ends_at <= max(now, one.starts_at) else when
        grants.setdefault(one.user_id, []).append(Grant(one.role, one.starts_at, one.ends_at, when))
    return [
        Member(
            user.pk,
            user.name,
            user.username,
            user.email,
            user.activated_at is None,
            hasattr(user, "second_factor"),
            user.pk in locked,
            user.stopped_at is not None,
            tuple(grants[user.pk]),
        )
        for user in rows.order_by("last_name", "first_name", "pk")
    ]


def _with(column: str, value: str) -> QuerySet[User]:
    """By the index without case. Closed accounts are nobody's."""
    return User.objects.annotate(folded=Lower(column)).filter(folded=value.lower(), closed_at=None)


def user_to_activate(token: str, now: datetime) -> User | None:
    """Whom a link is for, while it can be used. Reading it changes nothing (ACC-4)."""
    return _user_of(token, Purpose.ACTIVATE, now)


def user_to_reset(token: str, now: datetime) -> User | None:
    return _user_of(token, Purpose.RESET, now)


def user_invited(token: str, now: datetime) -> User | None:
    """The member of staff whom a link lets choose a password."""
    return _user_of(token, Purpose.INVITE, now)


def user_to_change_email(token: str, now: datetime) -> User | None:
    return _user_of(token, Purpose.CHANGE_EMAIL, now)


def _user_of(token: str, purpose: str, now: datetime) -> User | None:
    code = find_token(token, purpose)
    return code.user if code is not None and is_live(code, now) and code.user.closed_at is None else None


def email_being_proved(user_id: int, now: datetime) -> str:
    """The new address that waits for its owner to confirm it, or nothing."""
    code: OneTimeCode | None = live_codes([user_id], Purpose.CHANGE_EMAIL).first()
    return code.new_email if code is not None and is_live(code, now) else ""


def current_terms(now: datetime) -> Terms:
    """The Terms of Service in force: the newest version not in the future; our first ones when there is none.

    The latter is not saved until somebody accepts it (`services.accept_terms`).
    """
    return Terms.objects.filter(effective_from__lte=now).order_by("-effective_from", "-pk").first() or first_terms()


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser in which its owner is logged in. `handle` names it in a form without being the key."""

    handle: str
    browser: str
    machine: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


def sessions_of(user_id: int, current_key: str | None, now: datetime) -> list[SessionView]:
    """The person's open sessions, this one first, then by last use (ACC-7)."""
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=now).order_by("-last_seen_at")
    views = [_session_view(row, current_key) for row in rows]
    return sorted(views, key=lambda view: not view.current)


def _session_view(row: Session, current_key: str | None) -> SessionView:
    browser, machine = rules.device(row.agent)
    return SessionView(
        handle=session_handle(row.session_key),
        browser=browser,
        machine=machine,
        address=row.address or "",
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        current=row.session_key == current_key,
    )


_KEPT = ("username", "email", *rules.PROFILE, "language", "notify_by_email", "created_at", "activated_at")


def export(user: User) -> dict[str, object]:
    """What identity knows of a person, for their download (ACC-7)."""
    accepted = user.terms_accepted.select_related("terms").order_by("at")
    return {
        "account": {name: getattr(user, name) for name in _KEPT},
        "terms_accepted": [{"version": a.terms.version, "at": a.at, "address": a.address} for a in accepted],
    }


def staff_of(facility_id: int) -> dict[int, str]:
    """User names of everybody who has, had or will have a role at this place, by id."""
    found = User.objects.filter(roles__facility_id=facility_id).distinct()
    return dict(found.values_list("pk", "username"))
