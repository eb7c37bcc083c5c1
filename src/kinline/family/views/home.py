from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kinline.contacts import queries as contacts
from kinline.core import clock
from kinline.family.answers import me, page
from kinline.family.first import first
from kinline.family.greeting import greeting
from kinline.family.people import stops_among, with_last_letters
from kinline.family.wallet import wallet
from kinline.identity.access import family_required, person
from kinline.messaging import queries as messages


@require_safe
@family_required
def home(request: HttpRequest) -> HttpResponse:
    """One thing that waits, then people, then money."""
    now, party = clock.now(), me(request)
    people, counts = contacts.contacts_of(party, now), messages.counts(party)
    return page(
        request,
        "home/home.html",
        greeting=greeting(timezone.localtime(now), person(request).first_name),
        first=first(party, counts, now),
        unread=counts.unread,
        people=with_last_letters(party, people, now),
        stops=stops_among(people),
        wallet=wallet(party, people, now),
    )
