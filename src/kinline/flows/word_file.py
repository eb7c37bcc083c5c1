"""A file of words for a list: read whole, told fault by fault with its line, then taken in whole or not at all."""

from dataclasses import dataclass
from datetime import datetime

from kinline.core.csvfiles import Fault, Unreadable, cell, heading, lines
from kinline.delivery import services as delivery
from kinline.delivery.models import Tier, WatchList
from kinline.delivery.services import NewPhrase
from kinline.facilities.models import Facility
from kinline.flows.authority import Actor, require
from kinline.flows.watch_lists import add_phrases
from kinline.identity.permissions import Permission

MOST_LINES = 20_000
_HEADINGS = {"phrase", "word", "words", "text", "palabra", "frase", "number", "numero"}


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says. With a fault, nothing of it is taken in."""

    phrases: list[NewPhrase]
    faults: list[Fault]
    added: int | None = None  # None: it was only looked at


def take_in(
    content: bytes, *, staff: Actor, place: Facility, list_id: int, tier: str, now: datetime, dry_run: bool
) -> Read:
    """raises NotPermitted, NotFound, TooManyPhrases."""
    require(staff, place.pk, Permission.EDIT_LISTS, now)
    kind = WatchList.objects.filter(facility=place, pk=list_id).values_list("kind", flat=True).first() or "words"
    found = read(content, tier, kind)
    if dry_run or found.faults or not found.phrases:
        return found
    added = add_phrases(staff=staff, place=place, list_id=list_id, phrases=found.phrases, now=now)
    return Read(found.phrases, [], added)


def read(content: bytes, tier: str, kind: str = "words") -> Read:
    """One phrase, or number on a list of numbers, a line: the first column; `tier` unless the second says another.

    A first line of headings is left out.

    Codes of faults: those of `delivery.errors.PHRASE_FAULTS`, `unreadable`, `many`.
    """
    phrases: list[NewPhrase] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    try:
        for number, (line, cells) in enumerate(lines(content)):
            if number == 0 and heading(cell(cells[0])) in _HEADINGS:
                continue
            if number > MOST_LINES:
                return Read([], [Fault(line, "many", f"{MOST_LINES:,}")])
            one = NewPhrase(cell(cells[0]), cell(cells[1]).lower() if len(cells) > 1 and cells[1].strip() else tier)
            wrong = _fault(one, seen, kind)
            if wrong:
                faults.append(Fault(line, wrong, one.text[:60]))
            else:
                phrases.append(one)
                seen.add(delivery.folded(one.text, kind))
    except Unreadable as problem:
        faults.append(Fault(problem.line, "unreadable"))
    return Read(phrases, faults)


def _fault(one: NewPhrase, seen: set[str], kind: str) -> str:
    wrong = delivery.fault(one.text, kind)
    if wrong:
        return wrong
    if one.tier not in Tier.values:
        return "tier"
    return "twice" if delivery.folded(one.text, kind) in seen else ""
