"""A telephone of the north and a switch that asks for it, for tests of calls; and one way to place money anywhere."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from kinline.facilities.models import Facility
from kinline.flows import authorise_call, end_call, tell_call
from kinline.flows.authorise_call import Answer, Try
from kinline.flows.tell_call import Moment
from kinline.ledger import chart
from kinline.ledger import queries as ledger_queries
from kinline.ledger import services as ledger
from kinline.residents import services as residents
from kinline.residents.models import Resident
from kinline.telephony.models import Call, CallLimits, CallRate, Cdr, RatePlan, Station, Switch, TelephoneSettings

NUMBER = "+18135550142"
KEYS = "8135550142"
PIN = "2580"
PPC = chart.number_prepaid(NUMBER)


@dataclass
class Line:
    """A telephone of the north, and a switch that asks for it. `now` moves only when a test moves it."""

    station: Station
    switch: Switch
    now: datetime
    seq: int = field(default=0)

    def ask(
        self,
        resident: Resident | None,
        *,
        keys: str = KEYS,
        pin: str = PIN,
        key: UUID | None = None,
        payer: str = "",
        station: Station | None = None,
    ) -> Answer:
        tried = Try(resident.number if resident else "", pin, keys, payer)
        return authorise_call.authorise(
            self.switch, key=key or uuid4(), station=station or self.station, tried=tried, now=self.now
        )

    def tell(self, call: Call, kind: str, detail: str = "") -> bool:
        self.seq += 1
        moment = Moment(self.seq, kind, self.now, detail)
        return tell_call.tell(self.switch, key=call.key, moment=moment, now=self.now)

    def accept(self, call: Call) -> None:
        for kind in ("dialling", "ringing", "answered", "announced", "accepted"):
            assert self.tell(call, kind)

    def end(self, call: Call, milliseconds: int, reason: str = "caller_hung_up") -> Cdr:
        written = end_call.end(
            self.switch, key=call.key, reason=reason, side="caller", billable_ms=milliseconds, sip_code=0, now=self.now
        )
        assert written is not None
        return written

    def talk(self, resident: Resident, seconds: int, *, keys: str = KEYS) -> Cdr:
        """A whole call that lasts so long."""
        call = self.ask(resident, keys=keys).call
        self.accept(call)
        return self.end(call, 1000 * seconds)

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def put(self, address: str, cents: int) -> None:
        """Money into a balance, as by a deposit of the bank."""
        lines = [(address, cents), (chart.BANK, -cents)]
        ledger.post(key=f"test:{uuid4()}", kind="deposit", lines=lines, now=self.now)


def place(facility: Facility, now: datetime, long_ago: datetime) -> Line:
    """Calls are offered there: 11 cents a minute, of which two are the place's, 15 minutes at most, no courtesy."""
    facility.calls_offered = True
    facility.save()
    TelephoneSettings.objects.create(
        facility=facility, payers=["prepaid_collect", "pin_debit"], places=["domestic"], courtesy_seconds=0
    )
    CallLimits.objects.create(facility=facility, seconds=900)
    plan = RatePlan.objects.create(facility=facility, effective_from=long_ago, made_at=long_ago)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=90_000, additive_micro=20_000)
    switch = Switch.objects.create(
        name=f"sample-{facility.pk}", token_digest=facility.pk.to_bytes(32), boot_id="one", created_at=long_ago
    )
    return Line(telephone(facility, long_ago), switch, now)


def telephone(facility: Facility, long_ago: datetime) -> Station:
    unit = facility.units.order_by("pk").first()
    made = Station.objects.create(
        facility=facility, unit=unit, label="West", username=f"west-{uuid4().hex[:8]}", salt=b"0" * 32,
        enrolled_at=long_ago,
    )  # fmt: skip
    return Station.objects.select_related("facility__agency").get(pk=made.pk)


def held_beside(resident: Resident, facility: Facility, number: str, now: datetime) -> Resident:
    """Somebody else of the same place, with the same PIN."""
    other = residents.create(agency_id=resident.agency_id, number=number, first_name="Sam", last_name="Second", now=now)
    residents.book(resident_id=other.pk, facility_id=facility.pk, unit_id=facility.units.get().pk, now=now)
    residents.set_pin(resident_id=other.pk, pin=PIN, must_change=False, now=now)
    return other


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.decision.reasons]


def purse(address: str) -> tuple[int, int]:
    """Posted and held cents."""
    found = ledger_queries.balance(address)
    return found.posted_cents, found.held_cents
