from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kinline.contacts import queries as contacts
from kinline.core import clock
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.family.answers import me, page
from kinline.flows import collect, mailbox
from kinline.flows import take_back as taking_back
from kinline.identity.access import family_required
from kinline.messaging import queries as messages
from kinline.messaging.desk import purse


@require_safe
@family_required
def letter(request: HttpRequest, message_id: int) -> HttpResponse:
    """One letter, opened by reading it here; with its way, that of the letter it answers, and what can be done."""
    party, now = me(request), clock.now()
    view = found(mailbox.open_message(party, message_id=message_id, now=now))
    answered = messages.letter(party, view.reply_to, now=now) if view.reply_to else None
    return page(
        request,
        "messages/letter.html",
        letter=view,
        answered=answered if answered and answered.direction == "out" else None,
        contact=contacts.contact(party, view.contact_id, now),
        fare=purse(party, view.price_cents),
    )


@require_safe
@family_required
def print_view(request: HttpRequest, message_id: int) -> HttpResponse:
    view = found(messages.letter(me(request), message_id, now=clock.now()))
    found(view.body)
    return page(request, "messages/print.html", letter=view)


def _act(request: HttpRequest, message_id: int, flow: Callable[..., object], done: str) -> HttpResponse:
    """Do `flow` to one letter of the actor, and show the letter again with what came of it."""
    party, now = me(request), clock.now()
    found(messages.letter(party, message_id, now=now))
    no = attempt(request, partial(flow, party, message_id=message_id, now=now), done)
    if messages.letter(party, message_id, now=now) is None:
        return see_other("messages", no=no)
    return see_other("letter", message_id, no=no)


@require_POST
@family_required
def accept(request: HttpRequest, message_id: int) -> HttpResponse:
    """MSG-3: open a collect letter for one credit; paid once however often it is pressed."""
    return _act(request, message_id, collect.accept, _("Opened, and paid from your credits."))


@require_POST
@family_required
def decline(request: HttpRequest, message_id: int) -> HttpResponse:
    return _act(request, message_id, collect.decline, _("Declined. You paid nothing; the writer can pay for it."))


@require_POST
@family_required
def pay(request: HttpRequest, message_id: int) -> HttpResponse:
    """MSG-3: the writer pays for a letter that waits for, or was declined by, the recipient."""
    return _act(request, message_id, collect.pay_declined, _("Paid from your credits, and delivered."))


@require_POST
@family_required
def take_back(request: HttpRequest, message_id: int) -> HttpResponse:
    """MSG-4: while it waits; the price comes back whole."""
    return _act(request, message_id, taking_back.take_back, _("Taken back. It is not delivered, and you paid nothing."))
