"""The people outside: a telephone exchange of one port, where every number is somebody (behaviour.py)."""

import asyncio
import contextlib
from typing import Final

from kinline.ops.outside import behaviour
from kinline.ops.outside.behaviour import Behaviour
from kinline.ops.outside.hearing import CALLED_HERTZ, speech
from kinline.sip.phone.agent import Phone
from kinline.sip.phone.call import Call, NoAnswer
from kinline.sip.sound import tones

KEPT_SECONDS: Final = 60.0  # a call that is over: whoever looks at it finds it
GREETING: Final = tones.silence(0.3) + tones.tone((300, 500), 2.5) + tones.silence(0.3) + tones.tone(tones.BEEP, 0.5)


class World:
    """`chosen`: who has a number for the time being, whatever its digits say; by number as the switch dials it.

    `pressed`: which keys somebody pressed by themself, by call.
    """

    def __init__(self) -> None:
        self.chosen: dict[str, Behaviour] = {}
        self.calls: dict[str, Call] = {}  # the newest of each number
        self.pressed: dict[str, str] = {}
        self.phone: Phone | None = None

    async def open(self, host: str, port: int) -> None:
        """Raises OSError when the port is taken."""
        self.phone = await Phone.open(host, port, user="outside", on_call=self.ring)

    async def ring(self, call: Call) -> None:
        """One call, from its first ring until both have hung up."""
        self.calls[call.number] = call
        who = self.chosen.get(call.number) or behaviour.of(call.number)
        try:
            await self._meet(call, who)
        finally:
            asyncio.get_running_loop().call_later(KEPT_SECONDS, self._forget, call)

    def _forget(self, call: Call) -> None:
        self.pressed.pop(call.id, None)
        if self.calls.get(call.number) is call:
            del self.calls[call.number]

    async def close(self) -> None:
        if self.phone is not None:
            await self.phone.close()

    async def _meet(self, call: Call, who: Behaviour) -> None:
        if who.code:
            call.refuse(who.code)
            return
        call.ring()
        if await _over_within(call, who.rings):
            return
        call.answer()
        if who.machine:
            call.line.say(GREETING)
        else:
            call.line.loop(speech(CALLED_HERTZ))
        pressing = asyncio.create_task(self._press(call, who))
        try:
            if not await _over_within(call, who.leaves):
                with contextlib.suppress(NoAnswer):
                    await call.hang_up()
        finally:
            pressing.cancel()

    async def _press(self, call: Call, who: Behaviour) -> None:
        before = 0.0
        for after, keys in who.keys:
            await asyncio.sleep(after - before)
            before = after
            self.pressed[call.id] = self.pressed.get(call.id, "") + keys
            await call.press(keys)


async def _over_within(call: Call, seconds: float | None) -> bool:
    """Whether it ended by then; None: wait for its end, whenever that is."""
    with contextlib.suppress(TimeoutError):
        await call.until("ended", timeout=seconds if seconds is not None else float("inf"))
        return True
    return False
