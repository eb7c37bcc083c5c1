"""What goes on when something dies, and what must have become of it: each state of a call, for each thing that dies.

As in `scenes`, all of a disaster's calls go on at once. `when` says at which moment of it a call is placed.
"""

from dataclasses import dataclass, replace

from tests.calls.sipp.scenario import Outside, Steps, Telephone, is_hung_up, says, waits
from tests.calls.sipp.scenes import (
    SHORT,
    PhoneDoes,
    Voices,
    answers,
    is_refused,
    keys_in,
    listens,
    never_answers,
    talks,
)
from tests.calls.sipp.scenes import Scene as Usual

JUST_BEFORE, HELD_UP = "just before", "held up"  # while somebody holds the row that it needs
MEANWHILE, AFTERWARDS, AGAIN = "meanwhile", "afterwards", "again"
RINGS_FOR = 8  # seconds: less than a place lets it ring
LONGER = 12  # seconds of a first call for nothing, where the database is slow for so long


@dataclass(frozen=True)
class Scene(Usual):
    """`when`: at which moment it is placed. `with_telephone_of`: at the same telephone, which the switch knows by then.
    `sentence`: the caller hears words.
    """

    when: str = ""
    with_telephone_of: str = ""
    sentence: bool = False

    def __str__(self) -> str:
        return self.name


def answers_late(one: Outside, voice: Voices) -> Steps:
    """Rings when the database dies, and picks up while it is away."""
    begun = one.is_called() + one.rings() + waits(RINGS_FOR) + one.answers()
    return begun + says(voice("accepts")) + is_hung_up()


def talks_long(seconds: float) -> PhoneDoes:
    def steps(one: Telephone, voice: Voices) -> Steps:
        begun = one.dials() + one.hears_something() + says(voice("caller long")) + one.is_answered()
        return begun + waits(seconds) + one.hangs_up()

    return steps


LONG_TALK = (listens("caller long"), answers("accepts long"))
KEYS = Scene("keys in", keys_in(), dials="9000", keys="1 {id}#")
BACK = Scene("calls afterwards", talks(2), answers(), "completed", "caller_hung_up", "caller", (1, 2), when=AFTERWARDS)
UNKNOWN = Scene("calls meanwhile, unknown", is_refused(503, speaks=False), when=MEANWHILE)
KNOWN = Scene(
    "calls meanwhile",
    is_refused(503),
    when=MEANWHILE,
    with_telephone_of="talks through",
    sentence=True,
)

# rtpengine. With rtp-io the voices are in the switch's own process: to kill them is to kill the switch.
MEDIA = (
    KEYS,
    Scene("rings", is_refused(503), never_answers, "media_failed", by="system"),
    Scene("is announced", is_refused(503), answers("says nothing"), "media_failed", by="system"),
    Scene("talks", *LONG_TALK, "completed", "media_failed", "system", (0, 12)),
    UNKNOWN,
    BACK,
    Scene("talks as it is restarted", *LONG_TALK, "completed", "media_failed", "system", (0, 12), when=AGAIN),
    Scene("keys in as it is restarted", keys_in(), dials="9000", keys="1 {id}#", when=AGAIN),
    Scene("is announced as it is restarted", is_refused(503), answers("says nothing"), "media_failed", by="system",
          when=AGAIN),
)  # fmt: skip

DATABASE = (
    Scene("rings", talks(2), answers_late, "completed", "caller_hung_up", "caller", (1, 2), when=JUST_BEFORE),
    Scene(
        "is announced", listens(), answers("accepts very late"), "completed", "time_limit", "system", (SHORT, SHORT),
        cents=0, free=True, cut=SHORT,
    ),
    Scene("talks till then", talks_long(9), answers("accepts long"), "completed", "caller_hung_up", "caller", (7, 9)),
    Scene("talks through", talks_long(30), answers("accepts long"), "completed", "caller_hung_up", "caller", (28, 30)),
    Scene("is authorised", is_refused(503), when=HELD_UP, sentence=True),
    Scene("ends", talks(3), answers("accepts long"), "completed", "caller_hung_up", "caller", (2, 3)),
    KNOWN,
    UNKNOWN,
    BACK,
)  # fmt: skip

SWITCH = (
    KEYS,
    Scene("is authorised", is_refused(503), when=HELD_UP),
    Scene("ends", talks(3), answers("accepts long"), "completed", "caller_hung_up", "caller", (2, 3)),
    Scene("is accepted", listens("caller long"), answers("accepts late"), "completed", "switch_lost", "system", (0, 0)),
    BACK,
    Scene("ended by staff", *LONG_TALK, "completed", "security", "staff", (0, 20), when=AFTERWARDS),
)

SLOW = (
    Scene("talks through", talks_long(24), answers("accepts long"), "completed", "caller_hung_up", "caller", (22, 24)),
    Scene("talks till then", talks_long(10), answers("accepts long"), "completed", "caller_hung_up", "caller", (8, 10)),
    Scene(
        "first call for nothing", listens("caller long"), answers("accepts long"), "completed", "time_limit", "system",
        (LONGER, LONGER), cents=0, free=True, cut=LONGER,
    ),
    replace(KNOWN, result="try_later", by="system"),
    UNKNOWN,
    BACK,
)  # fmt: skip
