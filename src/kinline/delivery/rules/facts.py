"""What a decision is made from and what it says: facts, rules, what fired. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Literal, Protocol

from kinline.core.parties import Side
from kinline.delivery.screening import Folded, Hit

Outcome = Literal["deliver", "delay", "review", "refuse"]

PRIVILEGED = "privileged"
LOTS = 10_000  # of which a sample of one percent is the first hundred


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision depends on. `length`: code points; `text`: subject and body; `now`: aware.

    `draw`: the letter's lot, 0 to 9,999; `hits`: entries of lists that fit, of `lists_version`; `photos`: how many.
    """

    direction: Side
    first_of_contact: bool
    contact_class: str
    length: int
    text: str
    now: datetime
    time_zone: str
    photos: int = 0
    draw: int = 0
    hits: tuple[Hit, ...] = ()
    lists_version: int = 0
    words_may_refuse: bool = False
    folded: Folded | None = None  # `text`, if somebody has folded it already

    @property
    def private(self) -> bool:
        return self.contact_class == PRIVILEGED


@dataclass(frozen=True, slots=True)
class When:
    direction: Side | None = None
    first: bool | None = None
    contact_class: str | None = None
    words: tuple[str, ...] = ()
    longer_than: int | None = None
    links: bool | None = None
    photos: bool | None = None
    watched: bool | None = None
    sample_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    then: str
    when: When = When()
    minutes: int = 0
    opens: time = time(0)
    closes: time = time(0)
    reason: str = ""
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fitted. `why`: its sentence by language, may be empty; `reason`: code, only of a refusal.

    Of a list: `id` is `list:<its id>`, `tier` the entry's, and the entry is `phrase` or `person`.
    """

    id: str
    then: str
    why: Mapping[str, str]
    reason: str = ""
    tier: str = ""
    phrase: int | None = None
    person: int | None = None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"id": self.id, "then": self.then, "why": dict(self.why)}
        entry = {"tier": self.tier, "phrase": self.phrase, "person": self.person}
        return told | {name: value for name, value in entry.items() if value}


@dataclass(frozen=True, slots=True)
class Decision:
    """`deliver_at` only with `delay`, and not in an emergency: aware, in UTC. `version` of the policy; 0: none.

    `drawn`: the lot, if a rule asked for it; `lists_version`: of the lists, if there are some. With the letter and its
    moment they make the decision repeatable (DEL-2).
    """

    outcome: Outcome
    deliver_at: datetime | None
    fired: tuple[Fired, ...]
    version: int
    drawn: int | None = None
    lists_version: int = 0
    due_at: datetime | None = None  # of a letter that an emergency holds: when it would have been delivered

    @property
    def refused_by(self) -> Fired | None:
        return next((one for one in self.fired if one.then == "refuse"), None)

    def as_json(self) -> dict[str, Any]:
        """As the message keeps it (DEL-2)."""
        told: dict[str, Any] = {"outcome": self.outcome, "version": self.version}
        told["fired"] = [one.as_json() for one in self.fired]
        if self.drawn is not None:
            told["draw"] = self.drawn
        if self.lists_version:
            told["lists"] = self.lists_version
        if self.due_at is not None:
            told["due_at"] = self.due_at.isoformat()
        return told

    @property
    def entries(self) -> tuple[Fired, ...]:
        """What fired of lists."""
        return tuple(one for one in self.fired if one.tier)


class PolicyRow(Protocol):
    @property
    def version(self) -> int: ...
    @property
    def rules(self) -> Any: ...
