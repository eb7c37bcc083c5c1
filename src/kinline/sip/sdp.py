"""Where the sound of a call goes (SDP, RFC 4566), of one audio line in PCMU with or without telephone events. Pure."""

import re
from dataclasses import dataclass
from typing import Final

PCMU: Final = 0
EVENTS: Final = 101  # our payload type for RFC 4733; the other side's may be another


@dataclass(frozen=True, slots=True)
class Sdp:
    """`events`: payload type of telephone events, None without. `sends`, `receives`: whether this side does at all."""

    host: str
    port: int
    events: int | None = EVENTS
    pcmu: bool = True
    sends: bool = True
    receives: bool = True

    @property
    def held(self) -> bool:
        """Whether this side wants no sound: it says so, or names no place to send it to."""
        return not self.receives or self.port == 0 or self.host in {"", ".".join("0000"), "::"}


def written(sdp: Sdp, *, session: int = 1, version: int = 1) -> bytes:
    family = "IP6" if ":" in sdp.host else "IP4"
    way = {(True, True): "sendrecv", (True, False): "sendonly", (False, True): "recvonly"}.get(
        (sdp.sends, sdp.receives), "inactive"
    )
    kinds = "0" if sdp.events is None else f"0 {sdp.events}"
    lines = [
        "v=0",
        f"o=- {session} {version} IN {family} {sdp.host}",
        "s=-",
        f"c=IN {family} {sdp.host}",
        "t=0 0",
        f"m=audio {sdp.port} RTP/AVP {kinds}",
        "a=rtpmap:0 PCMU/8000",
    ]
    if sdp.events is not None:
        lines += [f"a=rtpmap:{sdp.events} telephone-event/8000", f"a=fmtp:{sdp.events} 0-16"]
    return "\r\n".join([*lines, "a=ptime:20", f"a={way}", ""]).encode()


def read(body: bytes) -> Sdp | None:
    """The first audio line; None if there is none."""
    session, *media = re.split(r"(?m)^m=", body.decode("utf-8", "replace").replace("\r\n", "\n"))
    audio = next((part for part in media if part.startswith("audio ")), None)
    if audio is None:
        return None
    words = audio.split("\n", 1)[0].split()
    if len(words) < 3 or not words[1].split("/")[0].isdecimal():
        return None
    port = int(words[1].split("/")[0])
    if port > 65535:
        return None
    where = re.search(r"(?m)^c=IN IP[46] (\S+)", audio) or re.search(r"(?m)^c=IN IP[46] (\S+)", session)
    events = re.search(r"(?mi)^a=rtpmap:(\d+) telephone-event/8000", audio)
    ways = set(re.findall(r"(?m)^a=(sendrecv|sendonly|recvonly|inactive)\s*$", audio + "\n" + session))
    return Sdp(
        where[1].split("/")[0] if where else "",
        port,
        int(events[1]) if events else None,
        "0" in words[3:],
        not ways & {"recvonly", "inactive"},
        not ways & {"sendonly", "inactive"},
    )
