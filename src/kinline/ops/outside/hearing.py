"""What a telephone hears, from its sound alone: which of the tones of the sample, a voice, or nothing. Pure."""

from typing import Final, Literal

from kinline.sip.sound import RATE, tones

Heard = Literal["nothing", "ringing", "other", "beep", "voice"]
# What the sample's people say, so that a test and a reader can tell them apart: half a second of tone and pause.
CALLER_HERTZ: Final = 600
CALLED_HERTZ: Final = 1000
WINDOW: Final = RATE // 2


def speech(hertz: float) -> bytes:
    return tones.tone((hertz,), 0.25) + tones.silence(0.25)


def heard(sound: bytes, other_hertz: float) -> Heard:
    """`other_hertz`: what the other telephone says."""
    if tones.level(sound) < -50:
        return "nothing"
    if tones.hears(sound, other_hertz, least=0.3):
        return "other"
    if tones.share(sound, tones.RINGBACK[0]) + tones.share(sound, tones.RINGBACK[1]) > 0.6:
        return "ringing"
    return "beep" if tones.hears(sound, tones.BEEP[0], least=0.3) else "voice"
