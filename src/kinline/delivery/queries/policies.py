"""Reads of delivery rules."""

from datetime import datetime

from kinline.delivery.models import Policy


def policy_at(facility_id: int, now: datetime) -> Policy | None:
    """The version that counts at `now`: the newest not in the future. None: the facility has none, so all is held."""
    policies = Policy.objects.filter(facility_id=facility_id, effective_from__lte=now, withdrawn_at=None)
    return policies.order_by("-effective_from", "-version").first()


def versions(facility_id: int) -> list[Policy]:
    """Every version, newest first."""
    return list(Policy.objects.filter(facility_id=facility_id).select_related("created_by").order_by("-version"))
