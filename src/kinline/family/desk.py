"""What lies on the desk while a letter is written: to whom, at what price, in answer to what, in which words so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest

from kinline.contacts.queries import ContactView
from kinline.core.parties import Party
from kinline.family.wallet import Fare, fare
from kinline.identity.access import take_kept
from kinline.messaging import queries as messages

REPLY_MARK = "Re: "


@dataclass(frozen=True, slots=True)
class Desk:
    contact: ContactView
    fare: Fare
    usual_wait: timedelta | None
    answered: messages.LetterView | None
    draft: messages.DraftView | None


def desk(party: Party, contact: ContactView, answered_id: int | None, now: datetime) -> Desk:
    """`answered_id`: the letter that this one answers (else the draft's); ignored unless between these two."""
    draft = messages.draft(party, contact.id)
    answered_id = answered_id or (draft.reply_to if draft else None)
    answered = messages.letter(party, answered_id, now=now) if answered_id else None
    return Desk(
        contact=contact,
        fare=fare(party, contact.price_cents),
        usual_wait=messages.usual_wait(contact.facility_id, now=now),
        answered=answered if answered and answered.contact_id == contact.id else None,
        draft=draft,
    )


def first_words(table: Desk) -> dict[str, Any]:
    """The empty page, or the draft. A draft's key stays the letter's key: sent once, from however many tabs."""
    if table.draft:
        draft = table.draft
        words = {"subject": draft.subject, "body": draft.text, "key": draft.client_key, "reply": draft.reply_to}
    else:
        answered = table.answered
        subject = _answer_subject(answered.subject) if answered else ""
        words = {"subject": subject, "body": "", "key": uuid4(), "reply": answered.id if answered else None}
    return {"to": table.contact.id, "pay": "credits" if table.fare.can_pay else "collect", **words}


def _answer_subject(subject: str) -> str:
    return subject if not subject or subject.startswith(REPLY_MARK) else f"{REPLY_MARK}{subject}"


def kept_words(request: HttpRequest) -> dict[str, str]:
    """What a lost session had typed on the writing page (experience.md 5): given back once, after logging in."""
    kept = take_kept(request)
    return {name: kept[name] for name in ("to", "subject", "body", "key", "reply") if kept.get(name)}
