"""Calls to a number that is mine: the list of them, its block; and a note to somebody inside to call me (TEL-5, T5)."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.contacts import queries as contacts
from kinline.contacts.queries import ContactView
from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.design.http import number as row_id
from kinline.family.answers import me, page
from kinline.family.calls import may_ask
from kinline.family.money_forms import CallMeForm
from kinline.flows import call_history, number_blocks
from kinline.flows import call_me as notes
from kinline.identity.access import family_required, person
from kinline.payments.queries import numbers
from kinline.telephony.queries import call_me as left


@require_safe
@family_required
def calls(request: HttpRequest, listed_id: int) -> HttpResponse:
    """Every call to it, newest first; only of a number that I proved (TEL-8)."""
    before = row_id(request.GET.get("before"))
    history = found(call_history.of_number(person(request).pk, listed_id, clock.now(), before))
    return page(request, "phone/calls.html", history=history, number=history.number, before=before)


@require_safe
@family_required
def calls_csv(request: HttpRequest, listed_id: int) -> HttpResponse:
    user, now = person(request), clock.now()
    one = found(numbers.number(user.pk, listed_id, now))
    found(one.proved_at)
    answer = HttpResponse(call_history.as_csv(user.pk, one, now), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="kinline-calls-{one.number_id}.csv"'
    return answer


@require_POST
@family_required
def block(request: HttpRequest, listed_id: int) -> HttpResponse:
    """T5: the next call that is asked for is refused already, at every facility."""
    user, now = person(request), clock.now()
    found(numbers.number(user.pk, listed_id, now))
    done = _("Blocked. Nobody in a facility can call this number now.")
    attempt(request, partial(number_blocks.block, user, listed_id=listed_id, now=now), done)
    return see_other("number", listed_id)


@require_POST
@family_required
def unblock(request: HttpRequest, listed_id: int) -> HttpResponse:
    user, now = person(request), clock.now()
    found(numbers.number(user.pk, listed_id, now))
    done = _("The block is lifted. This number can be called again.")
    attempt(request, partial(number_blocks.unblock, user, listed_id=listed_id, now=now), done)
    return see_other("number", listed_id)


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def call_me(request: HttpRequest, contact_id: int) -> HttpResponse:
    """A free note: "please call me at this number" (TEL-13)."""
    user, now = person(request), clock.now()
    contact = found(contacts.contact(me(request), contact_id, now))
    form = CallMeForm(numbers.numbers_of(user.pk, now), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _left(request, contact, form):
        return see_other("call_me", contact_id)
    return page(
        request, "phone/call_me.html", contact=contact, form=form, may=may_ask(contact),
        notes=left.left_by(user.pk, contact.resident_id, now),
    )  # fmt: skip


def _left(request: HttpRequest, contact: ContactView, form: CallMeForm) -> bool:
    try:
        notes.leave(
            user=person(request), number=form.number.number, resident_id=contact.resident_id,
            text=form.cleaned_data["text"], now=clock.now(),
        )  # fmt: skip
    except Refusal as no:
        form.add_error("text" if no.code in {"note_too_long", "note_not_carried"} else None, str(no))
        return False
    flash.say(request, _("Your note waits at the kiosk. Leaving it was free."))
    return True
