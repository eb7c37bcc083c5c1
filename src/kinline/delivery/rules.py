"""The decision on a message: deliver, delay, review or refuse, and why (DEL-1 to DEL-3). Pure.

A policy is a list of rules. Every rule whose condition fits *fires*; the strictest outcome wins: refuse, then review,
then delay (all waits and all hours kept at once), then deliver. Letting a letter through takes a rule that says so: if
none fires, a person looks. The same holds for a policy that is missing, broken or unknown (`decide_for`).

One rule, as JSON::

    {"id": "night", "then": "hours", "from": "07:00", "to": "21:00", "when": {"direction": "family"}}

`then`: `deliver`; `wait` (`minutes`); `hours` (`from`, `to`: local wall time, `to` exclusive, may cross midnight);
`review`; `refuse` (`reason`: code on the facility's list, `why`: the explanation people read).
`when` (every named condition must fit; absent: always): `direction` (who sends), `first` (first letter of the contact),
`class` (of the contact), `words` (any of them), `longer_than` (code points), `links`, `photos`, `watched` (somebody of
the two is on a list of people that counts): there are some, or none; `sample` (so many of a hundred letters, by lot).

Beside the rules stand the facility's word lists (`screening`): what of them fits comes as `Facts.hits`, each with its
tier: alert changes nothing, review holds, refuse refuses. Words refuse by themselves, in a list or in a rule, only
where the facility says so (`words_may_refuse`); else they hold. A privileged letter is never screened (DEL-7): no
condition that reads its text fits.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from kinline.core.parties import FAMILY, RESIDENT, Side
from kinline.delivery.screening import Folded, Hit, phrase

Outcome = Literal["deliver", "delay", "review", "refuse"]

PRIVILEGED = "privileged"
LOTS = 10_000  # of which a sample of one percent is the first hundred
LONGEST_WAIT_MINUTES = 7 * 24 * 60  # a longer wait is a mistake of typing, not a rule
MOST_RULES = 200


class BadRule(Exception):
    """Which rule cannot be read, and why. Shown to whoever sets the rules; on a message it means: hold."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(f"{rule}: {why}")
        self.rule = rule
        self.why = why


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision depends on. `length`: code points; `text`: subject and body; `now`: aware.

    `draw`: the letter's lot, 0 to 9,999; `hits`: entries of lists that fit, of `lists_version`; `photos`: how many.
    """

    direction: Side
    first_of_contact: bool
    contact_class: str
    length: int
    text: str
    now: datetime
    time_zone: str
    photos: int = 0
    draw: int = 0
    hits: tuple[Hit, ...] = ()
    lists_version: int = 0
    words_may_refuse: bool = False
    folded: Folded | None = None  # `text`, if somebody has folded it already

    @property
    def private(self) -> bool:
        return self.contact_class == PRIVILEGED


@dataclass(frozen=True, slots=True)
class When:
    direction: Side | None = None
    first: bool | None = None
    contact_class: str | None = None
    words: tuple[str, ...] = ()
    longer_than: int | None = None
    links: bool | None = None
    photos: bool | None = None
    watched: bool | None = None
    sample_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    then: str
    when: When = When()
    minutes: int = 0
    opens: time = time(0)
    closes: time = time(0)
    reason: str = ""
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fitted. `why`: its sentence by language, may be empty; `reason`: code, only of a refusal.

    Of a list: `id` is `list:<its id>`, `tier` the entry's, and the entry is `phrase` or `person`.
    """

    id: str
    then: str
    why: Mapping[str, str]
    reason: str = ""
    tier: str = ""
    phrase: int | None = None
    person: int | None = None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"id": self.id, "then": self.then, "why": dict(self.why)}
        entry = {"tier": self.tier, "phrase": self.phrase, "person": self.person}
        return told | {name: value for name, value in entry.items() if value}


@dataclass(frozen=True, slots=True)
class Decision:
    """`deliver_at` only with `delay`, and not in an emergency: aware, in UTC. `version` of the policy; 0: none.

    `drawn`: the lot, if a rule asked for it; `lists_version`: of the lists, if there are some. With the letter and its
    moment they make the decision repeatable (DEL-2).
    """

    outcome: Outcome
    deliver_at: datetime | None
    fired: tuple[Fired, ...]
    version: int
    drawn: int | None = None
    lists_version: int = 0
    due_at: datetime | None = None  # of a letter that an emergency holds: when it would have been delivered

    @property
    def refused_by(self) -> Fired | None:
        return next((one for one in self.fired if one.then == "refuse"), None)

    def as_json(self) -> dict[str, Any]:
        """As the message keeps it (DEL-2)."""
        told: dict[str, Any] = {"outcome": self.outcome, "version": self.version}
        told["fired"] = [one.as_json() for one in self.fired]
        if self.drawn is not None:
            told["draw"] = self.drawn
        if self.lists_version:
            told["lists"] = self.lists_version
        if self.due_at is not None:
            told["due_at"] = self.due_at.isoformat()
        return told

    @property
    def entries(self) -> tuple[Fired, ...]:
        """What fired of lists."""
        return tuple(one for one in self.fired if one.tier)


class PolicyRow(Protocol):
    @property
    def version(self) -> int: ...
    @property
    def rules(self) -> Any: ...


# Reading rules


def parse(rules_json: object) -> tuple[Rule, ...]:
    """The rules of a policy. raises BadRule, which names the rule (or `policy`) and says what is wrong."""
    if not isinstance(rules_json, list):
        raise BadRule("policy", "is not a list of rules")
    if not rules_json:
        raise BadRule("policy", "has no rule")
    if len(rules_json) > MOST_RULES:
        raise BadRule("policy", f"has more than {MOST_RULES} rules")
    rules = tuple(_rule(one, number) for number, one in enumerate(rules_json, 1))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BadRule(rule.id, "is there twice")
        seen.add(rule.id)
    return rules


_COMMON = {"id", "then", "when", "why"}
_FIELDS = {"deliver": set[str](), "wait": {"minutes"}, "hours": {"from", "to"}, "review": set(), "refuse": {"reason"}}


def _rule(raw: object, number: int) -> Rule:
    if not isinstance(raw, dict):
        raise BadRule(f"rule {number}", "is not an object")
    name = raw.get("id")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", name):
        raise BadRule(f"rule {number}", "needs an id of small letters, digits and dashes")
    then = raw.get("then")
    if not isinstance(then, str) or then not in _FIELDS:
        raise BadRule(name, f"`then` must be one of {', '.join(_FIELDS)}")
    _only(name, raw, _COMMON | _FIELDS[then])
    why = _why(name, raw.get("why", {}))
    rule = Rule(id=name, then=then, when=_when(name, raw.get("when", {})), why=why, **_details(name, then, raw))
    if then == "refuse" and not why.get("en", "").strip():
        raise BadRule(name, "refuses, so it needs `why` in English: people are told")
    return rule


def _only(name: str, raw: Mapping[str, object], known: set[str]) -> None:
    unknown = sorted(str(key) for key in raw.keys() - known)
    if unknown:
        raise BadRule(name, f"does not know {', '.join(unknown)}")


def _details(name: str, then: str, raw: Mapping[str, object]) -> dict[str, Any]:
    if then == "wait":
        return {"minutes": _whole(name, "minutes", raw.get("minutes"), 1, LONGEST_WAIT_MINUTES)}
    if then == "hours":
        opens, closes = _clock(name, "from", raw.get("from")), _clock(name, "to", raw.get("to"))
        if opens == closes:
            raise BadRule(name, "`from` and `to` are the same: never, or always?")
        return {"opens": opens, "closes": closes}
    if then == "refuse":
        reason = raw.get("reason")
        if not isinstance(reason, str) or not reason:
            raise BadRule(name, "refuses, so it needs a `reason` from the facility's list")
        return {"reason": reason}
    return {}


def _whole(name: str, key: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadRule(name, f"`{key}` must be a whole number from {least} to {most}")
    return value


def _clock(name: str, key: str, value: object) -> time:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise BadRule(name, f"`{key}` must be a time of day such as 07:00")
    return time.fromisoformat(value)


def _why(name: str, raw: object) -> dict[str, str]:
    if not isinstance(raw, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in raw.items()):
        raise BadRule(name, '`why` must be sentences by language, such as {"en": "…", "es": "…"}')
    return dict(raw)


_YES_OR_NO = ("first", "links", "photos", "watched")


def _when(name: str, raw: object) -> When:
    if not isinstance(raw, dict):
        raise BadRule(name, "`when` must be an object")
    _only(name, raw, {"direction", "class", "words", "longer_than", "sample", *_YES_OR_NO})
    direction, kind = raw.get("direction"), raw.get("class")
    if direction not in {None, FAMILY, RESIDENT}:
        raise BadRule(name, "`direction` must be family or resident")
    for key in _YES_OR_NO:
        if raw.get(key) is not None and not isinstance(raw[key], bool):
            raise BadRule(name, f"`{key}` must be true or false")
    if kind not in {None, "personal", PRIVILEGED}:
        raise BadRule(name, "`class` must be personal or privileged")
    longer, sample = raw.get("longer_than"), raw.get("sample")
    return When(
        direction=direction,
        first=raw.get("first"),
        contact_class=kind,
        words=_words(name, raw["words"]) if "words" in raw else (),
        longer_than=None if longer is None else _whole(name, "longer_than", longer, 0, 1_000_000),
        links=raw.get("links"),
        photos=raw.get("photos"),
        watched=raw.get("watched"),
        sample_percent=None if sample is None else _whole(name, "sample", sample, 1, 100),
    )


def _words(name: str, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw or not all(isinstance(word, str) for word in raw):
        raise BadRule(name, "`words` must be a list of words or phrases")
    folded = tuple(phrase(word) for word in raw)
    if not all(folded):
        raise BadRule(name, "`words` holds an entry without a letter, digit or sign")
    return folded


# Deciding


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
    at = _earliest(facts.now, ZoneInfo(facts.time_zone), fitting)
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
    watched = any(hit.entry.party for hit in facts.hits)
    checks: tuple[Callable[[], bool], ...] = (
        lambda: when.direction is None or when.direction == facts.direction,
        lambda: when.first is None or when.first == facts.first_of_contact,
        lambda: when.contact_class is None or when.contact_class == facts.contact_class,
        lambda: when.longer_than is None or facts.length > when.longer_than,
        lambda: when.photos is None or when.photos == (facts.photos > 0),
        lambda: when.watched is None or when.watched == watched,
        lambda: when.sample_percent is None or facts.draw < when.sample_percent * LOTS // 100,
        # Last what reads the letter: the dear ones, and of a privileged letter nobody's
        lambda: when.links is None or (not facts.private and when.links == text.has_link),
        lambda: not when.words or (not facts.private and text.holds(when.words)),
    )
    return all(check() for check in checks)


_MOST_ROUNDS = 60  # opening times of two rules meet within days or never


def _earliest(now: datetime, zone: ZoneInfo, rules: list[Rule]) -> datetime | None:
    """The first moment after every wait that lies inside all hours; None if the hours have no common moment."""
    at = now + timedelta(minutes=max((rule.minutes for rule in rules), default=0))
    hours = [rule for rule in rules if rule.then == "hours"]
    for _ in range(_MOST_ROUNDS):
        later = max((_next_open(at, zone, rule) for rule in hours), default=at)
        if later == at:
            return at.astimezone(UTC)
        at = later
    return None


def _next_open(at: datetime, zone: ZoneInfo, rule: Rule) -> datetime:
    """`at` itself if the wall clock there stands inside the hours, else the next moment at which they begin."""
    local = at.astimezone(zone)
    if _inside(local.time(), rule):
        return at
    return min(moment for moment in _openings(local.date(), zone, rule.opens) if moment > at)


def _inside(wall: time, rule: Rule) -> bool:
    if rule.opens < rule.closes:
        return rule.opens <= wall < rule.closes
    return wall >= rule.opens or wall < rule.closes


def _openings(day: date, zone: ZoneInfo, opens: time) -> Iterator[datetime]:
    """Moments at which the wall clock shows `opens` on this and the next days.

    Where clocks go back it may show it twice; where they go forward never, and then the moment that far into the day.
    """
    for offset in range(3):
        for twice in (0, 1):
            yield datetime.combine(day + timedelta(days=offset), opens, zone).replace(fold=twice).astimezone(UTC)
