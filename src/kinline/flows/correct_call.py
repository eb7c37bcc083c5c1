"""Money of a call goes back: by itself when our side lost it, by finance where something else was wrong (TEL-14, T14).

It goes where it came from: to the number, to the resident's calling account, to the agency and its minutes; never more
than was paid, and only as a new record with an entry of its own. What was written first stays.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.authority import require
from kinline.identity.permissions import Permission
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.payments.queries.allowances import MINUTES
from kinline.payments.services import allowances
from kinline.telephony import faults
from kinline.telephony.faults import Price
from kinline.telephony.models import Call, CallCorrection, Cdr
from kinline.telephony.queries import calls
from kinline.telephony.services import corrections
from kinline.telephony.services.corrections import Grounds
from kinline.telephony.staff_errors import MoreThanPaid, NoCallToCorrect, NothingPaid

if TYPE_CHECKING:
    from kinline.identity.models import User

OUR_FAULT: Final = CallCorrection.Why.OUR_FAULT
# Why staff may say that money goes back. Words are the faces'.
REASONS: Final = tuple(one.value for one in CallCorrection.Why if one is not OUR_FAULT)


@story
def correct_call(
    *, staff: "User", facility_id: int, call_id: int, cents: int, why: str, note: str, key: UUID, now: datetime
) -> Cdr:
    """Give `cents` of a call back; the record that stands then. The same `key` again changes nothing.

    `why`: one of `REASONS`; `note`: for staff. raises NotPermitted, NoCallToCorrect, NothingPaid, MoreThanPaid.
    """
    actor = require(staff, facility_id, Permission.CORRECT_CALLS, now)
    call = corrections.locked(facility_id, call_id)
    standing = calls.record_of(call.pk) if call else None
    if call is None or standing is None or why not in REASONS or not note.strip():
        raise NoCallToCorrect
    if calls.corrected_by(call.pk, key):
        return standing
    if not standing.cents:
        raise NothingPaid
    if not 0 < cents <= standing.cents:
        raise MoreThanPaid(cents=standing.cents)
    written = give_back(call, standing, cents, Grounds(key, why, note.strip(), staff), now)
    record(actor, "call.correct", f"call:{call.pk}", now=now, facility_id=facility_id, why=why, cents=cents)
    return written


def credit_if_ours(call: Call, written: Cdr, now: datetime) -> Cdr:
    """Step: the record of a locked call that just ended, and all of its price back if our side lost it (TEL-14)."""
    if call.accepted_at is None or not faults.ours(written.reasons[0]):
        return written
    if not written.cents and not (call.allowance_seconds and written.seconds):
        return written
    return give_back(call, written, written.cents, Grounds(uuid5(call.key, OUR_FAULT), OUR_FAULT), now)


def give_back(call: Call, standing: Cdr, cents: int, grounds: Grounds, now: datetime) -> Cdr:
    """Step: a correction of a locked call, in the books and as a record. At most what stands."""
    paid = Price(standing.base_cents, standing.additive_cents, standing.tax_cents, standing.agency_cents)
    back = faults.part(paid, cents)
    entry_id = _post(call, standing, back, grounds, now) if cents else None
    if call.allowance_seconds and back.agency == paid.agency:
        allowances.undo(f"call:{call.pk}", now=now, kind=MINUTES)
    changed = {
        "cents": paid.cents - cents,
        "base_cents": paid.base - back.base,
        "additive_cents": paid.additive - back.additive,
        "tax_cents": paid.tax - back.tax,
        "agency_cents": paid.agency - back.agency,
    }
    return corrections.write(standing, changed, grounds, entry_id=entry_id, now=now)


def _post(call: Call, standing: Cdr, back: Price, grounds: Grounds, now: datetime) -> int:
    place = call.facility_id
    lines = [
        (standing.payer, back.own), (chart.agency_funding(call.facility.agency_id), back.agency),
        (chart.facility_revenue(place), -back.base), (chart.additive(place), -back.additive),
        (chart.TAX_PAYABLE, -back.tax),
    ]  # fmt: skip
    return ledger.post(
        key=f"call_back:{grounds.key}",
        kind="call_credit" if grounds.why == OUR_FAULT else "call_correction",
        lines=[line for line in lines if line[1]],
        now=now,
        reference=f"call:{call.pk}",
        corrects=standing.entries[0],
    )
