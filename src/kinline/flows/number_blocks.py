"""A number is blocked, or called again, because whoever holds it says so (T4, T5).

By a key of the telephone anybody there can block; lifting that needs proof that the number is theirs (TEL-8), and so
does a block on a page. It counts for the next call that is asked for, at every facility, and ends what rings.
"""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.identity.models import User
from kinline.notices import services as notices
from kinline.payments.errors import NotYourNumber
from kinline.payments.queries import numbers as mine
from kinline.telephony import services
from kinline.telephony.queries import family
from kinline.telephony.services import numbers


@story
def block(user: User, *, listed_id: int, now: datetime) -> bool:
    """Nobody in any facility calls it any more. False: it is not on this person's page. Raises NotYourNumber."""
    one = mine.number(user.pk, listed_id, now)
    if one is None:
        return False
    _require_proof(one)
    if numbers.block_by_called_party(one.number, now=now, by_id=user.pk):
        _end_ringing(one.number)
        record(f"family:{user.pk}", "number.block", f"number:{one.number_id}", now=now)
    return True


@story
def unblock(user: User, *, listed_id: int, now: datetime) -> bool:
    """It may be called again. False: it is not on this person's page. Raises NotYourNumber."""
    one = mine.number(user.pk, listed_id, now)
    if one is None:
        return False
    _require_proof(one)
    if numbers.lift_called_partys_block(one.number, by_id=user.pk, now=now):
        record(f"family:{user.pk}", "number.unblock", f"number:{one.number_id}", now=now)
    return True


def _end_ringing(number: str) -> None:
    """What rings now rings no more. Whoever talks can hang up themself: it may be another of the house."""
    for call in family.not_accepted_yet(number):
        locked = services.locked(call.key, call.switch_id)
        if locked is not None and locked.ended_at is None and locked.accepted_at is None and not locked.end_asked:
            services.ask_end(locked, reason="blocked_by_called_party")


def _require_proof(one: mine.NumberView) -> None:
    if not one.mine:
        raise NotYourNumber


def tell_holder(number: str, now: datetime) -> None:
    """Step: somebody pressed the key that blocks; whoever holds the number reads how to lift it."""
    row = mine.prepaid(number)
    if row is not None and row.holder_id is not None:
        shown = mine.by_id(row.pk)
        notices.tell(Party(FAMILY, row.holder_id), "number_blocked", now, number=shown)
