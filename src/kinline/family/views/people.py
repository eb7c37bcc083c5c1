from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kinline.contacts import queries as contacts
from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.facilities import queries as facilities
from kinline.family.answers import me, page
from kinline.family.forms import AskForm, FindForm, WatchForm
from kinline.family.people import search, with_last_letters
from kinline.flows import contacts as story
from kinline.identity.access import family_required


@require_safe
@family_required
def people(request: HttpRequest) -> HttpResponse:
    party, now = me(request), clock.now()
    rows = contacts.contacts_of(party, now)
    watched, invited = contacts.watches_of(party.id), contacts.invitations_for(party.id, now)
    people = with_last_letters(party, rows, now)
    return page(request, "people/people.html", people=people, watched=watched, invited=invited)


@require_POST
@family_required
def accept_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Somebody in custody asked this person to write with them."""
    try:
        contact_id = story.accept_invitation(user_id=me(request).id, invitation_id=invitation_id, now=clock.now())
    except Refusal as no:
        flash.say(request, no, "bad")
        return see_other("people")
    flash.say(request, _("Added to your people."))
    return see_other("person", contact_id)


@require_safe
@family_required
def find(request: HttpRequest) -> HttpResponse:
    """CON-1: a search that is limited in rate; every result says what is offered there."""
    form = FindForm(request.GET if "q" in request.GET else None, facilities.public_facilities())
    hits, limited = None, None
    if form.is_valid():
        try:
            hits = search(me(request), now=clock.now(), **form.cleaned_data)
        except Refusal as no:
            limited = no
    return page(request, "people/find.html", form=form, hits=hits, limited=limited, watch=WatchForm())


@require_POST
@family_required
def add(request: HttpRequest) -> HttpResponse:
    """CON-2: ask to be a contact; the person's page says what it waits for."""
    form = AskForm(request.POST)
    if not form.is_valid():
        return see_other("people_find")
    resident_id, relation = form.cleaned_data["resident"], form.cleaned_data["relation"]
    try:
        contact_id = story.ask(user_id=me(request).id, resident_id=resident_id, relation=relation, now=clock.now())
    except Refusal as no:
        flash.say(request, no, "bad")
        return see_other("people_find")
    flash.say(request, _("Added to your people."))
    return see_other("person", contact_id)


@require_POST
@family_required
def watch(request: HttpRequest) -> HttpResponse:
    """ "Tell me when they are here"; what is missing is said on the same page, with what was typed."""
    form = WatchForm(request.POST)
    if not form.is_valid():
        empty = FindForm(None, facilities.public_facilities())
        return page(request, "people/find.html", form=empty, hits=[], watch=form)
    done = _("We will send you an email when this person is in one of the facilities here.")
    attempt(request, partial(story.watch_arrival, user_id=me(request).id, now=clock.now(), **form.cleaned_data), done)
    return see_other("people")


@require_POST
@family_required
def end_watch(request: HttpRequest, watch_id: int) -> HttpResponse:
    flow = partial(story.end_watch, user_id=me(request).id, watch_id=watch_id, now=clock.now())
    attempt(request, flow, _("You do not wait for this person any more."))
    return see_other("people")
