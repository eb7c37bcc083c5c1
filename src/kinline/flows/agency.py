"""The agency pays (MON-8): how much it gives its residents, and what it pays on its account. An actor of None is the
operator.
"""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.facilities.errors import UnknownFacility
from kinline.flows.authority import Actor, named, require
from kinline.identity.permissions import NotPermitted, Permission
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.ledger.errors import KeyReused as LedgerKeyReused
from kinline.ledger.models import Entry
from kinline.payments import errors
from kinline.payments.queries.agency import PAYMENT
from kinline.payments.services import allowances, check_amount


@story
def set_allowance(
    *, staff: Actor, facility_id: int, kind: str, per_week: int, now: datetime, effective_from: datetime | None = None
) -> None:
    """So many messages or minutes a resident and week, from a moment on; 0 ends it.

    raises NotPermitted, UnknownFacility, AllowanceInThePast, AllowanceTooLarge.
    """
    actor = require(staff, facility_id, Permission.EDIT_PRICES, now)
    place = facilities.facility_by_id(facility_id)
    if place is None:
        raise UnknownFacility(slug=facility_id)
    start = effective_from or now
    allowances.set_allowance(facility_id=facility_id, kind=kind, per_week=per_week, effective_from=start, now=now)
    ledger.open_account(chart.agency_funding(place.agency_id), now)
    subject = f"facility:{facility_id}"
    record(
        actor, "allowance.set", subject, now=now, facility_id=facility_id, kind=kind, per_week=per_week,
        effective_from=start.isoformat(),
    )  # fmt: skip


@story
def record_payment(*, staff: Actor, agency_id: int, amount_cents: int, reference: str, now: datetime) -> int:
    """Money of the agency came to the bank; the entry's id. The same reference and amount again is the same payment.

    raises NotPermitted (needed at all its places), AmountTooSmall, AmountTooLarge, ReferenceNeeded, KeyReused.
    """
    places = facilities.facilities_of(agency_id)
    if not places:
        raise NotPermitted
    for place in places:
        require(staff, place.pk, Permission.RECORD_DEPOSIT, now)
    reference = " ".join(reference.split())[:80]
    if not reference:
        raise errors.ReferenceNeeded
    check_amount(amount_cents, minimum_cents=1, limit_cents=MOST_CENTS)
    lines = [(chart.BANK, -amount_cents), (chart.agency_funding(agency_id), amount_cents)]
    key = f"{PAYMENT}:{agency_id}:{reference}"
    new = not Entry.objects.filter(key=key).exists()
    try:
        entry = ledger.post(key=key, kind=PAYMENT, lines=lines, now=now, reference=reference)
    except LedgerKeyReused as reused:
        raise errors.KeyReused from reused
    if new:
        record(named(staff), "agency.paid", f"agency:{agency_id}", now=now, amount_cents=amount_cents, entry=entry)
    return entry


MOST_CENTS = 1_000_000_000  # ten million dollars: more is a slip of the hand
