"""The dashboard of a place: charts, a table beside each, and each table as a file (STF-5)."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from kinline.identity.permissions import Permission
from kinline.messaging.queries.figures import Span
from kinline.staff import dashboard
from kinline.staff.answers import page
from kinline.staff.dashboard import Asked
from kinline.staff.days import days_asked
from kinline.staff.desk import here
from kinline.staff.filing import filed
from kinline.staff.tables import shown


def _asked(request: HttpRequest) -> Asked:
    desk, place = here(request)
    first, last, _form = days_asked(request, desk)
    exact = desk.may(Permission.READ_REVIEW) or desk.may(Permission.READ_DECISIONS)
    return Asked(Span(place.pk, first, last, place.time_zone), desk.now, exact)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    desk, _place = here(request)
    asked = _asked(request)
    first, last, form = days_asked(request, desk)
    tables = {name: made(asked) for name, made in dashboard.TABLES.items()}
    return page(
        request, "figures/dashboard",
        form=form, first=first, last=last, query=f"since={first.isoformat()}&until={last.isoformat()}",
        tiles=[(label, shown(cell)) for label, cell in dashboard.tiles(asked, tables)], exact=asked.exact,
        money=desk.may(Permission.READ_MONEY), tables=tables,
    )  # fmt: skip


@require_safe
def chart(request: HttpRequest, name: str) -> HttpResponse:
    """A picture of its own: the CSP allows none in the page."""
    made = dashboard.PICTURES.get(name)
    if made is None:
        raise Http404
    asked = _asked(request)
    return HttpResponse(made(asked), "image/svg+xml")


@require_safe
def file(request: HttpRequest, name: str) -> StreamingHttpResponse:
    made = dashboard.TABLES.get(name)
    if made is None:
        raise Http404
    asked = _asked(request)
    return filed(made(asked), here(request)[1].slug, asked.span)
