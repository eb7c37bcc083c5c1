"""What the resident is told, and asking another person to decide again (DEL-5, DEL-6)."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found, number
from kinline.flows import appeal as appealing
from kinline.kiosk.access import kiosk_required
from kinline.kiosk.answers import page
from kinline.kiosk.notified import with_pages
from kinline.kiosk.seat import Seated
from kinline.messaging import queries as messages
from kinline.messaging.forms import AppealForm
from kinline.notices import queries
from kinline.notices import services as telling

SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def notices(request: Seated) -> HttpResponse:
    """Newest first. The button marks as read what the page showed, not what came meanwhile."""
    if request.method == "POST":
        shown = [found(number(value)) for value in request.POST.getlist("ids")]
        telling.mark_read(request.party, request.now, shown)
        return see_other("kiosk_notices")
    before = number(request.GET.get("before"))
    rows = queries.notices_of(request.party, now=request.now, before=before, size=SIZE + 1)
    older = rows[SIZE - 1].id if len(rows) > SIZE else None
    unread = [row.id for row in rows[:SIZE] if row.unread]
    told = with_pages(request.party, rows[:SIZE])
    return page(request, "notices.html", notices=told, older=older, unread=unread)


@require_safe
@kiosk_required
def appeals(request: Seated) -> HttpResponse:
    """What the resident has asked another person to decide, and how each stands."""
    return page(request, "appeals.html", appeals=messages.appeals_of(request.party))


@require_http_methods(["GET", "HEAD", "POST"])
@kiosk_required
def appeal(request: Seated, message_id: int) -> HttpResponse:
    """A letter that was not delivered, by or to this resident: why, and the appeal: to file, waiting, or answered."""
    refused = found(messages.refusal(request.party, message_id, now=request.now))
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            appealing.file(request.party, message_id=message_id, text=form.cleaned_data["text"], now=request.now)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Your appeal is filed. Another person decides. The answer comes here."))
            return see_other("kiosk_appeal", message_id)
    status = 422 if form.is_bound else 200
    return page(request, "appeal.html", refused=refused, form=form, status=status)
