"""Photos beside a letter that is being written (MSG-9): added and taken away by the letter's own form.

The words that were typed are kept as the draft first. A letter is never sent together with photos that its writer has
not seen beside it, with their price: choosing them and pressing send shows them, and send is pressed again.
"""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.http import number
from kinline.family.answers import me
from kinline.family.drafting import keep
from kinline.flows.photos import add_photo, drop_photo
from kinline.messaging.pictures import LIMIT_BYTES


def changes_photos(request: HttpRequest) -> bool:
    return bool(request.FILES.getlist("photos")) or "add_photo" in request.POST or "drop_photo" in request.POST


def change_photos(request: HttpRequest, contact_id: int) -> list[str]:
    """Add the files that were chosen, or take one photo away. What is wrong with which file, in sentences."""
    party, now = me(request), clock.now()
    try:
        keep(request, contact_id)
        if "drop_photo" in request.POST:
            photo_id = number(request.POST["drop_photo"]) or 0
            drop_photo(party, contact_id=contact_id, photo_id=photo_id, now=now)
            return []
    except Refusal as no:
        return [str(no)]
    files = request.FILES.getlist("photos")
    if not files:
        return [_("Choose a photo first.")]
    wrong = []
    for file in files:
        try:
            content = file.read(LIMIT_BYTES + 1)
            add_photo(party, contact_id=contact_id, content=content, now=now)
        except Refusal as no:
            wrong.append(f"{file.name}: {no}")
    if not wrong:
        flash.say(request, _("Your photos are beside your letter. Look at the price, then press send."))
    return wrong
