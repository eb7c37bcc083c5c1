"""Why a letter waits and what became of a decision, in sentences for staff (DEL-4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kinline.delivery import wording
from kinline.delivery.rules import Fired

# What `delivery.rules` and the flows write when no rule of the facility says it.
_HELD: Mapping[str, str | Promise] = {
    "no-policy": _("This facility has no rules yet."),
    "broken-rule": _("The rules could not be read, so a person decides."),
    "screening-failed": _("It could not be screened, so a person decides."),
    "no-rule": _("No rule lets it through."),
    "hours-never-meet": _("The delivery hours of the rules never meet."),
    "restricted": _("Writing between the two was restricted while it was on its way."),
    "denied": _("The contact was not approved while it was on its way."),
    "waiting_approval": _("The contact waits for approval."),
    "waiting_consent": _("The contact waits for consent."),
    "not_offered": _("Letters are not offered where the resident is now."),
}
_HOLDS = {"review", "refuse"}

# Codes of `flows.decide_review` for a decision that could not take effect.
VOID: Mapping[str, str | Promise] = {
    "moved_on": _("The letter did not wait any more: its sender took it back, or it was returned."),
    "not_permitted": _("Your role here had ended. The letter waits again."),
    "own_contact": _("It is a letter of a contact of yours. It waits for somebody else."),
    "cannot_write": _("Writing between the two was stopped. The letter waits again."),
}
VOID_APPEAL: Mapping[str, str | Promise] = {
    "moved_on": _("Somebody else had answered it by then."),
    "not_permitted": _("Your role here had ended. The appeal waits again."),
    "own_contact": _("It is an appeal about a contact of yours. It waits for somebody else."),
    "same_decider": _("You had a part in the refusal. It waits for somebody else."),
    "cannot_write": _("Writing between the two was stopped. The appeal waits again."),
    "letters_stopped": _("Letters are stopped here for now. The appeal waits again."),
}
STATES: Mapping[str, str | Promise] = {
    "review": _("waits for review"),
    "scheduled": _("waits for its time"),
    "paper": _("on its way on paper"),
    "collect": _("waits for payment"),
    "delivered": _("delivered"),
    "refused": _("not delivered"),
    "withheld": _("not delivered, nobody told"),
    "withdrawn": _("taken back"),
    "declined": _("payment declined"),
    "returned": _("returned"),
}


def seconds_left(effective_at: datetime, now: datetime) -> int:
    """In which a decision can still be taken back."""
    return max(0, round((effective_at - now).total_seconds()))


def why_they_wait(facility_id: int, letters: Sequence[list[dict[str, Any]]]) -> list[list[str]]:
    """Of each letter, by what fired: one sentence for each rule, and entry of a list, that holds it; each once."""
    holding = [[one for one in fired if _holds(one)] or fired for fired in letters]
    entries = [one for fired in holding for one in fired if one.get("tier")]
    told = dict(zip(map(id, entries), wording.told(facility_id, map(_entry, entries), None), strict=True))
    return [list(dict.fromkeys(told.get(id(one)) or _sentence(one) for one in fired)) for fired in holding]


def _holds(one: dict[str, Any]) -> bool:
    return one.get("then") in _HOLDS or one.get("tier") in _HOLDS


def _entry(one: dict[str, Any]) -> Fired:
    return Fired(one["id"], one["then"], {}, tier=one["tier"], phrase=one.get("phrase"), person=one.get("person"))


def _sentence(one: dict[str, Any]) -> str:
    said = one.get("why") or {}
    language = (get_language() or "en")[:2]
    return said.get(language) or said.get("en") or str(_HELD.get(one.get("id", ""), one.get("id", "")))
