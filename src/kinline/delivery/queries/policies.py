"""Reads of delivery rules."""

from datetime import datetime

from kinline.delivery.models import Policy, PolicyDraft


def policy_at(facility_id: int, now: datetime) -> Policy | None:
    """The version that counts at `now`: the newest not in the future. None: the facility has none, so all is held."""
    policies = Policy.objects.filter(facility_id=facility_id, effective_from__lte=now, withdrawn_at=None)
    return policies.order_by("-effective_from", "-version").first()


def versions(facility_id: int) -> list[Policy]:
    """Every version, newest first."""
    return list(Policy.objects.filter(facility_id=facility_id).select_related("created_by").order_by("-version"))


def version(facility_id: int, number: int) -> tuple[Policy, Policy | None] | None:
    """A version, and the one before it; None: there is no such version here."""
    rows = Policy.objects.filter(facility_id=facility_id, version__in=[number, number - 1]).select_related("created_by")
    found = {one.version: one for one in rows}
    return (found[number], found.get(number - 1)) if number in found else None


def to_come(facility_id: int, now: datetime) -> list[Policy]:
    """Versions that have not begun, the next first."""
    rows = Policy.objects.filter(facility_id=facility_id, effective_from__gt=now, withdrawn_at=None)
    return list(rows.select_related("created_by").order_by("effective_from", "version"))


def draft(facility_id: int) -> PolicyDraft | None:
    return PolicyDraft.objects.filter(pk=facility_id).select_related("changed_by").first()


def refusing_with(facility_id: int, code: str, now: datetime) -> tuple[int, str] | None:
    """(version, rule) of a rule that refuses for this reason, now or in a version to come; None: there is none."""
    counts = policy_at(facility_id, now)
    for policy in [*([counts] if counts else []), *to_come(facility_id, now)]:
        for rule in policy.rules:
            if rule.get("then") == "refuse" and rule.get("reason") == code:
                return policy.version, str(rule.get("id", ""))
    return None
