"""What a switch has to do with a call of Kinline, whatever switch it is (docs/api-calls.md). Standard library only.

`Call.carry` is one call from the lifted receiver to its end. A switch's own adapter gives it `Legs`: how to say, dial,
join and hang up there. Money is safe by three rules, all of them here: nobody is dialled without an `allow`; the call
is cut by this process's own clock; what could not be told is written down first and told later, in order.
"""

import asyncio
import json
import os
import urllib.error
import urllib.request
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

Pieces = list[dict[str, str]]
Post = Callable[[str, dict[str, Any]], Awaitable[tuple[int, dict[str, Any]]]]
DEADLINE_S = 3.0  # to authorize; what is granted later is ended at once
FIRST_KEY_S, NEXT_KEY_S = 10.0, 5.0
PIN_TRIES, MENU_TIMES = 3, 3


class Gone(Exception):
    """A side hung up: `caller` or `called`."""


class Legs(Protocol):
    """Both sides of one call at a switch. `gone`: done with the side that hung up. `keys` of each side arrive there."""

    gone: "asyncio.Future[str]"
    keys: dict[str, "asyncio.Queue[str]"]

    async def say(self, leg: str, pieces: Pieces, language: str) -> None: ...
    async def hush(self, leg: str) -> None: ...
    async def dial(self, number: str, caller_id: str, ring_ms: int) -> str:
        """`answered`, or why not: `busy`, `no_answer`, `no_such_number`, `refused_by_carrier`, `unreachable`."""

    async def join(self) -> None: ...
    async def record(self) -> None: ...
    async def hang_up(self) -> None: ...


def http(base: str, token: str) -> Post:
    """POST to Kinline, in a thread of its own. Raises OSError when it is away."""

    def send(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        address = f"{base}/api/v1/{path}"
        request = urllib.request.Request(address, json.dumps(body).encode(), method="POST")  # noqa: S310  # ours
        request.add_header("Authorization", f"Bearer {token}")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # the operator's own
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    async def post(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return await asyncio.to_thread(send, path, body)

    return post


class Teller:
    """Tells events in order, however long Kinline is away: each line is on the disk before it is sent."""

    def __init__(self, post: Post, journal: Path, pause_s: float = 1.0) -> None:
        self.post, self.journal, self.pause_s = post, journal, pause_s
        self.waiting: list[tuple[str, dict[str, Any]]] = []
        if journal.exists():
            self.waiting = [tuple(json.loads(line)) for line in journal.read_text().splitlines()]

    def tell(self, path: str, body: dict[str, Any]) -> None:
        with self.journal.open("a") as file:
            file.write(json.dumps([path, body]) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.waiting.append((path, body))

    async def work(self) -> None:
        """For ever. A repeat changes nothing there, so that a line may be sent twice."""
        while True:
            await self.flush()
            await asyncio.sleep(self.pause_s)

    async def flush(self) -> None:
        while self.waiting:
            try:
                status, _answer = await self.post(*self.waiting[0])
            except OSError:
                return
            if status >= 500:
                return
            self.waiting.pop(0)  # told; or Kinline cannot read it, and will not the next time
        self.journal.unlink(missing_ok=True)


class Switch:
    """All calls of one switch: signs of life every few seconds, and what Kinline wants ended."""

    def __init__(self, name: str, post: Post, teller: Teller) -> None:
        self.name, self.post, self.teller = name, post, teller
        self.calls: dict[str, Call] = {}

    async def boot(self) -> None:
        """Calls of before are settled there to their last sign of life; hang up here whatever is left of them."""
        await self.post(f"switches/{self.name}/boot", {"boot_id": str(uuid.uuid4())})

    async def beat(self) -> None:
        heard = [{"call_id": one.id, "elapsed_ms": one.talked_ms()} for one in self.calls.values()]
        try:
            _status, answer = await self.post(f"switches/{self.name}/heartbeat", {"calls": heard})
        except OSError:
            return
        for call_id in answer.get("hangup", []):
            if call_id in self.calls and not self.calls[call_id].asked.done():
                self.calls[call_id].asked.set_result("staff")

    async def live(self, every_s: float = 5.0) -> None:
        while True:
            await self.beat()
            await asyncio.sleep(every_s)


class Call:
    """One call. `menu`: ask for ID, PIN and number; else `entry` has what the telephone dialled, `ID*PIN*NUMBER`."""

    def __init__(self, switch: Switch, legs: Legs, station: str, language: str = "en") -> None:
        self.switch, self.legs, self.station, self.language = switch, legs, station, language
        self.id, self.seq, self.allowed = str(uuid.uuid4()), 0, False
        self.clock = asyncio.get_running_loop().time
        self.accepted_at: float | None = None
        self.asked: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def carry(self, entry: str = "") -> tuple[str, str]:
        """From the lifted receiver to the end; the reason, and which side ended it."""
        try:
            reason, side = await self._carried(entry)
        except Gone as gone:
            side = str(gone)
            reason = f"{side}_hung_up"
        if self.allowed:
            self._tell("ended", reason=reason, side=side, billable_ms=self.talked_ms())
        self.switch.calls.pop(self.id, None)
        await self.legs.hang_up()
        return reason, side

    async def _carried(self, entry: str) -> tuple[str, str]:
        who, pin, number = entry.split("*") if entry.count("*") == 2 else await self._menu()
        terms = await self._authorize(who, pin, number)
        for _ in range(PIN_TRIES - 1):
            if not terms.get("ask_pin_again") or entry:
                break
            await self._say("a", terms["deny_prompt"])
            self.id = str(uuid.uuid4())
            terms = await self._authorize(who, await self._keyed("ask.pin"), number)
        if terms["decision"] != "allow":
            await self._say("a", terms["deny_prompt"])
            return terms["reason_code"], "system"
        self.switch.calls[self.id] = self
        self._tell("dialing")
        dialled = await self._or_gone(self.legs.dial(terms["number"], terms["caller_id"], terms["ring_timeout_ms"]))
        if dialled != "answered":
            return dialled, "called"
        self._tell("answered")
        why_not = "" if terms["passive"] else await self._announced(terms)
        if why_not:
            return why_not, "called"
        return await self._talk(terms)

    async def _menu(self) -> tuple[str, str, str]:
        return await self._keyed("ask.id"), await self._keyed("ask.pin"), await self._keyed("ask.number")

    async def _keyed(self, prompt: str) -> str:
        """Keys until `#`; silence ends them, too."""
        saying = asyncio.ensure_future(self.legs.say("a", [{"prompt": prompt, "value": ""}], self.language))
        keys = ""
        while (key := await self._key("a", NEXT_KEY_S if keys else FIRST_KEY_S)) not in ("", "#"):
            if not keys:
                await self.legs.hush("a")
            keys += key
        saying.cancel()
        return keys

    async def _key(self, leg: str, within_s: float) -> str:
        try:
            return await self._or_gone(asyncio.wait_for(self.legs.keys[leg].get(), within_s))
        except TimeoutError:
            return ""

    async def _authorize(self, who: str, pin: str, number: str) -> dict[str, Any]:
        body = {
            "call_id": self.id, "station": self.station, "resident_id": who, "pin": pin, "dialed": number,
            "language": self.language,
        }  # fmt: skip
        asking = asyncio.ensure_future(self.switch.post("calls/authorize", body))
        try:
            status, terms = await asyncio.wait_for(asyncio.shield(asking), DEADLINE_S)
        except TimeoutError:
            asking.add_done_callback(self._too_late)
            status, terms = 503, {}
        except OSError:
            status, terms = 503, {}
        if status != 200:
            return {"decision": "deny", "reason_code": "try_later", "deny_prompt": _said("refused.try_later")}
        self.allowed = terms["decision"] == "allow"
        return terms

    def _too_late(self, asking: "asyncio.Future[tuple[int, dict[str, Any]]]") -> None:
        """Nobody waits any more for an `allow` that comes after the deadline, and it holds money."""
        if not asking.cancelled() and not asking.exception() and asking.result()[1].get("decision") == "allow":
            self._tell("ended", reason="try_later", side="system", billable_ms=0)

    async def _announced(self, terms: dict[str, Any]) -> str:
        """Empty when the outside party accepts; else why not. Nothing costs anything before that."""
        pieces, until = terms["announcement"], self.clock() + terms["accept_timeout_ms"] / 1000
        self._tell("announcement_started")
        for _ in range(MENU_TIMES):
            saying = asyncio.ensure_future(self.legs.say("b", pieces, terms["language"]))
            key = await self._key("b", max(0.01, until - self.clock()))
            saying.cancel()
            await self.legs.hush("b")
            if key == terms["accept_digit"]:
                return ""
            if key == terms["refuse_digit"]:
                return "refused_by_called_party"
            if key == terms["block_digit"]:
                self._tell("blocked")
                return "blocked_by_called_party"
            if not key:
                break
            told = terms["price"] if key == terms["price_digit"] else _said("wrong_key")
            pieces, until = told + terms["announcement"], self.clock() + terms["accept_timeout_ms"] / 1000
        return "not_accepted"

    async def _talk(self, terms: dict[str, Any]) -> tuple[str, str]:
        await self.legs.join()
        self.accepted_at = self.clock()
        self._tell("accepted")
        if terms["record"]:
            await self.legs.record()
        longest = float(terms["max_seconds"])
        if terms["warn_at_seconds"] and await self._until(terms["warn_at_seconds"]):
            self._tell("warned")
            await asyncio.gather(*(self.legs.say(leg, _said("one_minute_left"), self.language) for leg in "ab"))
        if await self._until(longest):
            if terms["parting"]:
                await self._say("b", terms["parting"])
            return "time_limit", "system"
        return self.asked.result(), "staff"

    async def _until(self, seconds: float) -> bool:
        """Whether they talked until then; False when staff end the call. Raises Gone."""
        left = (self.accepted_at or self.clock()) + seconds - self.clock()
        done, _ = await asyncio.wait({self.legs.gone, self.asked}, timeout=max(0, left), return_when="FIRST_COMPLETED")
        if self.legs.gone in done:
            raise Gone(self.legs.gone.result())
        return not done

    def talked_ms(self) -> int:
        return 0 if self.accepted_at is None else int(1000 * (self.clock() - self.accepted_at))

    async def _say(self, leg: str, pieces: Pieces) -> None:
        await self._or_gone(self.legs.say(leg, pieces, self.language))

    async def _or_gone(self, step: Awaitable[Any]) -> Any:
        """What `step` answers. Raises Gone when a side hangs up before."""
        task = asyncio.ensure_future(step)
        await asyncio.wait({task, self.legs.gone}, return_when="FIRST_COMPLETED")
        if task.done():
            return task.result()
        task.cancel()
        raise Gone(self.legs.gone.result())

    def _tell(self, kind: str, **more: Any) -> None:
        self.seq += 1
        now = datetime.now(UTC).isoformat()  # it may be told much later
        body = {"seq": self.seq, "type": kind, "at": now, "elapsed_ms": self.talked_ms()} | more
        self.switch.teller.tell(f"calls/{self.id}/events", body)


def _said(prompt: str) -> Pieces:
    return [{"prompt": prompt, "value": ""}]
