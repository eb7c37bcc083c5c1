"""A facility's delivery rules in plain words, for its public page (DEL-8)."""

from datetime import timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kinline.core.parties import FAMILY
from kinline.delivery.rules import BadRule, PolicyRow, Rule, When, parse
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
