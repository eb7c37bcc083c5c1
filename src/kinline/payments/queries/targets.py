"""Every balance that a family member may add to, and why not to which (MON-4). One statement a kind of thing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.contacts import queries as contacts
from kinline.contacts.queries import ContactView
from kinline.core.parties import FAMILY, Party
from kinline.facilities import queries as facilities
from kinline.facilities.models import Facility
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.queries.numbers import NumberView, numbers_of

Kind = Literal["me", "letters", "calls", "number"]

# A contact that cannot write now may still be paid calls for: letters may not be offered there, or be privileged.
_MAY_GIVE: Mapping[Kind, frozenset[str]] = {
    "letters": frozenset({"ok"}),
    "calls": frozenset({"ok", "not_offered", "privileged"}),
}
_FREE = _("Letters are free at %(place)s, so no credits are needed.")
_NO_LETTERS = _("%(place)s does not take message credits for %(name)s from others.")
_NO_CALLS = _("%(place)s does not offer calling accounts (PIN Debit).")
_NO_NUMBERS = _("The facilities of your people do not offer prepaid numbers (PPC).")
_USE_MINE = _("Add credits for yourself: with them you can pay for letters that %(name)s sends collect.")
_USE_NUMBER = _("Use a prepaid number (PPC) instead: money for calls to one telephone number.")
_USE_CALLS = _("Use the calling account (PIN Debit) of a person instead.")
_ASK = _("Ask the facility how calls are paid there.")


@dataclass(frozen=True, slots=True)
class Target:
    """One balance on the list "for whom". `code` names it in a form; only its owner's list has it.

    `name`: the person, or what the number is called. `why_not` is empty when money may be added; else it is a sentence,
    and `instead` another with what to use: `instead_code` names a target, `number` any number.
    `balance`: only where this person may see it.
    """

    code: str
    kind: Kind
    account: str
    name: str
    minimum_cents: int
    why_not: str = ""
    instead: str = ""
    instead_code: str = ""
    place: str = ""
    contact_id: int | None = None
    listed_id: int | None = None
    price_cents: int | None = None
    balance: ledger.Balance | None = None

    @property
    def allowed(self) -> bool:
        return not self.why_not

    @property
    def why(self) -> str:
        """Why not, and what to use instead, for where both are one text."""
        return f"{self.why_not} {self.instead}".strip()


def targets(user: User, now: datetime) -> list[Target]:
    """My credits, then each person's credits and calling account, then my numbers."""
    people = contacts.contacts_of(Party(FAMILY, user.pk), now)
    every = facilities.public_facilities()
    places = {place.pk: place for place in every}
    cheapest = _cheapest(people, now)
    reached = [places[one.facility_id] for one in people if one.in_custody] or every
    return [
        _own(user, people, cheapest),
        *(made for one in people for made in _of_person(one, places[one.facility_id], cheapest)),
        *(_of_number(one, reached, cheapest) for one in numbers_of(user.pk, now)),
    ]


def by_code(user: User, code: str, now: datetime) -> Target | None:
    """The one that a form names; None if this person has none such."""
    return next((one for one in targets(user, now) if one.code == code), None)


def target_of(user: User, account: str, now: datetime) -> Target | None:
    """The one of this ledger address; None if it is no balance of this person's list."""
    return next((one for one in targets(user, now) if one.account == account), None)


def _cheapest(people: Iterable[ContactView], now: datetime) -> int:
    """The smallest deposit: one message credit where this person writes; before the first person, anywhere."""
    prices = {one.price_cents for one in people} or {one.message_cents for one in facilities.prices(now)}
    return min((cents for cents in prices if cents), default=1)


def _own(user: User, people: Sequence[ContactView], cheapest: int) -> Target:
    account = chart.family_messages(user.pk)
    prices = {one.price_cents for one in people}
    free = prices == {0}
    return Target(
        "me", "me", account, user.name, cheapest, balance=ledger.balance(account),
        why_not=_said(_FREE, place=people[0].facility_name) if free else "",
        price_cents=prices.pop() if len(prices) == 1 else None,
    )  # fmt: skip


def _of_person(one: ContactView, place: Facility, cheapest: int) -> list[Target]:
    letters = Target(
        f"letters-{one.id}", "letters", chart.resident_messages(one.resident_id), one.resident_name,
        one.price_cents or cheapest, *_letters_no(one, place), place=place.name, contact_id=one.id,
        price_cents=one.price_cents,
    )  # fmt: skip
    calls = Target(
        f"calls-{one.id}", "calls", chart.resident_calls(one.resident_id), one.resident_name, cheapest,
        *_calls_no(one, place), place=place.name, contact_id=one.id,
    )  # fmt: skip
    return [letters, calls]


_No = tuple[str, str, str]  # why not, what instead, its code


def _letters_no(one: ContactView, place: Facility) -> _No:
    if one.state_code not in _MAY_GIVE["letters"]:
        return one.state_sentence, "", ""
    if one.price_cents == 0:
        return _said(_FREE, place=place.name), "", ""
    if not place.resident_deposits:
        named = {"name": one.resident_first_name or one.resident_name, "place": place.name}
        return _said(_NO_LETTERS, **named), _said(_USE_MINE, **named), "me"
    return "", "", ""


def _calls_no(one: ContactView, place: Facility) -> _No:
    if one.state_code not in _MAY_GIVE["calls"]:
        return one.state_sentence, "", ""
    if place.pin_debit:
        return "", "", ""
    why = _said(_NO_CALLS, place=place.name)
    return (why, str(_USE_NUMBER), "number") if place.prepaid_numbers else (why, str(_ASK), "")


def _of_number(one: NumberView, reached: Sequence[Facility], cheapest: int) -> Target:
    return Target(
        f"number-{one.id}", "number", one.account, one.name, cheapest, *_number_no(reached), place=one.shown,
        listed_id=one.id, balance=one.balance,
    )  # fmt: skip


def _number_no(reached: Sequence[Facility]) -> _No:
    """Any resident may call a number with its money, so one place that offers it is enough."""
    if any(place.prepaid_numbers for place in reached):
        return "", "", ""
    return str(_NO_NUMBERS), str(_USE_CALLS if any(place.pin_debit for place in reached) else _ASK), ""


def _said(sentence: str | Promise, **named: str) -> str:
    return str(sentence) % named
