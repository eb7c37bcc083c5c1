import pytest

from kinline.core.money import Purse


@pytest.mark.parametrize(
    ("price", "available", "can_pay", "is_last", "credits", "after"),
    [
        (50, 0, False, False, 0, (0, 0)),
        (50, 49, False, False, 0, (0, 0)),
        (50, 50, True, True, 1, (0, 0)),
        (50, 99, True, True, 1, (49, 0)),
        (50, 100, True, False, 2, (50, 1)),
        (0, 0, True, False, 0, (0, 0)),
        (0, 100, True, False, 0, (100, 0)),
    ],
)
def test_a_price_beside_the_money_there_is(
    price: int, available: int, can_pay: bool, is_last: bool, credits: int, after: tuple[int, int]
) -> None:
    purse = Purse(price, available)
    assert (purse.can_pay, purse.is_last, purse.credits) == (can_pay, is_last, credits)
    assert (purse.after_cents, purse.credits_after) == after
    assert purse.is_free == (price == 0)
