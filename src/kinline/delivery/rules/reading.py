"""Rules as a facility keeps them, read strictly: what is not understood is no rule. Pure."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from kinline.core.parties import FAMILY, RESIDENT
from kinline.delivery.rules.facts import PRIVILEGED, Rule, When
from kinline.delivery.screening import phrase

LONGEST_WAIT_MINUTES = 7 * 24 * 60  # a longer wait is a mistake of typing, not a rule
MOST_RULES = 200


class BadRule(Exception):
    """Which rule cannot be read, and why. Shown to whoever sets the rules; on a message it means: hold."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(f"{rule}: {why}")
        self.rule = rule
        self.why = why


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
FIELDS = {"deliver": set[str](), "wait": {"minutes"}, "hours": {"from", "to"}, "review": set(), "refuse": {"reason"}}


def _rule(raw: object, number: int) -> Rule:
    if not isinstance(raw, dict):
        raise BadRule(f"rule {number}", "is not an object")
    name = raw.get("id")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", name):
        raise BadRule(f"rule {number}", "needs an id of small letters, digits and dashes")
    then = raw.get("then")
    if not isinstance(then, str) or then not in FIELDS:
        raise BadRule(name, f"`then` must be one of {', '.join(FIELDS)}")
    _only(name, raw, _COMMON | FIELDS[then])
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
