"""Real calls: SIPp as telephones and as who is called, `kinline switch` between them, real sound, a real database.

Every scene of an evening (`evenings.py`) is played at once; then each is looked at by itself: both sides' exit codes,
the record, the money, and what was heard by whom in which second. What only some of them show: `test_further.py`.
"""

import pytest

from kinline.telephony import faults
from kinline.telephony.rating import Rate, cost
from tests.calls.sipp.conftest import Play
from tests.calls.sipp.evenings import ROWS
from tests.calls.sipp.scenes import Scene
from tests.calls.sipp.stage import Spoken
from tests.calls.sipp.voices import CALLED_HERTZ, CALLER_HERTZ

RATE = Rate(90_000, 20_000)
CUT_WITHIN = 0.25  # seconds


def _id(row: tuple[str, Scene]) -> str:
    return f"{row[0]}-{row[1].name.replace(' ', '-')}"


@pytest.fixture(params=ROWS, ids=_id)
def spoken(request: pytest.FixtureRequest, play: Play) -> Spoken:
    evening, scene = request.param
    return play(evening)[scene.name]


def test_both_sides_say_what_they_should(spoken: Spoken) -> None:
    outside = None if spoken.scene.outside is None else 0
    assert spoken.codes == (0, outside), spoken.words


def test_the_record_says_what_came_of_it(spoken: Spoken) -> None:
    scene = spoken.scene
    if scene.maybe and not spoken.records:
        return
    results = [one.result for one in spoken.records]
    if scene.else_refused:
        assert results in ([scene.result], [scene.else_refused])
        return
    assert results == [*scene.before, *([scene.result] if scene.result else [])]
    if not scene.result:
        return
    record = spoken.records[-1]
    low, high = scene.seconds
    assert low <= record.seconds <= high
    assert scene.by in {"", record.ended_by}
    assert scene.reason in {"", *record.reasons}
    assert record.signs == list(scene.signs)
    if scene.sip is not None:
        assert record.sip_code == scene.sip


def test_the_price_is_that_of_the_seconds_and_nothing_stays_held(spoken: Spoken) -> None:
    """At the rate that was pinned, although all became dearer in the meantime (F26). What our side lost was settled the
    same, and went back (TEL-14).
    """
    scene = spoken.scene
    prices = [cost(one.seconds, RATE) if one.accepted_at and not scene.free else 0 for one in spoken.records]
    assert [one.cents for one in spoken.records] == prices
    assert [one.agency_cents for one in spoken.records] == (prices if scene.pays == "agency" else [0] * len(prices))
    assert spoken.back == (sum(prices) if faults.ours(scene.reason) else 0)
    assert spoken.live == 0
    if not scene.shares_a_purse:
        own = 0 if scene.pays == "agency" else sum(prices) - spoken.back
        assert (spoken.posted, spoken.held) == (spoken.put - own, 0)


def test_nobody_is_heard_before_acceptance(spoken: Spoken) -> None:
    until = spoken.accepted_at or spoken.wire.packets[-1].at
    sound = {
        "caller at the called": spoken.wire.seconds_with(spoken.outside_sound, CALLER_HERTZ, until=until),
        "called at the caller": spoken.wire.seconds_with(spoken.phone_sound, CALLED_HERTZ, until=until),
    }
    assert sound == {"caller at the called": [], "called at the caller": []}


def test_keys_never_reach_the_other_side(spoken: Spoken) -> None:
    assert [len(spoken.wire.keys(port)) for port in (spoken.phone_sound, spoken.outside_sound)] == [0, 0]


WITH_TONES = [row for row in ROWS if row[1].tones]


@pytest.mark.parametrize("spoken", WITH_TONES, ids=_id, indirect=True)
def test_both_hear_each_other_in_every_second_of_the_talk(spoken: Spoken) -> None:
    """But for the second of the warning, and the two that hold the first and the last moment."""
    begun, over = spoken.accepted_at, spoken.over_at
    assert begun is not None
    seconds = range(1, int(over - begun) - 1)
    warned = {spoken.scene.warned + n for n in range(-1, 4)} if spoken.scene.warned else set()
    for port, hertz in ((spoken.outside_sound, CALLER_HERTZ), (spoken.phone_sound, CALLED_HERTZ)):
        heard = spoken.wire.hears(port, hertz, begun, over)
        assert [n for n in seconds if n not in warned and not heard[n]] == []


CUT = [row for row in ROWS if row[1].cut]


@pytest.mark.parametrize("spoken", CUT, ids=_id, indirect=True)
def test_it_is_cut_on_the_second(spoken: Spoken) -> None:
    """The telephone's line at once; the called party's too, unless something is still said to them."""
    begun = spoken.accepted_at
    assert begun is not None
    ends = spoken.wire.sip(to=spoken.phone_port, begins="BYE ")
    assert len(ends) == 1
    assert abs(ends[0].at - begun - spoken.scene.cut) <= CUT_WITHIN
    others = spoken.wire.sip(to=spoken.outside_port, begins="BYE ")
    assert len(others) == 1
    if not spoken.scene.free:
        assert abs(others[0].at - begun - spoken.scene.cut) <= CUT_WITHIN


WARNED = [row for row in ROWS if row[1].warned]


@pytest.mark.parametrize("spoken", WARNED, ids=_id, indirect=True)
def test_both_are_warned_a_minute_before(spoken: Spoken) -> None:
    """In that second something else is heard than the other's tone, by both."""
    begun = spoken.accepted_at
    assert begun is not None
    at = begun + spoken.scene.warned
    for port, hertz in ((spoken.outside_sound, CALLER_HERTZ), (spoken.phone_sound, CALLED_HERTZ)):
        assert spoken.wire.is_interrupted(port, hertz, at, at + 1.5)


def test_the_books_of_all_of_it_balance(play: Play) -> None:
    """By replay of every posting, hold and resolution."""
    for evening in play.wanted:
        assert play(evening)
        assert play.books[evening] == []
