"""Keeping what is being written (KSK-2): while the sitting lasts, and what arrives just after it ran out."""

from datetime import datetime

from django.conf import settings
from django.http import QueryDict

from kinline.core.errors import Refusal
from kinline.core.parties import RESIDENT, Party
from kinline.flows import mailbox
from kinline.kiosk.seat import AtKiosk
from kinline.messaging.forms import typed_draft
from kinline.residents import queries as residents


def keep(party: Party, contact_id: int, typed: QueryDict, now: datetime) -> None:
    """Save the draft; a page without a word leaves none. raises NotFound, KeyReused."""
    mailbox.save_draft(party, contact_id=contact_id, now=now, **typed_draft(typed))


def keep_late(request: AtKiosk, contact_id: int) -> bool:
    """Without script a letter can arrive after its writer's time ran out: never sent, but kept as their draft.

    Only for a sitting at this screen that ended by idle time; one that was ended by hand gets nothing back.
    """
    if request.kiosk is None or not request.POST.get("body", "").strip():
        return False
    key = request.COOKIES.get(settings.KIOSK_SESSION_COOKIE, "")
    resident_id = residents.left_idle(key, request.kiosk.pk, request.now) if key else None
    if resident_id is None:
        return False
    try:
        keep(Party(RESIDENT, resident_id), contact_id, request.POST, request.now)
    except Refusal:  # it was sent before the time ran out, or is to nobody of theirs
        return False
    return True
