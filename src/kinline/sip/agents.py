"""One side of a call as sippy keeps it (`UA`), with what we do otherwise (telephony.md, traps 2 to 8).

Whatever belongs to a dialog goes back to where the other side was seen, so that a telephone behind a NAT, or a name in
a Contact, does not keep a BYE from arriving. A transfer is refused, a method that we do not have is answered.
"""

from collections.abc import Callable
from typing import Any, Final

from kinline.sip.aio import UA, CCEvents, MsgBody, SipGenericHF, SipHeader, SipReason

ALLOWED: Final = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REGISTER"
_OURS: Final = frozenset({"INVITE", "ACK", "CANCEL", "BYE", "INFO", "OPTIONS"})
_UNHEARD: Final = {"INFO": 200, "OPTIONS": 200, "BYE": 481, "INVITE": 491}
_KNOWN: Final = frozenset({"UPDATE", "PRACK", "MESSAGE", "NOTIFY", "SUBSCRIBE", "PUBLISH", "REGISTER"})
_SHOWN: Final = {"contact_blocked": "unreachable"}  # who blocks does so silently, also to a telephone's display (CON-3)

PHRASES: Final = {
    400: "Bad Request", 200: "OK", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    420: "Bad Extension", 423: "Interval Too Brief", 480: "Temporarily Unavailable", 481: "Call Does Not Exist",
    483: "Too Many Hops", 484: "Address Incomplete", 486: "Busy Here", 488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    603: "Decline",
}  # fmt: skip


def answer(request: Any, code: int, *headers: tuple[str, str], challenge: Any = None) -> Any:
    """A response to a request, with headers besides. `challenge`: what the other side has to prove itself with."""
    response = request.genResponse(code, PHRASES[code])
    if code in {200, 405, 501}:
        headers = (("Allow", ALLOWED), *headers)
    for name, value in headers:
        response.appendHeader(SipHeader(body=SipGenericHF(value, name=name)))
    if challenge is not None:
        response.appendHeader(SipHeader(body=challenge))
    return response


def refusal_of(method: str) -> int:
    """What is answered to a method that means nothing here."""
    return 405 if method in _KNOWN or method in _OURS else 501


class UserAgent(UA):  # type: ignore[misc]
    """`hop`: where everything of this dialog is sent. `on_transfer`: a REFER came, and was refused (TEL-14)."""

    rSDP: Any  # noqa: N815 - sippy's names
    rCSeq: int | None  # noqa: N815
    hop: tuple[str, int] | None = None
    on_transfer: Callable[[], None] | None = None

    def genRequest(self, *words: Any, **more: Any) -> Any:  # noqa: N802 - sippy's name
        if self.hop is not None:
            self.rAddr = (self.hop, "udp")
        return super().genRequest(*words, **more)

    def recvRequest(self, request: Any, transaction: Any) -> Any:  # noqa: N802 - sippy's name
        method = request.getMethod()
        if self.state is None:
            taken = super().recvRequest(request, transaction)
            if transaction.r487 is not None:  # else sippy makes a tag of its own up for it: another party's (8.2.6.2)
                transaction.r487.getHFBody("to").setTag(self.lTag)
            return taken
        if method == "REFER":
            self._count(request)
            if self.on_transfer is not None:
                self.on_transfer()
            return (answer(request, 603), None, None)
        if method not in _OURS:
            self._count(request)
            return (answer(request, refusal_of(method)), None, None)
        if method == "INVITE" and request.getBody() is None:
            # A re-INVITE without SDP asks what we offer: what we offered before. sippy would read it as "hold".
            self.rSDP = self.rSDP or self.lSDP
            request.setBody(self.rSDP.getCopy() if self.rSDP is not None else MsgBody(""))
        taken = super().recvRequest(request, transaction)
        if taken is None and transaction.tid is not None and transaction.data is None:
            return (answer(request, _UNHEARD.get(method, 405)), None, None)  # this state has no word for it
        return taken

    def _count(self, request: Any) -> None:
        self.rCSeq = max(self.rCSeq or 0, request.getHFBody("cseq").getCSeqNum())


# Events for sippy


def text(body: Any) -> bytes:
    return str(body).encode() if body is not None else b""


def sdp(body: bytes) -> Any:
    made = MsgBody(body.decode())
    made.needs_update = False
    return made


def ring(body: bytes) -> Any:
    return CCEvents.CCEventRing((183, "Session Progress", sdp(body)))


def connect(body: bytes) -> Any:
    return CCEvents.CCEventConnect((200, "OK", sdp(body)))


def fail(code: int, reason: str = "", *headers: tuple[str, str]) -> Any:
    """A final answer to a telephone. `reason`: our code of it, which it may show."""
    event = CCEvents.CCEventFail((code, PHRASES[code]))
    if reason:
        event.reason_rfc3326 = SipReason(protocol="SIP", cause=code, reason=_SHOWN.get(reason, reason))
    event.extra_headers = tuple(SipHeader(body=SipGenericHF(value, name=name)) for name, value in headers) or None
    return event


def bye(reason: str = "") -> Any:
    event = CCEvents.CCEventDisconnect()
    if reason:
        event.reason_rfc3326 = SipReason(protocol="SIP", cause=200, reason=_SHOWN.get(reason, reason))
    return event


def sign_of(body: bytes) -> str:
    """What a re-INVITE wants: `hold`, or another `media`."""
    lines = body.decode(errors="replace").replace("\r", "").split("\n")
    held = {"a=sendonly", "a=recvonly", "a=inactive", "c=IN IP4 0.0.0.0"} & set(lines)
    return "hold" if held else "media"


def key_of_info(body: Any) -> str:
    """The key in a SIP INFO: `0` to `9`, `*`, `#`, `A` to `D`; `flash` for a hook flash; empty: it has none."""
    if body is None:
        return ""
    kind, content = body.getType(), str(body).strip()
    if kind == "application/hook-flash":
        return "flash"
    if kind == "application/dtmf":
        return _key(content)
    if kind != "application/dtmf-relay":
        return ""
    for line in content.replace("\r", "\n").split("\n"):
        name, _, value = line.partition("=")
        if name.strip().lower() == "signal":
            return _key(value.strip())
    return ""


def _key(value: str) -> str:
    numbers = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D", "16": "flash"}
    value = numbers.get(value, value.upper())
    return value if value == "flash" or (len(value) == 1 and value in "0123456789*#ABCD") else ""
