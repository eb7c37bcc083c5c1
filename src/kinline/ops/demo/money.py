"""Money of the sample: each balance in use, and something on each list of finance. Through the flows, in the past."""

from datetime import datetime

from kinline.flows import agency, numbers, pay_out, refund
from kinline.flows.lobby import take_money
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ops.demo.calendar import OPENED_DAYS, ago, done_before
from kinline.ops.demo.people import MAYA, TOM, Cast, key
from kinline.ops.demo.places import Jail
from kinline.payments.models import Allowance, Difference, PayOut, Refund
from kinline.payments.services.cards import note_difference

# Numbers that no telephone has (555-01xx).
BENS, ANAS = "+12125550142", "+12125550187"
PAYER = "Sample visitor"


def make(jail: Jail, cast: Cast, now: datetime) -> None:
    _numbers(jail, now)
    _over_the_counter(jail, cast, now)
    _back(jail, cast, now)
    _agency(jail, now)
    if not Difference.objects.exists():
        note_difference(
            ref="pi_sample_1", kind="amount", ours_cents=2500, theirs_cents=2000,
            day=ago(now, 2, "12:00").date(), now=ago(now, 1, "03:10"),
        )  # fmt: skip


def _agency(jail: Jail, now: datetime) -> None:
    """The county pays some minutes of calls in the south, and has paid ahead on its account."""
    if not Allowance.objects.exists():
        opened = ago(now, OPENED_DAYS, "08:00")
        agency.set_allowance(staff=None, facility_id=jail.south.pk, kind="minutes", per_week=10, now=opened)
    agency.record_payment(
        staff=None, agency_id=jail.agency.pk, amount_cents=50_000, reference="SAMPLE-1", now=ago(now, 1, "08:30")
    )


def _person(username: str) -> User:
    return User.objects.get(username=username, closed_at=None)


def _numbers(jail: Jail, now: datetime) -> None:
    """Ben's number is confirmed as his; Ana asked for hers and waits."""
    ben, ana = _person("sample.ben"), _person("sample.ana")
    numbers.list_number(ben, number=BENS, label="Ben", now=ago(now, 20, "10:00"))
    with done_before:
        numbers.confirm(
            staff=jail.staff["sample.finance"], facility_id=jail.north.pk, user=ben, number=BENS,
            now=ago(now, 19, "14:00"),
        )  # fmt: skip
    listed = numbers.list_number(ana, number=ANAS, label="Ana", now=ago(now, 1, "19:00"))
    with done_before:
        numbers.ask_code(ana, listed_id=listed, now=ago(now, 1, "19:02"))


def _over_the_counter(jail: Jail, cast: Cast, now: datetime) -> None:
    """PIN Debit of two residents and a prepaid number, in cash and by money order."""
    taken = [
        (jail.north, f"calls:{cast.parties[MAYA].id}", 2000, "cash", "", 12),
        (jail.south, f"calls:{cast.parties[TOM].id}", 1500, "money_order", "MO-1001", 9),
        (jail.north, f"phone:{BENS}", 2500, "cash", "", 8),
    ]
    for place, code, cents, method, reference, days in taken:
        take_money(
            staff=jail.staff["sample.finance"], facility_id=place.pk, code=code, amount_cents=cents,
            method="money_order" if method == "money_order" else "cash", payer_name=PAYER, reference=reference,
            client_key=key(f"counter:{code.partition(':')[0]}:{days}"), now=ago(now, days, "11:15"),
        )  # fmt: skip


def _back(jail: Jail, cast: Cast, now: datetime) -> None:
    """A cheque and a pay-out that wait, one of each that is paid, and a cheque that came back."""
    ben, finance = _person("sample.ben"), jail.staff["sample.finance"]
    calls = chart.resident_calls
    for number, cents, days, reference in ((MAYA, 500, 7, "T-2001"), (TOM, 300, 2, "")):
        resident_id = cast.parties[number].id
        made = refund.ask_resident(
            resident_id=resident_id, account=calls(resident_id), amount_cents=cents,
            client_key=key(f"refund:{number}"), now=ago(now, days, "15:30"),
        )  # fmt: skip
        if reference:
            _settle(made, finance, reference, ago(now, days - 1, "10:00"))
    for cents, days, reference in ((400, 6, "C-3001"), (600, 3, "")):
        made = refund.ask(
            user=ben, account=chart.number_prepaid(BENS), amount_cents=cents, client_key=key(f"refund:ben:{days}"),
            now=ago(now, days, "20:40"),
        )  # fmt: skip
        if reference:
            _settle(made, finance, reference, ago(now, days - 1, "10:05"))
            _came_back(made, finance, ago(now, 1, "09:20"))


def _settle(made: Refund, staff: User, reference: str, at: datetime) -> None:
    for one in PayOut.objects.filter(refund=made, replaced_by=None):
        with done_before:
            pay_out.settle(staff=staff, pay_out_id=one.pk, reference=reference, now=at)


def _came_back(made: Refund, staff: User, at: datetime) -> None:
    for one in PayOut.objects.filter(refund=made, replaced_by=None):
        with done_before:
            pay_out.returned(staff=staff, pay_out_id=one.pk, now=at)
