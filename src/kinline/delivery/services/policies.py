"""The one verb of delivery rules."""

from datetime import datetime
from typing import Any

from kinline.core.transaction import verb
from kinline.delivery.errors import BrokenRules, RulesInThePast
from kinline.delivery.models import Policy
from kinline.delivery.rules import BadRule, Rule, parse
from kinline.facilities.models import Facility, RefusalReason


@verb
def set_policy(
    *,
    facility_id: int,
    rules: list[dict[str, Any]],
    now: datetime,
    effective_from: datetime | None = None,
    created_by_id: int | None = None,
) -> Policy:
    """A new version of a facility's rules, from `effective_from` (default: now) on.

    raises BrokenRules: unreadable, or refusing for a reason that is not on the facility's list; RulesInThePast.
    """
    begins = effective_from or now
    if begins < now:
        raise RulesInThePast
    try:
        parsed = parse(rules)
    except BadRule as bad:
        raise BrokenRules(rule=bad.rule, why=bad.why) from bad
    # Versions are numbered one after the other: two that are set at once wait for each other here.
    Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
    _check_reasons(facility_id, parsed)
    newest = Policy.objects.filter(facility_id=facility_id).order_by("-version").first()
    return Policy.objects.create(
        facility_id=facility_id,
        version=newest.version + 1 if newest else 1,
        rules=rules,
        effective_from=begins,
        created_at=now,
        created_by_id=created_by_id,
    )


def _check_reasons(facility_id: int, rules: tuple[Rule, ...]) -> None:
    listed = RefusalReason.objects.filter(facility_id=facility_id, retired_at=None)
    known = set(listed.values_list("code", flat=True))
    for rule in rules:
        if rule.then == "refuse" and rule.reason not in known:
            raise BrokenRules(rule=rule.id, why=f"the facility's list has no reason {rule.reason}")
