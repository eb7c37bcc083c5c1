"""Sessions in our own table, so that a person can see and end them (ACC-7).

A browser that is not signed in has no row until something is to be kept for it. The row knows since when and from
where; the middleware tells the store `agent` and `address` when the request begins.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DbSessionStore

from kinline.core import clock
from kinline.identity.models import Session


class SessionStore(DbSessionStore):
    agent: str = ""
    address: str | None = None
    last_seen_at: datetime | None = None
    _created_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        row = Session.objects.filter(pk=self.session_key or "", expire_date__gt=clock.now()).first()
        if row is None:
            self._session_key = None
            return {}
        self._created_at, self.last_seen_at = row.created_at, row.last_seen_at
        return self.decode(row.session_data)

    def cycle_key(self) -> None:
        """A sign-in is a new session with the old one's words."""
        self._created_at = None
        super().cycle_key()

    def flush(self) -> None:
        self._created_at = self.last_seen_at = None
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
