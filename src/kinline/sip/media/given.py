"""What both media servers are given, read: a leg's SDP, and files of sound."""

from pathlib import Path

from kinline.sip import sdp
from kinline.sip.media import MediaError
from kinline.sip.sdp import Sdp
from kinline.sip.sound import wav


def understood(body: bytes) -> Sdp:
    """raises MediaError: nothing there that we can speak"""
    found = sdp.read(body)
    if found is None or not found.pcmu:
        raise MediaError("no PCMU is offered")
    return found


def sound_of(path: Path) -> bytes:
    """raises MediaError: no file of sound that we have made"""
    try:
        return wav.read(path)
    except (OSError, wav.NotSound) as problem:
        raise MediaError(f"cannot play {path.name}") from problem
