"""Which ends are our fault, and what of a price goes back to whom (TEL-14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony.faults import Price, ours, part

CENTS = st.integers(min_value=0, max_value=5_000)


@pytest.mark.parametrize("reason", ["switch_lost", "switch_stopped", "switch_failed", "media_failed", "technical"])
def test_what_our_side_lost(reason: str) -> None:
    assert ours(reason)


@pytest.mark.parametrize(
    "reason", ["media_lost", "caller_hung_up", "called_hung_up", "time_limit", "security", "lockdown", "forwarded"]
)
def test_what_is_no_fault_of_ours(reason: str) -> None:
    assert not ours(reason)


@given(base=CENTS, additive=CENTS, tax=CENTS, share=st.fractions(0, 1), back=st.fractions(0, 1))
def test_parts_make_up_what_goes_back_and_none_is_more_than_was_paid(base, additive, tax, share, back) -> None:  # type: ignore[no-untyped-def]
    total = base + additive + tax
    price = Price(base, additive, tax, int(total * share))
    cents = int(total * back)
    given_back = part(price, cents)
    assert given_back.cents == cents
    for name in ("base", "additive", "tax", "agency", "own"):
        assert 0 <= getattr(given_back, name) <= getattr(price, name)
    assert given_back.agency == 0 or given_back.own == price.own, "a balance gets its money first"


def test_all_of_it_is_all_of_it() -> None:
    price = Price(90, 20, 3, 40)
    assert part(price, 113) == price


@pytest.mark.parametrize("cents", [-1, 114])
def test_no_more_than_was_paid(cents: int) -> None:
    with pytest.raises(ValueError, match="cents"):
        part(Price(90, 20, 3, 40), cents)
