"""What somebody outside does when their telephone rings. The last two digits of the number say which. Pure."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`code`: the SIP answer instead of a person, 0: somebody picks up after `rings` seconds; None: nobody ever does.

    `keys`: what they press, each so many seconds after picking up. `leaves`: seconds until they hang up; None: never.
    `machine`: a voicemail greeting and its beep instead of a voice.
    """

    name: str
    code: int = 0
    rings: float | None = 1.0
    keys: tuple[tuple[float, str], ...] = ()
    leaves: float | None = None
    machine: bool = False


ACCEPTS: Final = Behaviour("accepts", keys=((3.0, "1"),))
BY_HAND: Final = Behaviour("by_hand")  # whoever looks at the page presses the keys
BY_ENDING: Final = {
    "91": Behaviour("busy", code=486),
    "92": Behaviour("no_answer", rings=None),
    "93": Behaviour("refuses", keys=((3.0, "2"),)),
    "94": Behaviour("blocks", keys=((3.0, "7"),)),
    "95": Behaviour("hangs_up", leaves=2.0),
    "96": Behaviour("voicemail", leaves=30.0, machine=True),
    "97": Behaviour("presses_nothing"),
    "98": Behaviour("no_such_number", code=404),
    "99": Behaviour("asks_price", keys=((3.0, "9"), (9.0, "1"))),
}
ALL: Final = {one.name: one for one in (ACCEPTS, *BY_ENDING.values(), BY_HAND)}


def of(number: str) -> Behaviour:
    """Who has this number. A number that ends in anything else is somebody who accepts."""
    return BY_ENDING.get(number[-2:], ACCEPTS)
