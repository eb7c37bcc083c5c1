"""L3, MON-2, F7: of a call becomes ours what its record says, once: accepted, these cents, from its own hold.

The database refuses at the commit (flows migration 0004), and keeps what was paid for as it was.
"""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from kinline.ledger import chart
from kinline.ledger import queries as ledger_queries
from kinline.ledger import services as ledger
from kinline.residents.models import Resident
from kinline.telephony import services
from kinline.telephony.models import Call, Cdr
from tests.calls.line import PPC, Line, held_beside, purse
from tests.money.books import picture, settle

pytestmark = pytest.mark.django_db(transaction=True)
Attack = Callable[["Calls"], None]


class Calls:
    """One call was paid, one goes on, one nobody accepted."""

    def __init__(self, line: Line, resident: Resident) -> None:
        self.line, self.place = line, line.station.facility_id
        line.put(PPC, 1000)
        self.paid = line.talk(resident, 600)
        unanswered = line.ask(resident).call
        self.unanswered = line.end(unanswered, 0, "no_answer")
        self.live = line.ask(resident).call
        line.accept(self.live)
        self.revenue, self.share = chart.facility_revenue(self.place), chart.additive(self.place)

    def post(self, cents: int, to: str, about: int, key: str = "attack", origin: str = PPC) -> None:
        lines = [(origin, -cents), (to, cents)]
        ledger.post(key=key, kind="call", lines=lines, now=self.line.now, reference=f"call:{about}")

    def capture(self, cents: int, about: int, to: str = "") -> None:
        ledger.capture(
            hold_id=self.live.hold_id, to=to or self.revenue, cents=cents, now=self.line.now, reference=f"call:{about}"
        )

    def ended(self, cents: int) -> None:
        """The live call as over, with a record of 11 cents; its hold taken for `cents`."""
        services.end(self.live, now=self.line.now)
        now = self.line.now
        services.write_down(
            self.live, started_at=now, ended_at=now, accepted_at=now, call_type="prepaid_collect", result="completed",
            cents=11, base_cents=11, seconds=60, base_micro=110_000, written_at=now,
        )  # fmt: skip
        self.capture(cents, self.live.pk)


ATTACKS: dict[str, Attack] = {
    "beside its hold": lambda one: one.post(11, one.revenue, one.paid.call_id),
    "its hold, while it goes on": lambda one: one.capture(11, one.live.pk),
    "another call's hold": lambda one: one.capture(110, one.paid.call_id),
    "nobody accepted it": lambda one: one.capture(1, one.unanswered.call_id),
    "more than its record says": lambda one: one.ended(12),
    "less than its record says": lambda one: one.ended(10),
    "at another place": lambda one: one.capture(11, one.live.pk, chart.facility_revenue(one.place + 1)),
    "as the agency's, from a customer": lambda one: one.post(
        110, one.revenue, one.paid.call_id, key=f"allowance:call:{one.paid.call_id}"
    ),
    "as the agency's, where it pays nothing": lambda one: one.post(
        1, one.revenue, one.paid.call_id, f"allowance:call:{one.paid.call_id}", chart.agency_funding(1)
    ),
    "a share from a customer": lambda one: one.post(20, one.share, one.unanswered.call_id),
    "a share twice": lambda one: one.post(20, one.share, one.paid.call_id, origin=one.revenue),
    "a share of nothing": lambda one: one.post(2, one.share, one.live.pk, f"additive:call:{one.live.pk}", one.revenue),
    "a tax that nobody raised": lambda one: one.post(
        1, chart.TAX_PAYABLE, one.paid.call_id, f"tax:call:{one.paid.call_id}", one.revenue
    ),
}


def committed(act: Attack, calls: Calls) -> None:
    with transaction.atomic():
        act(calls)
        settle()


@pytest.mark.parametrize("name", ATTACKS)
def test_no_money_becomes_ours_but_by_a_calls_record(line: Line, resident: Resident, name: str) -> None:
    calls = Calls(line, resident)
    before = picture(), list(Call.objects.order_by("pk").values()), Cdr.objects.count()
    with pytest.raises(DatabaseError) as caught:
        committed(ATTACKS[name], calls)
    assert caught.value.__cause__.sqlstate == "KL014"
    assert (picture(), list(Call.objects.order_by("pk").values()), Cdr.objects.count()) == before
    assert ledger_queries.replay() == []


def test_what_its_record_says_is_earned(line: Line, resident: Resident) -> None:
    """Otherwise the refusals above would prove nothing."""
    calls = Calls(line, resident)
    committed(lambda one: one.ended(11), calls)
    assert purse(PPC) == (1000 - 110 - 11, 0)


UNDONE = {
    "never accepted": {"accepted_at": None, "state": "ended"},
    "of another hold": {"hold_id": 99},
    "to another number": {"number": "+18135550199"},
    "not over": {"ended_at": None, "state": "talking"},
}


@pytest.mark.parametrize("name", UNDONE)
def test_what_was_paid_for_stays_as_it_was(line: Line, resident: Resident, name: str) -> None:
    calls = Calls(line, resident)
    held_beside(resident, line.station.facility, "1077", line.now)
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        Call.objects.filter(pk=calls.paid.call_id).update(**UNDONE[name])
    assert caught.value.__cause__.sqlstate == "KL014"
