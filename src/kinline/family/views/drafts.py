from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kinline.core.errors import Refusal
from kinline.design.answers import attempt, see_other
from kinline.design.http import number
from kinline.family.answers import me, page
from kinline.family.drafting import keep
from kinline.flows import mailbox
from kinline.identity.access import family_required, is_family
from kinline.messaging import queries as messages


@require_safe
@family_required
def drafts(request: HttpRequest) -> HttpResponse:
    return page(request, "messages/drafts.html", drafts=messages.drafts(me(request)))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """For `draft.js`, every few seconds: 204; 401 when signed out; 409 when the letter was sent in another tab;
    503 when it is confidential and there is no key now (DEL-7): the page tries again.

    No redirect to the log-in page and nothing kept here: the text is still on the page that asks.
    """
    if not is_family(request.user):
        return HttpResponse(status=401)
    try:
        keep(request, number(request.POST.get("to")) or 0)
    except Refusal as no:
        return HttpResponse(status={"key_reused": 409, "confidential_closed": 503}.get(no.code, 404))
    return HttpResponse(status=204)


@require_POST
@family_required
def drop(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Throw one's own draft away; asked for in words on the page."""
    attempt(request, lambda: mailbox.drop_draft(me(request), contact_id=contact_id), _("Draft thrown away."))
    return see_other("drafts")
