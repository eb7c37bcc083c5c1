"""Making and changing people who sign in. Validation of what people type is in `forms`."""

from datetime import date, datetime
from typing import Any

from kinline.core.transaction import verb
from kinline.identity import passwords
from kinline.identity.models import Kind, Role, StaffRole, User


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
def grant_role(
    *, user_id: int, facility_id: int, role: str, now: datetime, ends_at: datetime | None = None
) -> StaffRole:
    """A role at one facility from now on; the same open grant again is the one that is there (STF-1)."""
    User.objects.select_for_update().get(pk=user_id, kind=Kind.STAFF)
    grant, _ = StaffRole.objects.get_or_create(
        user_id=user_id,
        facility_id=facility_id,
        role=Role(role),
        ends_at=ends_at,
        defaults={"starts_at": now},
    )
    return grant
