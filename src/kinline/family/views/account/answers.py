"""How account pages answer: the page with its form, or the refusal at its top with a fitting status."""

from email.utils import parseaddr
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from kinline.core.errors import Refusal
from kinline.family.answers import me
from kinline.identity.access import is_family
from kinline.messaging.queries import counts

WAITING_FOR = "waiting_for"  # session: the username or email that this browser is to activate
_WAITING_SECONDS = 72 * 3600
_STATUS = {
    "too_often": HTTPStatus.TOO_MANY_REQUESTS,
    "login_paused": HTTPStatus.TOO_MANY_REQUESTS,
    "address_paused": HTTPStatus.TOO_MANY_REQUESTS,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
}


def page(request: HttpRequest, name: str, form: BaseForm | None = None, **context: Any) -> HttpResponse:
    """Render `family/account/<name>.html`. `sender`: the address that our emails come from (ACC-4)."""
    context |= {"form": form, "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}
    if is_family(request.user):
        context["unread"] = SimpleLazyObject(lambda: counts(me(request)).unread)
    return render(request, f"family/account/{name}.html", context, status=context.pop("status", HTTPStatus.OK))


def refused(form: BaseForm, no: Refusal, field: str | None = None) -> HTTPStatus:
    """Put the refusal's sentence into the form, and say with which status the page is answered."""
    form.add_error(field, str(no))
    return _STATUS.get(no.code, HTTPStatus.OK)


def wait_for(request: HttpRequest, identifier: str) -> None:
    """This browser's activation page then knows for whom. Only now does it get a session."""
    request.session[WAITING_FOR] = identifier
    request.session.set_expiry(_WAITING_SECONDS)
