"""KSK-4: whose turn it is at a kiosk, as a table. Minutes of one day; a turn is 15, others come first for 20."""

from datetime import UTC, datetime, timedelta

import pytest

from kinline.residents.rules import Last, Turn, Turns, turn

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def at(minute):
    return DAY + timedelta(minutes=minute)


def last(ended, turn_ends=None):
    return Last(at(ended), None if turn_ends is None else at(turn_ends))


FAIR = Turns(15, 20)


@pytest.mark.parametrize(
    ("rules", "before", "free_since", "now", "expected"),
    [
        (Turns(), last(9, 10), at(9), 10, Turn()),  # the default: no limit, no pause
        (FAIR, None, None, 0, Turn(ends_at=at(15))),
        (FAIR, last(15, 15), at(15), 16, Turn(again_at=at(35))),
        (FAIR, last(15, 15), at(15), 17, Turn(ends_at=at(32))),  # nobody wanted the screen for two minutes
        (FAIR, last(15, 15), at(33), 34, Turn(again_at=at(35))),  # others had it
        (FAIR, last(15, 15), at(34), 35, Turn(ends_at=at(50))),
        (FAIR, last(3, 15), at(3), 10, Turn(ends_at=at(15))),  # back within the turn: the rest of it
        (FAIR, last(10, 15), at(9), 10, Turn(ends_at=at(15))),  # at another screen: the same turn
        (FAIR, last(3, 15), at(22), 23, Turn(ends_at=at(38))),  # left early: the pause began early
        (Turns(15, 0), last(15, 15), at(15), 15, Turn(ends_at=at(30))),
        (Turns(15, 0), last(3, 15), at(3), 4, Turn(ends_at=at(15))),
        (Turns(0, 20), last(15), at(15), 16, Turn(again_at=at(35))),
        (Turns(0, 20), last(15), at(15), 36, Turn()),
    ],
)
def test_whose_turn_it_is(rules, before, free_since, now, expected):
    assert turn(rules, before, free_since, at(now)) == expected
