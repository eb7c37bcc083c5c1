"""Make the sound of the fixed sentences anew: `python -m kinline.sip.prompts.make`. What is made is committed.

Only what was not made from its present words (`sounds/words.json`) is spoken again; `--all` speaks everything.
"""

import hashlib
import json
import sys
from collections.abc import Iterator

from kinline.sip.prompts import SOUNDS
from kinline.sip.prompts.engine import speaker
from kinline.sip.prompts.texts import LANGUAGES, TEXTS, text
from kinline.sip.sound import wav

WORDS = SOUNDS / "words.json"


def wanted() -> dict[str, str]:
    """Per file, a digest of its words: the sound is of these and no others."""
    return {f"{language}/{prompt}": _digest(text(prompt, language)) for language in LANGUAGES for prompt in TEXTS}


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def made() -> dict[str, str]:
    return dict(json.loads(WORDS.read_text())) if WORDS.exists() else {}


def make(*, everything: bool) -> Iterator[str]:
    """Yields the name of each file it makes."""
    known = {} if everything else made()
    for name, digest in wanted().items():
        path = SOUNDS / f"{name}.wav"
        if known.get(name) == digest and path.exists():
            continue
        language, prompt = name.split("/", 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        wav.write(path, speaker().say(text(prompt, language), language))
        yield name
    for path in SOUNDS.rglob("*.wav"):
        if str(path.relative_to(SOUNDS).with_suffix("")) not in wanted():
            path.unlink()
    WORDS.write_text(json.dumps(wanted(), indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    for name in make(everything="--all" in sys.argv):
        sys.stdout.write(f"{name}\n")
