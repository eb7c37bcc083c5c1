"""What only some of the calls show: sentences, twins, other ways outside, clocks that change, and a flood."""

import pytest

from kinline.sip.prompts import TEXTS
from kinline.telephony.rating import cost
from tests.calls.sipp import flood, sentences
from tests.calls.sipp.conftest import Play
from tests.calls.sipp.evenings import EVENINGS, ROWS
from tests.calls.sipp.stage import Spoken
from tests.calls.sipp.test_sipp import RATE, _id, spoken

__all__ = ["spoken"]  # the fixture

REFUSED = [row for row in ROWS if row[1].refusals and not EVENINGS[row[0]].dies]
TOLD = [row for row in ROWS if row[1].told]
SILENTLY = [row for row in ROWS if row[1].result == "contact_blocked"]
TWINS = [row for row in ROWS if row[1].twin]
OTHER_WAY = [row for row in ROWS if row[1].first_trunk]
CLOCKS = [row for row in ROWS if row[1].at.startswith("clock")]


@pytest.mark.parametrize("spoken", REFUSED, ids=_id, indirect=True)
def test_the_caller_hears_why_not_in_one_sentence(spoken: Spoken) -> None:
    """To its end, in their language, and no other reason."""
    expected = {sentences.sentence(spoken.scene.language, prompt) for prompt in spoken.scene.refusals}
    assert sentences.heard(spoken.wire, spoken.phone_sound) == expected


@pytest.mark.parametrize("spoken", TOLD, ids=_id, indirect=True)
def test_the_called_party_hears_what_it_must(spoken: Spoken) -> None:
    expected = {sentences.sentence(spoken.scene.language, prompt) for prompt in spoken.scene.told}
    assert sentences.heard(spoken.wire, spoken.outside_sound, spoken.scene.told) == expected


@pytest.mark.parametrize("spoken", SILENTLY, ids=_id, indirect=True)
def test_a_telephone_shows_nothing_of_a_family_members_block(spoken: Spoken) -> None:
    """It is told what it is told of any number that cannot be reached (CON-3)."""
    ends = spoken.wire.sip(to=spoken.phone_port, begins="SIP/2.0 502")
    assert [one for one in ends if b"unreachable" in one.load] == ends != []
    assert spoken.wire.sip(to=spoken.phone_port, says="contact_blocked") == []


@pytest.mark.parametrize("spoken", TWINS, ids=_id, indirect=True)
def test_of_two_at_once_one_talks_and_pays(spoken: Spoken) -> None:
    scene, other = spoken.scene, spoken.twin
    assert other is not None
    records = [*spoken.records, *other.records]
    assert sorted(one.result for one in records) == sorted([scene.result, scene.else_refused])
    paid = sum(cost(one.seconds, RATE) for one in records if one.accepted_at)
    first = other if scene.with_number_of else spoken
    assert (first.posted, first.held) == (first.put - paid, 0)


@pytest.mark.parametrize("spoken", OTHER_WAY, ids=_id, indirect=True)
def test_what_the_first_trunk_does_not_take_the_second_is_asked_for(spoken: Spoken) -> None:
    asks = [
        spoken.wire.sip(to=port, begins=f"INVITE sip:{spoken.part.number}@") or
        spoken.wire.sip(to=port, begins=f"INVITE sip:{spoken.part.number[1:]}@") for port in spoken.trunks
    ]  # fmt: skip
    assert all(asks)
    assert asks[0][0].at < asks[1][0].at


@pytest.mark.parametrize("spoken", CLOCKS, ids=_id, indirect=True)
def test_the_clock_changed_during_the_call(spoken: Spoken) -> None:
    """So that what the other tests say of it is true of such a call."""
    record = spoken.records[-1]
    assert record.accepted_at is not None
    assert record.accepted_at.timestamp() < spoken.clock_at < record.ended_at.timestamp()


def test_a_flood_from_one_address_is_not_read(play: Play) -> None:
    """What the others heard and paid meanwhile stands in the other tests."""
    wanted = [name for name in play.wanted if EVENINGS[name].floods]
    assert wanted
    for name in wanted:
        wire = next(iter(play(name).values())).wire
        calls = wire.sip(begins="INVITE ", says=f"<sip:{flood.KNOWN_BY}@")
        seconds = calls[-1].at - calls[0].at
        read = {_call_id(one.load) for one in wire.sip(to=calls[0].source, begins="SIP/2.0 ")}
        assert len({_call_id(one.load) for one in calls}) == flood.MOST
        assert 0 < len(read) <= flood.ALLOWED * (flood.AFTER_SILENCE + seconds + 0.5) < flood.MOST


def _call_id(load: bytes) -> bytes:
    return next(line for line in load.split(b"\r\n") if line.lower().startswith(b"call-id:"))


def test_every_refusal_that_tel_3_names_is_played_and_spoken() -> None:
    played = {prompt for _, scene in REFUSED for prompt in scene.refusals}
    own = {"refused.unknown_station", "refused.try_later", "refused.switch_failed", "refused.media_lost"}
    unplayed = {one for one in TEXTS if one.startswith("refused.")} - played - own
    assert unplayed == set(), "faults of ours have tests of their own; all else is played here"
