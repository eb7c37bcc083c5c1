"""What the facility's rules and lists say about a letter, found before the transaction in which it is sent (DEL-2)."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from random import SystemRandom
from zoneinfo import ZoneInfo

from kinline.contacts.queries import ContactView
from kinline.core import jobs
from kinline.core.parties import Party
from kinline.delivery import queries
from kinline.delivery import services as delivery
from kinline.delivery.rules import LOTS, Decision, Facts, decide_for, held, stopped, unread
from kinline.delivery.screening import Folded

_log = logging.getLogger(__name__)
_lots = SystemRandom()  # a sample that a sender could foresee would be none
GATHERED = timedelta(minutes=1)  # one email tells of all that fired within it
UNSURE = frozenset({"no-policy", "broken-rule", "screening-failed"})


def decided(party: Party, contact: ContactView, *, subject: str, text: str, now: datetime, photos: int = 0) -> Decision:
    """Never raises: what goes wrong holds the letter for a person (DEL-3). No statement where there are no lists."""
    facts = Facts(
        direction=party.side, first_of_contact=not contact.written_before(party.side), contact_class=contact.kind,
        length=len(text), text="" if contact.private else f"{subject}\n{text}", now=now,
        time_zone=contact.time_zone, photos=photos, draw=_lots.randrange(LOTS),
        lists_version=contact.lists_version, words_may_refuse=contact.words_may_refuse,
    )  # fmt: skip
    try:
        people = f"family:{contact.user_id}", f"resident:{contact.resident_id}"
        decision = decide_for(screened(facts, contact.facility_id, people), contact.policy)
    except Exception as problem:  # DEL-3
        _log.error("screening failed: %s", type(problem).__name__)  # its text could hold words of the letter
        decision = held(facts, "screening-failed", contact.policy.version if contact.policy else 0)
    decision = unread(decision) if facts.private else decision
    return stopped(decision, now, contact.stopped_told) if contact.stopped_until else decision


def screened(facts: Facts, facility_id: int, people: tuple[str, ...]) -> Facts:
    """With what fits of the facility's lists. At a privileged letter they are not held (DEL-7)."""
    if not facts.lists_version or facts.private:
        return facts
    screen = queries.screen(facility_id, facts.lists_version)
    today = facts.now.astimezone(ZoneInfo(facts.time_zone)).date()
    folded = Folded(facts.text)
    hits = (*screen.people_among(people, today), *screen.words_in(folded, today))
    return replace(facts, hits=hits, folded=folded)


def note_fired(message_id: int, facility_id: int, decision: Decision, now: datetime) -> None:
    """In the story of the sending: hits are counted, and whoever follows a list is told (STF-6). Mostly nothing."""
    if decision.entries:
        delivery.record_hits(message_id=message_id, entries=decision.entries, now=now)
        for list_id in sorted({delivery.list_id(one) for one in decision.entries}):  # in one order: locks (core.jobs)
            jobs.defer("tell_followers", at=now + GATHERED, once=f"list:{list_id}", list_id=list_id)
    if any(one.id in UNSURE for one in decision.fired):
        jobs.defer("tell_unsure", once=f"unsure:{facility_id}", facility_id=facility_id)
