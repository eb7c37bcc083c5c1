from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kinline.design.http import found
from kinline.design.photos import photo_answer
from kinline.family.answers import me
from kinline.identity.access import family_required
from kinline.messaging import queries as messages


@require_safe
@family_required
def photo(request: HttpRequest, photo_id: int) -> HttpResponse:
    """MSG-9: one photo, large."""
    return photo_answer(found(messages.photo(me(request), photo_id)))


@require_safe
@family_required
def small(request: HttpRequest, photo_id: int) -> HttpResponse:
    return photo_answer(found(messages.photo(me(request), photo_id, small=True)))
