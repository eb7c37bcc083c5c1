"""The one place that hashes a PIN: argon2 over an HMAC under a secret kept outside the database (stack.md)."""

import hashlib
import hmac
import secrets

from django.conf import settings
from django.contrib.auth.hashers import make_password, verify_password

from kinline.residents.rules import pin_fault

GIVEN_DIGITS = 6


def random_pin(number: str) -> str:
    """What staff hand over: nobody has thought of it, and its owner could choose it. `number`: the resident's."""
    while pin_fault(pin := f"{secrets.randbelow(10**GIVEN_DIGITS):0{GIVEN_DIGITS}d}", number):
        pass
    return pin


def alone(agency_id: int, pin: str) -> bytes:
    """By which a passcode that was issued finds its owner in an agency (TEL-12)."""
    message = f"alone:{agency_id}:{pin}".encode("utf-8", "surrogatepass")
    return hmac.new(settings.PIN_PEPPER.encode(), message, hashlib.sha256).digest()


def _keyed(resident_id: int, pin: str) -> str:
    """Bound to the resident, so that a hash copied to another row fits nothing."""
    message = f"{resident_id}:{pin}".encode("utf-8", "surrogatepass")
    return hmac.new(settings.PIN_PEPPER.encode(), message, hashlib.sha256).hexdigest()


def hashed(resident_id: int, pin: str) -> str:
    """28 ms of one core, on purpose. Releases the interpreter: many may be hashed by threads."""
    return make_password(_keyed(resident_id, pin))


def fits(resident_id: int, pin: str, kept: str) -> bool:
    return verify_password(_keyed(resident_id, pin), kept)[0]


def spend_as_much(pin: str) -> None:
    """For a number that nobody has: the same work, so that the time tells nothing."""
    hashed(0, pin)
