from functools import partial
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from kinline.contacts import queries as contacts
from kinline.core import clock
from kinline.design.answers import attempt, see_other
from kinline.design.http import found, number
from kinline.family.answers import me, page
from kinline.family.forms import TestCreditsForm
from kinline.family.wallet import wallet
from kinline.flows import statements
from kinline.flows.deposit import record_deposit
from kinline.identity.access import family_required, person
from kinline.payments import queries as payments
from kinline.payments.queries import statements as books
from kinline.payments.queries.refunds import gifts_to_undo


@require_safe
@family_required
def credits(request: HttpRequest) -> HttpResponse:
    """MON-2, MON-5: the balance, how to add to it, and each line of its history in words."""
    party, now = me(request), clock.now()
    people = contacts.contacts_of(party, now)
    before = number(request.GET.get("before"))
    return page(
        request,
        "money/credits.html",
        wallet=wallet(party, people, now),
        lines=statements.history(party, found(books.account_of(party, "")), books.Asked(), before),
        before=before,
        under_way=payments.under_way(party.id)[:3],
        top_ups=[one for one in payments.top_ups(party.id) if one.stopped_at is None],
        gifts=[(gift, uuid4()) for gift in gifts_to_undo(party.id, now)],
        form=TestCreditsForm() if settings.DEMO else None,
    )


@require_POST
@family_required
def add_test_credits(request: HttpRequest) -> HttpResponse:
    """Only in the demo. The key comes with the page: pressed twice, added once."""
    if not settings.DEMO:
        raise Http404
    form, party = TestCreditsForm(request.POST), me(request)
    if form.is_valid():
        amount, key = form.cleaned_data["amount_cents"], form.cleaned_data["key"]
        deposit = partial(record_deposit, account=party, amount_cents=amount, method="test", client_key=key)
        attempt(request, partial(deposit, now=clock.now(), payer=person(request)), _("Test money added."))
    return see_other("credits")
