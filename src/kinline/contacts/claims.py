"""Reads of claims to the confidential class (CON-5). Whose they are, or which place asks, comes first."""

from django.db.models import QuerySet

from kinline.contacts.models import PrivilegeClaim

SHOWN = 200  # ended ones; all others are shown


def of_person(user_id: int, contact_id: int) -> list[PrivilegeClaim]:
    """What a family member has claimed about a contact of theirs, newest first."""
    return list(PrivilegeClaim.objects.filter(contact__user_id=user_id, contact_id=contact_id).order_by("-pk"))


def made_by(user_id: int) -> list[PrivilegeClaim]:
    """All that a family member has claimed, oldest first."""
    rows = PrivilegeClaim.objects.select_related("contact__resident").filter(contact__user_id=user_id)
    return list(rows.order_by("pk"))


def open_at(facility_id: int) -> list[PrivilegeClaim]:
    """Those that wait, oldest first, then those that hold: of residents who are there now."""
    rows = _here(facility_id).filter(ended_at=None)
    return sorted(rows, key=lambda one: (one.verified_at is not None, one.asked_at))


def ended_at(facility_id: int) -> list[PrivilegeClaim]:
    return list(_here(facility_id).exclude(ended_at=None).order_by("-ended_at", "-pk")[:SHOWN])


def here(facility_id: int, claim_id: int) -> PrivilegeClaim | None:
    """None for a claim about somebody who is elsewhere."""
    return _here(facility_id).filter(pk=claim_id).first()


def waiting_count(facility_id: int) -> int:
    return _here(facility_id).filter(ended_at=None, verified_at=None).count()


def _here(facility_id: int) -> "QuerySet[PrivilegeClaim]":
    rows = PrivilegeClaim.objects.select_related("contact__user", "contact__resident", "verified_by", "ended_by")
    return rows.filter(
        contact__resident__custodies__facility_id=facility_id, contact__resident__custodies__ended_at=None
    )
