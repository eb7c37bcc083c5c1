"""The yardstick of calls.py: sippy alone between two lines, on the same asyncio shim; no media, no rules, no database.

    python benchmarks/bare_b2bua.py PORT PORT_OF_THE_OTHER_SIDE

As in the switch, the caller is answered when the called party presses a key (SIP INFO); nothing else happens.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from kinline.sip import aio
from kinline.sip.aio import UA, CCEvents


class Bridge:
    def __init__(self, config: dict[str, Any], hop: tuple[str, int]) -> None:
        self.config, self.hop = config, hop
        self.a = UA(config, self.on_a)
        self.b: Any = None
        self.answer: Any = None

    def on_a(self, event: Any, agent: Any) -> None:
        if isinstance(event, CCEvents.CCEventTry):
            _, who, number, body, _, name = event.getData()
            self.b = UA(self.config, event_cb=self.on_b, nh_address=self.hop)
            self.b.recvEvent(CCEvents.CCEventTry((None, who, number, body, None, name)))
        elif self.b is not None:
            self.b.recvEvent(event)

    def on_b(self, event: Any, agent: Any) -> None:
        if isinstance(event, CCEvents.CCEventConnect):
            self.answer = event
        elif isinstance(event, CCEvents.CCEventInfo):
            self.a.recvEvent(self.answer)
        else:
            self.a.recvEvent(event)


async def main(port: int, other: int) -> None:
    def asked(request: Any, transaction: Any) -> Any:
        if request.getMethod() != "INVITE" or request.getHFBody("to").getTag() is not None:
            return (request.genResponse(200 if request.getMethod() == "OPTIONS" else 481, "OK"), None, None)
        return Bridge(config, ("127.0.0.1", other)).a.recvRequest(request, transaction)

    config, _ = aio.manager(("127.0.0.1", port), asked)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
