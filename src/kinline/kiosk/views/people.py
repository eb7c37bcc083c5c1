"""The resident's people: requests, state in words, block, always accept, invite (CON-2, CON-3)."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.contacts import queries as contacts
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.flows import contacts as story
from kinline.kiosk.access import kiosk_required
from kinline.kiosk.answers import page
from kinline.kiosk.forms import InviteForm
from kinline.kiosk.seat import Seated
from kinline.messaging import queries as messages

Act = Callable[[Seated, int], object]


@require_safe
@kiosk_required
def people(request: Seated) -> HttpResponse:
    rows = contacts.contacts_of(request.party, request.now)
    asking = [row for row in rows if row.state_code == "waiting_consent"]
    others = [row for row in rows if row not in asking]
    invited = contacts.invitations_of(request.resident.pk, request.now)
    return page(request, "people.html", asking=asking, people=others, invited=invited)


@require_safe
@kiosk_required
def person(request: Seated, contact_id: int) -> HttpResponse:
    contact = found(contacts.contact(request.party, contact_id, request.now))
    before = request.GET.get("before")
    letters = messages.conversation(request.party, contact_id, now=request.now, before=before)
    draft = messages.draft(request.party, contact_id)
    return page(request, "person.html", contact=contact, letters=letters, draft=draft)


def _consent(request: Seated, contact_id: int) -> object:
    return story.consent(resident_id=request.resident.pk, contact_id=contact_id, now=request.now)


def _decline(request: Seated, contact_id: int) -> object:
    return story.decline(resident_id=request.resident.pk, contact_id=contact_id, now=request.now)


def _block(request: Seated, contact_id: int) -> object:
    return story.block(request.party, contact_id, request.now)


def _unblock(request: Seated, contact_id: int) -> object:
    return story.unblock(request.party, contact_id, request.now)


def _always(on: bool, request: Seated, contact_id: int) -> object:
    return story.set_always_accept(request.party, contact_id, on, request.now)


# Act: what it does, and what is said after it. What is not here is no page.
ACTS: dict[str, tuple[Act, object]] = {
    "yes": (_consent, gettext_lazy("You said yes.")),
    "no": (_decline, gettext_lazy("You said no. Nobody can write to you without your yes.")),
    "block": (_block, gettext_lazy("This person is blocked. We do not tell them.")),
    "unblock": (_unblock, gettext_lazy("This person is not blocked any more.")),
    "always": (partial(_always, True), gettext_lazy("From now on, their collect letters open by themselves.")),
    "ask": (partial(_always, False), gettext_lazy("From now on, you are asked before you pay.")),
}


@require_POST
@kiosk_required
def act(request: Seated, contact_id: int, act: str) -> HttpResponse:
    found(contacts.contact(request.party, contact_id, request.now))
    do, done = found(ACTS.get(act))
    attempt(request, partial(do, request, contact_id), done)
    return see_other("kiosk_people") if act == "no" else see_other("kiosk_person", contact_id)


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def invite(request: Seated) -> HttpResponse:
    """CON-1: ask somebody by email. The email does not say where the resident is."""
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            story.invite(resident_id=request.resident.pk, email=form.cleaned_data["email"], now=request.now)
        except Refusal as no:
            form.add_error("email", str(no))
        else:
            flash.say(request, _("We send them an email. It says that you asked, and how to make an account."))
            return see_other("kiosk_people")
    return page(request, "invite.html", form=form, status=422 if form.is_bound else 200)
