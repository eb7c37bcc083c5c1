"""What the telephone says: fixed sentences from committed sound, and names, numbers and money spoken as they come.

Fixed sentences (`texts`) lie in `sounds/`, made by `python -m kinline.sip.prompts.make`, so that they need no engine
and cost no time. What changes is spoken by `engine`, kept for as long as this process runs and nowhere else, since it
may be a person's name; where the engine cannot be loaded, numbers and money are joined from recorded digits.
"""

import atexit
import hashlib
import logging
import threading
from collections import OrderedDict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kinline.sip.call.words import Say, Speech
from kinline.sip.prompts import spoken
from kinline.sip.prompts.engine import Mute, speaker
from kinline.sip.prompts.texts import LANGUAGES, TEXTS, text
from kinline.sip.sound import tones, wav

SOUNDS: Final = Path(__file__).parent / "sounds"
KEPT: Final = 2000  # spoken pieces
TONES: Final = {  # what is heard instead of words
    "ringback": lambda: tones.tone(tones.RINGBACK, 2) + tones.silence(4),
    "beep": lambda: tones.tone(tones.BEEP, 0.5),
}
BEEP_FIRST: Final = frozenset({"one_minute_left"})
_log = logging.getLogger(__name__)


class _Kept:
    """Sound that was spoken, in files below a folder that goes with the process; the oldest are let go."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._files: OrderedDict[str, Path] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, name: str) -> Path | None:
        with self._turn:
            if name in self._files:
                self._files.move_to_end(name)
            return self._files.get(name)

    def put(self, name: str, sound: bytes) -> Path:
        """Two calls may speak the same at once. What is there already stays: it may be being read."""
        with self._turn:
            if name in self._files:
                return self._files[name]
            path = self._place() / f"{name}.wav"
            wav.write(path, sound)
            self._files[name] = path
            while len(self._files) > KEPT:
                self._files.popitem(last=False)[1].unlink(missing_ok=True)
            return path

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="kinline-speech-")
            atexit.register(self._folder.cleanup)
        return Path(self._folder.name)


_kept = _Kept()


def files(speech: Speech, language: str) -> list[Path]:
    """The WAV files (8 kHz, µ-law, one channel) that say this, one after another. Takes its time: not in an event loop.

    A prompt that nobody has written is said to be an error, rather than nothing at all.
    """
    return [path for piece in speech for path in _of_piece(piece, language if language in LANGUAGES else LANGUAGES[0])]


def _of_piece(piece: Say, language: str) -> list[Path]:
    if piece.sound:
        return [_heard(piece.sound)]
    if piece.prompt in TONES:
        return [_tone(piece.prompt)]
    if piece.prompt in spoken.KINDS:
        return _spoken(piece, language)
    sentence = SOUNDS / language / f"{_known(piece.prompt)}.wav"
    return [_tone("beep"), sentence] if piece.prompt in BEEP_FIRST else [sentence]


def _heard(sound: bytes) -> Path:
    """A name in somebody's own voice, kept as what is spoken is."""
    name = hashlib.sha256(b"heard\n" + sound).hexdigest()
    return _kept.get(name) or _kept.put(name, sound)


def _known(prompt: str) -> str:
    if prompt in TEXTS:
        return prompt
    _log.error("no words for the prompt %s", prompt)
    return "part.unknown"


def _tone(name: str) -> Path:
    return _kept.get(name) or _kept.put(name, TONES[name]())


def _spoken(piece: Say, language: str) -> list[Path]:
    words = spoken.words(piece.prompt, piece.value, language)
    if not words:
        return []
    name = hashlib.sha256(f"{language}\n{words}".encode()).hexdigest()
    if found := _kept.get(name):
        return [found]
    try:
        return [_kept.put(name, speaker().say(words, language))]
    except Mute:
        return [SOUNDS / language / f"{part}.wav" for part in spoken.parts(piece.prompt, piece.value)]


__all__ = ["LANGUAGES", "TEXTS", "files", "text"]
