"""What SIPp says: pcap files of RTP with a tone, and keys as telephone events (RFC 4733), made here."""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from kinline.sip.prompts import SOUNDS
from kinline.sip.sound import FRAME, RATE, tones, wav
from tests.calls.sipp.wire import KEY

CALLER_HERTZ, CALLED_HERTZ = 1750, 2500  # of no ringback, beep or key, and rare in speech
KEYS = "0123456789*#"
KEY_SECONDS, PAUSE_SECONDS = 0.12, 0.12

Packet = tuple[float, bytes]  # second, RTP


def voice(hertz: int, seconds: float, keys: Sequence[tuple[float, str]] = ()) -> list[Packet]:
    """A tone for so long. `keys`: from which second on which are pressed, one after another; what is no key is a pause.
    While a key is held the tone is silent.
    """
    pressed = [
        (at + n * (KEY_SECONDS + PAUSE_SECONDS), key) for at, row in keys for n, key in enumerate(row) if key in KEYS
    ]
    sound = tones.tone([hertz], seconds)
    packets: list[Packet] = []
    step = FRAME / RATE
    for n in range(int(seconds / step)):
        now = n * step
        held = next((one for one in pressed if one[0] <= now < one[0] + KEY_SECONDS), None)
        if held is None:
            packets.append((now, _rtp(len(packets), n * FRAME, 0, sound[n * FRAME : (n + 1) * FRAME])))
            continue
        begun = round(held[0] / step)
        last = (n + 1) * step >= held[0] + KEY_SECONDS
        for again in range(3 if last else 1):  # the last is sent three times: one may be lost
            event = struct.pack("!BBH", KEYS.index(held[1]), 0x80 * last | 10, (n - begun + 1) * FRAME)
            packets.append((now + again * 0.002, _rtp(len(packets), begun * FRAME, KEY, event)))
    return packets


def greeting(hertz: int, seconds: float) -> list[Packet]:
    """A machine that answers: somebody speaks, a beep, and then a line that is open."""
    words = b"".join(wav.read(SOUNDS / "en" / f"{one}.wav") for one in ("refused.no_answer", "ask.number", "ask.id"))
    return _sound(words + tones.tone([1000], 0.5), hertz, seconds)


def key_as_tone(hertz: int, seconds: float, at: float, key: str) -> list[Packet]:
    """A tone, in which a key is pressed that is nothing but sound."""
    return _sound(tones.tone([hertz], at) + tones.key_tones(key, seconds=KEY_SECONDS), hertz, seconds)


def _sound(begins: bytes, hertz: int, seconds: float) -> list[Packet]:
    """This, and then a tone until so many seconds are over."""
    sound = begins + tones.tone([hertz], max(0.0, seconds - len(begins) / RATE))
    frames = range(0, len(sound) - FRAME, FRAME)
    return [(at / RATE, _rtp(n, at, 0, sound[at : at + FRAME])) for n, at in enumerate(frames)]


def _rtp(seq: int, stamp: int, kind: int, payload: bytes) -> bytes:
    return struct.pack("!BBHII", 0x80, kind, seq, stamp, 0x4B494E4C) + payload


def write(path: Path, packets: Sequence[Packet]) -> Path:
    """As tcpdump would have written it. SIPp puts addresses and ports of its own in their place."""
    path.write_bytes(b"".join((struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1), *_records(packets))))
    return path


def _records(packets: Sequence[Packet]) -> Iterator[bytes]:
    for at, rtp in packets:
        udp = struct.pack("!HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
        frame = b"\0" * 12 + b"\x08\0" + head + udp
        yield struct.pack("<IIII", int(at), int(at % 1 * 1_000_000), len(frame), len(frame)) + frame
