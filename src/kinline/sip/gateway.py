"""One call between sippy, the media and the machine: translates, and decides nothing (TEL-2, T13).

What comes from either phone, from the media or from a timer becomes an event; `sip.call` says what follows; that is
done in order and at once. Nothing here waits: what takes time (sound, the database) runs beside, and what comes of it
is another event. So the cut at the end of the time depends on this process's clock and on nothing else.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID, uuid4

from kinline.flows.call_terms import Terms
from kinline.sip import agents, dialogs
from kinline.sip.aio import CCEvents, MsgBody, monotonic_ms
from kinline.sip.around import Around, Identify
from kinline.sip.call import (
    Action,
    Answered,
    Arm,
    Ask,
    AskNumber,
    Authorised,
    Call,
    Dial,
    Disarm,
    End,
    EndAsked,
    Event,
    Failed,
    Fired,
    HangUp,
    HungUp,
    Hush,
    Invited,
    Join,
    KeepName,
    Kept,
    Key,
    Leg,
    Listen,
    Lost,
    NameWanted,
    NumberAsked,
    Pick,
    Play,
    Record,
    Refused,
    Renegotiated,
    Ringing,
    Said,
    Take,
    Taken,
    Tell,
    step,
)
from kinline.sip.control import plan
from kinline.sip.media import MediaCall, MediaError
from kinline.sip.quiet import sparse
from kinline.sip.sound import voice
from kinline.sip.trunk import Attempt

Work = Callable[[], Awaitable[None]]


class LiveCall:
    """A call from its INVITE until both lines are free. `identify`: which telephone sent a request, or None."""

    def __init__(self, around: Around, request: Any, identify: Identify) -> None:
        self.name = uuid4().hex
        self.call = Call()
        self.key: UUID | None = None
        self._around, self._request, self._identify = around, request, identify
        self._began = monotonic_ms()
        self._a = agents.UserAgent(around.config, self._on_a)
        self._a.hop = self.source = request.getSource()
        self._a.on_transfer = lambda: self.feed(Renegotiated("a", "transfer"))
        self._b: Attempt | None = None
        self._caller_gone = False
        self._media: MediaCall | None = None
        self._work: asyncio.Queue[Work | None] = asyncio.Queue()
        self._events: deque[Event] = deque()
        self._feeding = self._finished = self._granted = self._failing = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._speech: dict[Leg, int] = {"a": 0, "b": 0}
        self._moments = 0
        self._terms: Terms | None = None
        self._recording: tuple[Path, int] | None = None

    # From the caller's telephone

    def begin(self, transaction: Any) -> Any:
        """The first INVITE; what sippy wants back for its transaction."""
        taken = self._a.recvRequest(self._request, transaction)
        self._around.calls[self.name] = self
        return taken

    def _on_a(self, event: Any, agent: Any) -> None:
        if isinstance(event, CCEvents.CCEventTry):
            self._around.beside(self._let_in(event.getData()))
        elif isinstance(event, CCEvents.CCEventUpdate):
            self._renegotiate("a", event.getData())
        elif isinstance(event, CCEvents.CCEventInfo):
            self._info("a", event.getData())
        elif isinstance(event, CCEvents.CCEventDisconnect | CCEvents.CCEventFail | CCEvents.CCEventRedirect):
            self._caller_gone = True
            if self.call.state == "new":
                self._finish()
            else:
                self.feed(HungUp("a"))

    async def _let_in(self, data: tuple[Any, ...]) -> None:
        """Who calls, then their sound, then the machine's turn."""
        keys, body = str(data[2] or ""), agents.text(data[3])
        try:
            telephone = await self._identify(self._request)
            if telephone is None:
                return self._turn_away(403, "unknown_station")
            media = await self._around.media.open(self.name, body, self._on_key)
        except (TimeoutError, MediaError) as problem:
            return self._turn_away(503, "try_later" if isinstance(problem, TimeoutError) else "media_failed")
        except Exception:
            self._turn_away(503, "switch_failed")
            raise
        self._media = media
        self._around.beside(self._work_for_ever(media))
        if self._caller_gone:
            self._work.put_nowait(None)
            return None
        self._station = telephone.username
        menu = keys in self._around.options.menu
        return self.feed(Invited("" if menu else keys, menu, telephone.asks, telephone.languages, telephone.names))

    def _turn_away(self, code: int, reason: str) -> None:
        if not self._caller_gone:
            self._a.recvEvent(agents.fail(code, reason))
        self._finish()

    def _on_key(self, leg: Leg, key: str) -> None:
        self.feed(Key(leg, key))

    def _info(self, leg: Leg, body: Any) -> None:
        key = agents.key_of_info(body)
        if key == "flash":
            self.feed(Renegotiated(leg, "hook_flash"))
        elif key:
            self.feed(Key(leg, key))

    def _renegotiate(self, leg: Leg, body: Any) -> None:
        """A re-INVITE gets the media's answer, and is a sign (TEL-14)."""
        offered = agents.text(body)
        agent = self._a if leg == "a" else self._b.agent if self._b else None
        media = self._media
        if agent is None or media is None:
            return

        async def work() -> None:
            try:
                made = await media.renegotiated(leg, offered)
            except MediaError:
                agent.recvEvent(agents.fail(488))
                raise
            agent.recvEvent(agents.connect(made))

        self._work.put_nowait(work)
        self.feed(Renegotiated(leg, cast("Any", agents.sign_of(offered))))

    # The machine

    def feed(self, event: Event) -> None:
        """One event, now; those that come of what is done follow after it."""
        self._events.append(event)
        if self._feeding:
            return
        self._feeding = True
        try:
            while self._events:
                self._step(self._events.popleft())
        except Exception as fault:
            sparse.warn("call failed", fault=fault)
            self._fail()
        finally:
            self._feeding = False

    def _step(self, event: Event) -> None:
        self.call, actions = step(self.call, event, monotonic_ms())
        for action in actions:
            _DO[type(action)](self, action)
        if self.call.state == "over":
            self._finish()

    def _fail(self) -> None:
        """A fault of ours: the call ends, is told of, and no line stays behind."""
        self._events.clear()
        if not self._failing:
            self._failing = True
            self._feeding = False
            self.feed(EndAsked("switch_failed"))
        self._finish()

    def end(self, reason: str) -> None:
        """Staff, a lockdown, or the end of this process."""
        self.feed(EndAsked(reason))

    def lost(self, leg: Leg | None, since: int) -> None:
        """The watchdog: no sound since then, of this leg or at all. `since`: as `monotonic_ms`."""
        self.feed(Lost(leg, since))

    @property
    def talked_ms(self) -> int:
        """So far, from acceptance."""
        accepted = self.call.accepted_at
        return 0 if accepted is None else max(0, monotonic_ms() - accepted)

    @property
    def live_key(self) -> UUID | None:
        """Its name with the control, while that knows it as going on."""
        return self.key if self._granted and self.call.ended is None else None

    @property
    def media(self) -> MediaCall | None:
        return self._media

    # What it says is to be done

    def _pick(self, action: Pick) -> None:
        media = cast("MediaCall", self._media)
        answer = agents.ring if action.early else agents.connect
        self._a.recvEvent(answer(media.answer_for_a))
        self._remember()

    def _play(self, action: Play) -> None:
        turn = self._turn(action.leg)
        media = cast("MediaCall", self._media)

        async def work() -> None:
            if self._speech[action.leg] != turn:
                return
            files = await asyncio.to_thread(self._around.prompts, action.speech, action.language)
            milliseconds = 0
            if files and self._speech[action.leg] == turn:
                milliseconds = await media.play(action.leg, files, over=action.over, repeat=action.repeat)
            if not action.repeat and not action.over:
                self._later(f"said:{action.leg}", milliseconds, lambda: self._said(action.leg, turn))

        self._work.put_nowait(work)

    def _turn(self, leg: Leg) -> int:
        """Whatever is said to this leg from now on, an earlier speech's end is no news any more."""
        self._speech[leg] += 1
        return self._speech[leg]

    def _said(self, leg: Leg, turn: int) -> None:
        if self._speech[leg] == turn:
            self.feed(Said(leg))

    def _hush(self, action: Hush) -> None:
        self._turn(action.leg)
        media = cast("MediaCall", self._media)
        self._work.put_nowait(lambda: media.hush(action.leg))

    def _ask(self, action: Ask) -> None:
        """Each question has a key of its own: the answer to a key never changes."""
        self.key, self._granted, self._moments = uuid4(), False, 0
        self._around.beside(self._asked(self.key, action))

    async def _asked(self, key: UUID, action: Ask) -> None:
        control = self._around.control
        try:
            terms = await control.authorise(key, self._station, action.entry, action.language, action.names)
        except TimeoutError:
            terms = Terms(key, False, "try_later", ("try_later",))
        except Exception as fault:
            sparse.warn("not authorised", fault=fault)
            terms = Terms(key, False, "try_later", ("try_later",))
        if self.call.state != "authorise" or self.key != key:
            if terms.allowed:  # too late: nobody waits for it any more, and the money goes back
                ended = self.call.ended or End("try_later", "system", 0)
                control.ended(key, ended.reason, ended.side, 0, 0)
            return
        self._terms = terms
        if terms.name_of is not None:
            self.feed(NameWanted())
            return
        if not terms.allowed:
            self.feed(Refused(terms.code, terms.again, terms.offers))
            return
        self._granted = True
        self.feed(Authorised(plan(terms)))

    def _listen(self, action: Listen) -> None:
        media = cast("MediaCall", self._media)
        self._work.put_nowait(lambda: media.listen(action.seconds))

    def _take(self, action: Take) -> None:
        media = cast("MediaCall", self._media)

        async def work() -> None:
            heard = await media.listened()
            self.feed(Taken(await asyncio.to_thread(voice.name, heard)))

        self._work.put_nowait(work)

    def _keep_name(self, action: KeepName) -> None:
        who = self._terms.name_of if self._terms else None

        async def work() -> None:
            try:
                if who is not None:
                    await self._around.control.keep_name(self._station, who, action.sound)
            except TimeoutError:
                sparse.warn("a name was not kept")
            finally:
                self.feed(Kept())

        self._around.beside(work())

    def _ask_number(self, action: AskNumber) -> None:
        key = self.key

        async def work() -> None:
            code = "try_later"
            try:
                if key is not None:
                    code = await self._around.control.ask_number(key)
            except TimeoutError:
                sparse.warn("a number was not asked for")
            finally:
                self.feed(NumberAsked(code))

        self._around.beside(work())

    def _dial(self, action: Dial) -> None:
        terms, media = cast("Terms", self._terms), cast("MediaCall", self._media)
        self._b = Attempt(
            self._around.config,
            self._around.trunk.order(),
            terms.number,
            terms.caller_id,
            media.offer_for_b,
            self._around.options.no_answer_seconds,
            on_ringing=self._rings,
            on_answered=self._answered,
            on_failed=lambda code: self.feed(Failed(code)),
            on_hung_up=lambda: self.feed(HungUp("b")),
            on_update=lambda body: self._renegotiate("b", body),
            on_info=lambda body: self._info("b", body),
            on_transfer=lambda: self.feed(Renegotiated("b", "transfer")),
        )
        self._b.start()
        self._remember()

    def _rings(self) -> None:
        self._remember()
        self.feed(Ringing())

    def _answered(self, body: MsgBody) -> None:
        media = cast("MediaCall", self._media)
        sdp = agents.text(body)
        self._work.put_nowait(lambda: media.answered_by_b(sdp))
        self._remember()
        self.feed(Answered())

    def _join(self, action: Join) -> None:
        media = cast("MediaCall", self._media)
        self._turn("a")
        self._turn("b")
        self._work.put_nowait(media.join)

    def _record(self, action: Record) -> None:
        media = cast("MediaCall", self._media)
        path = self._around.options.recordings / f"{self.key}.wav"
        self._recording = (path, monotonic_ms())
        self._work.put_nowait(lambda: media.record(path))

    def _arm(self, action: Arm) -> None:
        self._later(action.timer, action.after_ms, lambda: self.feed(Fired(action.timer)))

    def _later(self, name: str, milliseconds: int, call: Callable[[], None]) -> None:
        self._stop(name)
        if not self._finished:
            self._timers[name] = asyncio.get_running_loop().call_later(milliseconds / 1000, call)

    def _stop(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _disarm(self, action: Disarm) -> None:
        self._stop(action.timer)

    def _hang_up(self, action: HangUp) -> None:
        self._turn(action.leg)
        if action.leg == "b":
            if self._b is not None:
                self._b.hang_up()
        elif not self._caller_gone:
            self._caller_gone = True
            reason = self.call.ended.reason if self.call.ended else ""
            code = action.code if action.code in agents.PHRASES else 480
            self._a.recvEvent(agents.bye(reason) if self._a.isConnected() else agents.fail(code, reason))
        self._remember()

    def _tell(self, action: Tell) -> None:
        if self.key is not None and self._granted:
            elapsed = monotonic_ms() - self._began
            self._around.control.tell(self.key, self._moments, action.kind, action.detail, elapsed)
            self._moments += 1

    def _end(self, action: End) -> None:
        if self.key is not None and self._granted:
            self._around.control.ended(self.key, action.reason, action.side, action.billable_ms, action.code)

    # Beside

    async def _work_for_ever(self, media: MediaCall) -> None:
        """What is asked of the media, in order, until the call is over; then its ports are free."""
        while (work := await self._work.get()) is not None:
            try:
                await work()
            except MediaError as problem:
                sparse.warn("sound refused", str(problem))
                self.lost(None, monotonic_ms())
            except Exception as fault:
                sparse.warn("sound failed", fault=fault)
                self.lost(None, monotonic_ms())
        try:
            await media.close()
        except MediaError:
            sparse.warn("sound not closed")
        self._keep_recording()

    def _keep_recording(self) -> None:
        if self._recording is None or self.key is None:
            return
        path, began = self._recording
        self._around.control.recorded(self.key, path.name, monotonic_ms() - began)

    def _remember(self) -> None:
        """What must be hung up if this process dies now."""
        legs: list[dialogs.Saved] = []
        if not self._caller_gone:
            answered = self._a.isConnected()
            legs.append(
                dialogs.of_agent(self._a) if answered else dialogs.of_incoming(self._request, cast("str", self._a.lTag))
            )
        b = self._b
        if b is not None and not b.over and b.agent is not None:
            if b.answered:
                legs.append(dialogs.of_agent(b.agent))
            elif b.agent.reqs:
                legs.append(dialogs.of_outgoing(b.agent))
        self._around.dialogs.save(self.name, legs)

    def _finish(self) -> None:
        """Both lines are free."""
        if self._finished:
            return
        self._finished = True
        for name in list(self._timers):
            self._stop(name)
        if not self._caller_gone:
            self._hang_up(HangUp("a", 503))
        if self._b is not None:
            self._b.hang_up()
        self._work.put_nowait(None)
        self._around.calls.pop(self.name, None)
        self._around.dialogs.forget(self.name)


_DO: Final[dict[type[Action], Callable[[LiveCall, Any], None]]] = {
    Pick: LiveCall._pick,
    Play: LiveCall._play,
    Hush: LiveCall._hush,
    Ask: LiveCall._ask,
    AskNumber: LiveCall._ask_number,
    Listen: LiveCall._listen,
    Take: LiveCall._take,
    KeepName: LiveCall._keep_name,
    Dial: LiveCall._dial,
    Join: LiveCall._join,
    Record: LiveCall._record,
    Arm: LiveCall._arm,
    Disarm: LiveCall._disarm,
    HangUp: LiveCall._hang_up,
    Tell: LiveCall._tell,
    End: LiveCall._end,
}
