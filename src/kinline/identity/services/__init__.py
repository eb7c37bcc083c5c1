"""Verbs of identity: codes, people, sessions, tries."""

from kinline.identity.services.attempts import take
from kinline.identity.services.codes import issue_code, use_code, use_token
from kinline.identity.services.housekeeping import forget_waiting
from kinline.identity.services.people import (
    accept_terms,
    activate,
    came_in,
    close,
    create_family_user,
    create_staff,
    end_role,
    grant_role,
    invite_staff,
    keep_open,
    publish_terms,
    register,
    set_email,
    set_password,
    set_preferences,
    set_profile,
    start_again,
    stop,
)
from kinline.identity.services.sessions import end_session, end_sessions

__all__ = [
    "accept_terms",
    "activate",
    "came_in",
    "close",
    "create_family_user",
    "create_staff",
    "end_role",
    "end_session",
    "end_sessions",
    "forget_waiting",
    "grant_role",
    "invite_staff",
    "issue_code",
    "keep_open",
    "publish_terms",
    "register",
    "set_email",
    "set_password",
    "set_preferences",
    "set_profile",
    "start_again",
    "stop",
    "take",
    "use_code",
    "use_token",
]
