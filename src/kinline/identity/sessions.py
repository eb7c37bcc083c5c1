"""Sessions in our own table, so that a person can see and end them (ACC-7)."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DbSessionStore

from kinline.core import clock
from kinline.identity.models import Session


class SessionStore(DbSessionStore):
    cookie_name: str | None = None
    agent: str = ""
    address: str | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)  # noqa: S101  (narrowing for the type checker)
        user_id = data.get("_auth_user_id")
        row.user_id = int(user_id) if user_id else None
        row.created_at = row.last_seen_at = clock.now()
        row.agent = self.agent[:200]
        row.address = self.address
        return row
