"""The decision: every rule that fits fires, the strictest wins, and in doubt a person looks (DEL-2, DEL-3). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from kinline.delivery.rules.facts import LOTS, Decision, Facts, Fired, Outcome, PolicyRow, Rule, When
from kinline.delivery.rules.hours import earliest
from kinline.delivery.rules.reading import parse
from kinline.delivery.screening import Folded, Hit


def decide(facts: Facts, rules: Iterable[Rule], version: int) -> Decision:
    """The strictest outcome of what fires, with all of it. No rule and no list says anything: review (`no-rule`)."""
    if facts.now.tzinfo is None:
        raise ValueError("`now` must be aware")
    text = facts.folded or Folded(facts.text)
    rules = tuple(rules)
    fitting = [rule for rule in rules if _fits(rule.when, facts, text)]
    told = (*(_told(rule, facts) for rule in fitting), *(_listed(hit, facts) for hit in facts.hits))
    drawn = facts.draw if any(rule.when.sample_percent for rule in rules) else None
    outcome, at, more = _outcome(facts, fitting, {one.then for one in told})
    return Decision(outcome, at, (*told, *more), version, drawn, facts.lists_version)


def _outcome(facts: Facts, fitting: list[Rule], kinds: set[str]) -> tuple[Outcome, datetime | None, tuple[Fired, ...]]:
    """With when to deliver, and what is to be said beside the rules."""
    if "refuse" in kinds:
        return "refuse", None, ()
    if "review" in kinds:
        return "review", None, ()
    if not fitting:
        return "review", None, (Fired("no-rule", "review", {}),)
    at = earliest(facts.now, ZoneInfo(facts.time_zone), fitting)
    if at is None:
        return "review", None, (Fired("hours-never-meet", "review", {}),)
    return ("delay", at, ()) if at > facts.now else ("deliver", None, ())


def _told(rule: Rule, facts: Facts) -> Fired:
    """A rule that refuses for words holds instead where the facility has not said that words may refuse (DEL-1)."""
    if rule.then == "refuse" and rule.when.words and not facts.words_may_refuse:
        return Fired(rule.id, "review", rule.why)
    return Fired(rule.id, rule.then, rule.why, rule.reason)


def _listed(hit: Hit, facts: Facts) -> Fired:
    """What an entry of a list does. A refusal without a reason that people could be told holds, too."""
    entry, of = hit.entry, hit.of
    refuses = entry.tier == "refuse" and facts.words_may_refuse and of.reason and of.why.get("en")
    then = "refuse" if refuses else "alert" if entry.tier == "alert" else "review"
    why, reason = (of.why, of.reason) if refuses else ({}, "")
    entry_of = {"person": entry.id} if entry.party else {"phrase": entry.id}
    return Fired(f"list:{of.id}", then, why, reason, entry.tier, **entry_of)


def decide_for(facts: Facts, policy: PolicyRow | None) -> Decision:
    """As `decide`, but never raises: a missing, broken or unknown policy holds for review (DEL-3)."""
    if policy is None:
        return held(facts, "no-policy")
    try:
        return decide(facts, parse(policy.rules), policy.version)
    except Exception:  # DEL-3: whatever went wrong, nothing is delivered by it
        return held(facts, "broken-rule", policy.version)


def unread(decision: Decision) -> Decision:
    """Of a privileged letter (DEL-7): hours and waits hold for it, too, but no person reads it, so none is waited for.

    What would hold or refuse it, be it a rule for all letters, a broken one or none, delivers it.
    """
    if decision.outcome in {"deliver", "delay"}:
        return decision
    return replace(decision, outcome="deliver", deliver_at=None, fired=())


EMERGENCY = "emergency"


def stopped(decision: Decision, now: datetime, why: Mapping[str, str]) -> Decision:
    """The emergency switch is on (STF-8): what would be delivered waits without a time until it is off.

    It comes before every time that a rule says; what a person looks at, or what is refused, stays that.
    """
    if decision.outcome not in {"deliver", "delay"}:
        return decision
    fired = (Fired(EMERGENCY, "wait", why), *decision.fired)
    return replace(decision, outcome="delay", deliver_at=None, fired=fired, due_at=decision.deliver_at or now)


def held(facts: Facts, because: str, version: int = 0) -> Decision:
    """In doubt: a person looks. What fits of the lists is told all the same."""
    entries = (replace(_listed(hit, facts), reason="") for hit in facts.hits)
    told = (replace(one, then="review") if one.then == "refuse" else one for one in entries)
    return Decision("review", None, (Fired(because, "review", {}), *told), version, None, facts.lists_version)


def _fits(when: When, facts: Facts, text: Folded) -> bool:
    """Asked of each rule at each letter. Last what reads the text: it is dear, and of a privileged letter forbidden."""
    return (
        (when.direction is None or when.direction == facts.direction)
        and (when.first is None or when.first == facts.first_of_contact)
        and (when.contact_class is None or when.contact_class == facts.contact_class)
        and (when.longer_than is None or facts.length > when.longer_than)
        and (when.photos is None or when.photos == (facts.photos > 0))
        and (when.watched is None or when.watched == any(hit.entry.party for hit in facts.hits))
        and (when.sample_percent is None or facts.draw < when.sample_percent * LOTS // 100)
        and (when.links is None or (not facts.private and when.links == text.has_link))
        and (not when.words or (not facts.private and text.holds(when.words)))
    )
