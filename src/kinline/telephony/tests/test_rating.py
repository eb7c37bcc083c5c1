"""Right to the second and to the cent, for every rate and every length (TEL-4, TEL-5, F8, F10, T9)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony import rating
from kinline.telephony.rating import FREE, Rate

RATES = st.builds(Rate, st.integers(0, 5_000_000), st.integers(0, rating.MOST_ADDITIVE_MICRO))
PAID = RATES.filter(lambda rate: not rate.is_free)
SECONDS = st.integers(0, 14_400)


@pytest.mark.parametrize(
    ("seconds", "micro", "cents"),
    [
        (0, 110_000, 0),
        (5, 110_000, 0),  # 0.9 of a cent
        (6, 110_000, 1),
        (60, 110_000, 11),
        (61, 110_000, 11),  # two whole minutes would have been 22: above the cap
        (900, 110_000, 165),
        (900, 100_000, 150),
        (59, 60_000, 5),
        (1, 600_000, 1),
        (3600, 1, 0),
    ],
)
def test_by_the_second_and_down_to_the_cent(seconds: int, micro: int, cents: int) -> None:
    assert rating.cost(seconds, Rate(micro)) == cents


@given(SECONDS, RATES)
def test_f10_never_above_the_rate_and_less_than_a_cent_below_it(seconds: int, rate: Rate) -> None:
    exact = Fraction(seconds * rate.total, 60 * 10_000)
    assert rating.cost(seconds, rate) <= exact < rating.cost(seconds, rate) + 1


@given(SECONDS, SECONDS, RATES)
def test_f8_there_is_no_charge_for_a_connection(one: int, other: int, rate: Rate) -> None:
    whole = rating.cost(one + other, rate)
    assert (
        rating.cost(one, rate) + rating.cost(other, rate)
        <= whole
        <= rating.cost(one, rate) + rating.cost(other, rate) + 1
    )


@given(st.integers(0, 100_000), PAID)
def test_a_balance_pays_every_second_that_it_gives(cents: int, rate: Rate) -> None:
    seconds = rating.paid_seconds(cents, rate)
    assert seconds is not None
    assert rating.cost(seconds, rate) <= cents
    assert Fraction((seconds + 1) * rate.total, 600_000) > cents, "one second more is not paid in full"


def test_a_balance_for_exactly_one_minute_lasts_one_minute() -> None:
    assert rating.paid_seconds(11, Rate(110_000)) == 60
    assert rating.minute_cents(Rate(110_000)) == 11
    assert rating.minute_cents(Rate(115_000)) == 12
    assert rating.minute_cents(FREE) == 0


@given(PAID)
def test_the_least_balance_pays_a_minute_and_one_cent_less_does_not(rate: Rate) -> None:
    least = rating.minute_cents(rate)
    assert (rating.paid_seconds(least, rate) or 0) >= 60
    assert (rating.paid_seconds(least - 1, rate) or 0) < 60


@given(SECONDS, RATES, st.integers(0, 100_000))
def test_never_more_than_was_set_aside_and_both_shares_make_the_price(seconds: int, rate: Rate, held: int) -> None:
    taken = rating.charge(seconds, rate, held)
    assert taken.cents == min(rating.cost(seconds, rate), held)
    assert taken.base >= 0
    assert 0 <= taken.additive <= Fraction(seconds * rate.additive, 600_000)


def test_the_facilitys_share_is_an_item_of_its_own() -> None:
    assert rating.charge(600, Rate(90_000, 20_000), 500) == rating.Charge(base=90, additive=20)


def test_a_free_call_costs_nothing_and_never_ends_for_money() -> None:
    assert rating.charge(3600, FREE, 0) == rating.Charge(0, 0)
    assert rating.paid_seconds(0, FREE) is None


@pytest.mark.parametrize(
    ("milliseconds", "seconds"), [(0, 0), (999, 0), (1000, 1), (59_999, 59), (60_000, 60), (-5, 0)]
)
def test_only_whole_seconds_count(milliseconds: int, seconds: int) -> None:
    assert rating.used_seconds(milliseconds) == seconds


@pytest.mark.parametrize("bad", [(-1, 0), (0, -1)])
def test_a_rate_below_zero_is_refused(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="below zero"):
        Rate(*bad)


@pytest.mark.parametrize(
    ("micro", "said"), [(110_000, "$0.11"), (115_000, "$0.115"), (0, "$0.00"), (1_200_000, "$1.20"), (1, "$0.000001")]
)
def test_a_rate_as_it_is_written(micro: int, said: str) -> None:
    assert rating.in_dollars(micro) == said
