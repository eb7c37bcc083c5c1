"""A facility's delivery rules in plain words: for its public page (DEL-8), and for staff who write them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kinline.core.parties import FAMILY
from kinline.delivery.queries.lists import Kept, names_of, phrase_texts
from kinline.delivery.rules import BadRule, Fired, PolicyRow, Rule, When, parse
from kinline.design import wording


def describe(policy: PolicyRow | None) -> list[str]:
    """One sentence a rule. A policy that is missing or broken holds every letter (DEL-3), so that is what is said."""
    try:
        rules = parse(policy.rules) if policy else ()
    except BadRule:
        rules = ()
    if not rules:
        return [_("All letters: read by staff before delivery.")]
    return [_sentence(rule) for rule in rules]


def describe_lists(kept: Kept) -> list[str]:
    """What the lists of a place do, for everybody; what is on them is told to nobody outside."""
    told = {
        "refuse": _("All letters, with certain words or numbers on this facility's lists: not delivered. Both are told "
                    "why, and can appeal."),
        "review": _("All letters, with a word or number on one of this facility's lists: read by staff before "
                    "delivery."),
        "alert": _("All letters are searched for some other words or numbers, too: staff are told of them, and the "
                   "letter goes its way."),
    }  # fmt: skip
    sentences = [sentence for tier, sentence in told.items() if tier in kept.words]
    if "review" in kept.people:
        sentences.append(_("Letters of people on one of this facility's lists: read by staff before delivery."))
    return sentences


@dataclass(frozen=True, slots=True)
class Line:
    """A rule for staff. `words`: those that it looks for, as typed."""

    id: str
    sentence: str
    words: tuple[str, ...]


def lines(rules_json: Any) -> list[Line]:
    """One line a rule. Of rules that cannot be read: none."""
    try:
        rules = parse(rules_json) if rules_json else ()
    except BadRule:
        return []
    typed = {one["id"]: tuple(one.get("when", {}).get("words", ())) for one in rules_json or ()}
    return [Line(rule.id, _sentence(rule), typed[rule.id]) for rule in rules]


Change = Literal["same", "new", "gone", "changed"]


@dataclass(frozen=True, slots=True)
class Compared:
    """A rule in two versions; `before` or `after` is None where it has no such rule."""

    id: str
    change: Change
    before: Line | None
    after: Line | None


def compare(old: Any, new: Any) -> list[Compared]:
    """Each rule of both, in the order of the new version; those that are gone stand at the end."""
    was, now = {one.id: one for one in lines(old)}, {one.id: one for one in lines(new)}
    same = {one["id"] for one in new or () if one in (old or ())}
    return [_compared(key, was.get(key), now.get(key), same) for key in dict.fromkeys([*now, *was])]


def _compared(key: str, before: Line | None, after: Line | None, same: set[str]) -> Compared:
    change: Change = "new" if before is None else "gone" if after is None else "same" if key in same else "changed"
    return Compared(key, change, before, after)


OUTCOMES: Mapping[str, str | Promise] = {
    "deliver": gettext_lazy("delivered at once"),
    "delay": gettext_lazy("delivered later"),
    "review": gettext_lazy("read by staff first"),
    "refuse": gettext_lazy("not delivered"),
}
TIERS: Mapping[str, str | Promise] = {
    "alert": gettext_lazy("alert only"),
    "review": gettext_lazy("hold for review"),
    "refuse": gettext_lazy("do not deliver"),
}
_HELD: Mapping[str, str | Promise] = {
    "no-policy": gettext_lazy("There are no rules, so a person reads it first."),
    "broken-rule": gettext_lazy("The rules cannot be read, so a person reads it first."),
    "screening-failed": gettext_lazy("It could not be screened, so a person reads it first."),
    "no-rule": gettext_lazy("No rule lets it through, so a person reads it first."),
    "hours-never-meet": gettext_lazy("The hours of the rules never meet, so a person reads it first."),
}


def told(facility_id: int, fired: Iterable[Fired], rules_json: Any) -> list[str]:
    """Why a letter was decided so, for staff: a sentence for each rule and for each entry of a list."""
    fired = list(fired)
    sentences = {one.id: one.sentence for one in lines(rules_json)}
    lists = names_of(facility_id, [int(one.id.partition(":")[2]) for one in fired if one.tier])
    phrases = phrase_texts(facility_id, [one.phrase for one in fired if one.phrase])
    return [_told(one, sentences, lists, phrases) for one in fired]


def _told(one: Fired, sentences: Mapping[str, str], lists: Mapping[int, str], phrases: Mapping[int, str]) -> str:
    if not one.tier:
        return str(_HELD.get(one.id, "")) or f"{one.id}: {sentences.get(one.id, '')}"
    name, tier = lists.get(int(one.id.partition(":")[2]), ""), TIERS[one.then if one.then in TIERS else one.tier]
    if one.phrase is None:
        return _("On the list “%(name)s”: one of the two people. Does: %(tier)s.") % {"name": name, "tier": tier}
    words = phrases.get(one.phrase, "")
    return _("On the list “%(name)s”: “%(words)s”. Does: %(tier)s.") % {"name": name, "words": words, "tier": tier}


def _sentence(rule: Rule) -> str:
    return f"{', '.join([_who(rule.when), *_conditions(rule.when)])}: {_outcome(rule)}"


def _who(when: When) -> str:
    if when.direction is None:
        return _("All letters")
    return _("Letters from family and friends") if when.direction == FAMILY else _("Letters from people in custody")


def _conditions(when: When) -> list[str]:
    """What else must be so. The words of a list are not told: only that there is one."""
    found = []
    if when.first is not None:
        found.append(_("the first between two people") if when.first else _("after the first between two people"))
    if when.contact_class is not None:
        privileged = when.contact_class == "privileged"
        found.append(_("with a verified attorney") if privileged else _("personal"))
    if when.words:
        found.append(_("with a word on this facility's list"))
    if when.longer_than is not None:
        found.append(_("longer than %(n)s characters") % {"n": f"{when.longer_than:,}"})
    if when.links is not None:
        found.append(_("with a link") if when.links else _("without a link"))
    if when.photos is not None:
        found.append(_("with photos") if when.photos else _("without photos"))
    if when.watched is not None:
        found.append(_("of people on a list") if when.watched else _("of people on no list"))
    if when.sample_percent is not None:
        found.append(_("%(n)s of 100, drawn by lot") % {"n": when.sample_percent})
    return found


def _outcome(rule: Rule) -> str:
    if rule.then == "wait":
        return _("delivered %(span)s after sending.") % {"span": wording.about(timedelta(minutes=rule.minutes))}
    if rule.then == "hours":
        times = {"opens": wording.wall(rule.opens), "closes": wording.wall(rule.closes)}
        return _("delivered only from %(opens)s to %(closes)s.") % times
    if rule.then == "refuse":
        why = rule.why.get(str(get_language())[:2]) or rule.why.get("en", "")
        return _("not delivered. %(why)s") % {"why": why}
    return _("delivered at once.") if rule.then == "deliver" else _("read by staff before delivery.")
