"""A family member asks to be called: a free note, as far as the two may reach each other (TEL-13, CON-3, DEL-3).

A note is no letter that escapes being read: its words are decided upon like a letter's, and only those that would be
delivered at once are carried. Without words it always is.
"""

from datetime import datetime
from typing import Final

from kinline.contacts import queries as contacts
from kinline.contacts.queries import ContactView
from kinline.core.audit import record
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.flows.screening import decided
from kinline.identity.models import User
from kinline.notices import services as notices
from kinline.payments.services.numbers import shown
from kinline.telephony.errors import NobodyToCall, NoteNotCarried
from kinline.telephony.models import CallMe
from kinline.telephony.services import call_me

# What stands in the way of a letter only, not of a call.
LETTERS_ONLY: Final = frozenset(
    {"ok", "not_offered", "privileged", "privileged_paper", "privileged_waiting", "privileged_closed"}
)


def leave(*, user: User, number: str, resident_id: int, text: str, now: datetime) -> CallMe:
    """The note as it waits for the resident. `number`: E.164, the one to be called; `text`: at most 160 characters.

    raises NobodyToCall, NoteNotCarried, NoteTooLong, TooManyNotes; on each, nothing was written.
    """
    party = Party(FAMILY, user.pk)
    contact = contacts.contact_with(party, resident_id, now)
    if contact is None or contact.state_code not in LETTERS_ONLY or not contact.calls_offered:
        raise NobodyToCall
    if text.strip() and decided(party, contact, subject="", text=text, now=now).outcome != "deliver":
        raise NoteNotCarried
    return _leave(user, contact, number=number, text=text, now=now)


@story
def _leave(user: User, contact: ContactView, *, number: str, text: str, now: datetime) -> CallMe:
    note = call_me.leave(user=user, number=number, resident_id=contact.resident_id, text=text, now=now)
    if note.left_at == now:
        party = Party(RESIDENT, contact.resident_id)
        notices.tell(party, "call_me", now, other_name=contact.user_name, number=shown(number))
        record(f"family:{user.pk}", "call_me.leave", party.channel, now=now, facility_id=contact.facility_id)
    return note
