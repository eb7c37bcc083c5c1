"""Which scenes are played together, and with which media server: an evening has its own switch and database."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.calls.sipp.further import FURTHER
from tests.calls.sipp.refused import REFUSED
from tests.calls.sipp.scenes import DYING, SCENES, Scene

MORE = (*FURTHER, *REFUSED)


@dataclass(frozen=True)
class Evening:
    """`dies`: the switch is killed in the middle of it. `floods`: somebody sends as much as they can meanwhile."""

    media: str
    scenes: Sequence[Scene]
    dies: bool = False
    floods: bool = False


EVENINGS = {
    "rtp-io": Evening("rtp-io", SCENES),
    "second-rtp-io": Evening("rtp-io", MORE, floods=True),
    "rtpengine": Evening("rtpengine", [one for one in (*SCENES, *MORE) if one.everywhere]),
    "killed-rtp-io": Evening("rtp-io", DYING, dies=True),
    "killed-rtpengine": Evening("rtpengine", DYING, dies=True),
}
ROWS = [(name, scene) for name, evening in EVENINGS.items() for scene in evening.scenes]
