"""What lies on the desk while a letter is written: to whom, at what price, in answer to what, in which words so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from kinline.contacts.models import ContactClass
from kinline.contacts.queries import ContactView
from kinline.core.money import Purse
from kinline.core.parties import FAMILY, Party
from kinline.facilities import queries as facilities
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging import queries
from kinline.messaging.wording import payer_sentence

REPLY_MARK = "Re: "


@dataclass(frozen=True, slots=True)
class PhotoTray:
    """Photos beside the letter (MSG-9): what lies there, how many there may be, what one costs, and all together.

    `total`: letter and photos beside the money there is.
    """

    beside: tuple[queries.PhotoView, ...]
    limit: int
    each_cents: int
    total: Purse

    @property
    def is_full(self) -> bool:
        return len(self.beside) >= self.limit

    @property
    def is_paid(self) -> bool:
        """Whether money is to be spoken of: they cost something, or what they go with does and cannot be paid."""
        return self.each_cents > 0 or not self.total.can_pay


@dataclass(frozen=True, slots=True)
class Desk:
    """`purse`: what this letter costs its writer beside what they have; 0 when another pays, and `paid_by` says who.

    `prepay`: the price of a reply beside what is left after the letter (MSG-3); None where it is not offered, and when
    there is not enough for both. `tray`: where photos may go with it.
    """

    contact: ContactView
    purse: Purse
    usual_wait: timedelta | None
    answered: queries.LetterView | None
    draft: queries.DraftView | None
    paid_by: str = ""
    prepay: Purse | None = None
    tray: PhotoTray | None = None


def purse(party: Party, price_cents: int) -> Purse:
    """The price of one letter beside the money that `party` has for it."""
    balance = ledger.balance(chart.messages_of(party))
    return Purse(price_cents, balance.available_cents, balance.held_cents)


def desk(party: Party, contact: ContactView, answered_id: int | None, now: datetime, *, agency: str = "") -> Desk:
    """`answered_id`: the letter that this one answers (else the draft's); ignored unless between these two.

    `agency`: the name of the agency whose allowance pays for the next letter (`payments.queries.paying_agency`).
    """
    draft = queries.draft(party, contact.id)
    answered_id = answered_id or (draft.reply_to if draft else None)
    answered = queries.letter(party, answered_id, now=now) if answered_id else None
    if answered and answered.contact_id != contact.id:
        answered = None
    paid_by = _paid_by(agency, answered) if contact.price_cents else ""
    own = purse(party, 0 if paid_by else contact.price_cents)
    tray = _tray(party, contact, own, now)
    return Desk(
        contact=contact,
        purse=own,
        usual_wait=queries.usual_wait(contact.facility_id, now=now),
        answered=answered,
        draft=draft,
        paid_by=paid_by,
        prepay=_prepay(contact, tray.total if tray else own),
        tray=tray,
    )


def _paid_by(agency: str, answered: queries.LetterView | None) -> str:
    """The agency before what the other side paid ahead, as the letter will be paid (MON-8)."""
    if agency:
        return payer_sentence("agency", mine=True, name="", agency=agency)
    if answered and answered.paid_reply:
        return payer_sentence("prepaid", mine=True, name=answered.paid_reply.name, agency="")
    return ""


def _tray(party: Party, contact: ContactView, own: Purse, now: datetime) -> PhotoTray | None:
    """None where no photos go: at this place, from a resident, to a privileged contact."""
    place = facilities.facility_by_id(contact.facility_id) if party.side == FAMILY else None
    if place is None or not place.photos_a_letter or contact.kind != ContactClass.PERSONAL:
        return None
    each, beside = facilities.photo_price_cents(contact.agency_id, now), queries.beside(party, contact.id)
    total = Purse(own.price_cents + each * len(beside), own.available_cents, own.held_cents)
    return PhotoTray(beside, place.photos_a_letter, each, total)


def _prepay(contact: ContactView, own: Purse) -> Purse | None:
    rest = Purse(contact.price_cents, own.available_cents - own.price_cents, own.held_cents)
    return rest if contact.price_cents and contact.reply_days and rest.can_pay else None


def first_words(table: Desk) -> dict[str, Any]:
    """The empty page, or the draft. A draft's key stays the letter's key: sent once, from however many tabs."""
    draft, answered = table.draft, table.answered
    if draft:
        words = {"subject": draft.subject, "body": draft.text, "key": draft.client_key}
    else:
        words = {"subject": _answer_subject(answered.subject) if answered else "", "body": "", "key": uuid4()}
    pay = "credits" if table.purse.can_pay else "collect"
    return {"to": table.contact.id, "pay": pay, "reply": answered.id if answered else None, **words}


def _answer_subject(subject: str) -> str:
    return subject if not subject or subject.startswith(REPLY_MARK) else f"{REPLY_MARK}{subject}"
