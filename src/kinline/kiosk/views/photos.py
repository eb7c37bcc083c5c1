"""Photos at the kiosk (MSG-9): small ones with the letter, each large on a page of its own with the way back."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from kinline.design.http import found
from kinline.design.photos import photo_answer
from kinline.kiosk.access import kiosk_required
from kinline.kiosk.answers import page
from kinline.kiosk.seat import Seated
from kinline.messaging import queries as messages


@require_safe
@kiosk_required
def page_of(request: Seated, message_id: int, number: int) -> HttpResponse:
    letter = found(messages.letter(request.party, message_id, now=request.now))
    shown = found(next((one for one in letter.photos if one.number == number), None))
    more = shown.number < len(letter.photos)
    return page(request, "photo.html", letter=letter, photo=shown, next=shown.number + 1 if more else None)


@require_safe
@kiosk_required
def photo(request: Seated, photo_id: int) -> HttpResponse:
    return photo_answer(found(messages.photo(request.party, photo_id)))


@require_safe
@kiosk_required
def small(request: Seated, photo_id: int) -> HttpResponse:
    return photo_answer(found(messages.photo(request.party, photo_id, small=True)))
