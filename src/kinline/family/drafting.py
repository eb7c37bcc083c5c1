"""Keeping what is being written (MSG-1): by the script every few seconds, or by the button."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kinline.core import clock
from kinline.design.answers import attempt, see_other
from kinline.family.answers import me
from kinline.flows import mailbox
from kinline.identity.access import take_kept
from kinline.messaging.forms import typed_draft


def keep(request: HttpRequest, contact_id: int) -> None:
    """Save what was posted as the draft; a page without a word leaves none. raises NotFound, KeyReused."""
    mailbox.save_draft(me(request), contact_id=contact_id, now=clock.now(), **typed_draft(request.POST))


def save_by_hand(request: HttpRequest, contact_id: int) -> HttpResponse:
    no = attempt(request, lambda: keep(request, contact_id), _("Your draft is saved."))
    return see_other("drafts", no=no)


def kept_words(request: HttpRequest) -> dict[str, str]:
    """What a lost session had typed on the writing page (experience.md 5): given back once, after logging in."""
    kept = take_kept(request)
    return {name: kept[name] for name in ("to", "subject", "body", "key", "reply", "prepay_reply") if kept.get(name)}
