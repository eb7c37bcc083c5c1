"""My account (ACC-7): the overview, profile, language and notifications, download, closing."""

from http import HTTPStatus
from itertools import chain

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.documents.pdf import NotTypeset
from kinline.family.answers import me
from kinline.family.views.account.answers import page, refused
from kinline.flows import account as stories
from kinline.flows import papers
from kinline.flows.close_account import close_account
from kinline.identity import access, queries
from kinline.identity.access import family_required, person
from kinline.identity.forms import CloseForm, ProfileForm, SettingsForm
from kinline.identity.rules import PROFILE
from kinline.payments.queries.refunds import comes_back_at_closing


@require_safe
@family_required
def account(request: HttpRequest) -> HttpResponse:
    user, now = person(request), clock.now()
    sessions = queries.sessions_of(user.pk, request.session.session_key, now)
    return page(request, "account", sessions=len(sessions), new_email=queries.email_being_proved(user.pk, now))


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def profile(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = ProfileForm(request.POST or None, initial={name: getattr(user, name) for name in PROFILE})
    if request.method == "POST" and form.is_valid():
        stories.edit_profile(user, profile=form.profile(), now=clock.now())
        flash.say(request, _("Your profile is saved."))
        return see_other("account")
    return page(request, "profile", form)


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def settings(request: HttpRequest) -> HttpResponse:
    """Language and notifications."""
    user = person(request)
    start = {"language": user.language, "notify_by_email": user.notify_by_email}
    form = SettingsForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        stories.choose(user, **form.cleaned_data)
        flash.say(request, _("Saved."))
        return see_other("account")
    return page(request, "settings", form)


@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def download(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Everything we hold of the person: as data, their letters as PDF, the statement of their money as PDF."""
    if request.method != "POST":
        return page(request, "download")
    try:
        return _sent(request, _asked(request))
    except Refusal as no:
        flash.say(request, no, "bad")
    except NotTypeset:
        flash.say(request, _("The PDF could not be made just now. Try again in a minute, or take the data."), "bad")
    return see_other("account_download")


def _asked(request: HttpRequest) -> papers.File:
    """The first piece is made now, in their language."""
    user, now = person(request), clock.now()
    if request.POST.get("what") == "letters":
        return papers.letters(user, now)
    if request.POST.get("what") == "money":
        return papers.money(user, now)
    pieces = (piece.encode() for piece in stories.download(user, now))
    return papers.File("data.json", "application/json; charset=utf-8", chain([next(pieces)], pieces))


def _sent(request: HttpRequest, file: papers.File) -> StreamingHttpResponse:
    response = StreamingHttpResponse(file.pieces, content_type=file.kind)
    name = f"kinline-{person(request).username}-{timezone.localdate(clock.now()).isoformat()}-{file.name}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def close(request: HttpRequest) -> HttpResponse:
    form, status = CloseForm(request.POST or None), HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            close_account(person(request), password=form.cleaned_data["current_password"], now=clock.now())
        except Refusal as no:
            status = refused(form, no, "current_password")
        else:
            access.sign_out(request)
            return see_other("account_closed")
    return page(request, "close", form, left_cents=comes_back_at_closing(me(request).id), status=status)


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return page(request, "closed")
