from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from kinline.core import clock
from kinline.design.answers import see_other
from kinline.design.http import number
from kinline.family.answers import me, page
from kinline.family.forms import ids_of
from kinline.family.notified import with_buttons
from kinline.identity.access import family_required
from kinline.notices import queries
from kinline.notices.services import mark_read

SIZE = 20


@require_safe
@family_required
def notices(request: HttpRequest) -> HttpResponse:
    """What we told this person, newest first."""
    party, before = me(request), number(request.GET.get("before"))
    rows = queries.notices_of(party, now=clock.now(), before=before, size=SIZE + 1)
    return page(
        request,
        "notices/notices.html",
        notices=with_buttons(party, rows[:SIZE]),
        unread_ids=[row.id for row in rows[:SIZE] if row.unread],
        older=rows[SIZE - 1].id if len(rows) > SIZE else None,
        before=before,
    )


@require_POST
@family_required
def read(request: HttpRequest) -> HttpResponse:
    """Mark those that the page showed, not those that came meanwhile."""
    mark_read(me(request), clock.now(), ids_of(request.POST.getlist("ids")))
    return see_other("notices")
