from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kinline.contacts import queries as contacts
from kinline.core import clock
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.family.answers import me, page
from kinline.flows import contacts as story
from kinline.identity.access import family_required
from kinline.messaging import queries as messages


@require_safe
@family_required
def conversation(request: HttpRequest, contact_id: int) -> HttpResponse:
    """One person: whether they can be written to and why, the letters of both sides, and the settings."""
    party, now, before = me(request), clock.now(), request.GET.get("before")
    contact = found(contacts.contact(party, contact_id, now))
    letters = messages.conversation(party, contact_id, now=now, before=before)
    draft = messages.draft(party, contact_id)
    return page(request, "people/person.html", contact=contact, letters=letters, draft=draft, before=before)


@require_POST
@family_required
def block(request: HttpRequest, contact_id: int) -> HttpResponse:
    """CON-3: silently; the other side is not told."""
    party, now = me(request), clock.now()
    found(contacts.contact(party, contact_id, now))
    done = _("Blocked. Neither of you can write to the other now. We do not tell them.")
    no = attempt(request, partial(story.block, party, contact_id, now), done)
    return see_other("person", contact_id, no=no)


@require_POST
@family_required
def unblock(request: HttpRequest, contact_id: int) -> HttpResponse:
    party, now = me(request), clock.now()
    found(contacts.contact(party, contact_id, now))
    no = attempt(request, partial(story.unblock, party, contact_id, now), _("The block is lifted."))
    return see_other("person", contact_id, no=no)


@require_POST
@family_required
def always(request: HttpRequest, contact_id: int) -> HttpResponse:
    """MSG-3: always accept collect letters from this person."""
    party, now, on = me(request), clock.now(), request.POST.get("on") == "1"
    found(contacts.contact(party, contact_id, now))
    done = {
        True: _("From now on, their collect letters open by themselves and are paid from your credits."),
        False: _("From now on, you are asked before you pay for a collect letter."),
    }
    no = attempt(request, partial(story.set_always_accept, party, contact_id, on, now), done[on])
    return see_other("person", contact_id, no=no)
