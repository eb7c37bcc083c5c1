"""What two people wrote becomes confidential, or gets the newest key (DEL-7)."""

from django.db.models import Q

from kinline.core import confidential
from kinline.core.transaction import verb
from kinline.messaging import bodies
from kinline.messaging.errors import ConfidentialClosed
from kinline.messaging.models import Body, Draft, Message, State


@verb
def locked_before_staff(contact_id: int) -> list[Message]:
    """Letters of two people that wait for somebody of staff, to be read or printed, locked, oldest first."""
    rows = Message.objects.select_for_update(of=("self",), no_key=True).select_related("contact", "facility")
    return list(rows.filter(contact_id=contact_id, state__in=[State.REVIEW, State.PAPER]).order_by("pk"))


@verb
def seal_some(contact_id: int, *, limit: int) -> bool:
    """Seal letters and drafts of a confidential contact that are plain, or sealed with an older key.

    True: there may be more. raises ConfidentialClosed: no key here, or one of them does not open.
    """
    try:
        newest = f"{confidential.MARK}{confidential.key_now()}:"
    except confidential.Closed:
        raise ConfidentialClosed from None
    _seal_drafts(contact_id, newest)
    rows = Body.objects.select_related("message").select_for_update(of=("self", "message"), no_key=True)
    found = list(rows.filter(message__contact_id=contact_id).exclude(text__startswith=newest).order_by("pk")[:limit])
    for body in found:
        _seal(body, contact_id)
    return len(found) == limit


def _seal(body: Body, contact_id: int) -> None:
    """The hash of what was sent goes, too: it could be guessed. A repeat of such an old send is no repeat any more."""
    message, was_plain = body.message, not confidential.is_sealed(body.text)
    words = bodies.opened(bodies.Words(message.subject, body.text), contact_id)
    message.subject, body.text = bodies.stored(words, contact_id, private=True)
    if was_plain:
        message.input_hash = bytes(32)
    message.save(update_fields=["subject", "input_hash"])
    body.save(update_fields=["text"])


def _seal_drafts(contact_id: int, newest: str) -> None:
    for draft in Draft.objects.select_for_update().filter(~Q(text__startswith=newest), contact_id=contact_id):
        draft.subject, draft.text = bodies.stored(bodies.draft_words(draft), contact_id, private=True)
        draft.save(update_fields=["subject", "text"])
