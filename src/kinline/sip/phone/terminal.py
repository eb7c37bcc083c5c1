"""A telephone in a terminal: keys typed are pressed, what is heard is said in words, and may be kept as a WAV file.

No sound hardware is needed or used: a line appears whenever the call or what is heard changes.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kinline.sip.phone.agent import Phone
from kinline.sip.phone.call import Call, State
from kinline.sip.phone.rtp import KEYS
from kinline.sip.sound import RATE, tones, wav

HANG_UP: Final = frozenset("hHqQ\x03\x04")
LISTENS_SECONDS: Final = 0.5
QUIET: Final = -50.0  # decibels
TONES: Final = (440, 1000, *tones.BEEP)
_PAUSE: Final = ","  # in keys to be sent: two seconds
_STATES: Final[dict[State, str]] = {
    "ringing": "it rings",
    "early": "the line speaks before it is answered",
    "up": "answered",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """`number`: what is dialled, of whom `switch` is asked. `keys`: sent once the line speaks; `,` waits two seconds.

    `seconds`: hang up after these, 0: never. `wav`: where to keep what was heard.
    """

    switch: tuple[str, int]
    number: str = field(repr=False)
    user: str = "telephone"
    password: str = field(default="", repr=False)
    keys: str = field(default="", repr=False)
    seconds: float = 0
    wav: Path | None = None


def shown(number: str) -> str:
    """What was dialled, without the ID and the PIN before it."""
    *secrets, last = number.split("*")
    return f"{'…*' * bool(secrets)}{last}"


def sounds_like(sound: bytes) -> str:
    """What one hears, in a word or two."""
    loudness = tones.level(sound)
    if loudness < QUIET:
        return "silence"
    if all(tones.share(sound, one) > 0.25 for one in tones.RINGBACK):
        return "a ringing tone"
    for hertz in TONES:
        if tones.share(sound, hertz) > 0.6:
            return f"a tone of {hertz} Hz"
    return "a voice"


async def talk(wish: Wish, tell: Callable[[str], None], typed: int | None = None) -> Call:
    """Place the call and stay in it until it ends. `typed`: the file number keys are read from; none: nobody types.

    raises OSError if there is no port to call from.
    """
    phone = await Phone.open(_own_address(wish.switch), user=wish.user, password=wish.password)
    begun = time.monotonic()

    def say(what: str) -> None:
        tell(f"{time.monotonic() - begun:7.1f} s  {what}")

    try:
        say(f"calling {shown(wish.number)}")
        call = await phone.call(wish.number, wish.switch)
        with _keyboard(call, typed, say):
            helpers = [
                asyncio.create_task(one) for one in (_told(call, say), _sent(call, wish), _timed(call, wish, say))
            ]
            await call.until("ended", timeout=24 * 3600)
            for one in helpers:
                one.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
        say(_ending(call))
        if wish.wav is not None:
            wav.write(wish.wav, bytes(call.line.heard))
            tell(f"What was heard is in {wish.wav} ({len(call.line.heard) / RATE:.1f} s).")
        return call
    finally:
        await phone.close()


def _own_address(switch: tuple[str, int]) -> str:
    """This machine's, as the switch sees it."""
    import socket

    family = socket.AF_INET6 if ":" in switch[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect(switch)  # sends nothing
        return str(probe.getsockname()[0])


async def _told(call: Call, say: Callable[[str], None]) -> None:
    """Say what changes: the states of the call, and what is heard."""
    told: set[State] = set()
    last = ""
    read = 0
    while True:
        await asyncio.sleep(LISTENS_SECONDS)
        for state, words in _STATES.items():
            if state in call.moments and state not in told:
                told.add(state)
                say(f"{words} ({call.code})")
        sound = bytes(call.line.heard[read:])
        read += len(sound)
        word = sounds_like(sound) if sound else "nothing arrives"
        if word != last and told & {"early", "up"}:
            say(f"heard: {word}" + (f", {tones.level(sound):.0f} dB" if sound and word != "silence" else ""))
            last = word


async def _sent(call: Call, wish: Wish) -> None:
    """Press the keys that were asked for."""
    if await call.until("early", "up", timeout=24 * 3600):
        for key in wish.keys:
            if key == _PAUSE:
                await asyncio.sleep(2)
            else:
                await call.press(key)


async def _timed(call: Call, wish: Wish, say: Callable[[str], None]) -> None:
    if wish.seconds:
        await asyncio.sleep(wish.seconds)
        say("hanging up")
        await call.hang_up()


def _ending(call: Call) -> str:
    talked = call.moments["ended"] - call.moments["up"] if "up" in call.moments else 0.0
    who = "here" if call.ended_by == "us" else "there"
    if "up" not in call.moments:
        return f"not answered: {call.code} {call.reason}".rstrip()
    return f"ended {who} after {talked:.1f} s"


@contextlib.contextmanager
def _keyboard(call: Call, typed: int | None, say: Callable[[str], None]) -> Iterator[None]:
    """Each key that is typed is pressed at once, without Enter; of a pipe, each that comes."""
    if typed is None:
        yield
        return
    loop = asyncio.get_running_loop()
    presses: set[asyncio.Task[None]] = set()

    def come() -> None:
        keys = os.read(typed, 64).decode("ascii", "ignore")
        if not keys:
            loop.remove_reader(typed)
        for key in keys.upper() if keys else ():
            if key in HANG_UP:
                say("hanging up")
                presses.add(asyncio.ensure_future(call.hang_up()))
            elif key in KEYS:
                presses.add(asyncio.ensure_future(call.press(key)))

    with _each_key(typed):
        loop.add_reader(typed, come)
        try:
            yield
        finally:
            loop.remove_reader(typed)
            for one in presses:
                one.cancel()


@contextlib.contextmanager
def _each_key(typed: int) -> Iterator[None]:
    """The terminal gives each key at once, and does not show it: it may be of a PIN."""
    if not os.isatty(typed):
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(typed)
    tty.setcbreak(typed)
    try:
        yield
    finally:
        termios.tcsetattr(typed, termios.TCSADRAIN, before)


def stdin() -> int | None:
    """The file number of what is typed; None if there is nothing to read keys from."""
    try:
        number = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return number if os.isatty(number) else None
