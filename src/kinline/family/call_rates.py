"""What calls cost, as families read it: at a place (MON-9, F22), and what the money of a number buys where (TEL-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kinline.telephony import caps, countries, hours_wording
from kinline.telephony.dialling import KINDS, PlaceKind, e164
from kinline.telephony.queries import prices
from kinline.telephony.queries.prices import Offer, Prices, Terms, example_cents
from kinline.telephony.rating import Rate, in_dollars

if TYPE_CHECKING:
    from kinline.facilities.models import Facility

DOMESTIC: Final = "domestic"
MOST_SHOWN: Final = 12  # places on the page of a number
_TO: dict[PlaceKind, str | Promise] = {
    "territory": _("To Puerto Rico and other territories"),
    "canada": _("To Canada"),
    "caribbean": _("To the Caribbean and other islands with +1"),
    "international": _("To other countries"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Calls to one kind of places. `most`: what the law allows a minute, if anything is known of it; `abroad`: what
    ending a call there costs, which is in that (F5). `rate` None: nobody can call there from this place.
    """

    to: str
    rate: Rate | None
    most: str
    abroad: str

    @property
    def minute(self) -> str:
        return in_dollars(self.rate.total) if self.rate else ""

    @property
    def share(self) -> str:
        """The facility's part of it (F23); nothing where there is none."""
        return in_dollars(self.rate.additive) if self.rate and self.rate.additive else ""

    @property
    def is_free(self) -> bool:
        return self.rate is not None and self.rate.is_free

    @property
    def example_cents(self) -> int:
        return example_cents(self.rate) if self.rate else 0


@dataclass(frozen=True, slots=True)
class CallPage:
    """A place's page of calls. `coming`: lines of the next plan, with `coming_at`."""

    terms: Terms
    lines: list[Line]
    coming: list[Line]
    hours: list[str]

    @property
    def since(self) -> datetime | None:
        return self.terms.offer.prices.since if self.terms.offer.prices else None

    @property
    def coming_at(self) -> datetime | None:
        return self.terms.coming.since if self.terms.coming else None

    @property
    def cap(self) -> str:
        return in_dollars(self.terms.cap.micro) if self.terms.cap else ""

    @property
    def law(self) -> str:
        """Whose cap that is."""
        whose = self.terms.cap.jurisdiction if self.terms.cap else ""
        if whose.startswith("contract:"):
            return gettext("By the contract of the facility")
        _country, _dash, state = whose.partition("-")
        return (
            gettext("By the law of the state of %(state)s") % {"state": state} if state else gettext("By federal law")
        )

    @property
    def pays_by_number(self) -> bool:
        return "prepaid_collect" in self.terms.offer.setting.payers

    @property
    def pays_by_account(self) -> bool:
        return "pin_debit" in self.terms.offer.setting.payers

    @property
    def longest_minutes(self) -> int | None:
        return self.terms.longest_seconds // 60 if self.terms.longest_seconds else None


def call_page(place: "Facility", now: datetime) -> CallPage:
    terms = prices.terms(place, now)
    coming = lines_of(place, terms, terms.coming) if terms.coming else []
    return CallPage(terms, lines_of(place, terms, terms.offer.prices), coming, hours_wording.sentences(terms.hours))


def lines_of(place: "Facility", terms: Terms, plan: Prices | None) -> list[Line]:
    """One a kind of places, calls within the state and to other states apart (F22); countries with a price of their
    own under their kind. Of what cannot be called, only the kind is named.
    """
    found = []
    for kind in KINDS:
        allowed = plan is not None and kind in terms.offer.setting.places
        rate = plan.rates.get((kind, "")) if plan and allowed else None
        found += [_line(said, rate, terms) for said in _named(kind, place)]
        rows = sorted((countries.name(code), code, rate) for (k, code), rate in _own(plan, kind) if allowed)
        found += [_line(gettext("To %(country)s") % {"country": name}, rate, terms, code) for name, code, rate in rows]
    return found


def _own(plan: Prices | None, kind: str) -> "list[tuple[tuple[str, str], Rate]]":
    """Countries of this kind with a price of their own."""
    return [row for row in plan.rates.items() if row[0][0] == kind and row[0][1]] if plan else []


def _named(kind: PlaceKind, place: "Facility") -> list[str]:
    if kind == DOMESTIC:
        within = gettext("Within the state of %(state)s") % {"state": place.region}
        return [within, gettext("To other states")]
    return [str(_TO[kind])]


def _line(to: str, rate: Rate | None, terms: Terms, country: str = "") -> Line:
    abroad = terms.abroad_micro.get(country, 0)
    most = ""
    if rate and terms.cap:
        on_top = terms.offer.setting.additive_on_top
        most = in_dollars(caps.highest(terms.cap, rate, abroad_micro=abroad, additive_on_top=on_top))
    return Line(to, rate, most, in_dollars(abroad) if abroad else "")


@dataclass(frozen=True, slots=True)
class Minute:
    """A call to an ordinary number of this country, for the lists of prices (MON-9)."""

    minute: str
    example_cents: int
    is_free: bool


def minutes_at(places: "Sequence[Facility]", now: datetime) -> dict[int, Minute]:
    """By facility that offers calls and has a price. A few statements, however many."""
    calling = [place for place in places if place.calls_offered]
    offers = prices.offers(calling, now) if calling else {}
    found = {place_id: _domestic(offer) for place_id, offer in offers.items()}
    return {place_id: minute for place_id, minute in found.items() if minute is not None}


def lowest_minute(places: "Sequence[Facility]", now: datetime) -> Minute | None:
    """Where an ordinary call costs least; None while none of these places charges for one."""
    charged = [one for one in minutes_at(places, now).values() if not one.is_free]
    return min(charged, key=lambda one: one.example_cents, default=None)


def _domestic(offer: Offer) -> Minute | None:
    rate = offer.prices.rates.get((DOMESTIC, "")) if offer.prices and DOMESTIC in offer.setting.places else None
    return Minute(in_dollars(rate.total), example_cents(rate), rate.is_free) if rate is not None else None


@dataclass(frozen=True, slots=True)
class Buys:
    """What the money of a number buys at a place. `minutes` None: as many as one likes (`is_free`), or it cannot be
    called from there (`minute` is empty).
    """

    place: "Facility"
    minute: str
    is_free: bool
    minutes: int | None


def buys(number: str, cents: int | None, places: "Sequence[Facility]", now: datetime) -> list[Buys]:
    """At each of these places that offers calls; `cents` None: the balance is not the reader's to see."""
    calling = [place for place in places if place.calls_offered][:MOST_SHOWN]
    where = e164(number).place
    if where is None or not calling:
        return []
    offers = prices.offers(calling, now)
    found = []
    for place in calling:
        offer = offers[place.pk]
        rate = offer.rate_to(where)
        minutes = offer.minutes(cents, where) if cents is not None and place.prepaid_numbers else None
        found.append(Buys(place, in_dollars(rate.total) if rate else "", bool(rate and rate.is_free), minutes))
    return found
