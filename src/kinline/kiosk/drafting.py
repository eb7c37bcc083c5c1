"""Keeping what is being written (KSK-2): while the sitting lasts, and what arrives just after it ran out."""

from datetime import datetime

from django.conf import settings
from django.http import QueryDict

from kinline.core.errors import Refusal
from kinline.core.parties import RESIDENT, Party
from kinline.flows import mailbox
from kinline.flows import requests as asking
from kinline.kiosk.seat import AtKiosk
from kinline.messaging.forms import typed_draft
from kinline.requests import queries as forms
from kinline.requests.forms import typed_answers
from kinline.residents import queries as residents


def keep(party: Party, contact_id: int, typed: QueryDict, now: datetime) -> None:
    """Save the draft; a page without a word leaves none. raises NotFound, KeyReused."""
    mailbox.save_draft(party, contact_id=contact_id, now=now, **typed_draft(typed))


def keep_late(request: AtKiosk, contact_id: int) -> bool:
    """Without script a letter can arrive after its writer's time ran out: never sent, but kept as their draft.

    Only for a sitting at this screen that ended by idle time; one that was ended by hand gets nothing back.
    """
    resident_id = _left_idle(request) if request.POST.get("body", "").strip() else None
    if resident_id is None:
        return False
    try:
        keep(Party(RESIDENT, resident_id), contact_id, request.POST, request.now)
    except Refusal:  # it was sent before the time ran out, or is to nobody of theirs
        return False
    return True


def keep_form_late(request: AtKiosk, form_id: int) -> bool:
    """As `keep_late`, for a request that was being filled in (KSK-5): never filed, but kept."""
    resident_id = _left_idle(request)
    if resident_id is None or request.kiosk is None:
        return False
    form = forms.form_offered(request.kiosk.facility_id, form_id)
    typed = typed_answers(request.POST, form.questions) if form else {}
    if not typed:
        return False
    asking.save_draft(resident_id=resident_id, form_id=form_id, typed=typed, now=request.now)
    return True


def _left_idle(request: AtKiosk) -> int | None:
    key = request.COOKIES.get(settings.KIOSK_SESSION_COOKIE, "")
    return residents.left_idle(key, request.kiosk.pk, request.now) if key and request.kiosk else None
