"""What the resident has, and what a letter costs here: shown before anything is paid (experience.md 3)."""

from kinline.core.money import Purse
from kinline.facilities import queries as facilities
from kinline.kiosk.seat import Seated
from kinline.messaging import desk


def purse(request: Seated, price_cents: int | None = None) -> Purse:
    """`price_cents`: a letter's pinned price; without it, today's."""
    if price_cents is None:
        price_cents = facilities.message_price_cents(request.kiosk.facility.agency_id, request.now)
    return desk.purse(request.party, price_cents)
