"""Verbs of telephone numbers: known, on somebody's page, proved (MON-2, TEL-8)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from kinline.core.transaction import verb
from kinline.payments import errors
from kinline.payments.models import ListedNumber, NumberCode, PrepaidNumber
from kinline.payments.telephone import digits, spoken, typed

CODE_LIFE = timedelta(hours=24)
CODE_DIGITS = 6
WRONG_TRIES = 5
_EXAMPLES = {"US": "(212) 555-0142"}
_REFUSALS = {
    no.code: no for no in (errors.ShortNumber, errors.PremiumNumber, errors.TollFreeNumber, errors.ForeignNumber)
}


def e164(text: str) -> str:
    """The number that was typed, as `+18135550142`. Raises NoNumber, ShortNumber, PremiumNumber, TollFreeNumber,
    ForeignNumber; the plan is that of the deployment's country."""
    read = typed(text, settings.COUNTRY)
    if read.number:
        return read.number
    if read.code in _REFUSALS:
        raise _REFUSALS[read.code]
    raise errors.NoNumber(example=_EXAMPLES.get(settings.COUNTRY, "+…"))


def shown(number: str) -> str:
    """E.164 as people here write it."""
    return spoken(number, settings.COUNTRY)


@verb
def known(number: str, *, now: datetime) -> PrepaidNumber:
    """The row of an E.164 number; made when nobody named it before. It holds no money by that."""
    return PrepaidNumber.objects.get_or_create(number=number, defaults={"created_at": now})[0]


@verb
def put_on_page(*, user_id: int, number: str, label: str, now: datetime) -> tuple[ListedNumber, bool]:
    """The number on the person's page, and whether it is new there; a label that is given replaces the old one."""
    row, new = ListedNumber.objects.get_or_create(
        user_id=user_id, number=known(number, now=now), removed_at=None, defaults={"label": label, "created_at": now}
    )
    if label and row.label != label:
        row.label = label
        row.save(update_fields=["label"])
    return row, new


@verb
def take_off_page(listed: ListedNumber, *, now: datetime) -> None:
    """Proof and money stay as they are: the number is only not shown any more."""
    listed.removed_at = now
    listed.save(update_fields=["removed_at"])


@verb
def issue_number_code(*, user_id: int, number_id: int, now: datetime) -> NumberCode:
    """A fresh code for the automatic call (`code_to_speak`); earlier ones of this person for this number end."""
    PrepaidNumber.objects.select_for_update().get(pk=number_id)
    _live(user_id, number_id).update(voided_at=now)
    row = NumberCode(user_id=user_id, number_id=number_id, created_at=now, expires_at=now + CODE_LIFE)
    row.digest = _digest(row, code_to_speak(row))
    row.save()
    return row


def code_to_speak(row: NumberCode) -> str:
    """The six digits that the call speaks. Nowhere at rest: made again from the row and the secret key."""
    about = f"{row.user_id}:{row.number_id}:{row.created_at.isoformat()}"
    made = salted_hmac("kinline.number-code", about, algorithm="sha256").digest()
    return f"{int.from_bytes(made[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


@verb
def use_number_code(*, user_id: int, number_id: int, code: str, now: datetime) -> bool:
    """Use up the live code; False counts a wrong try, and the fifth voids. The caller must commit after a False."""
    row = _live(user_id, number_id).select_for_update().first()
    if row is None or now >= row.expires_at:
        return False
    if constant_time_compare(bytes(row.digest), _digest(row, digits(code))):
        row.used_at = now
        row.save(update_fields=["used_at"])
        return True
    row.wrong_tries += 1
    row.voided_at = now if row.wrong_tries >= WRONG_TRIES else None
    row.save(update_fields=["wrong_tries", "voided_at"])
    return False


@verb
def hold_number(*, number_id: int, user_id: int, by: str, now: datetime) -> int | None:
    """`user_id` has proved control (`by`: `code`, `staff:7`); returns who held it before, if that was another.

    Numbers change hands: the newest proof counts.
    """
    row = PrepaidNumber.objects.select_for_update().get(pk=number_id)
    before = row.holder_id
    row.holder_id, row.proved_at, row.proved_by = user_id, now, by
    row.save(update_fields=["holder", "proved_at", "proved_by"])
    _live(user_id, number_id).update(voided_at=now)
    return before if before != user_id else None


def _live(user_id: int, number_id: int) -> QuerySet[NumberCode]:
    return NumberCode.objects.filter(user_id=user_id, number_id=number_id, used_at=None, voided_at=None)


def _digest(row: NumberCode, code: str) -> bytes:
    about = f"{row.user_id}:{row.number_id}:{code}"
    return salted_hmac("kinline.number-code-digest", about, algorithm="sha256").digest()
