"""What lies on the desk while a letter is written: to whom, at what price, in answer to what, in which words so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from kinline.contacts.queries import ContactView
from kinline.core.money import Purse
from kinline.core.parties import Party
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging import queries

REPLY_MARK = "Re: "


@dataclass(frozen=True, slots=True)
class Desk:
    contact: ContactView
    purse: Purse
    usual_wait: timedelta | None
    answered: queries.LetterView | None
    draft: queries.DraftView | None


def purse(party: Party, price_cents: int) -> Purse:
    """The price of one letter beside the money that `party` has for it."""
    balance = ledger.balance(chart.messages_of(party))
    return Purse(price_cents, balance.available_cents, balance.held_cents)


def desk(party: Party, contact: ContactView, answered_id: int | None, now: datetime) -> Desk:
    """`answered_id`: the letter that this one answers (else the draft's); ignored unless between these two."""
    draft = queries.draft(party, contact.id)
    answered_id = answered_id or (draft.reply_to if draft else None)
    answered = queries.letter(party, answered_id, now=now) if answered_id else None
    return Desk(
        contact=contact,
        purse=purse(party, contact.price_cents),
        usual_wait=queries.usual_wait(contact.facility_id, now=now),
        answered=answered if answered and answered.contact_id == contact.id else None,
        draft=draft,
    )


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
