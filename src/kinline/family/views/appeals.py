from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.family.answers import me, page
from kinline.flows import appeal as appealing
from kinline.identity.access import family_required
from kinline.messaging import queries as messages
from kinline.messaging.forms import AppealForm


@require_safe
@family_required
def appeals(request: HttpRequest) -> HttpResponse:
    """What this person has asked another person to decide, and how each stands."""
    return page(request, "appeals/appeals.html", appeals=messages.appeals_of(me(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def new(request: HttpRequest, message_id: int) -> HttpResponse:
    """DEL-6: either side, free. The reason and the deadline stand beside the form."""
    party, now = me(request), clock.now()
    refused = found(messages.refusal(party, message_id, now=now))
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            appeal_id = appealing.file(party, message_id=message_id, text=form.cleaned_data["text"], now=now)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Your appeal is filed. Another person decides."))
            return see_other("appeal", appeal_id)
    return page(request, "appeals/new.html", refused=refused, form=form)


@require_safe
@family_required
def appeal(request: HttpRequest, appeal_id: int) -> HttpResponse:
    return page(request, "appeals/appeal.html", appeal=found(messages.appeal(me(request), appeal_id)))
