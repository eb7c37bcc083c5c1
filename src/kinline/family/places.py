"""What everybody may know of a place: services, prices, rules in words, how long it takes (DEL-8, MON-9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from kinline.delivery import queries as delivery
from kinline.delivery.wording import describe, describe_lists
from kinline.facilities import queries as facilities
from kinline.family.call_rates import Minute, minutes_at
from kinline.messaging import queries as messaging
from kinline.messaging.queries.fairness import Shares, shares
from kinline.messaging.queries.record import kept_by
from kinline.payments.queries import terms as payments

if TYPE_CHECKING:
    from kinline.facilities.models import Facility


@dataclass(frozen=True, slots=True)
class Charge:
    """What is charged at a place, from the rows that charge (MON-9). `free_a_week`: letters that the agency pays for
    each resident. `reply_days`: how long a reply that was paid ahead waits; 0: not offered. `photo_cents`: of each
    photo that goes with a letter, where the place takes photos (MSG-9). `minute`: of a call within the country, where
    calls are offered and priced.
    """

    facility: "Facility"
    price_cents: int
    free_a_week: int
    reply_days: int
    photo_cents: int
    minute: Minute | None


def charge(
    facility: "Facility", price_cents: int, photo_cents: int, free: Mapping[int, int], minutes: Mapping[int, Minute]
) -> Charge:
    reply_days = facility.reply_days if price_cents else 0
    return Charge(facility, price_cents, free.get(facility.pk, 0), reply_days, photo_cents, minutes.get(facility.pk))


@dataclass(frozen=True, slots=True)
class Priced:
    """One agency: its price, an example, and each of its places."""

    price: facilities.Price
    example_cents: int
    charges: list[Charge]


def priced(now: datetime, letters: int) -> list[Priced]:
    """Every price at every facility. `letters`: how many the example counts."""
    free, every = payments.letters_a_week(now), facilities.prices(now)
    minutes = minutes_at([place for one in every for place in one.facilities], now)
    return [
        Priced(
            one,
            letters * one.message_cents,
            [charge(place, one.message_cents, one.photo_cents, free, minutes) for place in one.facilities],
        )
        for one in every
    ]


@dataclass(frozen=True, slots=True)
class Place:
    facility: "Facility"
    price_cents: int
    charge: Charge
    unclaimed_months: int | None
    rules: list[str]
    rules_since: datetime | None
    reasons: list[str]
    usual_wait: timedelta | None
    kept_days: dict[str, int]
    shares: Shares

    @property
    def clock_city(self) -> str:
        """Whose clock the times follow, as people say it: `New York`."""
        return self.facility.time_zone.rpartition("/")[2].replace("_", " ")


def place(facility: "Facility", now: datetime) -> Place:
    policy = delivery.policy_at(facility.pk, now)
    spanish = (get_language() or "").startswith("es")
    price_cents = facilities.message_price_cents(facility.agency_id, now)
    photo_cents = facilities.photo_price_cents(facility.agency_id, now)
    return Place(
        facility=facility,
        price_cents=price_cents,
        charge=charge(facility, price_cents, photo_cents, payments.letters_a_week(now), minutes_at([facility], now)),
        unclaimed_months=payments.terms(now).months_in(facility.region),
        rules=[*describe(policy), *describe_lists(delivery.kept_of(facility, now))],
        rules_since=policy.effective_from if policy else None,
        reasons=[(spanish and reason.text_es) or reason.text for reason in facilities.reasons(facility.pk)],
        usual_wait=messaging.usual_wait(facility.pk, now=now),
        kept_days={one.kind: one.days for one in kept_by(facility.pk, now)},
        shares=shares(facility.pk, now=now),
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
