"""Notes "please call me" (TEL-13). Faces leave one by `flows.call_me.leave`, which also screens its words."""

from datetime import datetime, timedelta
from typing import Final

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.telephony.errors import NoteTooLong, TooManyNotes
from kinline.telephony.models import CALL_ME_LENGTH, CallMe

A_DAY: Final = timedelta(days=1)
NOTES_A_DAY: Final = 3  # of one person to another
KEPT: Final = timedelta(days=90)


@verb
def leave(*, user: User, number: str, resident_id: int, text: str, now: datetime) -> CallMe:
    """A note of this person; the same again within a day is the same note. `number`: E.164; `text`: may be empty.

    raises NoteTooLong, TooManyNotes.
    """
    words = " ".join(text.split())
    if len(words) > CALL_ME_LENGTH:
        raise NoteTooLong(limit=CALL_ME_LENGTH, count=len(words))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once would both be the third
    mine = CallMe.objects.filter(user=user, resident_id=resident_id, left_at__gt=now - A_DAY)
    if (same := mine.filter(number=number, text=words, seen_at=None).first()) is not None:
        return same
    if mine.count() >= NOTES_A_DAY:
        raise TooManyNotes(limit=NOTES_A_DAY)
    return CallMe.objects.create(user=user, number=number, resident_id=resident_id, text=words, left_at=now)


@verb
def put_away(*, resident_id: int, note_id: int, now: datetime) -> bool:
    """The resident has read it. False: it is not theirs, or was put away before."""
    return CallMe.objects.filter(pk=note_id, resident_id=resident_id, seen_at=None).update(seen_at=now) == 1


@verb
def take_away(user_id: int) -> None:
    """Every note of somebody who leaves."""
    CallMe.objects.filter(user_id=user_id).delete()


@verb
def forget(now: datetime) -> int:
    """Notes that are too old go; how many."""
    return CallMe.objects.filter(left_at__lt=now - KEPT).delete()[0]
