"""Words that only their two people may read (DEL-7): sealed under a key that is in no database.

AES-256 in Galois/counter mode, a fresh nonce for each; `about` (whose words they are) is authenticated with them, so a
row copied to another place does not open there. Each sealed text names its key, so that keys can be changed.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# Begins with a character that no typed text keeps (`messaging.text`): nothing looks sealed by chance.
MARK = "\x1esealed1:"
_NONCE = 12  # bytes, NIST SP 800-38D


class Closed(Exception):
    """This process has no key that opens or seals this. The words are kept as they are."""


@lru_cache(maxsize=8)
def _ring(keys: tuple[str, ...]) -> "dict[str, AESGCM]":
    """By the name of each key, which tells nothing about it; the first one seals.

    The library is loaded by the first letter in confidence: 50 ms that no other start or command waits for.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    secrets = [hashlib.sha256(b"kinline privileged letters\0" + key.encode()).digest() for key in keys]
    return {hashlib.sha256(b"name\0" + secret).hexdigest()[:12]: AESGCM(secret) for secret in secrets}


def _keys() -> "dict[str, AESGCM]":
    return _ring(tuple(settings.PRIVILEGED_KEYS))


def can_seal() -> bool:
    return bool(settings.PRIVILEGED_KEYS)


def key_now() -> str:
    """The name of the key that seals. raises Closed."""
    if not can_seal():
        raise Closed("no key for privileged letters in this process")
    return next(iter(_keys()))


def seal(words: str, about: str) -> str:
    """raises Closed."""
    name, nonce = key_now(), os.urandom(_NONCE)
    sealed = _keys()[name].encrypt(nonce, words.encode(), about.encode())
    return f"{MARK}{name}:{base64.b64encode(nonce + sealed).decode()}"


def is_sealed(stored: str) -> bool:
    return stored.startswith(MARK)


def unseal(stored: str, about: str) -> str:
    """raises Closed: no key here, another key's, another place's, or damaged."""
    from cryptography.exceptions import InvalidTag

    name, _, packed = stored.removeprefix(MARK).partition(":")
    cipher = _keys().get(name)
    if cipher is None:
        raise Closed("no key of this name in this process")
    try:
        raw = base64.b64decode(packed, validate=True)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError):
        raise Closed("does not open: damaged, or moved from another place") from None


def digest(words: bytes) -> bytes:
    """32 bytes that tell nothing without the key: a plain hash of a short letter could be guessed. raises Closed."""
    key_now()
    return hmac.digest(settings.PRIVILEGED_KEYS[0].encode(), b"digest\0" + words, "sha256")
