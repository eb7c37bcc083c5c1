"""No rate above the law, on any day of a plan (F1 to F5)."""

from datetime import date

import pytest

from kinline.telephony import caps
from kinline.telephony.caps import Cap, Tier
from kinline.telephony.rating import Rate

TURN = date(2026, 4, 6)
OLD = Cap("US", "small", 210_000, date(2021, 10, 26), TURN, "https://law.example/old", "S")
NEW = Cap("US", "small", 130_000, TURN, None, "https://law.example/new", "S")
STATE = Cap("US-FL", "small", 120_000, date(2027, 1, 1), None, "https://law.example/state", "P")
ROWS = (OLD, NEW, STATE)


def broken(
    micro: int, since: date, until: date | None, *, at: str = "US", tier: Tier = "small", additive: int = 0
) -> caps.Above | None:
    rate = Rate(micro - additive, additive)
    return caps.above(rate, ROWS, tier=tier, jurisdictions={"US", at}, since=since, until=until)


@pytest.mark.parametrize(
    ("people", "tier"),
    [
        (0, "extremely_small"),
        (49, "extremely_small"),
        (50, "very_small"),
        (99, "very_small"),
        (100, "small"),
        (349, "small"),
        (350, "medium"),
        (999, "medium"),
        (1000, "large"),
        (90_000, "large"),
    ],
)
def test_f1_every_boundary_between_tiers(people: int, tier: Tier) -> None:
    assert caps.tier_of("jail", people) == tier
    assert caps.tier_of("prison", people) == "prison"


@pytest.mark.parametrize(("days", "mean"), [(365 * 49, 49), (365 * 49 + 1, 50), (365 * 50, 50), (0, 0)])
def test_f2_a_part_of_a_person_counts_as_one(days: int, mean: int) -> None:
    assert caps.average_daily_population(days, 365) == mean


def test_f1_both_sides_of_the_day_on_which_a_cap_changes() -> None:
    assert broken(210_000, date(2026, 4, 5), TURN) is None
    assert broken(210_001, date(2026, 4, 5), TURN) == caps.Above(OLD, 210_000, date(2026, 4, 5))
    assert broken(130_000, TURN, None) is None
    assert broken(130_001, TURN, None) == caps.Above(NEW, 130_000, TURN)


def test_f1_a_plan_that_reaches_into_a_lower_cap_is_told_from_which_day() -> None:
    assert broken(200_000, date(2026, 1, 1), None) == caps.Above(NEW, 130_000, TURN)
    assert broken(200_000, date(2026, 1, 1), TURN) is None


def test_f3_the_facilitys_share_counts_with_the_rate() -> None:
    assert broken(130_000, TURN, None, additive=20_000) is None
    assert broken(130_001, TURN, None, additive=20_000) is not None


def test_the_other_reading_of_the_share_is_a_setting_and_has_an_end() -> None:
    def over(additive: int) -> bool:
        found = caps.above(
            Rate(130_000, additive),
            ROWS,
            tier="small",
            jurisdictions={"US"},
            since=TURN,
            until=None,
            additive_on_top=True,
        )
        return found is not None

    assert not over(20_000)
    assert over(20_001)


def test_f4_the_lower_cap_of_a_state_wins_there_and_only_there() -> None:
    since = date(2027, 1, 1)
    assert broken(125_000, since, None, at="US-FL") == caps.Above(STATE, 120_000, since)
    assert broken(125_000, since, None, at="US-GA") is None


def test_f5_abroad_the_cost_of_ending_the_call_there_comes_on_top() -> None:
    def over(micro: int) -> bool:
        found = caps.above(
            Rate(micro), ROWS, tier="small", jurisdictions={"US"}, since=TURN, until=None, abroad_micro=70_000
        )
        return found is not None

    assert not over(200_000)
    assert over(200_001)


def test_a_cap_of_another_tier_says_nothing() -> None:
    assert broken(900_000, TURN, None, tier="large") is None
