"""Verbs of identity: codes, people, sessions."""

from kinline.identity.services.codes import issue_code, use_code, use_token
from kinline.identity.services.people import create_family_user, create_staff, grant_role

__all__ = ["create_family_user", "create_staff", "grant_role", "issue_code", "use_code", "use_token"]
