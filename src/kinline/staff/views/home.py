"""The first page: what waits with its age, what one may do here, and whether jobs need a look (experience.md, 10)."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.core.jobs import troubles
from kinline.identity.permissions import Permission
from kinline.staff.answers import page
from kinline.staff.desk import desk_of
from kinline.staff.waiting import waiting

# Of `core.jobs.troubles`: whoever may change the place hears it, and tells whoever runs this.
JOBS: Mapping[str, str | Promise] = {
    "failed": _("given up in the last seven days"),
    "again": _("tried again and again"),
    "late": _("due for a quarter of an hour and not begun"),
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    jobs = troubles(desk.now) if desk.may(Permission.EDIT_FACILITY) else []
    return page(request, "home", waiting=waiting(desk), jobs=[(one, JOBS[one.what]) for one in jobs])
