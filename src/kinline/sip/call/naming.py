"""The first time, a caller says their name, hears it, and keeps it or says it again (TEL-2, T6). Pure.

    ask → listen → take → check → keep

Who says nothing, or keeps nothing, is asked again another time; the call goes on, and a voice of ours says the name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from kinline.sip.call.words import (
    Action,
    Arm,
    Disarm,
    Event,
    Fired,
    Hush,
    KeepName,
    Kept,
    Key,
    Listen,
    Play,
    Said,
    Say,
    Speech,
    Take,
    Taken,
)

Step = Literal["ask", "listen", "take", "check", "keep", "over"]

SECONDS: Final = 4
TIMES: Final = 4  # how often a name is said, the first time with it
CHECKS: Final = 3  # how often one is heard before it counts as not kept
ANSWER_MS: Final = 10_000  # after the question was said
KEEP_MS: Final = 3_000  # then the call goes on, kept or not
TAKE_MS: Final = 3_000
_KEEP, _AGAIN, _ENTER = "1", "2", "#"
_ASK: Final[Speech] = (Say("name.ask"), Say("beep"))


@dataclass(frozen=True, slots=True)
class Naming:
    """`said`: how often a name was asked for; `heard`: how often the last one was played back."""

    step: Step = "ask"
    language: str = ""
    said: int = 0
    heard: int = 0
    sound: bytes = field(default=b"", repr=False)


Turn = tuple[Naming, tuple[Action, ...]]


def begin(language: str) -> Turn:
    return _ask(Naming(language=language), ())


def turn(naming: Naming, event: Event) -> Turn:
    """After one more event; when the step is `over`, the caller goes on to their call."""
    if isinstance(event, Key) and event.leg != "a":
        return naming, ()
    return _STEPS[naming.step](naming, event)


def _asked(naming: Naming, event: Event) -> Turn:
    if not isinstance(event, Said) or event.leg != "a":
        return naming, ()
    return replace(naming, step="listen"), (Listen(SECONDS), Arm("name", SECONDS * 1000))


def _listening(naming: Naming, event: Event) -> Turn:
    if not _fired(event) and not (isinstance(event, Key) and event.key == _ENTER):
        return naming, ()
    return replace(naming, step="take"), (Take(), Arm("name", TAKE_MS))


def _taking(naming: Naming, event: Event) -> Turn:
    sound = event.sound if isinstance(event, Taken) else b""
    if sound:
        return _check(replace(naming, sound=sound), ())
    return _ask(naming, (Say("name.nothing"),)) if isinstance(event, Taken) or _fired(event) else (naming, ())


def _keeping(naming: Naming, event: Event) -> Turn:
    return _over(naming) if isinstance(event, Kept) or _fired(event) else (naming, ())


def _fired(event: Event) -> bool:
    return isinstance(event, Fired) and event.timer == "name"


def _ask(naming: Naming, before: Speech) -> Turn:
    if naming.said >= TIMES:
        return _over(naming)
    naming = replace(naming, step="ask", said=naming.said + 1, heard=0, sound=b"")
    return naming, (Disarm("name"), Play("a", (*before, *_ASK), naming.language))


def _check(naming: Naming, before: Speech) -> Turn:
    if naming.heard >= CHECKS:
        return _over(naming)
    naming = replace(naming, step="check", heard=naming.heard + 1)
    said = (*before, Say("name.is"), Say("name", sound=naming.sound), Say("name.keys"))
    return naming, (Disarm("name"), Play("a", said, naming.language))


def _checked(naming: Naming, event: Event) -> Turn:
    if isinstance(event, Said) and event.leg == "a":
        return naming, (Arm("name", ANSWER_MS),)
    if _fired(event):
        return _check(naming, ())
    if not isinstance(event, Key):
        return naming, ()
    if event.key == _KEEP:
        return replace(naming, step="keep"), (Hush("a"), KeepName(naming.sound), Arm("name", KEEP_MS))
    return _ask(naming, ()) if event.key == _AGAIN else _check(naming, (Say("wrong_key"),))


def _over(naming: Naming) -> Turn:
    return replace(naming, step="over", sound=b""), (Disarm("name"),)


_STEPS: Final[dict[Step, Callable[[Naming, Event], Turn]]] = {
    "ask": _asked,
    "listen": _listening,
    "take": _taking,
    "check": _checked,
    "keep": _keeping,
    "over": lambda naming, event: (naming, ()),
}
