"""What everybody may know of a place: services, prices, rules in words, how long it takes (DEL-8, MON-9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from kinline.delivery import queries as delivery
from kinline.delivery.wording import describe
from kinline.facilities import queries as facilities
from kinline.messaging import queries as messaging

if TYPE_CHECKING:
    from kinline.facilities.models import Facility


@dataclass(frozen=True, slots=True)
class Place:
    facility: "Facility"
    price_cents: int
    rules: list[str]
    rules_since: datetime | None
    reasons: list[str]
    usual_wait: timedelta | None

    @property
    def clock_city(self) -> str:
        """Whose clock the times follow, as people say it: `New York`."""
        return self.facility.time_zone.rpartition("/")[2].replace("_", " ")


def place(facility: "Facility", now: datetime) -> Place:
    policy = delivery.policy_at(facility.pk, now)
    spanish = (get_language() or "").startswith("es")
    return Place(
        facility=facility,
        price_cents=facilities.message_price_cents(facility.agency_id, now),
        rules=describe(policy),
        rules_since=policy.effective_from if policy else None,
        reasons=[(spanish and reason.text_es) or reason.text for reason in facilities.reasons(facility.pk)],
        usual_wait=messaging.usual_wait(facility.pk, now=now),
    )


def by_region(places: list["Facility"]) -> list[tuple[str, list["Facility"]]]:
    """Facilities under their state, in the order given."""
    regions: dict[str, list[Facility]] = {}
    for one in places:
        regions.setdefault(one.region, []).append(one)
    return list(regions.items())


def lowest_price_cents(now: datetime) -> int | None:
    """What a letter costs where it costs least; None while there is no agency."""
    return min((price.message_cents for price in facilities.prices(now)), default=None)


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading with its paragraphs."""

    title: str
    paragraphs: list[str]


def passages(text: str) -> list[Passage]:
    """Terms as typed by an operator: a line without a full stop at its end is a heading, every other a paragraph."""
    found: list[Passage] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line[-1] not in '.!?:;”")':
            found.append(Passage(line, []))
        else:
            if not found:
                found.append(Passage("", []))
            found[-1].paragraphs.append(line)
    return found
