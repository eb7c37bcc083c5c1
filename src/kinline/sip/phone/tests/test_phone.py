"""Two telephones call each other: every way a call may begin and end, sound and keys both ways, lost packets."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from kinline.sip.phone import Call, Phone
from kinline.sip.phone.message import Unreadable, read, written
from kinline.sip.sound import RATE, tones

OnCall = Callable[[Call], Awaitable[None]]


def run(story: Callable[[Phone, Phone, list[Call]], Awaitable[None]], on_call: OnCall | None = None, **options: str):
    """`story` gets a telephone that calls, one that is called, and the calls that came in there."""

    async def all_of_it() -> None:
        came: list[Call] = []

        async def called(call: Call) -> None:
            came.append(call)
            if on_call is not None:
                await on_call(call)

        caller = await Phone.open(user="caller", **options)
        outside = await Phone.open(user="outside", on_call=called)
        try:
            await asyncio.wait_for(story(caller, outside, came), 20)
        finally:
            await asyncio.wait_for(asyncio.gather(caller.close(), outside.close()), 10)

    asyncio.run(all_of_it())


async def soon(true: Callable[[], bool]) -> None:
    """Within five seconds: this machine may have other things to do."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.05)


def hears(call: Call, hertz: int) -> bool:
    """In its last 0.3 seconds."""
    return tones.hears(bytes(call.line.heard[-2400:]), hertz)


async def answers(call: Call) -> None:
    call.ring()
    call.answer()


async def rings(call: Call) -> None:
    call.ring()


async def is_busy(call: Call) -> None:
    call.refuse(486)


def test_they_talk_and_each_hears_the_other():
    async def story(caller, outside, came):
        call = await caller.call("8135550142", outside.address, name="Sample jail")
        assert await call.until("up")
        (other,) = came
        assert (other.number, other.caller_id) == ("8135550142", "caller")
        call.line.loop(tones.tone([440], 1))
        other.line.loop(tones.tone([1000], 1))
        await soon(lambda: hears(call, 1000) and hears(other, 440))
        assert not hears(call, 440)
        await call.hang_up()
        await other.until("ended")
        assert (call.ended_by, other.ended_by) == ("us", "them")
        assert list(call.moments) == ["trying", "ringing", "up", "ended"]

    run(story, answers)


def test_what_is_heard_keeps_step_with_the_clock():
    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert await call.until("up")
        call.line.muted = True
        await asyncio.sleep(1)
        call.line.muted = False
        call.line.loop(tones.tone([440], 1))
        other = came[0]
        await soon(lambda: hears(other, 440))
        heard = bytes(other.line.heard)
        assert tones.level(heard[800 : RATE - 800]) < -90
        assert abs(len(heard) / RATE - (time.monotonic() - other.line.opened)) < 0.3

    run(story, answers)


def test_keys_are_heard_as_events_in_both_directions():
    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert await call.until("up")
        await asyncio.gather(call.press("159*0#"), came[0].press("7"))
        await soon(lambda: (came[0].keys, call.keys) == ("159*0#", "7"))

    run(story, answers)


def test_keys_by_info():
    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert await call.until("up")
        await call.press_by_info("1#")
        assert came[0].keys == "1#"

    run(story, answers)


def test_sound_before_an_answer():
    async def announces(call: Call) -> None:
        call.ring(early=True)
        call.line.loop(tones.tone([440], 1))

    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert await call.until("early")
        await soon(lambda: hears(call, 440))
        assert call.state == "early"

    run(story, announces)


def test_busy_is_said():
    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert not await call.until("up")
        assert (call.code, call.ended_by, came[0].ended_by) == (486, "them", "us")

    run(story, is_busy)


def test_a_caller_gives_up_while_it_rings():
    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert await call.until("ringing")
        await call.hang_up()
        assert (call.code, call.ended_by) == (487, "us")
        assert (came[0].state, came[0].ended_by) == ("ended", "them")

    run(story, rings)


def test_the_called_hangs_up():
    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert await call.until("up")
        await came[0].hang_up()
        await call.until("ended")
        assert (call.ended_by, came[0].ended_by) == ("them", "us")

    run(story, answers)


def test_a_hold_is_answered_and_sends_no_sound():
    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert await call.until("up")
        assert await call.renegotiate(receives=False) == 200
        assert came[0].line.remote is None
        assert await call.renegotiate() == 200
        assert came[0].line.remote == call.line.address

    run(story, answers)


def test_transfer_is_not_known_here():
    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert await call.until("up")
        assert (await call.ask("REFER", (("refer-to", "<sip:2@127.0.0.1>"),))).code == 501
        assert [one.method for one in came[0].requests] == ["REFER"]

    run(story, answers)


def test_lost_datagrams_are_sent_again():
    async def story(caller, outside, came):
        lost = []
        for phone in (caller, outside):
            send = phone.send

            def loses_the_first(message, to, send=send, phone=phone):
                kind = (phone.user, message.method or message.code, message.cseq[1])
                if kind in lost:
                    send(message, to)
                else:
                    lost.append(kind)

            phone.send = loses_the_first
        call = await caller.call("1", outside.address)
        assert await call.until("up")
        await asyncio.sleep(0.7)
        await call.hang_up()
        await came[0].until("ended")
        assert {("caller", "INVITE", "INVITE"), ("outside", 200, "INVITE"), ("caller", "ACK", "ACK")} <= set(lost)
        assert len(came) == 1

    run(story, answers)


def test_a_telephone_without_events_offers_none():
    async def story(caller, outside, came):
        caller.events_offered = False
        call = await caller.call("1", outside.address)
        assert await call.until("up")
        assert came[0].remote.events is None
        await call.press("5")
        await asyncio.sleep(0.1)
        assert (came[0].keys, came[0].line.events_in) == ("", 0)

    run(story, answers)


def test_nobody_is_there_to_be_called():
    async def story(caller, outside, came):
        call = await caller.call("1", outside.address)
        assert not await call.until("up")
        assert call.code == 480

    run(story, lambda call: asyncio.sleep(0, call.refuse(480)))


def test_given_up_before_anything_came():
    async def story(caller, outside, came):
        outside.deaf = True
        call = await caller.call("1", outside.address)
        await asyncio.sleep(0.05)
        await call.hang_up()
        assert (call.state, call.code) == ("ended", 408)
        outside.deaf = False
        await asyncio.sleep(1)
        assert came[0].state == "ended"

    run(story, answers)


def test_noise_is_ignored():
    async def story(caller, outside, came):
        for noise in (b"", b"\0" * 100, b"INVITE", b"SIP/2.0 999 No\r\n\r\n", b"BYE sip:x SIP/2.0\r\nnonsense\r\n\r\n"):
            outside.datagram_received(noise, caller.address)
        call = await caller.call("1", outside.address)
        assert await call.until("up")

    run(story, answers)


@pytest.mark.parametrize(
    "text", ["", "A B", "SIP/2.0 9 x", "INVITE sip:x HTTP/1.1\r\n\r\n", "BYE x SIP/2.0\r\nxx\r\n\r\n"]
)
def test_what_is_no_message_is_refused(text):
    with pytest.raises(Unreadable):
        read(text.encode())


def test_a_message_survives_writing_and_reading():
    text = (
        b"INVITE sip:1@127.0.0.1 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1;branch=z9\r\nf: <sip:a@b>;tag=1\r\n"
        b"Subject: folded\r\n over lines\r\nl: 2\r\n\r\nabcd"
    )
    message = read(text)
    assert (message.header("via"), message.header("subject"), message.body) == (
        "SIP/2.0/UDP 127.0.0.1;branch=z9",
        "folded over lines",
        b"ab",
    )
    assert read(written(message)) == message
