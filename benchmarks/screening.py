"""P6: 30,000 characters against 5,000 phrases, folding included, beside a naive search for each phrase.

python benchmarks/screening.py [rounds]

Both look through the same letter in the same process, in turn. The naive one gets its letter folded as well, by the
same function, and asks `phrase in text`. Letters: English, Spanish with accents, Arabic with vowel marks, Korean, and
two bad ones (base64; nothing but phrases of the list). Needs no database.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from pathlib import Path
from unicodedata import normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from kinline.delivery.screening import Entry, Folded, ListFacts, Screen, needle, phrase

CHARACTERS, PHRASES = 30_000, 5_000
TODAY = date(2027, 1, 4)
LETTERS = {
    "English": "abcdefghijklmnopqrstuvwxyz",
    "Spanish": "aábcdeéfghiíjklmnñoópqrstuúü",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي" + "\u064e\u064f\u0650",
    "Korean": "가나다라마바사아자차카타파하",
}


def words(letters: str, count: int, chance: random.Random) -> list[str]:
    return ["".join(chance.choice(letters) for _ in range(chance.randint(3, 9))) for _ in range(count)]


def letter(kind: str, phrases: list[str], chance: random.Random) -> str:
    if kind == "base64":
        return b64encode(chance.randbytes(CHARACTERS)).decode()[:CHARACTERS]
    if kind == "all hits":
        return " ".join(chance.choices(phrases, k=CHARACTERS))[:CHARACTERS]
    text = " ".join(words(LETTERS[kind], CHARACTERS, chance))[:CHARACTERS]
    return normalize("NFC", text)  # as letters are kept


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return 1000 * (time.process_time() - begun)


def main(rounds: int) -> None:
    chance = random.Random(6)
    worst, least = 0.0, float("inf")
    for kind in (*LETTERS, "base64", "all hits"):
        listed = [" ".join(words(LETTERS.get(kind, LETTERS["English"]), chance.randint(1, 3), chance))
                  for _ in range(PHRASES)]  # fmt: skip
        entries = [Entry(n, 1, "review", folded=phrase(text)) for n, text in enumerate(listed, 1)]
        screen = Screen([ListFacts(1, TODAY)], entries)
        needles = [needle(entry.folded) for entry in entries]
        text = letter(kind, listed, chance)

        def ours(text: str = text, screen: Screen = screen) -> object:
            return screen.words_in(Folded(text), TODAY)

        def naive(text: str = text, needles: list[str] = needles) -> object:
            folded = Folded(text).words
            return [one for one in needles if one in folded]

        ours()
        naive()
        pairs = [(milliseconds(ours), milliseconds(naive)) for _ in range(rounds)]
        took, beside = (statistics.median(side) for side in zip(*pairs, strict=True))
        spread = max(one for one, _ in pairs) - min(one for one, _ in pairs)
        ratio = statistics.median(slow / max(quick, 0.001) for quick, slow in pairs)
        worst, least = max(worst, took), min(least, ratio)
        print(f"{kind:9} {took:6.2f} ms (spread {spread:.2f})   naive {beside:7.1f} ms   {ratio:6.1f} ×")
    print(f"worst {worst:.2f} ms (target ≤ 4), least {least:.1f} × (target ≥ 15); {rounds} rounds")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
