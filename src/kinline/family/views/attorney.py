"""Asking for letters in confidence with somebody in custody, as their attorney (CON-5)."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kinline.contacts import claims
from kinline.contacts import queries as contacts
from kinline.contacts.forms import PROFESSIONS, ClaimForm
from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.family.answers import me, page
from kinline.flows import privileged
from kinline.identity.access import family_required, take_kept


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def attorney(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Where the class stands, what was claimed and why it ended; and the form where it may be asked for."""
    party, now = me(request), clock.now()
    contact = found(contacts.contact(party, contact_id, now))
    form = ClaimForm(request.POST if request.method == "POST" else None, initial=take_kept(request))
    if request.method == "POST" and form.is_valid():
        try:
            privileged.ask(user_id=party.id, contact_id=contact_id, now=now, **form.cleaned_data)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Sent to the facility. You are told what it says."))
            return see_other("attorney", contact_id)
    rows = [(one, PROFESSIONS[one.profession]) for one in claims.of_person(party.id, contact_id)]
    return page(request, "people/attorney.html", contact=contact, form=form, claims=rows)


@require_POST
@family_required
def withdraw(request: HttpRequest, contact_id: int) -> HttpResponse:
    party, now = me(request), clock.now()
    found(contacts.contact(party, contact_id, now))
    flow = partial(privileged.withdraw, user_id=party.id, contact_id=contact_id, now=now)
    no = attempt(request, flow, _("Taken back."))
    return see_other("attorney", contact_id, no=no)
