"""What the machine is told and what it says: speech, plans, events, actions. Pure."""

from dataclasses import dataclass, field
from typing import Final, Literal

Leg = Literal["a", "b"]
Timer = Literal["keys", "authorise", "ring", "accept", "limit", "warn", "tell", "name"]
Side = Literal["caller", "called", "system", "staff"]
Asked = Literal["id", "pin"]

LANGUAGES: Final = ("en", "es")


@dataclass(frozen=True, slots=True)
class Say:
    """One piece of speech. `value`: what a `name`, `number` or `money` piece says; `sound`: played instead (µ-law)."""

    prompt: str
    value: str = ""
    sound: bytes = field(default=b"", repr=False)


Speech = tuple[Say, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the authorisation allows: length in seconds from acceptance, when to warn, and what the outside party hears.

    `cuts`: a sign of forwarding ends the call (TEL-14).
    `passive`: no key is asked for, only of free calls and hotlines (T7). `warn_at` 0: no warning. `parting`: what is
    said to the outside party when the time is up (TEL-13).
    """

    seconds: int
    warn_at: int = 0
    ring_ms: int = 45_000
    accept_ms: int = 40_000
    announcement: Speech = ()
    price: Speech = ()
    parting: Speech = ()
    accept_key: str = "1"
    refuse_key: str = "2"
    price_key: str = "9"
    block_key: str = "7"
    record: bool = False
    passive: bool = False
    cuts: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What the caller keyed in. `payer`: `1` prepaid, `2` PIN debit, if chosen (TEL-1). Its PIN is never printed.

    `rename`: no number, but the wish to say the name again that is played to whom they call (T6).
    """

    id: str = ""
    pin: str = field(default="", repr=False)
    number: str = ""
    payer: str = ""
    rename: bool = False


# Events


@dataclass(frozen=True, slots=True)
class Invited:
    """A telephone calls. `keys`: what it dialled, `ID*PIN*NUMBER`; unless it dialled the `menu`.

    `asks`: what the place wants keyed in before a number: nothing, an ID, a passcode, or both (TEL-12).
    `names`: the place takes names in the caller's own voice (T6).
    """

    keys: str = field(repr=False)
    menu: bool
    asks: tuple[Asked, ...] = ("id", "pin")
    languages: tuple[str, ...] = LANGUAGES
    names: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    leg: Leg
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fired:
    """A timer ran out that was armed and not disarmed since."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Said:
    """What was being said to a leg has been said to its end."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class Authorised:
    plan: Plan


@dataclass(frozen=True, slots=True)
class Refused:
    """`code`: stable; `again`: the caller may key the PIN in once more; `offers`: they may ask for the number now."""

    code: str
    again: bool = False
    offers: bool = False


@dataclass(frozen=True, slots=True)
class NameWanted:
    """The PIN is right, and no name was ever said: first this, then the question once more."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was said while somebody listened; empty: nothing that could be a name."""

    sound: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """The name lies where it belongs, or could not be put there."""


@dataclass(frozen=True, slots=True)
class NumberAsked:
    """What came of asking for the number: the code of a sentence."""

    code: str


@dataclass(frozen=True, slots=True)
class Ringing:
    pass


@dataclass(frozen=True, slots=True)
class Answered:
    pass


@dataclass(frozen=True, slots=True)
class Failed:
    """The outside party cannot be reached: the SIP code of their side."""

    code: int


@dataclass(frozen=True, slots=True)
class HungUp:
    leg: Leg


@dataclass(frozen=True, slots=True)
class Lost:
    """No sound comes from a leg any more, or the media server is gone. `since`: when it was heard last, as `at`."""

    leg: Leg | None
    since: int


@dataclass(frozen=True, slots=True)
class EndAsked:
    """Staff end the call, or a lockdown does (TEL-9)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Renegotiated:
    """A leg changed its media, or asked to transfer the call: a sign of forwarding (TEL-14), refused by the gateway."""

    leg: Leg
    sign: Literal["hold", "transfer", "media", "hook_flash"]


Event = (
    Invited
    | Key
    | Fired
    | Said
    | Authorised
    | Refused
    | NameWanted
    | Taken
    | Kept
    | NumberAsked
    | Ringing
    | Answered
    | Failed
    | HungUp
    | Lost
    | EndAsked
    | Renegotiated
)


# Actions


@dataclass(frozen=True, slots=True)
class Pick:
    """Answer the telephone: early media only (`early`), or the call itself."""

    early: bool


@dataclass(frozen=True, slots=True)
class Play:
    """Say something to a leg, instead of what is being said. `over`: both go on hearing each other."""

    leg: Leg
    speech: Speech
    language: str
    over: bool = False
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Hush:
    leg: Leg


@dataclass(frozen=True, slots=True)
class Ask:
    """May this call be placed? Answered by `Authorised` or `Refused`, or, where `names` says so, by `NameWanted`."""

    entry: Entry
    language: str
    names: bool = False


@dataclass(frozen=True, slots=True)
class AskNumber:
    """Put the number that was just refused among those that staff are asked for (T10)."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Keep what leg `a` says from now on, so many seconds at most: a name, before anybody is dialled."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Take:
    """Listen no longer. Answered by `Taken`."""


@dataclass(frozen=True, slots=True)
class KeepName:
    """Answered by `Kept`."""

    sound: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Dial:
    """Call the outside party."""


@dataclass(frozen=True, slots=True)
class Join:
    """Let both hear each other, from this moment."""


@dataclass(frozen=True, slots=True)
class Record:
    """Begin to record; never before acceptance (REC1)."""


@dataclass(frozen=True, slots=True)
class Arm:
    timer: Timer
    after_ms: int


@dataclass(frozen=True, slots=True)
class Disarm:
    timer: Timer


@dataclass(frozen=True, slots=True)
class HangUp:
    """End a leg. `code`: the SIP answer to a telephone that was never picked up; one that was gets BYE."""

    leg: Leg
    code: int = 0


@dataclass(frozen=True, slots=True)
class Tell:
    """For the record of the call: a moment, or a sign."""

    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """The call is over: settle it. `billable_ms` from acceptance, 0 without. `code`: SIP, if the outside failed."""

    reason: str
    side: Side
    billable_ms: int
    code: int = 0


Action = (
    Pick | Play | Hush | Ask | AskNumber | Listen | Take | KeepName | Dial | Join | Record | Arm | Disarm | HangUp
    | Tell | End
)  # fmt: skip
