"""The table of calls: what the telephone does, what the outside party does, and what must be written down afterwards.

Each has a telephone, a resident and a number of its own, and 10 dollars on that number unless it says otherwise; so all
of them can be placed at once. The rate is 11 cents a minute.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.calls.sipp.scenario import (
    Outside,
    Steps,
    Telephone,
    hears,
    is_hung_up,
    key_by_info,
    says,
    transfer,
    waits,
)

PIN, WRONG_PIN = "2580", "1357"
LIMIT, MINUTE, SHORT = 65, 60, 5  # seconds: of a place's longest call, of 11 cents, of a first call for nothing
RING, ACCEPT, SILENCE = 10, 40, 20  # seconds: the shortest that may be set, and the switch's own
KEY_AT = 1.5  # second of the outside party's voice at which it presses its first key
TALK = 4.0  # seconds of a usual conversation

Voices = Callable[[str], Path]
PhoneDoes = Callable[[Telephone, Voices], Steps]
OutsideDoes = Callable[[Outside, Voices], Steps]


@dataclass(frozen=True)
class Scene:
    """`result`, `reason`, `by`: of its record; no `result`: it has none; `maybe`: it may be over before there is one.
    `before`: results of earlier tries. `seconds`: billed, from and to. `dials`: with `{id}`, `{pin}` and `{number}`.
    `tones`: both hear each other after acceptance. `cut`: by the switch, so many seconds after acceptance. `warned`:
    at which second of them. `everywhere`: with each media server. `given`: what is the matter (`circumstances`).
    `pays`: whose money, the number's, the resident's or the agency's. `hears`: the sentence that the caller hears to
    its end; unless it says so, why the call did not come about. `told`: prompts that the called party hears. `twin`: of
    two at once either may be the one that is `else_refused`. `first_trunk`: what it does with this call, `refuses` or
    `ignores`; `no_trunk`: no other takes it either.
    """

    name: str
    phone: PhoneDoes
    outside: OutsideDoes | None = None
    result: str = ""
    reason: str = ""
    by: str = ""
    seconds: tuple[int, int] = (0, 0)
    dials: str = "{id}*{pin}*{number}"
    cents: int = 1000
    keys: str = ""
    at: str = "usual"
    with_id_of: str = ""
    with_number_of: str = ""
    tones: bool = False
    cut: int = 0
    warned: int = 0
    pin_says: str = PIN
    signs: Sequence[str] = ()
    free: bool = False
    sip: int | None = None
    maybe: bool = False
    everywhere: bool = False
    before: Sequence[str] = ()
    given: str = ""
    pays: str = "number"
    language: str = "en"
    hears: str | None = None
    told: Sequence[str] = ()
    twin: str = ""
    else_refused: str = ""
    first_trunk: str = ""
    no_trunk: bool = False

    @property
    def shares_a_purse(self) -> bool:
        return bool(self.with_number_of or self.twin) or self.dials == "77"

    @property
    def refusals(self) -> set[str]:
        """The prompts that the caller hears to their end."""
        if self.hears is not None:
            return {self.hears} - {""}
        if self.by == "caller" or self.result in {"", "completed"}:
            return set()
        return {f"refused.{one}" for one in (*self.before, self.result) if one != "completed"}

    def __str__(self) -> str:
        return self.name


# What telephones do


def talks(seconds: float) -> PhoneDoes:
    """Speaks from the first moment it can, for so long after the call is answered, then hangs up."""

    def steps(one: Telephone, voice: Voices) -> Steps:
        begun = one.dials() + one.hears_something() + says(voice("caller")) + one.is_answered()
        return begun + waits(seconds) + one.hangs_up()

    return steps


def listens(voice_name: str = "caller") -> PhoneDoes:
    """Until it is hung up."""

    def steps(one: Telephone, voice: Voices) -> Steps:
        begun = one.dials() + one.hears_something() + says(voice(voice_name)) + one.is_answered()
        return begun + is_hung_up()

    return steps


def is_refused(code: int, *, speaks: bool = True, after: float = 0) -> PhoneDoes:
    def steps(one: Telephone, voice: Voices) -> Steps:
        early = one.hears_something() + says(voice("caller")) if speaks else ""
        return (waits(after) if after else "") + one.dials() + early + one.is_refused(code)

    return steps


def cancels(after: float, *, hears_something: bool = True) -> PhoneDoes:
    def steps(one: Telephone, voice: Voices) -> Steps:
        early = one.hears_something() + says(voice("caller")) if hears_something else hears(100)
        return one.dials() + early + waits(after) + one.cancels()

    return steps


def keys_in(then: Steps = "", *, hangs_up_after: float = 0) -> PhoneDoes:
    """Answers the switch's questions by keys: its voice is called like the scene."""

    def steps(one: Telephone, voice: Voices) -> Steps:
        begun = one.dials() + one.is_answered() + says(voice("keys"))
        return begun + (waits(hangs_up_after) + one.hangs_up() if hangs_up_after else is_hung_up())

    return steps


def transfers(one: Telephone, voice: Voices) -> Steps:
    begun = one.dials() + one.hears_something() + says(voice("caller")) + one.is_answered()
    return begun + waits(1) + one.asks("REFER", transfer()) + hears(603) + waits(1) + one.hangs_up()


def unknown_method(one: Telephone, voice: Voices) -> Steps:
    begun = one.dials() + one.hears_something() + says(voice("caller")) + one.is_answered()
    return begun + waits(1) + one.asks("MESSAGE") + hears(405) + waits(1) + one.hangs_up()


# What outside parties do


def answers(voice_name: str = "accepts") -> OutsideDoes:
    """And listens until it is hung up."""

    def steps(one: Outside, voice: Voices) -> Steps:
        return one.is_called() + one.rings() + waits(0.5) + one.answers() + says(voice(voice_name)) + is_hung_up()

    return steps


def hangs_up(after: float, voice_name: str = "accepts") -> OutsideDoes:
    def steps(one: Outside, voice: Voices) -> Steps:
        begun = one.is_called() + one.rings() + waits(0.5) + one.answers() + says(voice(voice_name))
        return begun + waits(after) + one.hangs_up()

    return steps


def hangs_up_first(after: float) -> OutsideDoes:
    """Or second: it lets the caller be faster."""

    def steps(one: Outside, voice: Voices) -> Steps:
        begun = one.is_called() + one.rings() + waits(0.5) + one.answers() + says(voice("accepts"))
        return begun + one.hangs_up_after(after)

    return steps


def fails(code: int, words: str, more: str = "") -> OutsideDoes:
    return lambda one, voice: one.is_called() + one.fails(code, words, more)


def never_answers(one: Outside, voice: Voices) -> Steps:
    return one.is_called() + one.rings() + one.is_given_up()


def accepts_by_info(one: Outside, voice: Voices) -> Steps:
    begun = one.is_called() + one.rings() + one.answers() + says(voice("says nothing"))
    return begun + waits(KEY_AT) + one.asks("INFO", key_by_info("1")) + hears(200) + is_hung_up()


def transfers_outside(one: Outside, voice: Voices) -> Steps:
    begun = one.is_called() + one.rings() + one.answers() + says(voice("accepts"))
    return begun + waits(KEY_AT + 1) + one.asks("REFER", transfer()) + hears(603) + is_hung_up()


def holds(one: Outside, voice: Voices) -> Steps:
    return (
        one.is_called()
        + one.rings()
        + one.answers()
        + says(voice("accepts"))
        + waits(KEY_AT + 1)
        + one.holds()
        + is_hung_up()
    )


ELSEWHERE = "Contact: <sip:+12125550198@127.0.0.1:9>\n"
TOLL, CUBA, EMERGENCY = "9005550142", "0115372077777", "911"

SCENES = (
    # How a call comes to its end, accepted
    Scene(
        "caller hangs up", talks(TALK), answers(), "completed", "caller_hung_up", "caller", (3, 4), tones=True,
        everywhere=True,
    ),
    Scene(
        "called hangs up", listens(), hangs_up(KEY_AT + TALK), "completed", "called_hung_up", "called", (3, 4),
        tones=True, everywhere=True,
    ),
    Scene(
        "limit", listens("caller long"), answers("accepts long"), "completed", "time_limit", "system", (65, 65),
        at="limited", tones=True, cut=LIMIT, warned=5, everywhere=True,
    ),
    Scene(
        "money for a minute", listens("caller long"), answers("accepts long"), "completed", "time_limit", "system",
        (60, 60), cents=11, tones=True, cut=MINUTE,
    ),
    Scene("both hang up", talks(1.5), hangs_up_first(KEY_AT + 0.12 + 1.5), "completed", seconds=(0, 2)),
    Scene(
        "asks the price", talks(1), answers("asks the price"), "completed", "caller_hung_up", "caller", (0, 1),
        everywhere=True,
    ),
    Scene("key by INFO", talks(2), accepts_by_info, "completed", "caller_hung_up", "caller", (1, 2), everywhere=True),
    Scene(
        "falls silent", listens("falls silent"), answers("accepts long"), "completed", "media_lost", "system", (1, 5),
        everywhere=True,
    ),
    Scene(
        "first call for nothing", listens(), answers(), "completed", "time_limit", "system", (5, 5), cents=0,
        cut=SHORT, free=True,
    ),
    Scene(
        "hotline", talks(2), answers("says nothing"), "completed", "caller_hung_up", "caller", (1, 2), dials="77",
        free=True,
    ),
    Scene(
        "ended by staff", listens("caller long"), answers("accepts long"), "completed", "security", "staff",
        (5, 60), everywhere=True,
    ),
    # Signs of forwarding, and what no telephone may do
    Scene(
        "caller transfers", transfers, answers(), "completed", "caller_hung_up", "caller", (1, 3),
        signs=("transfer:a",),
    ),
    Scene(
        "called transfers", talks(3), transfers_outside, "completed", "caller_hung_up", "caller", (2, 3),
        signs=("transfer:b",),
    ),
    Scene("called holds", talks(3), holds, "completed", "caller_hung_up", "caller", (2, 3), signs=("hold:b",)),
    Scene("unknown method", unknown_method, answers(), "completed", "caller_hung_up", "caller", (1, 3)),
    # Never accepted: costs nothing
    Scene(
        "blocks for good", is_refused(603), answers("blocks"), "blocked_by_called_party", by="called", everywhere=True
    ),
    Scene("says no", is_refused(603), answers("says no"), "refused_by_called_party", by="called", everywhere=True),
    Scene(
        "hangs up early", is_refused(480), hangs_up(1.0, "says nothing"), "called_hung_up", by="called",
        everywhere=True,
    ),
    Scene("never answers", is_refused(480), never_answers, "no_answer", by="called"),
    Scene("presses nothing", is_refused(480), answers("says nothing"), "not_accepted", by="called", everywhere=True),
    Scene("busy", is_refused(486), fails(486, "Busy Here"), "busy", by="called", sip=486, everywhere=True),
    Scene("no such number", is_refused(404), fails(404, "Not Found"), "no_such_number", by="called", sip=404),
    Scene("refused by carrier", is_refused(603), fails(603, "Decline"), "refused_by_carrier", by="called", sip=603),
    Scene("fails", is_refused(502), fails(500, "Server Internal Error"), "unreachable", by="called", sip=500),
    Scene(
        "redirected", is_refused(502), fails(302, "Moved Temporarily", ELSEWHERE), "redirected", by="called", sip=302
    ),
    Scene(
        "caller cancels at once", cancels(0, hears_something=False), result="caller_hung_up", by="caller", maybe=True,
    ),
    Scene("caller cancels ringing", cancels(5), never_answers, "caller_hung_up", by="caller", everywhere=True),
    Scene(
        "caller cancels announcement", cancels(6), answers("says nothing"), "caller_hung_up", by="caller",
        everywhere=True,
    ),
    # Keyed in at the telephone
    Scene(
        "keyed in", keys_in(hangs_up_after=16), answers("accepts long"), "completed", "caller_hung_up", "caller",
        (1, 14), dials="9000", keys="1 {id}# {pin}# {number}#", everywhere=True,
    ),
    Scene(
        "wrong PIN, then right", keys_in(hangs_up_after=24), answers("accepts long"), "completed", "caller_hung_up",
        "caller", (1, 20), dials="9000", keys="1 {id}# {wrong}# {number}# ........ {pin}#",
        before=("wrong_pin",),
    ),
    Scene("hangs up among questions", keys_in(hangs_up_after=3), dials="9000", keys="1 {id}#"),
    # Not begun: each with its own reason
    Scene(
        "wrong PIN", is_refused(403, speaks=False), result="wrong_pin", by="system", pin_says=WRONG_PIN,
        everywhere=True,
    ),
    Scene("no money", is_refused(403, speaks=False), result="no_money", by="system", cents=0, at="no courtesy"),
    Scene("not a minute", is_refused(403, speaks=False), result="no_money", by="system", cents=10, at="no courtesy"),
    Scene(
        "same PIN again", is_refused(403, speaks=False, after=3), result="already_calling", by="system",
        with_id_of="limit",
    ),
    Scene(
        "money in use", is_refused(403, speaks=False, after=3), result="money_in_use", by="system",
        with_number_of="money for a minute",
    ),
    Scene(
        "emergency", is_refused(403, speaks=False), result="emergency_number", by="system",
        dials="{id}*{pin}*" + EMERGENCY,
    ),
    Scene(
        "dear number", is_refused(403, speaks=False), result="premium_number", by="system", dials="{id}*{pin}*" + TOLL,
    ),
    Scene("Cuba", is_refused(403, speaks=False), result="place_not_allowed", by="system", dials="{id}*{pin}*" + CUBA),
    Scene("three digits", is_refused(404, speaks=False), result="no_number", by="system", dials="{id}*{pin}*123"),
    Scene(
        "fifteen digits", is_refused(404, speaks=False), result="no_number", by="system",
        dials="{id}*{pin}*123456789012345",
    ),
    Scene("no digits", lambda one, voice: one.is_turned_away(404), dials="*%23x"),
)  # fmt: skip

# The switch dies by kill -9 while these go on, and is started again (TEL-6): settled to the last sign of life.
DYING = (
    Scene(
        "talks as it dies", listens("caller long"), answers("accepts long"), "completed", "switch_lost", "system",
        (1, 10),
    ),
    Scene("rings as it dies", is_refused(503), never_answers, "switch_lost", by="system"),
    Scene("is announced as it dies", is_refused(503), answers("says nothing"), "switch_lost", by="system"),
)  # fmt: skip
