"""Verbs of numbers: blocked by whom, and let free again (T4, T5)."""

from datetime import datetime

from kinline.core.transaction import verb
from kinline.telephony.models import NumberBlock


@verb
def block_by_called_party(number: str, *, now: datetime) -> bool:
    """Nobody calls it again, from anywhere, until its holder lifts that. False: it was so already."""
    _, new = NumberBlock.objects.get_or_create(
        number=number,
        by="called_party",
        facility=None,
        lifted_at=None,
        defaults={"note": "By a key of the telephone.", "made_at": now},
    )
    return new
