"""What rules would do, before they do it: to a text, and to the letters of the last month (DEL-2). Changes nothing."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from kinline.core.audit import record
from kinline.core.parties import FAMILY, Side
from kinline.core.transaction import story
from kinline.delivery import queries
from kinline.delivery.rules import LOTS, Decision, Facts, PolicyRow, decide_for
from kinline.facilities.models import Facility
from kinline.flows import photos
from kinline.flows.authority import Actor, require
from kinline.flows.screening import screened
from kinline.identity.permissions import Permission
from kinline.messaging.queries import past

MONTH = timedelta(days=30)
MOST_LETTERS = 2000  # the newest of the month
LONGEST_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Tried:
    """`looked`: at so many of `total` letters; `pairs`: how many went from this outcome to that one."""

    looked: int
    total: int
    since: datetime
    pairs: dict[tuple[str, str], int]

    @property
    def changed(self) -> int:
        return sum(count for (was, would), count in self.pairs.items() if was != would)


def try_text(
    place: Facility, policy: PolicyRow | None, *, text: str, now: datetime, sender: Side = FAMILY, first: bool = False,
    people: tuple[str, ...] = (),
) -> Decision:  # fmt: skip
    """The decision on a text as if it were sent now; of a sample, as if it were not drawn."""
    version, may_refuse = queries.screening_of(place.pk)
    facts = Facts(
        direction=sender, first_of_contact=first, contact_class="personal", length=len(text), text=text, now=now,
        time_zone=place.time_zone, draw=LOTS - 1, lists_version=version, words_may_refuse=may_refuse,
    )  # fmt: skip
    return decide_for(screened(facts, place.pk, people), policy)


def try_month(*, staff: Actor, place: Facility, policy: PolicyRow | None, now: datetime) -> Tried:
    """How the last month's letters would have been decided, the newest first; only counts leave this function.

    At most 2,000 letters and eight seconds: `looked` of `total`. Privileged letters are left out. raises NotPermitted.
    """
    _write_down(staff, place, now)
    version, may_refuse = queries.screening_of(place.pk)
    since, until = now - MONTH, monotonic() + LONGEST_SECONDS
    pairs: Counter[tuple[str, str]] = Counter()
    for one in past.letters(place.pk, since, MOST_LETTERS):
        if monotonic() > until:
            break
        facts = Facts(
            direction=one.sender, first_of_contact=one.first, contact_class=one.kind, length=len(one.text),
            text=f"{one.subject}\n{one.text}", now=one.sent_at, time_zone=place.time_zone, draw=one.draw % LOTS,
            photos=one.photos,
        )  # fmt: skip
        facts = replace(facts, lists_version=version, words_may_refuse=may_refuse)
        people = f"family:{one.user_id}", f"resident:{one.resident_id}"
        would = decide_for(screened(facts, place.pk, people), policy)
        pairs[one.outcome, (photos.read_first(would) if one.photos else would).outcome] += 1
    return Tried(sum(pairs.values()), past.count(place.pk, since), since, dict(pairs))


@story
def _write_down(staff: Actor, place: Facility, now: datetime) -> None:
    """A program reads the letters, and nobody sees them; that it was asked to is on record (REC5)."""
    actor = require(staff, place.pk, Permission.EDIT_RULES, now)
    record(actor, "rules.try", f"facility:{place.pk}", now=now, facility_id=place.pk, letters=MOST_LETTERS)
