"""The door of each kiosk view. What is not opened here is closed: no device, no sitting, no page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse, JsonResponse

from kinline.design.answers import see_other
from kinline.kiosk.drafting import keep_form_late, keep_late
from kinline.kiosk.seat import AtKiosk, Enrolled, Seated
from kinline.residents import queries as residents

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def device_required(view: Callable[Concatenate[Enrolled, P], HttpResponse]) -> View[P]:
    """An enrolled screen, whoever stands there; else the first page, which says that this screen is not enrolled."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if cast(AtKiosk, request).kiosk is None:
            return see_other("kiosk")
        return view(cast(Enrolled, request), *args, **kwargs)

    return door


def sitting_required(view: Callable[Concatenate[Seated, P], HttpResponse]) -> View[P]:
    """A signed-in resident, even one who has still to choose a PIN."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if cast(AtKiosk, request).sitting is None:
            return _closed(request)
        return view(cast(Seated, request), *args, **kwargs)

    return door


def kiosk_required(view: Callable[Concatenate[Seated, P], HttpResponse]) -> View[P]:
    """A signed-in resident whose PIN is their own (KSK-6)."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        seated = cast(Seated, request)
        if cast(AtKiosk, request).sitting is None:
            return _closed(request)
        if residents.must_change_pin(seated.resident.pk):
            return see_other("kiosk_pin")
        return view(seated, *args, **kwargs)

    return door


def writing_required(view: Callable[Concatenate[Seated, P], HttpResponse]) -> View[P]:
    """`kiosk_required` for what carries a letter's text (`contact_id`): what comes too late is kept as a draft."""
    opened = kiosk_required(view)

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        at = cast(AtKiosk, request)
        if at.sitting is None and at.method == "POST" and keep_late(at, cast(int, kwargs["contact_id"])):
            return see_other("kiosk", ended="kept")
        return opened(request, *args, **kwargs)

    return door


def filling_required(view: Callable[Concatenate[Seated, P], HttpResponse]) -> View[P]:
    """`kiosk_required` for what carries a filled-in form (`form_id`): what comes too late is kept as a draft."""
    opened = kiosk_required(view)

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        at = cast(AtKiosk, request)
        if at.sitting is None and at.method == "POST" and keep_form_late(at, cast(int, kwargs["form_id"])):
            return see_other("kiosk", ended="kept")
        return opened(request, *args, **kwargs)

    return door


def wants_page(request: HttpRequest) -> bool:
    """False for the script's own requests, which ask for JSON."""
    return request.headers.get("Accept", "") != "application/json"


def _closed(request: HttpRequest) -> HttpResponse:
    return see_other("kiosk") if wants_page(request) else JsonResponse({"ended": True}, status=401)
