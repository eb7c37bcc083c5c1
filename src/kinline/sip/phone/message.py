"""SIP messages (RFC 3261) as a small telephone reads and writes them. Pure; what cannot be read raises `Unreadable`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_SHORT: Final = {
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
    "f": "from",
    "t": "to",
    "v": "via",
    "k": "supported",
}
_NAMES: Final = {"call-id": "Call-ID", "cseq": "CSeq", "www-authenticate": "WWW-Authenticate", "via": "Via"}
_URI: Final = re.compile(r"sips?:(?:(?P<user>[^@<>;?\s]*)@)?(?P<host>\[[^\]]+\]|[^:;?<>\s]+)(?::(?P<port>\d+))?", re.I)
_TAG: Final = re.compile(r";\s*tag\s*=\s*([^;,\s]+)", re.I)
_BRANCH: Final = re.compile(r";\s*branch\s*=\s*([^;,\s]+)", re.I)

REASONS: Final = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    404: "Not Found",
    405: "Method Not Allowed",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    501: "Not Implemented",
    603: "Decline",
}


class Unreadable(ValueError):
    """A datagram that is no SIP message."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request (`method`, `uri`) or an answer (`code`, `reason`). `headers`: in order, names in small letters."""

    method: str
    uri: str
    code: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first of that name; empty without one."""
        return next((value for one, value in self.headers if one == name), "")

    def all(self, name: str) -> list[str]:
        return [value for one, value in self.headers if one == name]

    @property
    def cseq(self) -> tuple[int, str]:
        number, _, method = self.header("cseq").partition(" ")
        return (int(number) if number.isdecimal() else 0), method.strip()

    @property
    def branch(self) -> str:
        found = _BRANCH.search(self.header("via"))
        return found[1] if found else ""


def request(method: str, uri: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> Message:
    return Message(method, uri, 0, "", tuple(headers), body)


def answer(
    to: Message, code: int, headers: Iterable[tuple[str, str]] = (), body: bytes = b"", tag: str = ""
) -> Message:
    """The answer to a request, by the way it came. `tag`: of this side, added to `To` unless it has one."""
    copied = []
    for name, value in to.headers:
        if name in {"via", "from", "call-id", "cseq", "record-route"}:
            copied.append((name, value))
        elif name == "to":
            copied.append((name, f"{value};tag={tag}" if tag and not tag_of(value) else value))
    return Message("", "", code, REASONS.get(code, "Answer"), (*copied, *headers), body)


def written(message: Message) -> bytes:
    first = f"{message.method} {message.uri} SIP/2.0" if message.method else f"SIP/2.0 {message.code} {message.reason}"
    lines = [first]
    lines += [f"{_NAMES.get(name, name.title())}: {value}" for name, value in message.headers]
    lines.append(f"Content-Length: {len(message.body)}")
    return "\r\n".join([*lines, "", ""]).encode() + message.body


def read(datagram: bytes) -> Message:
    """raises Unreadable"""
    head, _, body = datagram.partition(b"\r\n\r\n")
    lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "replace")).split("\r\n")
    headers = tuple(_header(line) for line in lines[1:] if line)
    length = next((value for name, value in headers if name == "content-length"), "")
    body = body[: int(length)] if length.isdecimal() else body
    kept = tuple(pair for pair in headers if pair[0] != "content-length")
    words = lines[0].split(" ", 2)
    if len(words) < 2:
        raise Unreadable("no first line")
    if words[0] == "SIP/2.0":
        if not re.fullmatch(r"[1-6]\d\d", words[1]):
            raise Unreadable("no code")
        return Message("", "", int(words[1]), words[2] if len(words) > 2 else "", kept, body)
    if len(words) < 3 or words[2] != "SIP/2.0":
        raise Unreadable("no SIP")
    return Message(words[0], words[1], 0, "", kept, body)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise Unreadable("a line without a name")
    small = name.strip().lower()
    return _SHORT.get(small, small), value.strip()


def tag_of(value: str) -> str:
    """The tag of a `From` or `To`."""
    found = _TAG.search(value)
    return found[1] if found else ""


def uri_of(value: str) -> str:
    """The address in a `From`, `To`, `Contact` or `Route`, without its name and angle brackets."""
    inside = re.search(r"<([^>]*)>", value)
    return inside[1] if inside else value.split(";", maxsplit=1)[0].strip()


def user_of(uri: str) -> str:
    found = _URI.search(uri)
    return (found["user"] or "") if found else ""


def place_of(uri: str) -> tuple[str, int]:
    """Host and port of an address. raises Unreadable"""
    found = _URI.search(uri)
    if found is None:
        raise Unreadable("no SIP address")
    if int(found["port"] or 5060) > 65535:
        raise Unreadable("no such port")
    return found["host"].strip("[]"), int(found["port"] or 5060)


def contacts_of(value: str) -> list[str]:
    """The addresses of a `Route` or `Record-Route` that lists several in one line."""
    return re.findall(r"<[^>]*>[^,]*", value) or ([value] if value else [])
