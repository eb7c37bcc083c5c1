"""The resident's letters: lists, one letter, and what can be done with it."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.contacts import queries as contacts
from kinline.delivery.queries.stops import stop_now
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.flows import collect, mailbox
from kinline.flows import take_back as taking_back
from kinline.kiosk.access import kiosk_required
from kinline.kiosk.answers import page
from kinline.kiosk.forms import SearchForm
from kinline.kiosk.purse import purse
from kinline.kiosk.seat import Seated
from kinline.messaging import queries as messages
from kinline.notices import queries as notices

SIZE = 10  # rows are tall here, and few are wanted at once
FOLDERS = {
    "sent": gettext_lazy("Letters you sent"),
    "archive": gettext_lazy("Letters you put away"),
    "removed": gettext_lazy("Removed letters"),
}


@require_safe
@kiosk_required
def inbox(request: Seated) -> HttpResponse:
    """The first page after signing in: letters, collect offers, and the ways to everything else."""
    people = contacts.contacts_of(request.party, request.now)
    return page(
        request,
        "inbox.html",
        letters=messages.page(request.party, "inbox", now=request.now, before=request.GET.get("before"), size=SIZE),
        stopped=_stopped(request, people),
        purse=purse(request),
        unread_notices=notices.unread_count(request.party, request.now),
        asking=sum(1 for one in people if one.state_code == "waiting_consent"),
    )


def _stopped(request: Seated, people: list[contacts.ContactView]) -> dict[str, object] | None:
    """The emergency stop here (STF-8). It is read with every contact; only who has none needs a statement for it."""
    if people:
        one = people[0]
        return {"until": one.stopped_until, "told": one.stopped_told} if one.stopped_until else None
    stop = stop_now(request.kiosk.facility_id, request.now)
    return {"until": stop.until, "told": stop.told} if stop else None


@require_safe
@kiosk_required
def folder(request: Seated, folder: str) -> HttpResponse:
    title = found(FOLDERS.get(folder))
    before = request.GET.get("before")
    letters = messages.page(request.party, folder, now=request.now, before=before, size=SIZE)
    return page(request, "folder.html", letters=letters, folder=folder, title=title, folders=FOLDERS)


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def search(request: Seated) -> HttpResponse:
    form = SearchForm(request.POST or None)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    letters = messages.search(request.party, words, now=request.now, size=50) if words else None
    return page(request, "search.html", form=form, letters=letters, words=words)


@require_safe
@kiosk_required
def letter(request: Seated, message_id: int) -> HttpResponse:
    """One letter, opened by reading it here (MSG-6: the sender sees that)."""
    view = found(mailbox.open_message(request.party, message_id=message_id, now=request.now))
    contact = contacts.contact(request.party, view.contact_id, request.now)
    usual_wait = messages.usual_wait(request.kiosk.facility_id, now=request.now) if view.state == "review" else None
    cost = purse(request, view.price_cents)
    return page(request, "letter.html", letter=view, contact=contact, purse=cost, usual_wait=usual_wait)


def _act(request: Seated, message_id: int, flow: Callable[..., object], done: str) -> HttpResponse:
    """Do `flow` to one letter of the resident and show it again with what came of it."""
    found(messages.letter(request.party, message_id, now=request.now))
    attempt(request, partial(flow, request.party, message_id=message_id, now=request.now), done)
    return see_other("kiosk_letter", message_id)


@require_POST
@kiosk_required
def accept(request: Seated, message_id: int) -> HttpResponse:
    """MSG-3: open a collect letter for one credit; paid once however often it is pressed."""
    return _act(request, message_id, collect.accept, _("You paid for this letter. Here it is."))


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def decline(request: Seated, message_id: int) -> HttpResponse:
    """ "Not now": leave it for later, or say no. The sender sees a no, so it is asked in words."""
    view = found(messages.letter(request.party, message_id, now=request.now))
    if request.method != "POST":
        return page(request, "decline.html", letter=view) if view.can_accept else see_other("kiosk_letters")
    done = _("You said no to this letter. You paid nothing. The sender can see that you said no.")
    attempt(request, partial(collect.decline, request.party, message_id=message_id, now=request.now), done)
    return see_other("kiosk_letters")


@require_POST
@kiosk_required
def pay(request: Seated, message_id: int) -> HttpResponse:
    """MSG-3: the writer pays for a letter that was declined."""
    return _act(request, message_id, collect.pay_declined, _("You paid for your letter. It is delivered."))


@require_POST
@kiosk_required
def take_back(request: Seated, message_id: int) -> HttpResponse:
    """MSG-4: while it waits."""
    return _act(request, message_id, taking_back.take_back, _("You took your letter back. You paid nothing for it."))


Move = Callable[[Seated, int], object]

# What a button asks for, what does it, and what is said after it.
MOVES: dict[str, tuple[Move, object]] = {
    "archive": (lambda r, pk: mailbox.archive(r.party, [pk]), gettext_lazy("The letter is put away.")),
    "unarchive": (lambda r, pk: mailbox.unarchive(r.party, [pk]), gettext_lazy("The letter is back.")),
    "remove": (
        lambda r, pk: mailbox.remove(r.party, [pk], now=r.now),
        gettext_lazy("The letter is removed. You can bring it back for 30 days."),
    ),
    "restore": (lambda r, pk: mailbox.restore(r.party, [pk], now=r.now), gettext_lazy("The letter is back.")),
}


@require_POST
@kiosk_required
def move(request: Seated, message_id: int) -> HttpResponse:
    """MSG-7: the resident's own copy only."""
    found(messages.letter(request.party, message_id, now=request.now))
    do, done = found(MOVES.get(request.POST.get("to", "")))
    attempt(request, partial(do, request, message_id), done)
    return see_other("kiosk_letter", message_id)
