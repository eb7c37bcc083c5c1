"""Letters on paper: what waits by unit, batches as PDF, handed over (MSG-10)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import SeeOther, attempt, see_other
from kinline.design.documents.pdf import NotTypeset
from kinline.design.http import found, number
from kinline.flows import printing as flows
from kinline.flows.printing import Handed
from kinline.messaging.errors import NothingToPrint
from kinline.messaging.queries import printing as queries
from kinline.staff.answers import page
from kinline.staff.desk import here
from kinline.staff.review_wording import STATES


@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    if request.method == "POST":
        return _make(request) if request.POST.get("act") == "make" else _mark(request)
    return page(
        request, "print/queue", waiting=queries.waiting_for_paper(desk.user, place.pk),
        batches=queries.batches(place.pk), on_paper=queries.on_paper(place.pk),
    )  # fmt: skip


def _make(request: HttpRequest) -> SeeOther:
    desk, place = here(request)
    unit_id = number(request.POST.get("unit"))
    try:
        batch_id = flows.make_batch(staff=desk.user, facility_id=place.pk, unit_id=unit_id, now=desk.now)
    except Refusal as no:
        flash.say(request, no, "bad")
        return see_other("staff_print")
    return see_other("staff_print_batch", batch_id)


def _mark(request: HttpRequest) -> SeeOther:
    """Who gets paper, by number; and who reads at the kiosk again."""
    desk, place = here(request)
    on, who = request.POST.get("act") == "paper", request.POST.get("number", "")
    done = _("Their letters come on paper now.") if on else _("Their letters come at the kiosk again.")
    attempt(
        request,
        lambda: flows.mark_paper(staff=desk.user, facility_id=place.pk, number=who[:30], on=on, now=desk.now),
        done,
    )
    return see_other("staff_print")


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: its document, and which of its letters are in their readers' hands."""
    desk, place = here(request)
    shown = found(queries.batch(place.pk, batch_id))
    if request.method != "POST":
        lines = [(line, STATES[line.state]) for line in shown.lines]
        return page(
            request, "print/batch", batch=shown.row, lines=lines, printable=bool(queries.printable(shown.lines))
        )
    handed = {one for one in map(number, request.POST.getlist("handed")) if one is not None}
    told = flows.hand_over(staff=desk.user, facility_id=place.pk, batch_id=batch_id, handed=handed, now=desk.now)
    _say(request, told)
    return see_other("staff_print_batch", batch_id)


def _say(request: HttpRequest, told: Handed) -> None:
    if told.delivered:
        n = told.delivered
        said = ngettext("%(n)s letter is delivered.", "%(n)s letters are delivered.", n)
        flash.say(request, said % {"n": n})
    if told.back:
        flash.say(request, ngettext("%(n)s waits again.", "%(n)s wait again.", told.back) % {"n": told.back})
    if told.ended:
        n = told.ended
        said = ngettext(
            "%(n)s must not be handed over any more: destroy its paper.",
            "%(n)s must not be handed over any more: destroy their paper.",
            n,
        )
        flash.say(request, said % {"n": n}, "bad")


@require_safe
def document(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The PDF, as often as it is needed; every time is written down."""
    desk, place = here(request)
    found(queries.batch(place.pk, batch_id))
    try:
        made = flows.document(staff=desk.user, facility_id=place.pk, batch_id=batch_id, now=desk.now)
    except NothingToPrint as no:
        flash.say(request, no, "bad")
        return see_other("staff_print_batch", batch_id)
    except NotTypeset:
        flash.say(request, _("The document could not be made. Try again in a moment."), "bad")
        return see_other("staff_print_batch", batch_id)
    name = f'inline; filename="letters-{batch_id}.pdf"'
    return HttpResponse(made, content_type="application/pdf", headers={"Content-Disposition": name})
