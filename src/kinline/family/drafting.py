"""Keeping what is being written (MSG-1): by the script every few seconds, or by the button."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kinline.core import clock
from kinline.design.answers import attempt, see_other
from kinline.design.http import number
from kinline.family.answers import me
from kinline.family.forms import key_or_new
from kinline.flows import mailbox


def keep(request: HttpRequest, contact_id: int) -> None:
    """Save what was posted as the draft; a page without a word leaves none. raises NotFound, KeyReused."""
    party, typed = me(request), request.POST
    subject, body = typed.get("subject", ""), typed.get("body", "")
    if not subject.strip() and not body.strip():
        mailbox.drop_draft(party, contact_id=contact_id)
        return
    mailbox.save_draft(
        party,
        contact_id=contact_id,
        subject=subject,
        text=body,
        client_key=key_or_new(typed.get("key")),
        reply_to=number(typed.get("reply")),
        now=clock.now(),
    )


def save_by_hand(request: HttpRequest, contact_id: int) -> HttpResponse:
    no = attempt(request, lambda: keep(request, contact_id), _("Your draft is saved."))
    return see_other("drafts", no=no)
