"""The first page: what one may do here, and what waits with its age (experience.md, 10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.contacts import claims
from kinline.contacts.queries import waiting_for_approval
from kinline.core.jobs import troubles
from kinline.delivery import queries as lists
from kinline.identity.permissions import Permission
from kinline.messaging.queries import appeals, reviews
from kinline.payments.queries.differences import differences
from kinline.payments.queries.numbers import waiting_for_proof
from kinline.payments.queries.pay_outs import summary
from kinline.requests.queries import waiting as requests_waiting
from kinline.staff.answers import page
from kinline.staff.desk import Desk, desk_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """One list with something to do. `oldest`: since when its first waits."""

    label: str | Promise
    href: str
    count: int
    cents: int | None = None
    oldest: datetime | None = None


# Of `core.jobs.troubles`: whoever may change the place hears it, and tells whoever runs this.
JOBS: Mapping[str, str | Promise] = {
    "failed": _("given up in the last seven days"),
    "again": _("tried again and again"),
    "late": _("due for a quarter of an hour and not begun"),
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    jobs = troubles(desk.now) if desk.may(Permission.EDIT_FACILITY) else []
    return page(request, "home", waiting=_waiting(desk), jobs=[(one, JOBS[one.what]) for one in jobs])


def _waiting(desk: Desk) -> list[Waiting]:
    """Only lists on which this person can do something here."""
    found: list[Waiting] = []
    here = [desk.place.pk] if desk.place else []
    if desk.may(Permission.DECIDE_REVIEW):
        since = reviews.oldest(desk.user, here)
        count = reviews.how_many(desk.user, here)
        found.append(Waiting(_("Letters to be read"), reverse("staff_review"), count, None, since))
    if desk.may(Permission.DECIDE_APPEAL):
        since = appeals.first_filed(desk.user, here)
        count = appeals.how_many_open(desk.user, here)
        found.append(Waiting(_("Appeals to be decided"), reverse("staff_appeals"), count, None, since))
    if desk.may(Permission.VERIFY_PRIVILEGED) and desk.place and (asking := claims.waiting_count(desk.place.pk)):
        found.append(Waiting(_("Attorneys to be verified"), reverse("staff_privileged"), asking))
    if desk.may(Permission.ANSWER_REQUESTS):
        asked_for = requests_waiting(here, desk.now)
        found.append(
            Waiting(_("Requests to be answered"), reverse("staff_requests"), asked_for.count, None, asked_for.oldest)
        )
    if desk.may(Permission.EDIT_LISTS) and desk.place and (stopped := lists.over_count(desk.place, desk.now)):
        found.append(Waiting(_("Word lists that have stopped"), reverse("staff_words"), stopped))
    if desk.may(Permission.SETTLE_REFUNDS):
        owed = summary(desk.ids(Permission.SETTLE_REFUNDS))
        found.append(Waiting(_("Pay-outs to be paid"), reverse("staff_payouts"), owed.count, owed.cents, owed.oldest))
        unlike = differences(desk.user, desk.now)
        since = unlike[0].found_at if unlike else None
        found.append(Waiting(_("Differences to be explained"), reverse("staff_differences"), len(unlike), None, since))
    if desk.may(Permission.CONFIRM_NUMBERS):
        asked = waiting_for_proof(desk.now, desk.ids(Permission.CONFIRM_NUMBERS))
        since = asked[-1].asked_at if asked else None
        found.append(Waiting(_("Telephone numbers to be confirmed"), reverse("staff_numbers"), len(asked), None, since))
    if desk.may(Permission.DECIDE_CONTACT) and desk.place:
        contacts = waiting_for_approval(desk.place.pk)
        since = contacts[0].created_at if contacts else None
        found.append(Waiting(_("Contacts to be approved"), reverse("staff_contacts"), len(contacts), None, since))
    return found
