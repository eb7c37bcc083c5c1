from collections.abc import Iterator
from typing import Any

from kinline.core.parties import Party
from kinline.messaging import bodies
from kinline.messaging.models import Mailbox
from kinline.messaging.rules import shown_state


def export(party: Party) -> Iterator[dict[str, Any]]:
    """Every letter in the party's own mailbox, oldest first, with its text where they may read it (ACC-7).

    `closed`: it is confidential, and nothing here opens it now (DEL-7).
    """
    copies = Mailbox.objects.select_related("message", "contact__user", "contact__resident").filter(**party.filter)
    for copy in copies.order_by("at", "id").iterator(chunk_size=200):
        message = copy.message
        mine = message.sender == party.side
        open_to_me = mine or message.state == "delivered"
        other = copy.contact.resident if party.side == "family" else copy.contact.user
        words = bodies.words_or_none(message.pk) if open_to_me else None
        yield {
            "id": message.pk,
            "direction": "sent" if mine else "received",
            "with": other.name,
            "folder": copy.folder,
            "subject": words.subject if words else None,
            "text": words.text if words else None,
            **({"closed": True} if open_to_me and words is None else {}),
            "state": shown_state(message.state),
            "sent_at": message.sent_at.isoformat(),
            "delivered_at": message.delivered_at.isoformat() if message.delivered_at else None,
            "opened_at": message.opened_at.isoformat() if message.opened_at else None,
            "price_cents": message.price_cents,
            "paid_by": message.payer,
        }
