"""The demo's mailbox at /dev/mail/: what the mail sink has taken. Outside the demo it does not exist."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from kinline.ops.mailsink import Mail, Store

# The email's own HTML: no script, no form, nothing fetched; a link in it may lead to a page of ours.
_SANDBOX = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    @wraps(view)
    @require_safe
    def shown(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return shown


@demo_only
def mailbox(request: WSGIRequest) -> HttpResponse:
    mails = [{"mail": mail, "at": parse_datetime(mail.at)} for mail in _store().all()]
    return render(request, "ops/mailbox.html", {"mails": mails})


@demo_only
def one(request: WSGIRequest, mail_id: str) -> HttpResponse:
    mail = _found(mail_id)
    return render(request, "ops/mail.html", {"mail": mail, "at": parse_datetime(mail.at)})


@demo_only
def html_part(request: WSGIRequest, mail_id: str) -> HttpResponse:
    response = HttpResponse(_found(mail_id).html)
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response


@demo_only
def as_json(request: WSGIRequest) -> HttpResponse:
    return JsonResponse([mail.as_json() for mail in _store().all()], safe=False)


def _store() -> Store:
    return Store(settings.DATA / "mail")


def _found(mail_id: str) -> Mail:
    mail = _store().get(mail_id)
    if mail is None:
        raise Http404
    return mail


urlpatterns: list[URLPattern] = [
    path("", mailbox, name="dev-mail"),
    path("messages.json", as_json, name="dev-mail-json"),
    path("<str:mail_id>/", one, name="dev-mail-one"),
    path("<str:mail_id>/html/", html_part, name="dev-mail-html"),
]
