"""How a balance is called on the family's pages, and what it is for (MON-2)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.ledger import chart
from kinline.payments.queries.targets import Target

TITLES: dict[str, str | Promise] = {
    "me": _("Your message credits"),
    "letters": _("Message credits of %(name)s"),
    "calls": _("Calling account of %(name)s"),
    "number": _("Prepaid number %(name)s"),
}
NOTES: dict[str, str | Promise] = {
    "me": _("For letters that you send, and letters to you that are sent collect."),
    "letters": _("A gift: it is theirs, for letters to anybody. You can undo it for 24 hours while it is not spent."),
    "calls": _("PIN Debit: for calls to every number that the facility approved for this person. It is theirs."),
    "number": _("PPC: for calls to this telephone number, by anybody in a facility."),
}
# A balance that is on this person's list no more: the contact ended, the number was taken off.
_OTHERS: dict[tuple[str, str], str | Promise] = {
    ("family", "messages"): _("Message credits of somebody else"),
    ("resident", "messages"): _("Message credits of somebody else"),
    ("resident", "calls"): _("A calling account"),
}


def title(target: Target) -> str:
    return str(TITLES[target.kind]) % {"name": target.place if target.kind == "number" else target.name}


def note(target: Target) -> str:
    return str(NOTES[target.kind])


def title_of(account: str, targets: Iterable[Target], shown: str = "") -> str:
    """Of a ledger address; `shown`: the number as people write it, when it is one."""
    for target in targets:
        if target.account == account:
            return title(target)
    kind, key, purpose = chart.owner(account)
    if kind == "number":
        return str(TITLES["number"]) % {"name": shown or key}
    return str(_OTHERS[kind, purpose])


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of "for whom"."""

    target: Target
    title: str
    note: str
    label: str


def choices(targets: Iterable[Target]) -> list[Choice]:
    """Those that money may be added to, in the order of the list."""
    return [Choice(one, title(one), note(one), _label(one)) for one in targets if one.allowed]


def refused(targets: Iterable[Target]) -> list[Choice]:
    """Those that take none now; each says why, and what to use instead (MON-4)."""
    return [Choice(one, title(one), note(one), _label(one)) for one in targets if not one.allowed]


def _label(target: Target) -> str:
    """What stands beside the title: where, or how its owner calls it."""
    if target.kind == "me":
        return ""
    if target.kind == "number":
        return target.name if target.name != target.place else ""
    return target.place
