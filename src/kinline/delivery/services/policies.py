"""Verbs of delivery rules: a draft is written, made a version, withdrawn before it begins."""

from datetime import datetime
from typing import Any

from kinline.core.transaction import verb
from kinline.delivery.errors import AlreadyBegun, BrokenRules, DraftChanged, NothingChanged, RulesInThePast
from kinline.delivery.models import Policy, PolicyDraft
from kinline.delivery.queries.policies import policy_at
from kinline.delivery.rules import BadRule, Rule, parse
from kinline.facilities.models import Facility, RefusalReason

MOST_WORDS = 500  # of one rule; more belong on a word list, which is looked for in one pass


@verb
def set_policy(
    *,
    facility_id: int,
    rules: list[dict[str, Any]],
    now: datetime,
    effective_from: datetime | None = None,
    created_by_id: int | None = None,
    note: str = "",
) -> Policy:
    """A new version of a facility's rules, from `effective_from` (default: now) on.

    raises BrokenRules: unreadable, or refusing for a reason that is not on the facility's list; RulesInThePast.
    """
    begins = effective_from or now
    if begins < now:
        raise RulesInThePast
    # Versions are numbered one after the other: two that are set at once wait for each other here.
    Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
    _readable(facility_id, rules)
    newest = Policy.objects.filter(facility_id=facility_id).order_by("-version").first()
    return Policy.objects.create(
        facility_id=facility_id,
        version=newest.version + 1 if newest else 1,
        rules=rules,
        effective_from=begins,
        created_at=now,
        created_by_id=created_by_id,
        note=note,
    )


def _readable(facility_id: int, rules: list[dict[str, Any]]) -> None:
    try:
        _check(facility_id, parse(rules))
    except BadRule as bad:
        raise BrokenRules(rule=bad.rule, why=bad.why) from bad


def _check(facility_id: int, rules: tuple[Rule, ...]) -> None:
    listed = RefusalReason.objects.filter(facility_id=facility_id, retired_at=None)
    known = set(listed.values_list("code", flat=True))
    for rule in rules:
        if rule.then == "refuse" and rule.reason not in known:
            raise BrokenRules(rule=rule.id, why=f"the facility's list has no reason {rule.reason}")
        if len(rule.when.words) > MOST_WORDS:
            raise BrokenRules(rule=rule.id, why=f"has more than {MOST_WORDS} words; put them on a word list")


# The next version while it is written


@verb
def begin_draft(*, facility_id: int, now: datetime, by_id: int | None = None) -> PolicyDraft:
    """The facility's draft; if there is none, one that says what the rules say that count now."""
    draft = PolicyDraft.objects.filter(pk=facility_id).first()
    if draft is not None:
        return draft
    policy = policy_at(facility_id, now)
    told = {"rules": policy.rules if policy else [], "changed_at": now, "changed_by_id": by_id}
    return PolicyDraft.objects.get_or_create(pk=facility_id, defaults=told)[0]


@verb
def change_draft(
    *, facility_id: int, revision: int, rules: list[dict[str, Any]], now: datetime, by_id: int | None = None
) -> None:
    """raises DraftChanged: it is not the one that was looked at; BrokenRules. No rule at all may stand in a draft."""
    draft = _looked_at(facility_id, revision)
    if rules:
        _readable(facility_id, rules)
    draft.rules, draft.revision, draft.changed_at, draft.changed_by_id = rules, revision + 1, now, by_id
    draft.save()


@verb
def drop_draft(*, facility_id: int, revision: int) -> None:
    """raises DraftChanged."""
    _looked_at(facility_id, revision).delete()


@verb
def publish(
    *, facility_id: int, revision: int, now: datetime, effective_from: datetime, note: str = "",
    by_id: int | None = None,
) -> Policy:  # fmt: skip
    """The draft becomes a version. raises DraftChanged, NothingChanged, BrokenRules, RulesInThePast."""
    draft = _looked_at(facility_id, revision)
    before = policy_at(facility_id, effective_from)
    if before is not None and before.rules == draft.rules:
        raise NothingChanged
    policy = set_policy(
        facility_id=facility_id, rules=draft.rules, now=now, effective_from=effective_from, created_by_id=by_id,
        note=note,
    )  # fmt: skip
    draft.delete()
    return policy


@verb
def withdraw(*, facility_id: int, version: int, now: datetime, by_id: int | None = None) -> Policy:
    """A version that has not begun never will. raises AlreadyBegun."""
    own = {"facility_id": facility_id, "version": version, "withdrawn_at": None}
    policy = Policy.objects.select_for_update(no_key=True).filter(**own, effective_from__gt=now).first()
    if policy is None:
        raise AlreadyBegun
    policy.withdrawn_at, policy.withdrawn_by_id = now, by_id
    policy.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return policy


def _looked_at(facility_id: int, revision: int) -> PolicyDraft:
    draft = PolicyDraft.objects.select_for_update().filter(pk=facility_id, revision=revision).first()
    if draft is None:
        raise DraftChanged
    return draft
