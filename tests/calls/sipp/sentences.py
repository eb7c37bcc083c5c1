"""Which of the switch's sentences arrived at a port, by their very samples."""

from collections.abc import Iterable
from functools import cache

from kinline.sip.prompts import SOUNDS, TEXTS
from kinline.sip.prompts.texts import LANGUAGES, text
from kinline.sip.sound import wav
from tests.calls.sipp.wire import Wire

PART = 400  # samples that are looked for as one: a twentieth of a second
LEAST = 0.8  # of a sentence's parts, to have been heard to its end
PROBES = 4
VARIED = 12  # different samples that a part has at least, if it says anything
Sentence = tuple[str, str]  # language, and what is said: two reasons may sound alike
REFUSALS = [prompt for prompt in TEXTS if prompt.startswith("refused.")]


def heard(wire: Wire, port: int, prompts: Iterable[str] = REFUSALS) -> set[Sentence]:
    """Those of these prompts, in any language, that were heard there nearly whole."""
    sound = _plain(b"".join(one.load[12:] for one in wire.rtp(port) if one.kind == 0))
    asked = {sentence(language, prompt): (language, prompt) for language in LANGUAGES for prompt in prompts}
    return {words for words, where in asked.items() if _is_in(sound, _parts(*where))}


def sentence(language: str, prompt: str) -> Sentence:
    return language, text(prompt, language)


def _is_in(sound: bytes, parts: list[bytes]) -> bool:
    if not any(one in sound for one in parts[:: max(1, len(parts) // PROBES)]):
        return False
    return sum(one in sound for one in parts) >= LEAST * len(parts)


@cache
def _parts(language: str, prompt: str) -> list[bytes]:
    sound = _plain(wav.read(SOUNDS / language / f"{prompt}.wav"))
    found = [sound[at : at + PART] for at in range(0, len(sound) - PART, PART)]
    return [one for one in found if len(set(one)) >= VARIED]


def _plain(sound: bytes) -> bytes:
    """µ-law has two zeros, and a media server may send the other one."""
    return sound.replace(b"\x7f", b"\xff")
