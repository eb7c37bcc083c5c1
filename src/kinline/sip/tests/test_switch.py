"""Whole calls through real sockets: both telephones, the switch, and what it tells (telephony.md, section 3)."""

from pathlib import Path

from kinline.sip.tests.stage import NUMBER, PIN, play, staged


def test_a_call_from_the_telephone_to_outside_and_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a, b = await stage.talk()
            assert (b.number, b.caller_id) == (NUMBER, "+15185550110")
            await a.hang_up()
            reason, side, billed, code = await stage.over()
            assert (reason, side, code) == ("caller_hung_up", "caller", 0)
            assert 0 <= billed < 1000
            assert await b.until("ended")
            assert b.ended_by == "them"
            (station, entry, language) = stage.control.asked[0]
            assert (station, entry.id, entry.pin, entry.number, language) == ("west", "1001", PIN, "3155550101", "en")
            assert stage.control.moments == ["dialling", "answered", "announced", "accepted"]

    play(scene)
