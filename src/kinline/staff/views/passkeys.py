"""What a passkey is asked, for the script of the pages where one is used or added (ACC-7). Forms bring the answer."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinline.core import clock
from kinline.identity import queries
from kinline.identity.services.passkeys import ADD, AGAIN, SIGN_IN
from kinline.staff import half, passkeys
from kinline.staff.desk import desk_of


@require_POST
def at_the_door(request: HttpRequest) -> HttpResponse:
    """Of who gave the right password: one of theirs, or the first."""
    now = clock.now()
    user = half.who(request, now)
    if user is None:
        return passkeys.go(reverse("staff_login"))
    return passkeys.ask(request, user, SIGN_IN if queries.factor_of(user.pk) else ADD, now)


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Of who sits there, also with a locked screen."""
    desk = desk_of(request)
    return passkeys.ask(request, desk.user, AGAIN, desk.now)


@require_POST
def own(request: HttpRequest) -> HttpResponse:
    """A further one of who sits there."""
    desk = desk_of(request)
    if not desk.fresh:
        query = urlencode({"next": reverse("staff_account_passkey")})
        return passkeys.go(f"{reverse('staff_confirm')}?{query}")
    return passkeys.ask(request, desk.user, ADD, desk.now)
