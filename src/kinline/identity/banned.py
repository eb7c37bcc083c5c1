"""Passwords that are known to be used or stolen, beside Django's own list of 20,000 (rules C4).

The operator names a file, one password a line, and replaces it every quarter; `kinline check` says when it is older.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

QUARTER = timedelta(days=92)


class BannedPasswordValidator:
    """Refuses what the operator's file lists, in any case. A file that cannot be read refuses nothing (see `age`)."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if password.strip().casefold() in _listed():
            raise ValidationError(_("This password is on a list of stolen ones. Choose another."), code="banned")

    def get_help_text(self) -> str:
        return ""


def age(now: datetime) -> timedelta | None:
    """How old the file is; None: there is none that can be read."""
    changed = _changed()
    return None if changed is None else now - datetime.fromtimestamp(changed, UTC)


def _listed() -> frozenset[str]:
    changed = _changed()
    return frozenset() if changed is None else _read(settings.BANNED_PASSWORDS, changed)


def _changed() -> float | None:
    try:
        return Path(settings.BANNED_PASSWORDS).stat().st_mtime if settings.BANNED_PASSWORDS else None
    except OSError:
        return None


@lru_cache(maxsize=1)
def _read(file: str, _changed: float) -> frozenset[str]:
    """Once for each change: the file of before is forgotten."""
    lines = Path(file).read_text("utf-8", "replace").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip())
