"""What lies on the desk while a letter is written: to whom, at what price, in answer to what, in which words so far."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from kinline.contacts.queries import ContactView
from kinline.kiosk.purse import Purse, purse
from kinline.kiosk.seat import Seated
from kinline.messaging import queries as messages

REPLY_MARK = "Re: "


@dataclass(frozen=True, slots=True)
class Desk:
    contact: ContactView
    purse: Purse
    usual_wait: timedelta | None
    answered: messages.LetterView | None
    draft: messages.DraftView | None


def desk(request: Seated, contact: ContactView, answered_id: int | None) -> Desk:
    """`answered_id`: the letter that this one answers; ignored unless it is one between these two."""
    answered = messages.letter(request.party, answered_id, now=request.now) if answered_id else None
    return Desk(
        contact=contact,
        purse=purse(request, contact.price_cents),
        usual_wait=messages.usual_wait(request.kiosk.facility_id, now=request.now),
        answered=answered if answered and answered.contact_id == contact.id else None,
        draft=messages.draft(request.party, contact.id),
    )


def first_words(table: Desk) -> dict[str, Any]:
    """The empty page, or the draft. A draft's key stays the letter's key: sent once, however often it is tried."""
    answered = table.answered
    if table.draft:
        draft = table.draft
        words = {"subject": draft.subject, "body": draft.text, "key": draft.client_key, "reply": draft.reply_to}
    else:
        subject = _answer_subject(answered.subject) if answered else ""
        words = {"subject": subject, "body": "", "key": uuid4(), "reply": None}
    reply = answered.id if answered else words["reply"]
    return {"to": table.contact.id, "pay": "credits" if table.purse.enough else "collect", **words, "reply": reply}


def _answer_subject(subject: str) -> str:
    return subject if not subject or subject.startswith(REPLY_MARK) else f"{REPLY_MARK}{subject}"
