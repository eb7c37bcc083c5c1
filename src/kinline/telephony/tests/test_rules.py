"""May this call be placed, who pays, for how long: each reason alone, all together, what wins (TEL-3, TEL-4, T8)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony import rules
from kinline.telephony.dialling import dialled
from kinline.telephony.rating import Rate, cost
from kinline.telephony.rules import Caller, Facts, Hours, Limits, Number, Purse, Reason, Stop, Used

NOON = datetime(2026, 7, 14, 16, 0, tzinfo=UTC)  # Tuesday, noon in New York
ELEVEN = Rate(110_000)
PLACE = Limits(seconds=900)
EVERY_DAY = frozenset(range(7))
DAYTIME = Hours(EVERY_DAY, time(8), time(21))


def facts(**changed: Any) -> Facts:
    usual = Facts(
        now=NOON,
        time_zone="America/New_York",
        offered=True,
        caller=Caller(identified=True, in_custody=True),
        number=Number(dialled("8135550142")),
        rate=ELEVEN,
        limits=(PLACE,),
        purses=(Purse("prepaid_collect", 1000), Purse("pin_debit", 1000)),
    )
    return replace(usual, **changed)


def number(keys: str = "8135550142", **known: Any) -> Number:
    return Number(dialled(keys), **known)


def codes(**changed: Any) -> list[str]:
    return [reason.code for reason in rules.decide(facts(**changed)).reasons]


def test_the_usual_call() -> None:
    found = rules.decide(facts())
    assert found == rules.Decision(
        (), "prepaid_collect", "prepaid_collect", ELEVEN, seconds=900, hold_cents=165, record=True
    )
    assert found.allowed
    assert found.warn_at == 840


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("not_offered", {"offered": False}),
        ("wrong_pin", {"caller": Caller(identified=False, in_custody=False)}),
        ("pin_locked", {"caller": Caller(identified=False, in_custody=False, locked=True)}),
        ("not_in_custody", {"caller": Caller(identified=True, in_custody=False)}),
        ("already_calling", {"caller": Caller(identified=True, in_custody=True, calling=True)}),
        ("lockdown", {"stops": (Stop("lockdown", NOON + timedelta(hours=1)),)}),
        ("blackout", {"stops": (Stop("blackout"),)}),
        ("suspended", {"stops": (Stop("suspended"),)}),
        ("restricted", {"stops": (Stop("restricted"),)}),
        ("closed_hours", {"limits": (PLACE, Limits(hours=(Hours(EVERY_DAY, time(13), time(14)),)))}),
        ("no_number", {"number": number("*#")}),
        ("emergency_number", {"number": number("911")}),
        ("premium_number", {"number": number("9005550142")}),
        ("place_not_allowed", {"number": number("0115352123456")}),
        ("place_not_allowed", {"number": number("8765550142")}),
        ("blocked_number", {"number": number(blocked=("prefix",))}),
        ("blocked_by_called_party", {"number": number(blocked=("called_party",))}),
        ("not_on_list", {"number": number(approved=False)}),
        ("quota_used", {"limits": (Limits(calls_a_day=3),), "used": Used(calls_today=3)}),
        ("quota_used", {"limits": (Limits(seconds_a_month=600),), "used": Used(seconds_this_month=541)}),
        ("too_soon", {"limits": (Limits(pause_seconds=60),), "used": Used(ended_at=NOON - timedelta(seconds=59))}),
        ("no_rate", {"rate": None}),
        ("no_money", {"purses": (Purse("prepaid_collect", 10), Purse("pin_debit", 10))}),
        ("no_money", {"purses": ()}),
        ("money_in_use", {"purses": (Purse("prepaid_collect", 10, in_calls=1),)}),
    ],
)
def test_each_reason_alone(code: str, changed: dict[str, Any]) -> None:
    found = rules.decide(facts(**changed))
    assert [reason.code for reason in found.reasons] == [code]
    assert (found.seconds, found.hold_cents, found.record, found.payer) == (0, 0, False, None)


def test_all_reasons_are_kept_and_the_first_is_about_who_calls() -> None:
    until = NOON + timedelta(hours=2)
    found = rules.decide(
        facts(
            caller=Caller(identified=False, in_custody=False),
            number=number(blocked=("number", "called_party"), approved=False),
            stops=(Stop("lockdown", until),),
            limits=(Limits(calls_a_day=1),),
            used=Used(calls_today=1),
            purses=(),
        )
    )
    assert found.reasons == (
        Reason("wrong_pin"),
        Reason("blocked_number"),
        Reason("blocked_by_called_party"),
        Reason("not_on_list"),
        Reason("lockdown", until),
        Reason("quota_used"),
    )


def test_t8_the_most_restrictive_limit_wins() -> None:
    limits = (Limits(seconds=20 * 60), Limits(seconds=15 * 60), Limits(seconds=10 * 60))
    assert rules.decide(facts(limits=limits)).seconds == 600


@given(st.lists(st.builds(Limits, st.none() | st.integers(60, 9000), record=st.booleans()), min_size=1, max_size=5))
def test_t8_in_any_order_the_shortest_length_and_any_off_of_recording(limits: list[Limits]) -> None:
    rich = (Purse("pin_debit", 10**6),)
    found = rules.decide(facts(limits=tuple(limits), purses=rich))
    back = rules.decide(facts(limits=tuple(reversed(limits)), purses=rich))
    assert found == back
    set_ = [one.seconds for one in limits if one.seconds is not None]
    assert found.seconds == min(set_, default=rules.LONGEST_SECONDS)
    assert found.record == all(one.record for one in limits)


def test_t9_the_balance_sets_the_length_when_it_is_the_shortest() -> None:
    found = rules.decide(facts(purses=(Purse("prepaid_collect", 11),)))
    assert (found.seconds, found.hold_cents, found.warn_at) == (60, 11, None)
    found = rules.decide(facts(purses=(Purse("prepaid_collect", 33),)))
    assert (found.seconds, found.hold_cents, found.warn_at) == (180, 33, 120)


def test_the_second_purse_pays_when_the_first_has_no_minute() -> None:
    found = rules.decide(facts(purses=(Purse("prepaid_collect", 10), Purse("pin_debit", 50))))
    assert (found.payer, found.call_type, found.hold_cents) == ("pin_debit", "pin_debit", 50)


@given(
    st.integers(0, 3000),
    st.integers(0, 400),
    st.integers(0, 1200),
    st.integers(60, 3600),
    st.integers(0, 60),
)
def test_no_call_holds_more_than_there_is_or_lasts_longer_than_is_paid(
    available: int, micro_cents: int, given_seconds: int, longest: int, courtesy: int
) -> None:
    rate = Rate(micro_cents * 1000)
    found = rules.decide(
        facts(
            rate=rate,
            limits=(Limits(seconds=longest),),
            purses=(Purse("prepaid_collect", available),),
            allowance_seconds=given_seconds,
            courtesy_seconds=courtesy,
            number=number(courtesy_left=True),
        )
    )
    if not found.allowed:
        assert found.hold_cents == 0
        return
    assert 0 < found.seconds <= longest
    assert 0 <= found.hold_cents <= available
    if found.call_type not in {"courtesy", "free"}:
        agency = cost(found.allowance_seconds, found.rate)
        assert found.hold_cents + agency >= cost(found.seconds, found.rate), "every second is paid by somebody"
        assert found.seconds >= 60


def test_an_allowance_is_used_first_and_the_purse_pays_what_is_beyond() -> None:
    found = rules.decide(facts(allowance_seconds=300))
    assert (found.allowance_seconds, found.seconds, found.hold_cents) == (300, 900, 165 - 55)
    assert found.payer == "prepaid_collect"
    covered = rules.decide(facts(allowance_seconds=3000))
    assert (covered.call_type, covered.payer, covered.hold_cents, covered.allowance_seconds) == (
        "allowance",
        None,
        0,
        900,
    )
    alone = rules.decide(facts(allowance_seconds=90, purses=()))
    assert (alone.call_type, alone.seconds, alone.hold_cents) == ("allowance", 90, 0)
    assert codes(allowance_seconds=59, purses=()) == ["no_money"]


def test_beyond_an_allowance_an_empty_purse_pays_nothing_and_the_next_one_does() -> None:
    empty = Purse("prepaid_collect", 0)
    next_one = rules.decide(facts(allowance_seconds=120, purses=(empty, Purse("pin_debit", 1000))))
    assert (next_one.payer, next_one.seconds, next_one.hold_cents) == ("pin_debit", 900, 165 - 22)
    nobody = rules.decide(facts(allowance_seconds=120, purses=(empty,)))
    assert (nobody.call_type, nobody.payer, nobody.seconds, nobody.hold_cents) == ("allowance", None, 120, 0)
    cheap = facts(allowance_seconds=880, rate=Rate(10_000, 0), limits=(Limits(seconds=890),))
    less_than_a_cent = rules.decide(cheap)
    assert (less_than_a_cent.payer, less_than_a_cent.seconds, less_than_a_cent.hold_cents) == (None, 890, 0)


def test_money_in_another_call_is_never_called_no_money_and_gives_no_courtesy() -> None:
    purses = (Purse("prepaid_collect", 0, in_calls=165), Purse("pin_debit", 0))
    assert codes(purses=purses, courtesy_seconds=60, number=number(courtesy_left=True)) == ["money_in_use"]


def test_tel_13_the_first_call_to_a_number_without_money_is_free_and_short() -> None:
    poor = {"purses": (Purse("prepaid_collect", 0),), "courtesy_seconds": 60}
    found = rules.decide(facts(number=number(courtesy_left=True), **poor))
    assert (found.call_type, found.seconds, found.hold_cents, found.payer) == ("courtesy", 60, 0, None)
    assert codes(number=number(courtesy_left=False), **poor) == ["no_money"]
    debit = {"purses": (Purse("pin_debit", 0),), "courtesy_seconds": 60}
    assert codes(number=number(courtesy_left=True), **debit) == ["no_money"], "there is nothing to open for the number"


def test_rec3_a_hotline_asks_for_nothing_and_is_never_recorded() -> None:
    found = rules.decide(
        facts(
            number=number("9", hotline=True),
            offered=False,
            caller=Caller(identified=False, in_custody=False, calling=True, locked=True),
            stops=(Stop("lockdown"), Stop("suspended")),
            limits=(Limits(seconds=60, calls_a_day=0, hours=(Hours(EVERY_DAY, time(1), time(2)),)),),
            rate=None,
            purses=(),
        )
    )
    assert found.allowed
    assert (found.call_type, found.hold_cents, found.record) == ("hotline", 0, False)
    assert found.seconds == rules.LONGEST_SECONDS


def test_m12_a_privileged_number_is_never_recorded() -> None:
    assert rules.decide(facts()).record
    assert not rules.decide(facts(number=number(privileged=True))).record


def test_m14_a_privileged_number_passes_quotas_unless_the_place_says_otherwise() -> None:
    used = {"limits": (Limits(calls_a_day=1, seconds=900, pause_seconds=600),), "used": Used(1, 100, ended_at=NOON)}
    assert codes(number=number(privileged=True), **used) == []
    assert codes(number=number(privileged=True), quota_for_privileged=True, **used) == ["too_soon", "quota_used"]
    assert codes(**used) == ["too_soon", "quota_used"]


def test_f28_a_relay_call_is_free_and_longer() -> None:
    found = rules.decide(facts(number=number(relay=True), purses=()))
    assert (found.call_type, found.hold_cents, found.seconds) == ("free", 0, 1800)


def test_f33_where_calls_cost_nothing_nobody_needs_money() -> None:
    found = rules.decide(facts(rate=Rate(0), purses=()))
    assert (found.call_type, found.hold_cents, found.seconds) == ("free", 0, 900)


def test_a_quota_of_seconds_shortens_the_call() -> None:
    limits = (Limits(seconds=900, seconds_a_day=1800, seconds_a_week=3600),)
    assert rules.decide(facts(limits=limits, used=Used(1, 1500, 1500))).seconds == 300


# Hours


def hours_until(*hours: Hours, now: datetime = NOON) -> datetime | None:
    return rules.open_until((Limits(hours=hours),), now, "America/New_York")


def at(day: int, hour: int, minute: int = 0, *, month: int = 7) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_the_call_ends_when_the_lines_close() -> None:
    near = at(15, 0, 50)  # 20:50 in New York, ten minutes before nine
    assert rules.decide(facts(now=near, limits=(PLACE, Limits(hours=(DAYTIME,))))).seconds == 600
    assert codes(now=at(15, 1), limits=(PLACE, Limits(hours=(DAYTIME,)))) == ["closed_hours"]


def test_hours_that_cross_midnight_belong_to_the_day_on_which_they_open() -> None:
    night = Hours(frozenset({1}), time(22), time(2))  # Tuesday night
    assert hours_until(night, now=at(15, 5)) == at(15, 6)
    assert hours_until(night, now=at(14, 5)) is None, "Monday night"
    assert hours_until(night, now=at(15, 6)) is None, "two o'clock is closed"


def test_hours_that_meet_are_one() -> None:
    assert hours_until(Hours(EVERY_DAY, time(8), time(13)), Hours(EVERY_DAY, time(13), time(15))) == at(14, 19)
    all_day = Hours(EVERY_DAY, time(0), time(0))
    assert (hours_until(all_day) or NOON) > NOON + timedelta(days=6)


def test_everybodys_hours_count() -> None:
    both = (Limits(hours=(DAYTIME,)), Limits(hours=(Hours(EVERY_DAY, time(11), time(13)),)))
    assert rules.open_until(both, NOON, "America/New_York") == at(14, 17)
    assert rules.open_until((), NOON, "America/New_York") == rules.NEVER


@pytest.mark.parametrize(
    ("day", "month", "minutes"),
    [(8, 3, 120), (1, 11, 240), (14, 7, 180)],  # the clock goes forward, back, stays
)
def test_a_clock_change_makes_an_open_night_shorter_or_longer(day: int, month: int, minutes: int) -> None:
    hour = 4 if month == 7 else 4 if month == 11 else 5
    opens = datetime(2026, month, day, hour, 30, tzinfo=UTC)  # 00:30 in New York
    closes = hours_until(Hours(EVERY_DAY, time(0, 30), time(3, 30)), now=opens)
    assert closes is not None
    assert (closes - opens).total_seconds() == minutes * 60
