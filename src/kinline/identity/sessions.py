"""Sessions in our own table, so that a person can see and end them (ACC-7).

A browser that is not signed in has no row until something is to be kept for it. The row knows since when and from
where; the middleware tells the store `agent` and `address` when the request begins.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DbSessionStore
from django.utils.crypto import constant_time_compare

from kinline.core import clock
from kinline.identity.models import Session, User


class SessionStore(DbSessionStore):
    agent: str = ""
    address: str | None = None
    last_seen_at: datetime | None = None
    renewed: bool = False  # its cookie goes out again with this answer
    _created_at: datetime | None = None
    _owner: User | None = None

    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie can hold anything, such as what no database takes; our keys are small letters and digits."""
        return key is not None and len(key) >= 8 and key.isascii() and key.isalnum()

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        rows = Session.objects.select_related("user").filter(pk=self.session_key or "", expire_date__gt=clock.now())
        row = rows.first()
        if row is None:
            self._session_key = None
            return {}
        self._created_at, self.last_seen_at, self._owner = row.created_at, row.last_seen_at, row.user
        return self.decode(row.session_data)

    def verified_owner(self) -> User | None:
        """Whose session this is, read with its row; None unless every mark of a sign-in verifies plainly.

        These are the checks of `django.contrib.auth.get_user`, to be asked for whatever they do not let through.
        """
        name, proof, owner = self.get(SESSION_KEY), self.get(HASH_SESSION_KEY), self._owner
        if owner is None or owner.closed_at is not None or name != str(owner.pk) or not proof:
            return None
        if self.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            return None
        return owner if constant_time_compare(proof, owner.get_session_auth_hash()) else None

    def cycle_key(self) -> None:
        """A sign-in is a new session with the old one's words."""
        self._created_at = None
        super().cycle_key()

    def flush(self) -> None:
        self._created_at = self.last_seen_at = self._owner = None
        super().flush()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now, user_id = clock.now(), data.get(SESSION_KEY)
        return Session(
            session_key=self.session_key or "",
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=int(user_id) if user_id else None,
            created_at=self._created_at or now,
            last_seen_at=now,
            agent=self.agent[:200],
            address=self.address,
        )
