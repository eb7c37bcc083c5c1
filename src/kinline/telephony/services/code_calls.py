"""Verbs of automatic calls that speak a code (TEL-8)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from kinline.core.transaction import verb
from kinline.telephony.models import CodeCall, Switch

ASKED_FOR: Final = timedelta(minutes=10)  # after that nobody waits for it any more
TAKEN_FOR: Final = timedelta(minutes=3)  # to ring, to be heard twice, and to tell so
MOST: Final = 5  # at once: lines are for conversations


@verb
def ask(*, number: str, code_id: int, language: str, now: datetime) -> CodeCall:
    """A call that waits for a switch, instead of any other to this number."""
    CodeCall.objects.filter(number=number, ended_at=None).update(ended_at=now, result="replaced")
    return CodeCall.objects.create(key=uuid4(), number=number, code_id=code_id, language=language, asked_at=now)


@verb
def take(switch: Switch, *, now: datetime) -> list[CodeCall]:
    """Those that this switch makes now; nobody else gets them. What nobody made, or told of, in time is over."""
    live = CodeCall.objects.filter(ended_at=None)
    live.filter(taken_at=None, asked_at__lt=now - ASKED_FOR).update(ended_at=now, result="too_late")
    live.filter(taken_at__lt=now - TAKEN_FOR).update(ended_at=now, result="lost")
    rows = live.filter(taken_at=None).select_for_update(skip_locked=True, no_key=True)
    found = list(rows.order_by("asked_at")[:MOST])
    for one in found:
        one.switch, one.taken_at = switch, now
    CodeCall.objects.bulk_update(found, ["switch", "taken_at"])
    return found


@verb
def forget(before: datetime) -> None:
    """Those that were over by then: whose number it was, and that somebody asked, is nobody's to know any more."""
    CodeCall.objects.filter(ended_at__lt=before).delete()


@verb
def end(switch: Switch, key: UUID, *, result: str, now: datetime) -> CodeCall | None:
    """One that this switch took is over; None: it took none of this key. The same again changes nothing."""
    found = CodeCall.objects.select_for_update(no_key=True).filter(key=key, switch=switch).first()
    if found is not None and found.ended_at is None:
        found.ended_at, found.result = now, result
        found.save(update_fields=["ended_at", "result"])
    return found
