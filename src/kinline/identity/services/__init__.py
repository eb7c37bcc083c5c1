"""Verbs of identity: codes, people, sessions, tries."""

from kinline.identity.services.attempts import take
from kinline.identity.services.codes import issue_code, use_code, use_token
from kinline.identity.services.people import create_family_user, create_staff, grant_role
from kinline.identity.services.sessions import end_session, end_sessions

__all__ = [
    "create_family_user",
    "create_staff",
    "end_session",
    "end_sessions",
    "grant_role",
    "issue_code",
    "take",
    "use_code",
    "use_token",
]
