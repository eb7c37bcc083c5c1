"""A call's money: set aside once, taken once, else given back; a refusal leaves nothing behind (TEL-3, TEL-6)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from tests.calls.line import NUMBER, PIN, PPC, Line, purse

from kinline.flows import end_call, tell_call
from kinline.flows.tests.test_call_refusals import words_of
from kinline.ledger import chart
from kinline.ledger import queries as ledger_queries
from kinline.payments.models import AllowanceUse
from kinline.payments.services import allowances
from kinline.residents import services as residents
from kinline.residents.models import Resident
from kinline.telephony import rules
from kinline.telephony.models import (
    Call,
    CallRate,
    Cdr,
    Hotline,
    KnownNumber,
    NumberBlock,
    Population,
    RatePlan,
    TelephoneSettings,
)

pytestmark = pytest.mark.django_db(transaction=True)
Put = Callable[[str, int], None]


@pytest.fixture
def put(line: Line) -> Put:
    return line.put


def books_are_right() -> None:
    assert ledger_queries.replay() == []
    assert sum(ledger_queries.totals().values()) == 0


def test_a_call_holds_once_and_takes_what_was_used(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    answer = line.ask(resident)
    assert answer.decision.allowed
    assert (answer.decision.seconds, answer.name) == (900, resident.name)
    assert purse(PPC) == (1000, 165)
    line.accept(answer.call)
    written = line.end(answer.call, 61_900)
    assert (written.seconds, written.cents, written.base_cents, written.additive_cents) == (61, 11, 9, 2)
    assert (written.result, written.payer, written.number) == ("completed", PPC, NUMBER)
    assert written.jurisdiction == "interstate"  # a Florida number from New York
    assert purse(PPC) == (989, 0)
    assert ledger_queries.balance(chart.additive(line.station.facility_id)).posted_cents == 2
    assert ledger_queries.balance(chart.facility_revenue(line.station.facility_id)).posted_cents == 9
    books_are_right()


def test_told_twice_it_ends_once(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    first = line.end(call, 60_000)
    again = line.end(call, 900_000, reason="called_hung_up")
    assert again == first
    assert purse(PPC) == (989, 0)
    assert Cdr.objects.count() == 1
    assert not line.tell(call, "accepted")


def test_asked_twice_by_one_key_it_holds_once(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    key = uuid4()
    first, again = line.ask(resident, key=key), line.ask(resident, key=key)
    assert again.call == first.call
    assert again.decision.seconds == first.decision.seconds
    assert purse(PPC) == (1000, 165)


@pytest.mark.parametrize("reason", ["busy", "no_answer", "not_accepted", "refused_by_called_party"])
def test_t7_without_acceptance_nothing_is_taken(line: Line, resident: Resident, put: Put, reason: str) -> None:
    put(PPC, 1000)
    call = line.ask(resident).call
    line.tell(call, "dialling")
    line.tell(call, "answered")
    written = line.end(call, 30_000, reason)
    assert (written.result, written.cents, written.seconds, written.payer) == (reason, 0, 0, "")
    assert purse(PPC) == (1000, 0)
    books_are_right()


def test_no_call_takes_more_than_its_length(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 11)
    call = line.ask(resident).call
    assert call.seconds == 60
    line.accept(call)
    assert line.end(call, 10**9).cents == 11
    assert purse(PPC) == (0, 0)


def test_pin_debit_pays_when_the_number_has_nothing(line: Line, resident: Resident, put: Put) -> None:
    address = chart.resident_calls(resident.pk)
    put(address, 500)
    answer = line.ask(resident)
    assert answer.decision.payer == "pin_debit"
    line.accept(answer.call)
    assert line.end(answer.call, 600_000).payer == address
    assert purse(address) == (500 - 110, 0)


def test_a_wrong_pin_is_counted_and_the_fifth_locks(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    said = [line.ask(resident, pin="9999").decision.reasons[0].code for _ in range(6)]
    assert said[:4] == ["wrong_pin"] * 4
    assert said[4:] == ["pin_locked"] * 2
    assert line.ask(resident).decision.reasons[0].code == "pin_locked", "the right one, too, until staff reset it"
    assert purse(PPC) == (1000, 0)
    assert set(Cdr.objects.values_list("result", "cents")) == {("wrong_pin", 0), ("pin_locked", 0)}


def test_nothing_of_a_refused_call_is_left_but_its_record(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    NumberBlock.objects.create(
        facility=line.station.facility, number="+1813", is_prefix=True, by="facility", note="Sample.", made_at=line.now
    )
    answer = line.ask(resident)
    assert [reason.code for reason in answer.decision.reasons] == ["blocked_number"]
    assert purse(PPC) == (1000, 0)
    written = Cdr.objects.get()
    assert (written.result, written.reasons, written.cents) == ("blocked_number", ["blocked_number"], 0)
    assert PIN not in words_of(written) + str(Call.objects.get().facts)
    assert Call.objects.get().ended_at is not None


def test_one_call_at_a_time(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    first = line.ask(resident)
    second = line.ask(resident)
    assert [reason.code for reason in second.decision.reasons] == ["already_calling"]
    assert purse(PPC) == (1000, 165)
    line.end(first.call, 0)
    assert line.ask(resident).decision.allowed


def test_two_residents_and_money_for_one(line: Line, resident: Resident, put: Put, long_ago: datetime) -> None:
    put(PPC, 100)
    other = residents.create(
        agency_id=resident.agency_id, number="10077", first_name="Sam", last_name="Second", now=long_ago
    )
    place = line.station.facility
    residents.book(resident_id=other.pk, facility_id=place.pk, unit_id=place.units.get().pk, now=long_ago)
    residents.set_pin(resident_id=other.pk, pin=PIN, must_change=False, now=long_ago)
    assert line.ask(resident).decision.hold_cents == 100
    assert [reason.code for reason in line.ask(other).decision.reasons] == ["money_in_use"]
    assert purse(PPC) == (100, 100)


def test_a_deposit_during_a_call_does_not_lengthen_it(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 22)
    call = line.ask(resident).call
    line.accept(call)
    put(PPC, 1000)
    assert line.end(call, 900_000).cents == 22
    assert purse(PPC) == (1000, 0)


def test_f26_a_new_price_does_not_change_a_call_that_goes_on(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    call = line.ask(resident).call
    plan = RatePlan.objects.create(facility=line.station.facility, effective_from=line.now, made_at=line.now)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=10_000)
    line.accept(call)
    assert line.end(call, 600_000).cents == 110


def test_the_agencys_minutes_come_first(line: Line, resident: Resident, put: Put, long_ago: datetime) -> None:
    put(PPC, 1000)
    allowances.set_allowance(
        facility_id=line.station.facility_id, kind="minutes", per_week=5, effective_from=line.now, now=line.now
    )
    answer = line.ask(resident)
    assert (answer.decision.allowance_seconds, answer.decision.hold_cents) == (300, 110)
    line.accept(answer.call)
    written = line.end(answer.call, 400_000)
    assert (written.cents, written.agency_cents) == (73, 55)
    assert purse(PPC) == (1000 - 18, 0)
    assert AllowanceUse.objects.get().count == 5
    books_are_right()


def test_rec3_a_hotline_needs_nothing_and_names_nobody(line: Line) -> None:
    Hotline.objects.create(facility=line.station.facility, keys="77", number="+18005550100", name="Sample hotline")
    answer = line.ask(None, keys="77", pin="")
    assert answer.decision.allowed
    assert answer.call.resident is None
    line.accept(answer.call)
    written = line.end(answer.call, 120_000)
    assert (written.cents, written.seconds, written.recording, written.resident) == (0, 120, "hotline", None)


def test_a_switch_that_falls_silent_is_settled_to_its_last_sign_and_nobody_pays(
    line: Line, resident: Resident, put: Put
) -> None:
    put(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    assert tell_call.alive(line.switch, heard={call.key: 120_400}, now=line.now) == []
    assert end_call.sweep(line.now + timedelta(seconds=59)) == 0
    assert end_call.sweep(line.now + timedelta(seconds=61)) == 1
    settled, credited = Cdr.objects.order_by("pk")
    assert (settled.seconds, settled.cents, settled.reasons) == (120, 22, ["switch_lost"])  # TEL-6
    assert (credited.corrects, credited.seconds, credited.cents) == (settled, 120, 0)  # TEL-14
    assert purse(PPC) == (1000, 0)
    assert end_call.sweep(line.now + timedelta(seconds=90)) == 0


def test_an_answer_that_the_switch_never_heard_holds_no_money_for_long(
    line: Line, resident: Resident, put: Put
) -> None:
    put(PPC, 1000)
    line.ask(resident)
    assert end_call.sweep(line.now + timedelta(seconds=31)) == 1
    assert purse(PPC) == (1000, 0)


def test_after_a_restart_the_switch_is_told_what_it_held(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    tell_call.alive(line.switch, heard={call.key: 60_000}, now=line.now)
    assert [one.pk for one in tell_call.booted(line.switch, boot_id="two", now=line.now)] == [call.pk]
    assert [one.cents for one in Cdr.objects.order_by("pk")] == [11, 0]
    assert purse(PPC) == (1000, 0)
    assert tell_call.booted(line.switch, boot_id="two", now=line.now) == []


def test_t5_who_blocks_is_never_called_again(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    call = line.ask(resident).call
    line.tell(call, "dialling")
    line.tell(call, "answered")
    line.tell(call, "blocked")
    assert NumberBlock.objects.get().number == NUMBER, "before the call is over"
    line.end(call, 0, "blocked_by_called_party")
    assert [one.code for one in line.ask(resident).decision.reasons] == ["blocked_by_called_party"]


def test_tel_12_who_is_not_in_custody_is_refused(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    residents.end_custody(resident_id=resident.pk, reason="release", now=datetime.now(UTC))
    assert [one.code for one in line.ask(resident).decision.reasons] == ["not_in_custody"]
    assert purse(PPC) == (1000, 0)


def test_a_record_is_written_once_whoever_asks(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    call = line.ask(resident).call
    line.end(call, 0)
    for statement in ("UPDATE telephony_cdr SET cents = 0", "DELETE FROM telephony_cdr"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert rules.LEAST_SECONDS == 60


@pytest.mark.parametrize(
    ("records", "known", "recorded"),
    [
        (False, {}, False),
        (True, {}, True),
        (True, {"do_not_record": True}, False),
        (True, {"privileged_since": datetime(2026, 1, 1, tzinfo=UTC)}, False),
        (True, {"watched": True}, True),
    ],
)
def test_t8_only_a_place_that_records_records_and_any_no_wins(
    line: Line, resident: Resident, put: Put, records: bool, known: dict[str, object], recorded: bool
) -> None:
    put(PPC, 1000)
    TelephoneSettings.objects.update(records=records)
    if known:
        KnownNumber.objects.create(agency=line.station.facility.agency, number=NUMBER, **known)
    assert line.ask(resident).call.record is recorded


def test_f32_a_record_says_the_tier_of_its_place(line: Line, resident: Resident, put: Put) -> None:
    put(PPC, 1000)
    place = line.station.facility
    year = line.now.year - 1 if (line.now.month, line.now.day) > (4, 30) else line.now.year - 2
    Population.objects.create(facility=place, year=year, person_days=400 * 366, counted_at=line.now)
    call = line.ask(resident).call
    line.accept(call)
    written = line.end(call, 60_000)
    assert (written.facility_kind, written.tier) == ("jail", "medium")
