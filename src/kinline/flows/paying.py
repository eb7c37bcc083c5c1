"""Who pays for a letter, and how that ends (MSG-3, MSG-4, MON-8). Steps, of locked letters.

Before the money of anybody, the agency's allowance pays; then what the other side paid ahead; then the sender.
"""

from datetime import datetime

from kinline.core.events import announce
from kinline.flows import photos, prepaid
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.messaging import services
from kinline.messaging.models import Message, Payer, ReplyState
from kinline.payments.services import allowances


def settle(message: Message, now: datetime) -> None:
    """Step: the letter is delivered now, and paid by whom it names; its photos by its sender. A collect letter is paid
    by `collect`.
    """
    photos.settle(message, now)
    revenue, reference = chart.facility_revenue(message.facility_id), f"message:{message.pk}"
    if message.payer == Payer.AGENCY:
        funding = chart.agency_funding(message.facility.agency_id)
        lines = [(funding, -message.price_cents), (revenue, message.price_cents)]
        ledger.post(key=f"allowance:{reference}", kind="allowance", lines=lines, now=now, reference=reference)
        allowances.use_reserved(reference, now=now)
    elif message.hold_id is not None:
        ledger.capture(hold_id=message.hold_id, to=revenue, now=now, reference=reference)


def release_price(message: Message, now: datetime) -> None:
    """Step: the letter will not be delivered: what was set aside for it goes back, and with it what its sender paid
    ahead for a reply. A reply that was paid ahead itself leaves that for another reply.
    """
    if message.payer == Payer.AGENCY:
        allowances.give_back(f"message:{message.pk}", now=now)
    elif message.payer == Payer.PREPAID:
        prepaid.free(message, now)
    elif message.hold_id is not None:
        ledger.void(hold_id=message.hold_id, now=now)
        announce(services.sender_of(message), "money")
    photos.release_price(message, now)
    own = services.locked_reply(message.pk)
    if own is not None and own.state == ReplyState.OPEN:
        prepaid.give_back(own, now, told=False)
