"""Telephone numbers of a family member: on their page, proved by a code of an automatic call, or by staff (TEL-8)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.flows import speak_code
from kinline.flows.limiting import until
from kinline.identity import permissions
from kinline.identity.models import Kind, User
from kinline.identity.permissions import Permission
from kinline.identity.services import attempts
from kinline.notices import services as notices
from kinline.payments import errors
from kinline.payments.models import ListedNumber, NumberCode
from kinline.payments.queries import numbers as queries
from kinline.payments.services import numbers


@story
def list_number(user: User, *, number: str, label: str = "", now: datetime) -> int:
    """Put a number on the person's own page, theirs or another's; the listing's id. The same again is the same.

    Raises NoNumber, ShortNumber, PremiumNumber, TollFreeNumber, ForeignNumber, TooManyNumbers.
    """
    e164 = numbers.e164(number)
    _count("number_listed", user.pk, now, errors.TooManyNumbers)
    row, new = numbers.put_on_page(user_id=user.pk, number=e164, label=label.strip(), now=now)
    if new:
        record(f"family:{user.pk}", "number.list", f"number:{row.number_id}", now=now)
    return row.pk


@story
def unlist(user: User, *, listed_id: int, now: datetime) -> bool:
    """Take it off the page. False when it is not on this person's page (any more)."""
    row = ListedNumber.objects.select_for_update().filter(pk=listed_id, user=user, removed_at=None).first()
    if row is None:
        return False
    numbers.take_off_page(row, now=now)
    record(f"family:{user.pk}", "number.unlist", f"number:{row.number_id}", now=now)
    return True


@story
def ask_code(user: User, *, listed_id: int, now: datetime) -> NumberCode | None:
    """A code for the automatic call to this number; None when it is not on this person's page.

    A switch of the deployment makes that call (`speak_code`); where there is none, staff confirm (`confirm`). Limited
    by person and by number, so that nobody's telephone can be made to ring all day. Raises TooManyCodes, AlreadyProved.
    """
    row = queries.number(user.pk, listed_id, now)
    if row is None:
        return None
    if row.mine:
        raise errors.AlreadyProved
    _count("number_code", user.pk, now, errors.TooManyCodes)
    _count("number_called", row.number_id, now, errors.TooManyCodes)
    code = numbers.issue_number_code(user_id=user.pk, number_id=row.number_id, now=now)
    speak_code.ask(code, number=row.number, language=user.language, now=now)
    record(f"family:{user.pk}", "number.ask_code", f"number:{row.number_id}", now=now)
    return code


def prove(user: User, *, listed_id: int, code: str, now: datetime) -> bool:
    """The code that the call spoke. False when the number is not on this person's page.

    Raises WrongNumberCode; the wrong try stays counted, and the fifth ends the code.
    """
    row = queries.number(user.pk, listed_id, now)
    if row is None:
        return False
    if not row.mine and not _proved(user, row.number_id, code, now):
        raise errors.WrongNumberCode
    return True


@story
def _proved(user: User, number_id: int, code: str, now: datetime) -> bool:
    if not numbers.use_number_code(user_id=user.pk, number_id=number_id, code=code, now=now):
        return False
    _held(number_id, user, "code", now)
    return True


@story
def confirm(*, staff: User, facility_id: int, user: User, number: str, now: datetime) -> None:
    """Staff of a place saw the telephone and who holds it (TEL-8). The person must have the number on their page.

    Raises NotPermitted, NothingAsked, AlreadyProved, and what `list_number` raises about the number.
    """
    permissions.require(staff, facility_id, Permission.CONFIRM_NUMBERS, now)
    e164 = numbers.e164(number)
    if user.kind != Kind.FAMILY or user.closed_at or not queries.listed_by(user.pk, e164):
        raise errors.NothingAsked
    row = numbers.known(e164, now=now)
    if row.holder_id == user.pk:
        raise errors.AlreadyProved
    _held(row.pk, user, f"staff:{staff.pk}", now, facility_id)


def _held(number_id: int, user: User, by: str, now: datetime, facility_id: int | None = None) -> None:
    """Step: the number is this person's, proved `by` a code or by `staff:7`; who held it before is told."""
    before = numbers.hold_number(number_id=number_id, user_id=user.pk, by=by, now=now)
    number = queries.by_id(number_id)
    notices.tell(Party(FAMILY, user.pk), "number_proved", now, number=number)
    if before is not None:
        notices.tell(Party(FAMILY, before), "number_moved", now, number=number)
    actor, about = (f"family:{user.pk}" if by == "code" else by), f"number:{number_id}"
    record(actor, "number.prove", about, now=now, facility_id=facility_id, holder=user.pk, before=before)


def _count(kind: str, who: object, now: datetime, refusal: type[errors.TooManyNumbers | errors.TooManyCodes]) -> None:
    if not attempts.take(kind, who, now):
        raise refusal(until=until(attempts.paused_until(kind, who, now) or now))
