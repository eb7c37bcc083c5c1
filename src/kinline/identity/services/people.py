"""Making and changing people who sign in. Validation of what people type is in `forms`."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection
from django.db.models import Q
from django.utils.translation import gettext as _

from kinline.core.transaction import verb
from kinline.identity import passwords
from kinline.identity.errors import EmailTaken, GrantBackwards, UsernameTaken
from kinline.identity.models import Closure, Kind, OneTimeCode, Purpose, Role, StaffRole, Terms, TermsAcceptance, User
from kinline.identity.services.sessions import end_sessions


@verb
def create_family_user(
    *,
    username: str,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    now: datetime,
    activated: bool = True,
    language: str = "en",
    date_of_birth: date | None = None,
    **profile: Any,
) -> User:
    """A family member, for the demo and for commands; sign-up itself is `flows.create_account`.

    `profile`: address_line1, address_line2, city, region, postal_code, gender, gender_self, notify_by_email.
    """
    return User.objects.create(
        kind=Kind.FAMILY,
        username=username,
        email=email,
        password=passwords.make(password),
        first_name=first_name,
        last_name=last_name,
        date_of_birth=date_of_birth,
        language=language,
        created_at=now,
        activated_at=now if activated else None,
        **profile,
    )


@verb
def create_staff(
    *, username: str, email: str, password: str, first_name: str, last_name: str, now: datetime, language: str = "en"
) -> User:
    """A member of staff, who may do nothing until `grant_role`."""
    return User.objects.create(
        kind=Kind.STAFF,
        username=username,
        email=email,
        password=passwords.make(password),
        first_name=first_name,
        last_name=last_name,
        language=language,
        created_at=now,
        activated_at=now,
    )


@verb
def invite_staff(*, username: str, email: str, first_name: str, last_name: str, now: datetime) -> User:
    """A member of staff who has still to choose a password; until then nobody signs in. Raises UsernameTaken."""
    try:
        return User.objects.create(
            kind=Kind.STAFF,
            username=username,
            email=email,
            password=make_password(None),
            first_name=first_name,
            last_name=last_name,
            created_at=now,
        )
    except IntegrityError as error:
        if "username_without_case" in str(error):
            raise UsernameTaken from None
        raise


@verb
def grant_role(
    *,
    user_id: int,
    facility_id: int,
    role: str,
    now: datetime,
    ends_at: datetime | None = None,
    starts_at: datetime | None = None,
) -> StaffRole:
    """A role at one facility from `starts_at` (None: now) on; the same open grant again is the one that is there, begun
    earlier if that is asked for (STF-1). Raises GrantBackwards: it would end before it begins.
    """
    begins = starts_at or now
    if ends_at is not None and ends_at <= begins:
        raise GrantBackwards
    User.objects.select_for_update().get(pk=user_id, kind=Kind.STAFF)
    grant, made = StaffRole.objects.get_or_create(
        user_id=user_id,
        facility_id=facility_id,
        role=Role(role),
        ends_at=ends_at,
        defaults={"starts_at": begins},
    )
    if not made and begins < grant.starts_at:
        grant.starts_at = begins
        grant.save(update_fields=["starts_at"])
    return grant


@verb
def end_role(*, user_id: int, facility_id: int, role: str, now: datetime) -> bool:
    """The role ends now. False if there was none (STF-1)."""
    open_grants = StaffRole.objects.filter(user_id=user_id, facility_id=facility_id, role=Role(role))
    return open_grants.filter(Q(ends_at=None) | Q(ends_at__gt=now)).update(ends_at=now) > 0


@verb
def came_in(*, user_id: int, now: datetime) -> None:
    """Somebody of staff has signed in: the clock of an unused account begins anew (rules C6)."""
    User.objects.filter(pk=user_id).update(last_in_at=now, idle_told_at=None)


@verb
def stop(*, user_id: int, now: datetime) -> bool:
    """Nobody signs in to the account until `start_again`; its sessions end. False: it was not open."""
    stopped = User.objects.filter(pk=user_id, stopped_at=None, closed_at=None).update(stopped_at=now)
    end_sessions(user_id=user_id)
    return stopped > 0


@verb
def start_again(*, user_id: int, now: datetime) -> bool:
    """False: it was not stopped. The 90 days begin anew."""
    stopped = User.objects.filter(pk=user_id, stopped_at__isnull=False)
    return stopped.update(stopped_at=None, idle_told_at=None, last_in_at=now) > 0


@verb
def register(
    *, username: str, email: str, password_hash: str, profile: dict[str, Any], language: str, now: datetime
) -> User:
    """An account that waits for activation. Raises UsernameTaken, also when two ask for it at once (ACC-2).

    The email may be somebody's: whoever proves it first has it (ACC-3).
    """
    try:
        return User.objects.create(
            username=username, email=email, password=password_hash, language=language, created_at=now, **profile
        )
    except IntegrityError as error:
        if "username_without_case" in str(error):
            raise UsernameTaken from None
        raise


@verb
def accept_terms(*, user: User, terms: Terms, address: str | None, now: datetime) -> None:
    """Version, time and address (ACC-2). The first terms become a row when somebody first accepts them."""
    if terms.pk is None:
        facts = {"text": terms.text, "text_es": terms.text_es, "effective_from": terms.effective_from}
        terms, _made = Terms.objects.get_or_create(version=terms.version, defaults=facts)
    TermsAcceptance.objects.create(user=user, terms=terms, at=now, address=address)


@verb
def publish_terms(*, version: str, text: str, text_es: str, effective_from: datetime) -> bool:
    """A further version of the Terms of Service, in force from a moment on; False if the version is there already."""
    facts = {"text": text, "text_es": text_es, "effective_from": effective_from}
    _terms, made = Terms.objects.get_or_create(version=version, defaults=facts)
    return made


@verb
def activate(*, user: User, now: datetime) -> None:
    """The email is proved. Raises EmailTaken when another account proved it first; no harm if it is active already."""
    try:
        User.objects.filter(pk=user.pk, activated_at=None, closed_at=None).update(activated_at=now)
    except IntegrityError:
        raise EmailTaken from None


@verb
def set_password(*, user: User, password_hash: str, keep_session: str | None = None) -> None:
    """A new password ends all sessions but `keep_session`, and every reset link that is still on its way (ACC-5)."""
    user.password = password_hash
    user.save(update_fields=["password"])
    OneTimeCode.objects.filter(user=user, purpose=Purpose.RESET, used_at=None).delete()
    end_sessions(user_id=user.pk, keep=keep_session)


@verb
def set_email(*, user: User, email: str) -> None:
    """A proved new address. Raises EmailTaken when another account has it by now."""
    try:
        User.objects.filter(pk=user.pk).update(email=email)
    except IntegrityError:
        raise EmailTaken from None
    OneTimeCode.objects.filter(user=user, purpose=Purpose.RESET, used_at=None).delete()  # they lie in the old mailbox


@verb
def set_profile(*, user_id: int, profile: dict[str, Any]) -> None:
    User.objects.filter(pk=user_id).update(**profile)


@verb
def set_preferences(*, user_id: int, language: str, notify_by_email: bool) -> None:
    User.objects.filter(pk=user_id).update(language=language, notify_by_email=notify_by_email)


@verb
def keep_open(*, user_id: int) -> bool:
    """Until the story ends, the account is not closed; what one then reads of it stays true. Before any other lock.

    False: it is closed already.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT closed_at IS NULL FROM identity_user WHERE id = %s FOR SHARE", [user_id])
        row = cursor.fetchone()
    return bool(row and row[0])


@verb
def close(*, user: User, owed_cents: int, now: datetime, keep_payee: bool | None = None) -> None:
    """End the account: nobody signs in, its address is free, its name gone. A payee is kept while money is owed, or may
    still come to be (`keep_payee`).
    """
    owed = owed_cents > 0 if keep_payee is None else keep_payee
    Closure.objects.create(
        user=user,
        at=now,
        owed_cents=owed_cents,
        payee_name=user.name if owed else "",
        payee_email=user.email if owed else "",
        payee_address=_postal_address(user) if owed else "",
    )
    OneTimeCode.objects.filter(user=user).delete()
    end_sessions(user_id=user.pk)
    _pseudonymise(user, now)


def _postal_address(user: User) -> str:
    lines = (user.address_line1, user.address_line2, f"{user.city}, {user.region} {user.postal_code}")
    return "\n".join(line for line in lines if line.strip(" ,"))


def _pseudonymise(user: User, now: datetime) -> None:
    """What others keep of this person, such as letters, then shows a number in place of a name (MSG-8)."""
    blank = ("email", "address_line1", "address_line2", "city", "region", "postal_code", "gender", "gender_self")
    for name in blank:
        setattr(user, name, "")
    user.username = f"closed:{user.pk}"  # no username has a colon, so it is in nobody's way
    user.first_name, user.last_name = str(_("Former contact")), f"#{user.pk}"
    user.date_of_birth, user.closed_at = None, now
    user.set_unusable_password()
    user.save()
