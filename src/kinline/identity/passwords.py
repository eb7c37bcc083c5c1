"""Hashing passwords: bounded, so that a flood of logins cannot stop everything (ACC-6, stack.md)."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal

AT_ONCE = 2
WAIT_SECONDS = 8.0
LONGEST = 128  # characters; longer ones are refused at sign-up and simply wrong at login

_slots = threading.BoundedSemaphore(AT_ONCE)


class Busy(Refusal):
    code = "busy"
    sentence = _("Many people are logging in just now. Please try again in a few seconds.")


@contextmanager
def slot() -> Iterator[None]:
    """One of the places in which this process hashes; raises Busy when none frees in time."""
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _slots.release()


def make(raw: str) -> str:
    with slot():
        return make_password(_plain(raw))


def matches(raw: str, stored: str | None) -> bool:
    """Whether `raw` is the password behind `stored`. Without one (no such account) it takes the same time: ACC-3."""
    if len(raw) > LONGEST:
        raw = raw[:LONGEST] + "\n"  # never equal to an accepted password, and no longer to hash than one
    with slot():
        nobodys = _dummy()  # also when it is not needed: the first one of a process costs a hash
        return check_password(_plain(raw), stored or nobodys) and stored is not None


def _plain(raw: str) -> str:
    """One form for what keyboards spell in two: é as one code point or as two."""
    return unicodedata.normalize("NFC", raw)


@cache
def _dummy() -> str:
    return make_password("nobody has this password")
