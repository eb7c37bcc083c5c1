"""The pure parts of money that goes back: when (F16, F17, E3), to which state, and in which words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from kinline.payments.models.refunds import Cause, PayOutState, Way
from kinline.payments.refund_wording import goes_to, pay_out_sentence, refund_cause
from kinline.payments.rules import idle_step, months_after, unclaimed_step
from kinline.payments.states import state_code

ACTIVE = datetime(2030, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return ACTIVE + timedelta(days=number)


# Days since the last use, which reminders went out when, and what is to be done. 60 and 30 days before 180.
IDLE = [
    (0, {}, None),
    (119.999, {}, None),
    (120, {}, 60),
    (179, {}, 60),  # nobody is refunded who was never asked
    (5000, {}, 60),
    (120, {60: 120}, None),
    (149.999, {60: 120}, None),
    (150, {60: 120}, 30),
    (179.999, {60: 120, 30: 150}, None),
    (180, {60: 120, 30: 150}, 0),
    (4000, {60: 120, 30: 150}, 0),
    (150, {60: 140}, None),  # said "in 60 days" on day 140: nothing before day 170 and 200
    (170, {60: 140}, 30),
    (199.999, {60: 140, 30: 170}, None),
    (200, {60: 140, 30: 170}, 0),
    (209, {60: 120, 30: 180}, None),  # the second one was late
    (210, {60: 120, 30: 180}, 0),
]


@pytest.mark.parametrize(("at", "told", "step"), IDLE)
def test_what_an_unused_balance_needs(at: float, told: dict[int, float], step: int | None) -> None:
    reminded = {days: day(number) for days, number in told.items()}
    assert idle_step(ACTIVE, reminded, day(at), inactive_days=180, reminder_days=(60, 30)) == step


@pytest.mark.parametrize(("at", "step"), [(179.9, None), (180, 0)])
def test_without_reminders_it_is_the_day_itself(at: float, step: int | None) -> None:
    assert idle_step(ACTIVE, {}, day(at), inactive_days=180, reminder_days=()) == step


FALLS = months_after(ACTIVE, 36)
UNCLAIMED = [
    (FALLS - timedelta(days=121), None, True, ""),
    (FALLS - timedelta(days=120), None, True, "letter"),
    (FALLS + timedelta(days=900), None, True, "letter"),
    (FALLS - timedelta(seconds=1), FALLS - timedelta(days=120), True, ""),
    (FALLS, FALLS - timedelta(days=120), True, "state"),
    (FALLS + timedelta(days=119), FALLS, True, ""),
    (FALLS + timedelta(days=120), FALLS, True, "state"),
    (FALLS - timedelta(days=120), None, False, ""),
    (FALLS, None, False, "state"),
]


@pytest.mark.parametrize(("now", "noticed", "needs", "step"), UNCLAIMED)
def test_what_money_of_nobody_needs(now: datetime, noticed: datetime | None, needs: bool, step: str) -> None:
    assert unclaimed_step(ACTIVE, noticed, now, months=36, notice_days=120, needs_notice=needs) == step


@pytest.mark.parametrize(
    ("at", "months", "then"),
    [("2030-01-31", 1, "2030-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2030-12-15", 36, "2033-12-15"),
     ("2030-03-31", 0, "2030-03-31"), ("2030-08-31", 6, "2031-02-28")],
)  # fmt: skip
def test_months_end_where_the_month_does(at: str, months: int, then: str) -> None:
    assert months_after(datetime.fromisoformat(at), months) == datetime.fromisoformat(then)


@pytest.mark.parametrize(
    ("region", "code"),
    [("Florida", "FL"), ("fl", "FL"), (" N.Y. ", "NY"), ("new  york", "NY"), ("District of Columbia", "DC"),
     ("Puerto Rico", "PR"), ("NSW", "NSW"), ("Somewhere", ""), ("", ""), ("12", ""), ("F", "")],
)  # fmt: skip
def test_a_state_as_people_write_it(region: str, code: str) -> None:
    assert state_code(region) == code


def possible() -> list[tuple[str, str]]:
    cards = {PayOutState.WAITING, PayOutState.SENT, PayOutState.PAID, PayOutState.FAILED, PayOutState.RECALLED}
    never = {PayOutState.SENT, PayOutState.FAILED}
    other = [(state, way) for state in set(PayOutState) - never for way in set(Way) - {Way.CARD}]
    return sorted([(state, Way.CARD) for state in cards] + other)


@pytest.mark.parametrize(("state", "way"), possible())
def test_every_payment_says_where_it_is_in_both_languages(state: str, way: str) -> None:
    for has_address in (True, False):
        with override("en"):
            english = pay_out_sentence(state, way, has_address=has_address)
        with override("es"):
            spanish = pay_out_sentence(state, way, has_address=has_address)
        assert english.endswith(".")
        assert english != spanish


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_a_sentence(cause: str) -> None:
    with override("en"):
        english = refund_cause(cause)
    with override("es"):
        assert refund_cause(cause) != english


@pytest.mark.parametrize(
    ("way", "label", "mine", "said"),
    [("card", "Visa 4242", True, "$5.00 to the card that paid: Visa 4242"),
     ("card", "", True, "$5.00 to the card that paid"),
     ("card", "Visa 4242", False, "$5.00 to the card of another person who paid it in"),
     ("cheque", "", True, "$5.00 by cheque, to the address in your account")],
)  # fmt: skip
def test_where_a_part_goes_names_only_ones_own_card(way: str, label: str, mine: bool, said: str) -> None:
    assert goes_to(way, 500, label, mine=mine) == said
