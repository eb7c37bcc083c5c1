"""Calls that only say something: a code to whoever answers a number, so that they can prove that it is theirs (TEL-8).

Nobody talks and nothing is paid, so the machine of calls has no part in it. No log and no file has the code.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from kinline.flows.speak_code import Spoken
from kinline.sip import agents, dialogs
from kinline.sip.around import Around
from kinline.sip.call import Leg, Say
from kinline.sip.media import MediaCall, MediaError
from kinline.sip.trunk import Attempt

# Nobody is at the near end: sound for it goes where nobody listens.
NOBODY: Final = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0 101\r\n"
    b"a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
)
_FAILED: Final = {486: "busy", 600: "busy", 408: "no_answer", 480: "no_answer", 487: "no_answer"}


@dataclass
class SpokenCall:
    """One of these calls; `result` once it is over: one of `flows.speak_code.RESULTS`."""

    around: Around
    spoken: Spoken
    name: str = field(default_factory=lambda: uuid4().hex)
    result: str = "unreachable"

    async def make(self) -> None:
        """Ring, say it, hang up, and tell how it went; also when it goes wrong."""
        media: MediaCall | None = None
        try:
            media = await self.around.media.open(self.name, NOBODY, _no_key)
            await self._call(media)
        except MediaError:
            self.result = "unreachable"
        finally:
            self.around.dialogs.forget(self.name)
            self.around.control.spoken(self.spoken.key, self.result)
            if media is not None:
                with suppress(MediaError):
                    await media.close()

    async def _call(self, media: MediaCall) -> None:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        gone = asyncio.Event()
        attempt = self._attempt(media, answer, gone)
        try:
            attempt.start()
            self._remember(attempt)
            body = await asyncio.wait_for(answer, self.spoken.ring_ms / 1000)
            if isinstance(body, int):
                self.result = _FAILED.get(body, "unreachable")
                return
            self._remember(attempt)
            await media.answered_by_b(agents.text(body))
            await self._say(media, gone)
        except TimeoutError:
            self.result = "no_answer"
        finally:
            attempt.hang_up()

    def _attempt(self, media: MediaCall, answer: "asyncio.Future[Any]", gone: asyncio.Event) -> Attempt:
        options = self.around.options

        def settled(how: Any) -> None:
            if not answer.done():
                answer.set_result(how)

        return Attempt(
            self.around.config,
            self.around.trunk.order(),
            self.spoken.number,
            options.caller_id,
            media.offer_for_b,
            options.no_answer_seconds,
            on_ringing=_nothing,
            on_answered=settled,
            on_failed=settled,
            on_hung_up=gone.set,
            on_update=_nothing,
            on_info=_nothing,
            on_transfer=_nothing,
        )

    async def _say(self, media: MediaCall, gone: asyncio.Event) -> None:
        speech = tuple(Say(prompt, value) for prompt, value in self.spoken.said)
        files = await asyncio.to_thread(self.around.prompts, speech, self.spoken.language)
        milliseconds = await media.play("b", files)
        try:
            async with asyncio.timeout(milliseconds / 1000):
                await gone.wait()
        except TimeoutError:
            self.result = "spoken"
        else:
            self.result = "hung_up"

    def _remember(self, attempt: Attempt) -> None:
        agent = attempt.agent
        if attempt.over or agent is None:
            return
        leg = dialogs.of_agent(agent) if attempt.answered else dialogs.of_outgoing(agent)
        self.around.dialogs.save(self.name, [leg])


def _nothing(*words: Any) -> None:
    pass


def _no_key(leg: Leg, key: str) -> None:
    pass
