"""One-time codes: a link and a typed code of one email (ACC-4, ACC-5, ACC-7). Only HMAC digests are kept."""

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from kinline.core.transaction import verb
from kinline.identity.models import OneTimeCode, Purpose, User

LIFE = {
    Purpose.ACTIVATE: timedelta(hours=72),
    Purpose.RESET: timedelta(hours=1),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
    Purpose.INVITE: timedelta(hours=72),
}
CODE_DIGITS = 8
WRONG_TRIES = 5


@verb
def issue_code(*, user_id: int, purpose: str, now: datetime, new_email: str = "") -> tuple[str, str]:
    """A fresh (token, code) for the link and for typing; earlier ones of the same purpose end. ACC-4.

    Called inside the job that sends the email, so that neither is ever at rest in clear. `token` is URL-safe, `code`
    eight digits. `new_email`: for `change_email`, the address that the email goes to and that is being proved.
    """
    purpose = Purpose(purpose)
    User.objects.select_for_update().get(pk=user_id)  # two jobs at once: one live code is left, not two
    live_codes([user_id], purpose).update(voided_at=now)
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    OneTimeCode.objects.create(
        user_id=user_id,
        purpose=purpose,
        token_digest=_token_digest(token),
        code_digest=_code_digest(user_id, purpose, code),
        new_email=new_email,
        created_at=now,
        expires_at=now + LIFE[purpose],
    )
    return token, code


@verb
def use_token(*, token: str, purpose: str, now: datetime) -> OneTimeCode | None:
    """Use up the code that the link stands for; None when it is unknown, used, void or too old."""
    found = OneTimeCode.objects.select_for_update().filter(token_digest=_token_digest(token), purpose=purpose).first()
    if found is None or not is_live(found, now):
        return None
    return _use(found, now)


@verb
def use_code(*, user_ids: Sequence[int], purpose: str, code: str, now: datetime) -> OneTimeCode | None:
    """Use up the typed code of one of `user_ids`; None counts a wrong try, and the fifth voids. Exact: rows are locked.

    The caller must commit after a None: the count is the lock. Several users: accounts that wait with one email.
    """
    candidates = [c for c in live_codes(user_ids, purpose).order_by("pk").select_for_update() if is_live(c, now)]
    typed = typed_code(code)
    for found in candidates:
        if constant_time_compare(bytes(found.code_digest), _code_digest(found.user_id, purpose, typed)):
            return _use(found, now)
    for missed in candidates:
        missed.wrong_tries += 1
        missed.voided_at = now if missed.wrong_tries >= WRONG_TRIES else None
        missed.save(update_fields=["wrong_tries", "voided_at"])
    return None


def live_codes(user_ids: Sequence[int], purpose: str) -> QuerySet[OneTimeCode]:
    return OneTimeCode.objects.filter(user_id__in=user_ids, purpose=purpose, used_at=None, voided_at=None)


def is_live(code: OneTimeCode, now: datetime) -> bool:
    return code.used_at is None and code.voided_at is None and now < code.expires_at


def typed_code(text: str) -> str:
    """What was meant: digits of any script, without spaces, dashes and marks of a copied line."""
    return "".join(str(unicodedata.digit(c)) for c in text[:100] if unicodedata.digit(c, None) is not None)


def find_token(token: str, purpose: str) -> OneTimeCode | None:
    """The code behind a link, live or not, without using it (a mail scanner's GET must change nothing)."""
    return OneTimeCode.objects.filter(token_digest=_token_digest(token), purpose=purpose).first()


def _use(code: OneTimeCode, now: datetime) -> OneTimeCode:
    code.used_at = now
    code.save(update_fields=["used_at"])
    return code


def _token_digest(token: str) -> bytes:
    return salted_hmac("kinline.one-time-token", token, algorithm="sha256").digest()


def _code_digest(user_id: int, purpose: str, code: str) -> bytes:
    return salted_hmac("kinline.one-time-code", f"{user_id}:{purpose}:{code}", algorithm="sha256").digest()
