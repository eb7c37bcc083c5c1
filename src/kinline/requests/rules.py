"""What a form may ask, when an answer is due, and what may be done with a request. Pure (KSK-5, REC2)."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kinline.core.workdays import add_working_days, end_of_day

LINE, TEXT, CHOICE, DAY = "line", "text", "choice", "day"
LONGEST: Mapping[str, int] = {LINE: 200, TEXT: 4000, CHOICE: 120, DAY: 10}  # characters of an answer
MOST_QUESTIONS, MOST_CHOICES = 20, 20


class BadQuestions(Exception):
    """Why a list of questions cannot be a form: `code` picks the sentence, `line` is the question's place from 1."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(f"{code} {line}")
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Question:
    """`label`, `choices`: words by language; Spanish may be missing. `choices`: English, Spanish."""

    kind: str
    label: Mapping[str, str]
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "label": dict(self.label), "required": self.required,
            "choices": [list(one) for one in self.choices],
        }  # fmt: skip


def questions_of(raw: object) -> tuple[Question, ...]:
    """The questions of a stored form. raises BadQuestions."""
    if not isinstance(raw, list) or not raw:
        raise BadQuestions("none")
    if len(raw) > MOST_QUESTIONS:
        raise BadQuestions("too_many")
    return tuple(_question(one, line) for line, one in enumerate(raw, 1))


def _question(raw: object, line: int) -> Question:
    if not isinstance(raw, dict) or raw.get("kind") not in LONGEST:
        raise BadQuestions("kind", line)
    label = raw.get("label")
    if not isinstance(label, dict) or not str(label.get("en", "")).strip():
        raise BadQuestions("label", line)
    choices = tuple((str(english), str(spanish)) for english, spanish in raw.get("choices", ()))
    if raw["kind"] == CHOICE and not 2 <= len(choices) <= MOST_CHOICES:
        raise BadQuestions("choices", line)
    if len({english for english, _ in choices}) < len(choices):
        raise BadQuestions("choices_twice", line)
    return Question(raw["kind"], {k: str(v) for k, v in label.items()}, bool(raw.get("required", True)), choices)


_LINE = re.compile(r"^(?P<kind>line|text|choice|day)(?P<optional>\?)?\s*:\s*(?P<rest>.+)$", re.IGNORECASE)


def questions_from(text: str) -> tuple[Question, ...]:
    """The questions that staff type, one a line: `kind: English | Spanish`, `?` after the kind: may stay empty.

    `choice: Which? | ¿Cuál? | Soap = Jabón | Towel = Toalla`. raises BadQuestions with the line.
    """
    lines = [(place, line.strip()) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    raw = []
    for place, line in lines:
        fits = _LINE.match(line)
        if fits is None:
            raise BadQuestions("line", place)
        english, spanish, *choices = [*(part.strip() for part in fits["rest"].split("|")), ""][: MOST_CHOICES + 3]
        if fits["kind"].lower() != CHOICE and any(choices):
            raise BadQuestions("bars", place)
        pairs = [_pair(one) for one in choices if one]
        label = {"en": english, "es": spanish}
        raw.append({"kind": fits["kind"].lower(), "label": label, "required": not fits["optional"], "choices": pairs})
        if len(english) > 200 or len(spanish) > 200:
            raise BadQuestions("long", place)
    return questions_of(raw)


def _pair(choice: str) -> list[str]:
    english, _, spanish = (part.strip() for part in choice.partition("="))
    return [english[:120], (spanish or english)[:120]]


def as_text(questions: tuple[Question, ...]) -> str:
    """What `questions_from` reads, to be edited."""
    return "\n".join(_as_line(one) for one in questions)


def _as_line(one: Question) -> str:
    choices = [english if english == spanish else f"{english} = {spanish}" for english, spanish in one.choices]
    parts = [one.label["en"], one.label.get("es", ""), *choices]
    return f"{one.kind}{'' if one.required else '?'}: " + " | ".join(parts).removesuffix(" | ")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a form promises. Days are working days; an emergency's are calendar days."""

    answer_days: int
    levels: int
    ask_again_days: int
    emergency_hours: int | None
    emergency_days: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """`answer_at`: overdue from then on. `first_at`: when a first answer is overdue, only of an emergency."""

    answer_at: datetime
    first_at: datetime | None = None


def due(asked_at: datetime, terms: Terms, *, emergency: bool, time_zone: str, holidays: Container[date]) -> Due:
    """When the answer is due. An emergency's hours run through nights, weekends and holidays (28 CFR 115.52(f))."""
    if emergency and terms.emergency_hours and terms.emergency_days:
        first = asked_at + timedelta(hours=terms.emergency_hours)
        return Due(asked_at + timedelta(days=terms.emergency_days), first)
    day = asked_at.astimezone(ZoneInfo(time_zone)).date()
    return Due(end_of_day(add_working_days(day, terms.answer_days, holidays), time_zone))


def last_day_to_ask_again(answered_at: datetime, terms: Terms, time_zone: str, holidays: Container[date]) -> date:
    day = answered_at.astimezone(ZoneInfo(time_zone)).date()
    return add_working_days(day, terms.ask_again_days, holidays)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a request when somebody asks what may be done with it."""

    state: str
    level: int
    levels: int
    due_at: datetime
    ask_again_until: datetime | None = None


def overdue(standing: Standing, now: datetime) -> bool:
    return standing.state == "open" and now >= standing.due_at


def may_ask_again(standing: Standing, now: datetime) -> bool:
    """To the next level, after an answer in its days, or when none came in time: silence never ends a request."""
    if standing.level >= standing.levels:
        return False
    if overdue(standing, now):
        return True
    until = standing.ask_again_until
    return standing.state == "answered" and until is not None and now < until


def status_code(standing: Standing, now: datetime) -> str:
    """Picks the sentence that the resident reads."""
    if overdue(standing, now):
        return "overdue"
    if standing.state == "open" and standing.level > 1:
        return "open_again"
    return standing.state
