from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from kinline.contacts import queries as contacts
from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design.answers import see_other
from kinline.design.http import found, number
from kinline.family.answers import me, page
from kinline.family.drafting import kept_words, save_by_hand
from kinline.family.photos import change_photos, changes_photos
from kinline.family.sending import say_sent
from kinline.flows.send_message import send
from kinline.identity.access import family_required
from kinline.messaging.desk import desk, first_words
from kinline.messaging.forms import ComposeForm
from kinline.payments.queries.allowances import paying_agency


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def compose(request: HttpRequest) -> HttpResponse:
    """MSG-1, MSG-2: write to one person."""
    return _send(request) if request.method == "POST" else _write(request)


def _write(request: HttpRequest) -> HttpResponse:
    """The desk: what a lost session kept, else the draft, else an empty sheet; why not, before composing (CON-3)."""
    party, now, kept = me(request), clock.now(), kept_words(request)
    contact_id = number(request.GET.get("to") or kept.get("to"))
    contact = contacts.contact(party, contact_id, now) if contact_id is not None else None
    if contact is None:
        # A kept letter to somebody who is no contact of this person was written by another: not shown.
        found(contact if "to" in request.GET else party)
        return page(request, "messages/choose.html", people=contacts.contacts_of(party, now))
    reply_to = number(request.GET.get("reply") or kept.get("reply"))
    table = desk(party, contact, reply_to, now, agency=paying_agency(contact, now))
    form = ComposeForm(initial={**first_words(table), **kept})
    return page(request, "messages/compose.html", desk=table, form=form, kept=bool(kept))


def _send(request: HttpRequest) -> HttpResponse:
    """Send, or say why not with the text kept. The same key again leads to the same letter (MSG-1, KSK-3)."""
    party, now, contact_id = me(request), clock.now(), number(request.POST.get("to")) or 0
    if "save" in request.POST:
        return save_by_hand(request, found(contacts.contact(party, contact_id, now)).id)
    form, reply_to = ComposeForm(request.POST), number(request.POST.get("reply"))
    if changes_photos(request):
        wrong = change_photos(request, found(contacts.contact(party, contact_id, now)).id)
        if not wrong:
            return see_other("compose", to=contact_id, reply=reply_to)
        form = form.only(wrong)
    elif form.is_valid():
        try:
            sent = send(party, contact_id=contact_id, reply_to=reply_to, now=now, **form.letter())
        except Refusal as no:
            form = form.refused(no)
        else:
            say_sent(request, sent)
            return see_other("letter", sent.message_id)
    contact = found(contacts.contact(party, contact_id, now))  # only now: a letter that is sent asks nothing twice
    table = desk(party, contact, reply_to, now, agency=paying_agency(contact, now))
    return page(request, "messages/compose.html", desk=table, form=form)
