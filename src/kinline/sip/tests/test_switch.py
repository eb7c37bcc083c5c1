"""Whole calls through real sockets: both telephones, the switch, and what it tells (telephony.md, section 3)."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kinline.flows.call_terms import Terms
from kinline.sip.phone import Call
from kinline.sip.phone.message import Message, tag_of
from kinline.sip.tests.stage import ALLOWED, NUMBER, PIN, FakeControl, Stage, play, staged

SHORT = replace(ALLOWED, ring_ms=250, accept_ms=250)


def refusing(code: str, *, again: bool = False) -> FakeControl:
    return FakeControl(Terms(ALLOWED.call_id, False, code, (code,), again))


async def ended(call: Call, code: int) -> None:
    assert await call.until("ended", timeout=10)
    assert call.code == code


def test_a_call_from_the_telephone_to_outside_and_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a, b = await stage.talk()
            assert (b.number, b.caller_id) == (NUMBER, "+15185550110")
            await a.hang_up()
            reason, side, billed, code = await stage.over()
            assert (reason, side, code) == ("caller_hung_up", "caller", 0)
            assert 0 <= billed < 1000
            await ended(b, 200)
            assert b.ended_by == "them"
            (station, entry, language) = stage.control.asked[0]
            assert (station, entry.id, entry.pin, entry.number, language) == ("west", "1001", PIN, "3155550101", "en")
            assert stage.control.moments == ["dialling", "answered", "announced", "accepted"]
            await stage.until(lambda: stage.media.past[0].closed)

    play(scene)


def test_neither_hears_the_other_before_the_key(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a = await stage.call()
            b = await stage.ring()
            b.ring()
            b.answer()
            await stage.moment("announced")
            media = stage.media.past[0]
            assert a.state == "early"
            assert not media.joined
            assert ("answered_by_b",) in media.done
            await b.press_by_info("1")
            await a.until("up")
            assert media.joined
            assert media.done.index(("join",)) > media.done.index(("play", "b", "call.hello.en.wav"))
            await b.hang_up()
            assert (await stage.over())[:2] == ("called_hung_up", "called")
            await ended(a, 200)
            assert a.ended_by == "them"

    play(scene)


@pytest.mark.parametrize(
    ("keys", "reason", "code"),
    [("2", "refused_by_called_party", 603), ("7", "blocked_by_called_party", 603), ("", "not_accepted", 480)],
)
def test_who_does_not_accept_pays_nothing(tmp_path: Path, keys: str, reason: str, code: int) -> None:
    async def scene() -> None:
        async with staged(tmp_path, control=FakeControl(SHORT)) as stage:
            a = await stage.call()
            b = await stage.ring()
            b.answer()
            await stage.moment("announced")
            await b.press_by_info(keys)
            assert await stage.over() == (reason, "called", 0, 0)
            await ended(a, code)
            await b.until("ended")
            assert not stage.media.past[0].joined
            assert ("blocked" in stage.control.moments) is (keys == "7")

    play(scene)


def test_the_outside_party_hangs_up_during_the_announcement(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a = await stage.call()
            b = await stage.ring()
            b.answer()
            await stage.moment("announced")
            await b.hang_up()
            assert await stage.over() == ("called_hung_up", "called", 0, 0)
            await ended(a, 480)

    play(scene)


@pytest.mark.parametrize(
    ("said", "reason", "code"),
    [
        (486, "busy", 486), (404, "no_such_number", 404), (603, "refused_by_carrier", 603), (500, "unreachable", 502),
        (302, "redirected", 502), (401, "unreachable", 502),
    ],
)  # fmt: skip
def test_what_the_outside_answers_is_what_the_caller_hears(tmp_path: Path, said: int, reason: str, code: int) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a = await stage.call()
            b = await stage.ring()
            b.refuse(said)
            assert await stage.over() == (reason, "called", 0, said)
            await ended(a, code)
            assert a.moments.keys() >= {"early"}  # the reason was said before the line was freed
            assert ("play", "a", f"refused.{reason}.en.wav") in stage.media.past[0].done

    play(scene)


def test_nobody_answers(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, control=FakeControl(SHORT)) as stage:
            a = await stage.call()
            b = await stage.ring()
            b.ring()
            assert await stage.over() == ("no_answer", "called", 0, 0)
            await ended(a, 480)
            await ended(b, 487)  # CANCEL

    play(scene)


def test_a_refusal_has_its_code_and_reaches_nobody(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, control=refusing("wrong_pin")) as stage:
            a = await stage.call()
            await ended(a, 403)
            await stage.until(lambda: not stage.switch.around.calls)
            assert ("play", "a", "refused.wrong_pin.en.wav") in stage.media.past[0].done
            assert stage.control.ends == stage.control.told == []  # it was over when it was refused
            assert stage.rings.empty()

    play(scene)


def test_the_menu_asks_for_language_id_pin_and_number(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a = await stage.call("9000")
            assert await a.until("up")
            await stage.said("a", "ask.language.en.en.wav", "ask.language.es.en.wav")
            for keys, asked in (("2", "ask.id"), ("1001#", "ask.pin"), (f"{PIN}#", "ask.number")):
                await a.press_by_info(keys)
                await stage.said("a", f"{asked}.es.wav")
            await a.press_by_info("3155550101#")
            b = await stage.ring()
            assert (b.number, stage.control.asked[0][2]) == (NUMBER, "es")
            await a.hang_up()
            assert await stage.over() == ("caller_hung_up", "caller", 0, 0)

    play(scene)


def test_a_wrong_pin_may_be_keyed_again_under_a_key_of_its_own(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, control=refusing("wrong_pin", again=True)) as stage:
            a = await stage.call("9000")
            await a.until("up")
            for keys in ("1", "1001#", "9999#", "3155550101#"):
                await a.press_by_info(keys)
            await stage.said("a", "refused.wrong_pin.en.wav", "ask.pin.en.wav")
            stage.control.terms = ALLOWED
            await a.press_by_info(f"{PIN}#")
            await stage.ring()
            assert len(set(stage.control.keys)) == 2
            assert stage.control.asked[1][1].pin == PIN

    play(scene)


def test_the_time_is_cut_on_the_second_and_both_are_warned(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, control=FakeControl(replace(ALLOWED, seconds=2, warn_at=1))) as stage:
            a, b = await stage.talk()
            await a.until("ended")
            await b.until("ended")
            assert await stage.over() == ("time_limit", "system", 2000, 0)
            for call in (a, b):
                assert call.moments["ended"] - a.moments["up"] == pytest.approx(2, abs=0.25)
            assert "warned" in stage.control.moments
            assert stage.media.past[0].done.count(("play", "a", "one_minute_left.en.wav")) == 1
            assert stage.media.past[0].done.count(("play", "b", "one_minute_left.en.wav")) == 1

    play(scene)


async def _nothing(stage: Stage, a: Call) -> None:
    await a.until("early")


async def _rings(stage: Stage, a: Call) -> None:
    (await stage.ring()).ring()
    await stage.moment("ringing")


async def _announced(stage: Stage, a: Call) -> None:
    (await stage.ring()).answer()
    await stage.moment("announced")


@pytest.mark.parametrize("until", [None, _nothing, _rings, _announced])
def test_the_caller_gives_up_in_every_state(tmp_path: Path, until: Any) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a = await stage.call()
            if until is not None:
                await until(stage, a)
            else:
                await stage.until(lambda: a.code != 0)
            await a.hang_up()
            await ended(a, 487)
            await stage.until(lambda: not stage.switch.around.calls)
            assert stage.control.ends == [] or await stage.over() == ("caller_hung_up", "caller", 0, 0)
            await stage.until(lambda: all(b.state == "ended" for b in stage.outside.calls.values()))
            await stage.until(lambda: all(media.closed for media in stage.media.past))

    play(scene)


def test_both_hang_up_at_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a, b = await stage.talk()
            await asyncio.gather(a.hang_up(), b.hang_up())
            reason, _, billed, _ = await stage.over()
            assert reason in {"caller_hung_up", "called_hung_up"}
            assert billed < 1000

    play(scene)


def test_what_ends_a_call_that_rings_is_said_by_whoever_rang(tmp_path: Path) -> None:
    """One To-tag in all answers to an INVITE: with another it would be another party's (RFC 3261, 8.2.6.2)."""

    async def scene() -> None:
        tags: list[tuple[int, str]] = []
        async with staged(tmp_path) as stage:
            heard = stage.telephone._answered

            def listening(message: Message) -> None:
                if message.cseq[1] == "INVITE" and message.code not in {100, 401}:
                    tags.append((message.code, tag_of(message.header("to"))))
                heard(message)

            stage.telephone._answered = listening  # type: ignore[method-assign]
            a = await stage.call()
            b = await stage.ring()
            b.ring()
            await stage.moment("ringing")
            await a.hang_up()
            await stage.over()
        assert [code for code, _ in tags] == [183, 487]
        assert len({tag for _, tag in tags}) == 1

    play(scene)


def test_an_answer_that_crosses_the_cancel_is_hung_up(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a = await stage.call()
            b = await stage.ring()
            b.ring()
            await stage.moment("ringing")
            giving_up = asyncio.create_task(a.hang_up())
            b.answer()
            await giving_up
            await b.until("ended")
            assert [one.method for one in b.requests][-1] in {"BYE", "CANCEL"}
            assert (await stage.over())[0] == "caller_hung_up"

    play(scene)


def test_what_is_granted_too_late_is_ended(tmp_path: Path) -> None:
    """T13: nobody waits for an authorisation for longer than three seconds, and nobody pays for a late one."""

    async def scene() -> None:
        async with staged(tmp_path, control=FakeControl(slow=3.3)) as stage:
            began = time.monotonic()
            a = await stage.call()
            await ended(a, 503)
            assert time.monotonic() - began < 6
            assert await stage.over() == ("try_later", "system", 0, 0)
            assert stage.control.ended_keys == stage.control.keys
            assert stage.control.told == []
            assert stage.rings.empty()

    play(scene)


@pytest.mark.parametrize(("who", "beat"), [("unwanted", 60.0), ("settled", 0.05)])
def test_staff_or_the_sweeper_end_a_call(tmp_path: Path, who: str, beat: float) -> None:
    """TEL-9: staff are heard without waiting for the next sign of life; by that, of what is settled already."""

    async def scene() -> None:
        async with staged(tmp_path, heartbeat_seconds=beat) as stage:
            a, b = await stage.talk()
            getattr(stage.control, who).add(stage.control.keys[0])
            reason, side, billed, _ = await stage.over()
            assert (reason, side) == ("ended_by_staff", "staff")
            assert 0 <= billed < 5000
            await a.until("ended")
            await b.until("ended")

    play(scene)


def test_the_heartbeat_tells_what_was_talked(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, heartbeat_seconds=0.1) as stage:
            await stage.talk()
            await asyncio.sleep(0.35)
            key = stage.control.keys[0]
            told = [beat[key] for beat in stage.control.beats if key in beat]
            assert told == sorted(told)
            assert 150 < told[-1] < 1000

    play(scene)


def test_keys_and_holds_while_they_talk_are_signs(tmp_path: Path) -> None:
    """TEL-14: they flag a call, and never cut it."""

    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a, b = await stage.talk()
            await b.press_by_info("5")
            assert await b.renegotiate(sends=False) == 200
            assert await a.renegotiate() == 200
            assert (await a.ask("REFER", (("refer-to", "<sip:+19005550100@example.org>"),))).code == 603
            await a.ask("INFO", (("content-type", "application/hook-flash"),), b"")
            await stage.until(lambda: len([one for one in stage.control.told if one[0] == "sign"]) == 4)
            assert [detail for kind, detail in stage.control.told if kind == "sign"] == [
                "key:b", "hold:b", "media:a", "transfer:a",
            ]  # fmt: skip
            assert a.state == b.state == "up"

    play(scene)


@pytest.mark.parametrize(("method", "code"), [("UPDATE", 405), ("MESSAGE", 405), ("PRACK", 405), ("DANCE", 501)])
def test_methods_that_mean_nothing_here_are_answered_so(tmp_path: Path, method: str, code: int) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a, _ = await stage.talk()
            answered = await a.ask(method)
            assert answered.code == code
            assert "INVITE" in answered.header("allow")
            assert (await a.ask("OPTIONS")).code == 200
            assert a.state == "up"

    play(scene)


def test_a_re_invite_without_sdp_gets_our_offer_and_is_no_hold(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            _, b = await stage.talk()
            answered = await b.ask("INVITE", (("contact", stage.outside.contact),))
            assert answered.code == 200
            assert b"m=audio" in answered.body
            assert "sign" not in stage.control.moments

    play(scene)


def test_transport_in_capitals_gets_its_bye(tmp_path: Path) -> None:
    """Trap 2: sippy alone would never send it."""

    async def scene() -> None:
        async with staged(
            tmp_path, control=FakeControl(replace(ALLOWED, seconds=1)), contact_end=";transport=UDP"
        ) as stage:
            a, b = await stage.talk()
            await a.until("ended")
            await b.until("ended")
            assert a.ended_by == b.ended_by == "them"

    play(scene)


def test_it_works_over_ipv6(tmp_path: Path) -> None:
    from kinline.sip.options import Peer
    from kinline.sip.phone import Phone

    async def scene() -> None:
        rings: asyncio.Queue[Call] = asyncio.Queue()

        async def rung(call: Call) -> None:
            rings.put_nowait(call)

        outside = await Phone.open("::1", on_call=rung)
        telephone = await Phone.open("::1", user="west", password="secret-of-west")
        peer = Peer("outside", "::1", outside.address[1])
        async with staged(tmp_path, sip=("[::1]", 0), peers=(peer,)) as stage:
            a = await telephone.call(f"1001*{PIN}*3155550101", ("::1", stage.switch.address[1]))
            b = await rings.get()
            b.answer()
            await stage.moment("announced")
            await b.press_by_info("1")
            assert await a.until("up")
            await a.hang_up()
            assert (await stage.over())[0] == "caller_hung_up"
            await b.until("ended")
        await telephone.close()
        await outside.close()

    play(scene)
