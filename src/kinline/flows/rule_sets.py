"""Staff change the delivery rules: a draft, rule by rule, then a version from a moment on (DEL-1)."""

from datetime import datetime
from typing import Any

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.delivery import queries
from kinline.delivery import services as delivery
from kinline.delivery.errors import DraftChanged, NoSuchRule
from kinline.delivery.models import Policy
from kinline.flows.authority import Actor, require
from kinline.identity.permissions import Permission


@story
def begin_draft(*, staff: Actor, facility_id: int, now: datetime) -> None:
    """A draft that says what counts now; if there is one, it stays as it is. raises NotPermitted."""
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    delivery.begin_draft(facility_id=facility_id, now=now, by_id=_id(staff))
    record(actor, "rules.draft", f"facility:{facility_id}", now=now, facility_id=facility_id)


@story
def write_rule(
    *, staff: Actor, facility_id: int, revision: int, rule: dict[str, Any], now: datetime, was: str = ""
) -> None:
    """Put a rule into the draft: in the place of the rule `was`, or at the end.

    raises NotPermitted, DraftChanged, NoSuchRule, BrokenRules.
    """
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    rules = _rules_of(facility_id)
    if was and was not in {one["id"] for one in rules}:
        raise NoSuchRule
    changed = [rule if one["id"] == was else one for one in rules] if was else [*rules, rule]
    delivery.change_draft(facility_id=facility_id, revision=revision, rules=changed, now=now, by_id=_id(staff))
    record(actor, "rules.write", f"facility:{facility_id}", now=now, facility_id=facility_id, rule=rule["id"])


@story
def remove_rule(*, staff: Actor, facility_id: int, revision: int, rule_id: str, now: datetime) -> None:
    """raises NotPermitted, DraftChanged, NoSuchRule."""
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    rules = _rules_of(facility_id)
    left = [one for one in rules if one["id"] != rule_id]
    if len(left) == len(rules):
        raise NoSuchRule
    delivery.change_draft(facility_id=facility_id, revision=revision, rules=left, now=now, by_id=_id(staff))
    record(actor, "rules.remove", f"facility:{facility_id}", now=now, facility_id=facility_id, rule=rule_id)


@story
def drop_draft(*, staff: Actor, facility_id: int, revision: int, now: datetime) -> None:
    """raises NotPermitted, DraftChanged."""
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    delivery.drop_draft(facility_id=facility_id, revision=revision)
    record(actor, "rules.drop", f"facility:{facility_id}", now=now, facility_id=facility_id)


@story
def publish(
    *, staff: Actor, facility_id: int, revision: int, now: datetime, effective_from: datetime | None = None,
    note: str = "",
) -> Policy:  # fmt: skip
    """The draft as it was looked at counts from then on (None: from now on).

    raises NotPermitted, DraftChanged, NothingChanged, BrokenRules, RulesInThePast.
    """
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    policy = delivery.publish(
        facility_id=facility_id, revision=revision, now=now, effective_from=effective_from or now, note=note,
        by_id=_id(staff),
    )  # fmt: skip
    record(actor, "rules.set", f"policy:{policy.pk}", now=now, facility_id=facility_id, version=policy.version)
    return policy


@story
def withdraw(*, staff: Actor, facility_id: int, version: int, now: datetime) -> None:
    """Take back a version before it begins. raises NotPermitted, AlreadyBegun."""
    actor = require(staff, facility_id, Permission.EDIT_RULES, now)
    policy = delivery.withdraw(facility_id=facility_id, version=version, now=now, by_id=_id(staff))
    record(actor, "rules.withdraw", f"policy:{policy.pk}", now=now, facility_id=facility_id, version=version)


def _rules_of(facility_id: int) -> list[dict[str, Any]]:
    draft = queries.draft(facility_id)
    if draft is None:
        raise DraftChanged
    return list(draft.rules)


def _id(staff: Actor) -> int | None:
    return staff.pk if staff else None
