"""Verbs of numbers: blocked by whom, and let free again (T4, T5)."""

from datetime import datetime

from kinline.core.transaction import verb
from kinline.telephony.models import NumberBlock

BY_KEY = "By a key of the telephone."
BY_PAGE = "By whoever holds the number, on their page."


@verb
def block_by_called_party(number: str, *, now: datetime, by_id: int | None = None) -> bool:
    """Nobody calls it again, from anywhere, until its holder lifts that. False: it was so already.

    `by_id`: who holds the number and blocked it on their page; None: somebody at that telephone pressed the key.
    """
    _, new = NumberBlock.objects.get_or_create(
        number=number,
        by="called_party",
        facility=None,
        lifted_at=None,
        defaults={"note": BY_PAGE if by_id else BY_KEY, "made_by_id": by_id, "made_at": now},
    )
    return new


@verb
def lift_called_partys_block(number: str, *, by_id: int, now: datetime) -> bool:
    """Facilities may call it again. Who asks has proved that the number is theirs (T5). False: nothing was blocked."""
    open_ones = NumberBlock.objects.filter(number=number, by="called_party", facility=None, lifted_at=None)
    return open_ones.update(lifted_at=now, lifted_by_id=by_id) > 0
