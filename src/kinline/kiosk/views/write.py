"""Writing: to whom, the letter, its draft (MSG-1, KSK-2, KSK-3)."""

from functools import partial
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.contacts import queries as contacts
from kinline.contacts.queries import ContactView
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found, number
from kinline.flows import mailbox
from kinline.flows.send_message import Sent, send
from kinline.kiosk.access import kiosk_required, wants_page, writing_required
from kinline.kiosk.answers import page
from kinline.kiosk.drafting import keep
from kinline.kiosk.seat import Seated, lengthen
from kinline.messaging import queries as messages
from kinline.messaging.desk import Desk, desk, first_words
from kinline.messaging.forms import ComposeForm
from kinline.payments.queries.allowances import paying_agency, week

# By the letter's state after sending. Its page tells the way step by step.
AFTER_SENDING = {
    "delivered": lambda: _("Your letter is sent and delivered."),
    "scheduled": lambda: _("Your letter is sent. It is delivered later, by the rules here."),
    "review": lambda: _("Your letter is sent. The facility reads it first."),
    "collect": lambda: _("Your letter is sent. They are asked to pay for it."),
}


@require_safe
@kiosk_required
def choose(request: Seated) -> HttpResponse:
    """To whom. Who cannot be written to is in the list too, with the reason (CON-3)."""
    rows = contacts.contacts_of(request.party, request.now)
    return page(request, "choose.html", people=sorted(rows, key=lambda row: not row.can_write))


@require_safe
@kiosk_required
def drafts(request: Seated) -> HttpResponse:
    return page(request, "drafts.html", drafts=messages.drafts(request.party))


@require_http_methods(["GET", "HEAD", "POST"])
@writing_required
def compose(request: Seated, contact_id: int) -> HttpResponse:
    contact = found(contacts.contact(request.party, contact_id, request.now))
    if request.method == "POST":
        return _send(request, contact)
    table = _table(request, contact, number(request.GET.get("reply")))
    return _desk(request, "compose.html", desk=table, form=ComposeForm(initial=first_words(table)))


def _table(request: Seated, contact: ContactView, reply: int | None) -> Desk:
    return desk(request.party, contact, reply, request.now, agency=paying_agency(contact, request.now))


def _send(request: Seated, contact: ContactView) -> HttpResponse:
    """Send, or say why not with the text kept. The same key again leads to the same letter (KSK-3)."""
    form, reply = ComposeForm({**request.POST.dict(), "to": contact.id}), number(request.POST.get("reply"))
    if form.is_valid():
        try:
            sent = send(request.party, contact_id=contact.id, reply_to=reply, now=request.now, **form.letter())
        except Refusal as no:
            form = form.refused(no)
        else:
            return _sent(request, sent)
    if not wants_page(request):
        return JsonResponse({"refused": True}, status=422)
    return _desk(request, "compose.html", desk=_table(request, contact, reply), form=form, status=422)


def _sent(request: Seated, sent: Sent) -> HttpResponse:
    if sent.again:
        flash.say(request, _("This letter was sent already. It was sent once, and costs once."))
    elif sent.state in AFTER_SENDING:
        flash.say(request, AFTER_SENDING[sent.state]())
    else:
        flash.say(request, _("This letter was not delivered. You paid nothing. The reason is below."), "bad")
    where = see_other("kiosk_letter", sent.message_id)
    return where if wants_page(request) else JsonResponse({"to": where.url})


def _desk(request: Seated, template: str, status: int = 200, **context: Any) -> HttpResponse:
    lengthen(request)
    contact = context["desk"].contact
    left = week(contact.resident_id, contact.facility_id, request.now) if contact.letters_a_week else None
    return page(request, template, status=status, week=left, **context)


@require_POST
@writing_required
def save(request: Seated, contact_id: int) -> HttpResponse:
    """Every few seconds by the script, or by the button. A page without a word leaves no draft."""
    found(contacts.contact(request.party, contact_id, request.now))
    saving = partial(keep, request.party, contact_id, request.POST, request.now)
    if wants_page(request):
        no = attempt(request, saving, _("Your text is saved."))
        return see_other("kiosk_letters" if no else "kiosk_drafts")
    try:
        saving()
    except Refusal as no:  # its letter was sent meanwhile; or there is no key now (DEL-7), and the screen tries again
        return JsonResponse({"saved": False}, status=503 if no.code == "confidential_closed" else 409)
    return JsonResponse({"saved": True})


@require_POST
@kiosk_required
def drop(request: Seated, contact_id: int) -> HttpResponse:
    found(messages.draft(request.party, contact_id))
    attempt(request, lambda: mailbox.drop_draft(request.party, contact_id=contact_id), _("The draft is gone."))
    return see_other("kiosk_drafts")
