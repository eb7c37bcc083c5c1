from http import HTTPStatus

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design.answers import see_other
from kinline.family.views.account.answers import page, refused, wait_for
from kinline.flows.create_account import count_seen_username, create_account, refuse_if_seen_too_often
from kinline.identity import queries
from kinline.identity.access import address_of, is_family
from kinline.identity.errors import UsernameTaken
from kinline.identity.forms import SignUpForm


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    """ACC-1 to ACC-3. Success looks the same whether or not the email is in use."""
    if request.method != "POST":
        return see_other("home") if is_family(request.user) else _page(request, SignUpForm())
    form, status = SignUpForm(request.POST), HTTPStatus.OK
    try:
        refuse_if_seen_too_often(address_of(request), clock.now())
        if form.is_valid():
            _create(request, form)
            return see_other("activate", sent=1)
        if form.has_error("username", UsernameTaken.code):
            count_seen_username(address_of(request), clock.now())
    except UsernameTaken as no:
        status = refused(form, no, "username")
    except Refusal as no:
        form.errors.pop("username", None)  # too often asked: no more said about usernames
        status = refused(form, no)
    return _page(request, form, status)


def _create(request: HttpRequest, form: SignUpForm) -> None:
    typed = form.cleaned_data
    create_account(
        username=typed["username"],
        email=typed["email"],
        password=typed["password1"],
        profile=form.profile(),
        address=address_of(request),
        language=get_language() or "en",
        now=clock.now(),
    )
    wait_for(request, typed["email"])


def _page(request: HttpRequest, form: BaseForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return page(request, "signup", form, terms=queries.current_terms(clock.now()), status=status)
