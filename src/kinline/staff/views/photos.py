"""Photos of held letters, in the review desk (MSG-9)."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kinline.contacts.errors import OwnContact
from kinline.design.photos import photo_answer
from kinline.flows.reading_photos import see_photo
from kinline.identity.permissions import NotPermitted
from kinline.messaging.errors import NotFound
from kinline.staff.desk import here


@require_safe
def photo(request: HttpRequest, message_id: int, photo_id: int) -> HttpResponse:
    return _seen(request, message_id, photo_id, small=False)


@require_safe
def small(request: HttpRequest, message_id: int, photo_id: int) -> HttpResponse:
    return _seen(request, message_id, photo_id, small=True)


def _seen(request: HttpRequest, message_id: int, photo_id: int, *, small: bool) -> HttpResponse:
    """Of another place it looks as if there were none."""
    desk, _place = here(request)
    try:
        jpeg = see_photo(
            staff=desk.user, message_id=message_id, photo_id=photo_id, small=small, purpose="review", now=desk.now
        )
    except (NotFound, NotPermitted) as no:
        raise Http404 from no
    except OwnContact as no:
        raise PermissionDenied from no
    return photo_answer(jpeg)
