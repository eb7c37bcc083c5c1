"""More calls that come about, or nearly: other money, other ways to dial, bad luck of many kinds."""

from dataclasses import replace
from typing import Any

from tests.calls.sipp.circumstances import LOCKED_LATER, SPEED
from tests.calls.sipp.scenario import Outside, Steps, Telephone, is_hung_up, says, waits
from tests.calls.sipp.scenes import (
    MINUTE,
    TALK,
    OutsideDoes,
    PhoneDoes,
    Scene,
    Voices,
    answers,
    is_refused,
    keys_in,
    listens,
    never_answers,
    talks,
)

MENU = "1 {id}# {pin}# {number}#"


def talks_or_is_refused(one: Telephone, voice: Voices) -> Steps:
    """One of two at once: which one is quicker is not ours to say."""
    talk = waits(3) + one.hangs_up()
    return one.dials() + one.hears_something() + says(voice("caller")) + one.is_answered_or_refused(403, talk)


def talks_and_is_refused(seconds: float) -> PhoneDoes:
    """The first call is over; the second is asked for at once."""

    def steps(one: Telephone, voice: Voices) -> Steps:
        return talks(seconds)(one, voice) + one.dials() + one.is_refused(403)

    return steps


def is_blocked_and_asks_again(one: Telephone, voice: Voices) -> Steps:
    first = one.dials() + one.hears_something() + says(voice("caller")) + one.is_refused(603)
    return first + one.dials() + one.is_refused(603)


def answers_without_events(voice_name: str) -> OutsideDoes:
    """A line on which keys are nothing but sound."""

    def steps(one: Outside, voice: Voices) -> Steps:
        begun = one.is_called() + one.rings() + waits(0.5) + one.answers(events=False)
        return begun + says(voice(voice_name)) + is_hung_up()

    return steps


def answers_at_once(one: Outside, voice: Voices) -> Steps:
    """Not even a sign that it rings."""
    return one.is_called() + one.answers() + says(voice("accepts")) + is_hung_up()


def _twins(name: str, refused: str, **more: Any) -> tuple[Scene, Scene]:
    """Two telephones that dial the same number in the same moment."""
    first = Scene(
        name, talks_or_is_refused, answers(), "completed", seconds=(0, 3), twin=f"{name}, the other",
        else_refused=refused, **more,
    )  # fmt: skip
    second = replace(first, name=first.twin, outside=None, twin=name, with_number_of=name)
    return first, second


_pin = _twins("two at once, one PIN", "already_calling")
_minute = _twins("two at once, one minute", "money_in_use", cents=15)

FURTHER = (
    # A clock that changes: seconds are the switch's own, of which each has the same length
    Scene(
        "clock goes back", listens("caller long"), answers("accepts long"), "completed", "time_limit", "system",
        (MINUTE, MINUTE), cents=11, cut=MINUTE, tones=True, at="clock goes back",
    ),
    Scene(
        "clock goes forth", listens("caller long"), answers("accepts long"), "completed", "time_limit", "system",
        (MINUTE, MINUTE), cents=11, cut=MINUTE, tones=True, at="clock goes forth",
    ),
    # At once
    *_pin[:1], replace(_pin[1], with_id_of=_pin[0].name), *_minute,
    # Whose money
    Scene(
        "PIN Debit", talks(3), answers("listens first"), "completed", "caller_hung_up", "caller", (2, 3), at="debit",
        pays="resident", told=("call.pin_debit",), tones=True, everywhere=True,
    ),
    Scene(
        "PIN Debit by choice", talks(2), answers("listens first"), "completed", "caller_hung_up", "caller", (1, 2),
        dials="{id}*{pin}*{number}*2", pays="resident", told=("call.pin_debit",),
    ),
    Scene(
        "the agency pays", talks(3), answers("listens first"), "completed", "caller_hung_up", "caller", (2, 3),
        at="agency pays", pays="agency", told=("call.allowance",), tones=True,
    ),
    # How it is dialled
    Scene(
        "one key dials it", talks(2), answers(), "completed", "caller_hung_up", "caller", (1, 2), at="with lists",
        given="dialled by one key", dials="{id}*{pin}*" + SPEED,
    ),
    Scene(
        "keyed in, in Spanish", keys_in(hangs_up_after=25), answers("listens first"), "completed", "caller_hung_up",
        "caller", (1, 20), dials="9000", keys="2 {id}# {pin}# {number}#", language="es", told=("call.hello",),
        everywhere=True,
    ),
    Scene(
        "hotline in a lockdown", talks(2), answers("says nothing"), "completed", "caller_hung_up", "caller", (1, 2),
        dials="77", at="locked down", free=True,
    ),
    Scene(
        "ended by a lockdown", listens("caller long"), answers("accepts long"), "completed", "lockdown", "staff",
        (3, 60), at=LOCKED_LATER,
    ),
    Scene(
        "another unit is locked down", talks(2), answers(), "completed", "caller_hung_up", "caller", (1, 2),
        at="other unit locked down",
    ),
    # What the called party does
    Scene(
        "wrong keys first", talks(2), answers("wrong keys"), "completed", "caller_hung_up", "caller", (1, 2),
        everywhere=True,
    ),
    Scene("answers at once", talks(2), answers_at_once, "completed", "caller_hung_up", "caller", (1, 2)),
    Scene(
        "key as a tone", talks(TALK), answers_without_events("accepts by tone"), "completed", "caller_hung_up",
        "caller", (3, 4), tones=True, everywhere=True,
    ),
    Scene(
        "blocks by a tone", is_refused(603), answers_without_events("blocks by tone"), "blocked_by_called_party",
        by="called", told=("number_blocked",), everywhere=True,
    ),
    Scene(
        "voicemail", is_refused(480), answers_without_events("voicemail"), "not_accepted", by="called", everywhere=True,
        told=("accept.keys",),
    ),
    Scene(
        "blocks, and is called again", is_blocked_and_asks_again, answers("blocks"), "blocked_by_called_party",
        by="system", before=("blocked_by_called_party",), told=("number_blocked",), everywhere=True,
    ),
    # One after the other
    Scene(
        "once a day", talks_and_is_refused(1), answers(), "quota_used", by="system", before=("completed",),
        given="once a day",
    ),
    Scene(
        "a pause between calls", talks_and_is_refused(1), answers(), "too_soon", by="system", before=("completed",),
        given="a pause",
    ),
    # The caller hangs up where the line was answered before anybody was dialled
    Scene(
        "hangs up ringing", keys_in(hangs_up_after=11), never_answers, "caller_hung_up", by="caller", dials="9000",
        keys=MENU,
    ),
    Scene(
        "hangs up announced", keys_in(hangs_up_after=14), answers("says nothing"), "caller_hung_up", by="caller",
        dials="9000", keys=MENU,
    ),
    # The ways outside
    Scene(
        "first trunk refuses", talks(2), answers(), "completed", "caller_hung_up", "caller", (1, 2),
        first_trunk="refuses", tones=True,
    ),
    Scene(
        "first trunk is silent", talks(2), answers(), "completed", "caller_hung_up", "caller", (1, 2),
        first_trunk="ignores", tones=True,
    ),
    Scene(
        "no trunk takes it", is_refused(502), result="unreachable", by="called", sip=503, first_trunk="refuses",
        no_trunk=True,
    ),
)  # fmt: skip
