"""Where in a letter the words stand that made it fire, for whoever reads it (DEL-4).

The caller has checked that this person may read the letter, and that it is no privileged one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from kinline.delivery.models import Phrase, Policy
from kinline.delivery.rules import BadRule, parse
from kinline.delivery.screening import STRICTNESS, number_places, places


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]`, in code points. `phrase_id`: None for a word of a rule, which is not on a list."""

    start: int
    end: int
    tier: str
    phrase_id: int | None


def fired(facility_id: int, text: str, decision: Mapping[str, Any] | None = None, rules: Any = None) -> list[Span]:
    """The words in `text`, by where they begin; they do not overlap: the strictest is shown, then the longest.

    `decision`: as the message keeps it. Then these are the words that fired when the letter was sent: of its phrases,
    also of those that are gone from their list since, and of its rules in their version, or of `rules` where they are
    no version yet. Without it: of the lists now.
    """
    rows = _fired_then(facility_id, decision, rules) if decision is not None else _on_lists_now(facility_id)
    words = _strictest(row for row in rows if not row.is_number)
    numbers = _strictest(row for row in rows if row.is_number)
    spans = [Span(one.start, one.end, *words[one.folded]) for one in places(text, words)]
    return _apart([*spans, *(Span(one.start, one.end, *numbers[one.folded]) for one in number_places(text, numbers))])


class _Row(NamedTuple):
    folded: str
    tier: str
    phrase_id: int | None
    is_number: bool = False


def _on_lists_now(facility_id: int) -> list[_Row]:
    rows = Phrase.objects.filter(list__facility_id=facility_id, list__ended_at=None, removed_at=None)
    found = rows.values_list("folded", "tier", "pk", "list__kind")
    return [_Row(folded, tier, pk, kind == "numbers") for folded, tier, pk, kind in found]


def _fired_then(facility_id: int, decision: Mapping[str, Any], rules: Any) -> list[_Row]:
    rows = decision.get("fired") or []
    tiers = {one["phrase"]: one.get("tier", "review") for one in rows if one.get("phrase")}
    phrases = Phrase.objects.filter(list__facility_id=facility_id, pk__in=tiers)
    found = phrases.values_list("pk", "folded", "list__kind")
    listed = [_Row(folded, tiers[pk], pk, kind == "numbers") for pk, folded, kind in found]
    return [*listed, *_of_rules(rules or _rules_then(facility_id, decision), {one.get("id") for one in rows})]


def _rules_then(facility_id: int, decision: Mapping[str, Any]) -> Any:
    policy = Policy.objects.filter(facility_id=facility_id, version=decision.get("version", 0)).first()
    return policy.rules if policy else None


def _of_rules(rules_json: Any, ids: set[Any]) -> list[_Row]:
    try:
        rules = parse(rules_json) if rules_json else ()
    except BadRule:
        rules = ()
    tiers = {"refuse": "refuse", "review": "review"}
    return [
        _Row(word, tiers.get(rule.then, "alert"), None) for rule in rules if rule.id in ids for word in rule.when.words
    ]


def _strictest(rows: Iterable[_Row]) -> dict[str, tuple[str, int | None]]:
    """One meaning a phrase: several lists may hold it."""
    found: dict[str, tuple[str, int | None]] = {}
    for folded, tier, pk, _is_number in rows:
        if folded not in found or STRICTNESS[tier] < STRICTNESS[found[folded][0]]:
            found[folded] = (tier, pk)
    return found


def _apart(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    taken: set[int] = set()
    for one in sorted(spans, key=lambda span: (STRICTNESS[span.tier], span.start - span.end, span.start)):
        places_of = range(one.start, one.end)
        if not taken.intersection(places_of):
            taken.update(places_of)
            kept.append(one)
    return sorted(kept, key=lambda span: span.start)
