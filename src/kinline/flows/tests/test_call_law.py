"""Lines of `rules.md` that a whole call proves: what a switch asks and tells, what books and record say after it.

Those of prices, tiers and numbers alone stand with their pure functions (telephony/tests).
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from tests.calls.line import KEYS, NUMBER, PPC, Line, codes, held_beside, purse

from kinline.core.models import AuditEvent
from kinline.flows import custody, end_call, proof, tell_call
from kinline.flows.call_terms import terms
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.ledger.models import Entry, Posting
from kinline.residents.models import Resident
from kinline.telephony.models import (
    Call,
    CallLimits,
    CallRate,
    Cdr,
    KnownNumber,
    LineHours,
    NumberBlock,
    RatePlan,
    SpeedDial,
    TelephoneSettings,
)
from kinline.telephony.rules import LONGEST_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(autouse=True)
def _books_are_right(line: Line) -> object:
    """After each story: every law of the books and between the books and the records. `put` is no deposit of anybody's,
    so what came in is not asked.
    """
    yield
    assert [one for one in proof.differences() if one.law != "cash"] + queries.replay() == []


def rates(line: Line, base: int, additive: int = 0) -> None:
    plan = RatePlan.objects.create(facility=line.station.facility, effective_from=line.now, made_at=line.now)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=base, additive_micro=additive)


def test_f3_f7_f23_the_places_share_is_an_item_of_its_own_and_nothing_else_is_owed_to_it(
    line: Line, resident: Resident
) -> None:
    line.put(PPC, 1000)
    written = line.talk(resident, 600)
    assert (written.cents, written.base_cents, written.additive_cents) == (110, 90, 20)
    assert queries.balance(chart.additive(line.station.facility_id)).posted_cents == 20
    assert queries.totals()[chart.facility_revenue(line.station.facility_id)] == 90


@pytest.mark.parametrize("cents", [1, 11, 50, 2500])
def test_f6_what_is_put_in_is_there_to_the_cent_and_nothing_but_seconds_takes_of_it(
    line: Line, resident: Resident, cents: int
) -> None:
    line.put(PPC, cents)
    assert purse(PPC) == (cents, 0)
    line.ask(resident)
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert kinds == {"deposit"}


@pytest.mark.parametrize("milliseconds", [0, 1, 999, 1_000, 5_999, 60_000, 60_999, 61_000, 899_999, 900_000, 10**8])
def test_f8_f10_a_call_costs_its_seconds_and_no_more(line: Line, resident: Resident, milliseconds: int) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    written = line.end(call, milliseconds)
    assert written.seconds == min(milliseconds // 1000, 900)
    assert written.cents == written.seconds * 110_000 // 600_000
    assert purse(PPC) == (1000 - written.cents, 0)


@pytest.mark.parametrize("cents", [10, 11, 12])
def test_f13_balance_for_exactly_one_minute(line: Line, resident: Resident, cents: int) -> None:
    """No other minimum: what pays for a minute begins a call of a minute, and it is cut there."""
    line.put(PPC, cents)
    answer = line.ask(resident)
    if cents < 11:
        assert codes(answer) == ["no_money"]
        return
    assert answer.decision.seconds == cents * 600_000 // 110_000
    line.accept(answer.call)
    assert line.end(answer.call, 900_000, "time_limit").cents == 11  # 65 seconds cost no more
    assert purse(PPC)[1] == 0


def test_f25_nobody_answers(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.tell(call, "dialling")
    line.tell(call, "ringing")
    line.wait(seconds=45)
    written = line.end(call, 0, "no_answer")
    assert (written.cents, written.seconds, written.unbilled_seconds, written.answered_at) == (0, 0, 45, None)
    assert purse(PPC) == (1000, 0)


def test_f26_the_price_heard_is_the_price_paid_whatever_changes_meanwhile(line: Line, resident: Resident) -> None:
    """A new plan, and a dearer one, begin while they talk."""
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    line.wait(seconds=30)
    rates(line, 200_000)
    assert line.end(call, 600_000).cents == 110
    assert line.ask(resident).decision.rate.total == 200_000


def test_f28_relay_is_free_and_counted(line: Line, resident: Resident) -> None:
    KnownNumber.objects.create(agency=line.station.facility.agency, number=NUMBER, relay=True)
    written = line.talk(resident, 1500)
    assert (written.cents, written.seconds, written.access, written.payer) == (0, 1500, "relay", "")
    assert not Posting.objects.exists()


def test_f32_t14_a_record_has_what_reports_ask_for(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    TelephoneSettings.objects.update(holds="prison")
    call = line.ask(resident).call
    line.accept(call)
    line.tell(call, "sign", "key:b")
    written = line.end(call, 61_000)
    assert (written.facility_id, written.facility_kind, written.jurisdiction) == (
        line.station.facility_id, "prison", "interstate",
    )  # fmt: skip
    assert (written.station, written.resident, written.dialled, written.number) == ("West", resident, KEYS, NUMBER)
    assert (written.call_type, written.access, written.country) == ("prepaid_collect", "voice", "US")
    assert (written.base_micro, written.additive_micro, written.tax_cents) == (90_000, 20_000, 0)
    assert written.signs == ["key:b"]
    assert [Entry.objects.get(pk=pk).reference for pk in written.entries] == [f"call:{call.pk}"] * 2
    for moment in ("started_at", "ringing_at", "answered_at", "announced_at", "accepted_at", "ended_at"):
        assert getattr(written, moment) is not None, moment


@pytest.mark.parametrize("keys", ["8135550142", "18135550142"])
def test_t1_numbers_are_kept_as_e164(line: Line, resident: Resident, keys: str) -> None:
    line.put(PPC, 1000)
    assert line.ask(resident, keys=keys).number == NUMBER


def test_t4_t5_a_block_by_key_counts_for_everybody_before_the_call_is_over(
    line: Line, resident: Resident, long_ago: datetime
) -> None:
    line.put(PPC, 1000)
    other = held_beside(resident, line.station.facility, "1077", long_ago)
    call = line.ask(resident).call
    line.tell(call, "dialling")
    line.tell(call, "blocked")
    assert codes(line.ask(other)) == ["blocked_by_called_party"]
    assert AuditEvent.objects.get(act="number.block").actor == "called_party"
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberBlock.objects.update(note="")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (("dialling",), "busy"), (("dialling", "ringing"), "no_answer"),
        (("dialling", "ringing", "answered", "announced"), "not_accepted"),
        (("dialling", "ringing", "answered", "announced", "refused"), "refused_by_called_party"),
        (("dialling", "ringing", "answered", "announced"), "caller_hung_up"), ((), "switch_lost"),
    ],
)  # fmt: skip
def test_t7_billing_begins_with_acceptance_alone(
    line: Line, resident: Resident, told: tuple[str, ...], reason: str
) -> None:
    """Voicemail answers, and presses nothing."""
    line.put(PPC, 1000)
    call = line.ask(resident).call
    for kind in told:
        line.tell(call, kind)
    written = line.end(call, 60_000, reason)
    assert (written.result, written.cents, written.seconds) == (reason, 0, 0)
    assert purse(PPC) == (1000, 0)


@pytest.mark.parametrize(("place", "person", "number", "longest"), [(20, 15, 10, 10), (20, 5, 10, 5), (3, 15, 10, 3)])
def test_t8_the_shortest_of_place_person_and_number(
    line: Line, resident: Resident, place: int, person: int, number: int, longest: int
) -> None:
    line.put(PPC, 10_000)
    facility = line.station.facility
    CallLimits.objects.update(seconds=60 * place)
    CallLimits.objects.create(facility=facility, resident=resident, seconds=60 * person)
    CallLimits.objects.create(facility=facility, number=NUMBER, seconds=60 * number)
    assert line.ask(resident).decision.seconds == 60 * longest


def test_t9_without_any_limit_a_call_still_ends(line: Line, resident: Resident) -> None:
    line.put(PPC, 100_000)
    CallLimits.objects.update(seconds=None)
    answer = line.ask(resident)
    assert (answer.decision.seconds, answer.decision.warn_at) == (LONGEST_SECONDS, LONGEST_SECONDS - 60)


def test_t9_a_deposit_while_they_talk_does_not_lengthen_it(line: Line, resident: Resident) -> None:
    line.put(PPC, 22)
    call = line.ask(resident).call
    line.accept(call)
    line.put(PPC, 5000)
    call.refresh_from_db()
    assert (call.seconds, line.end(call, 900_000).cents) == (120, 22)
    assert purse(PPC) == (5000, 0)


@pytest.mark.parametrize(
    ("begins", "minutes"),
    [
        # 2026-11-01, 1:50 am, the first of two: the clock goes back at 2:00, lines close at 1:30 the second time
        (datetime(2026, 11, 1, 1, 20, tzinfo=NEW_YORK), 10),
        # 2027-03-14: at 2:00 it is 3:00, lines close at 3:30
        (datetime(2027, 3, 14, 1, 50, tzinfo=NEW_YORK), 40),
    ],
)
def test_t9_a_clock_that_changes_during_a_call_changes_no_second_of_it(
    line: Line, resident: Resident, begins: datetime, minutes: int
) -> None:
    """Wall time says when lines close; how long a call was is counted in seconds that passed."""
    line.put(PPC, 5000)
    limits = CallLimits.objects.get()
    CallLimits.objects.update(seconds=3600)
    closes = "01:30" if begins.month == 11 else "03:30"
    LineHours.objects.create(limits=limits, days="0123456", opens="00:30", closes=closes)
    line.now = begins.astimezone(UTC)
    answer = line.ask(resident)
    assert answer.decision.seconds == 60 * minutes
    line.accept(answer.call)
    line.wait(minutes=minutes)
    written = line.end(answer.call, 60_000 * minutes, "time_limit")
    assert (written.seconds, written.ended_at - written.accepted_at) == (60 * minutes, timedelta(minutes=minutes))
    assert written.cents == 11 * minutes


def test_t12_t14_signs_are_kept_and_cut_nothing(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    for sign in ("key:b", "hook_flash:a", "media:b"):
        assert line.tell(call, "sign", sign)
    call.refresh_from_db()
    assert (call.ended_at, call.end_asked) == (None, "")
    assert line.end(call, 60_000).signs == ["key:b", "hook_flash:a", "media:b"]


def test_t13_every_end_has_a_reason(line: Line, resident: Resident, admin: User) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 10)
    line.ask(resident, pin="9999")
    line.ask(resident)
    line.wait(minutes=5)
    end_call.sweep(line.now)
    custody.release_resident(staff=admin, resident_id=resident.pk, now=line.now)
    line.ask(resident)
    assert Cdr.objects.count() == Call.objects.filter(ended_at__isnull=False).count() == 4
    assert all(one.result and one.reasons and one.ended_by for one in Cdr.objects.all())


def test_t16_the_number_shown_is_the_places_own(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    TelephoneSettings.objects.update(caller_id="+15185550100")
    assert terms(line.ask(resident)).caller_id == "+15185550100"


def test_t16_a_carrier_that_blocks_is_no_refusal_of_the_person(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.tell(call, "dialling")
    written = end_call.end(
        line.switch, key=call.key, reason="refused_by_carrier", side="called", billable_ms=0, sip_code=603, now=line.now
    )
    assert written is not None
    assert (written.result, written.sip_code, written.cents) == ("refused_by_carrier", 603, 0)


@pytest.mark.parametrize("keys", ["911", "9911", "112", "933"])
def test_t17_emergency_numbers_are_not_dialled(line: Line, resident: Resident, keys: str) -> None:
    line.put(PPC, 1000)
    assert codes(line.ask(resident, keys=keys)) == ["emergency_number"]
    assert purse(PPC) == (1000, 0)


def test_t18_after_the_courtesy_the_outside_party_hears_how_to_add_money(line: Line, resident: Resident) -> None:
    TelephoneSettings.objects.update(courtesy_seconds=60)
    told = terms(line.ask(resident))
    assert (told.parting, told.seconds, told.hold_cents) == ((("parting.add_money", ""),), 60, 0)


def test_tel_3_the_pause_between_calls_counts_over_midnight(line: Line, resident: Resident) -> None:
    """Of a day on which a day, a week and a month begin; what was talked before it counts in none of them."""
    line.now = datetime(2027, 2, 1, 4, 50, tzinfo=UTC)  # in New York ten minutes to midnight, on Sunday
    line.put(PPC, 5000)
    CallLimits.objects.update(pause_seconds=900, seconds_a_month=600)
    line.talk(resident, 590)
    line.wait(minutes=14)
    assert codes(line.ask(resident)) == ["too_soon"]
    line.wait(minutes=2)
    assert line.ask(resident).decision.seconds == 600


def test_tel_2_a_speed_dial_stands_for_its_number(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    SpeedDial.objects.create(resident=resident, keys="7", number=NUMBER)
    answer = line.ask(resident, keys="7")
    assert (answer.number, answer.call.facts["keys"]) == (NUMBER, "7")


def test_tel_6_the_database_comes_back_and_the_sweeper_waits(
    line: Line, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A switch first tells what it wrote down meanwhile."""
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    monkeypatch.setattr(end_call, "BACK_FOR", timedelta(days=10_000))
    line.wait(minutes=10)
    assert end_call.sweep(line.now) == 0
    assert tell_call.alive(line.switch, heard={call.key: 600_000}, now=line.now) == []
    assert line.end(call, 601_000).seconds == 601
