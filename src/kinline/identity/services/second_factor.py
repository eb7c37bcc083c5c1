"""The second factor of staff: codes of an authenticator app, and recovery codes (ACC-7, STF-1; RFC 6238). The other
kind is `passkeys`.

`confirm`, `use_code` and `use_recovery` are steps, not verbs: the story that counts a wrong try goes on.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime

import pyotp
from django.conf import settings
from django.utils.crypto import salted_hmac

from kinline.core.transaction import verb
from kinline.identity.errors import FactorUsed, LastFactor, WrongFactor
from kinline.identity.models import RecoveryCode, SecondFactor
from kinline.identity.services.codes import typed_code

STEP_SECONDS = 30
DRIFT_STEPS = 1  # a phone's clock may be half a minute off
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
_RECOVERY_LENGTH = 10
_CODE_DIGITS = 6
ISSUER = "Kinline"


def new_salt() -> bytes:
    return secrets.token_bytes(20)


def planned(user_id: int, salt: bytes) -> SecondFactor:
    """The factor that somebody is about to set up, no row yet. Each sign-in plans one of its own (`new_salt`), so that
    whoever saw one before, and stopped there, knows nothing of the one that is set up at last.
    """
    return SecondFactor(user_id=user_id, salt=salt, last_step=0)


def confirm(*, factor: SecondFactor, code: str, now: datetime) -> list[str]:
    """The planned app is set up: its first code fits. It takes the place of another app. The first of somebody's second
    factors makes recovery codes, returned in clear this once; else none. Raises WrongFactor.
    """
    step = _step_of(factor, code, now)
    facts = {"salt": bytes(factor.salt), "last_step": step, "confirmed_at": now}
    row, made = SecondFactor.objects.update_or_create(user_id=factor.user_id, defaults=facts)
    return recovery_codes(row) if made else []


def begin(*, user_id: int) -> tuple[SecondFactor, bool]:
    """The row of somebody who is about to have a passkey, and whether it is new: they have no app then."""
    return SecondFactor.objects.get_or_create(user_id=user_id, defaults={"salt": new_salt(), "last_step": 0})


def recovery_codes(factor: SecondFactor) -> list[str]:
    """New ones in the place of all before, in clear this once."""
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    factor.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digest(factor, one)) for one in codes)
    return codes


def drop_app(*, factor: SecondFactor) -> None:
    """No code of it works any more. Raises LastFactor: there is no passkey that does."""
    if not factor.passkeys.filter(stopped_at=None).exists():
        raise LastFactor
    factor.salt, factor.confirmed_at = new_salt(), None
    factor.save(update_fields=["salt", "confirmed_at"])


def use_code(*, factor: SecondFactor, code: str, now: datetime) -> None:
    """Use up the code of the app. Raises WrongFactor, and FactorUsed for one that was used, or is older than such."""
    if factor.confirmed_at is None:
        raise WrongFactor  # there is no app, only passkeys
    step = _step_of(factor, code, now)
    if not SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step):
        raise FactorUsed


def use_recovery(*, factor: SecondFactor, code: str, now: datetime) -> None:
    """Use up a recovery code. Raises WrongFactor: unknown, or used before."""
    unused = RecoveryCode.objects.filter(factor=factor, digest=_digest(factor, code), used_at=None)
    if not unused.update(used_at=now):
        raise WrongFactor


@verb
def forget(*, user_id: int) -> bool:
    """App, passkeys and recovery codes end; the next sign-in sets up a new one. False if there was none."""
    return SecondFactor.objects.filter(user_id=user_id).delete()[0] > 0


def is_app_code(typed: str) -> bool:
    """Six digits are of the app; anything else is meant as a recovery code."""
    return len(typed_code(typed)) == _CODE_DIGITS and len(typed.strip()) <= _CODE_DIGITS + 3


def secret(factor: SecondFactor) -> str:
    """What the app keeps, in base32. It follows from the salt and the pepper that the database does not hold."""
    message = b"kinline.second-factor:%d:" % factor.user_id + bytes(factor.salt)
    key = hmac.new(settings.PIN_PEPPER.encode(), message, hashlib.sha1).digest()
    return base64.b32encode(key).decode()


def address(factor: SecondFactor, name: str) -> str:
    """What the QR code says (`otpauth://…`)."""
    return pyotp.TOTP(secret(factor)).provisioning_uri(name=name, issuer_name=ISSUER)


def code_at(factor: SecondFactor, step: int) -> str:
    return pyotp.TOTP(secret(factor)).generate_otp(step)


def usable_code(factor: SecondFactor, now: datetime) -> str:
    """The code that works now, for the demo's page: of this half-minute, or the next if this one's is used."""
    here = int(now.timestamp()) // STEP_SECONDS
    return code_at(factor, min(max(here, factor.last_step + 1), here + DRIFT_STEPS))


def _step_of(factor: SecondFactor, code: str, now: datetime) -> int:
    """The half-minute whose code it is. Raises WrongFactor."""
    step = next((step for step in _steps(now) if hmac.compare_digest(code_at(factor, step), typed_code(code))), None)
    if step is None:
        raise WrongFactor
    return step


def _steps(now: datetime) -> Iterator[int]:
    here = int(now.timestamp()) // STEP_SECONDS
    return iter((here, *(here + sign * n for n in range(1, DRIFT_STEPS + 1) for sign in (-1, 1))))


def _recovery_code() -> str:
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return f"{text[:5]}-{text[5:]}"


def _digest(factor: SecondFactor, code: str) -> bytes:
    plain = "".join(c for c in code.lower()[:60] if c in _ALPHABET)
    return salted_hmac("kinline.recovery-code", f"{factor.pk}:{plain}", algorithm="sha256").digest()
