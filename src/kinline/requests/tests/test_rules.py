"""Deadlines, levels and questions, as tables (KSK-5, REC2)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kinline.requests import rules
from kinline.requests.rules import BadQuestions, Standing, Terms

ZONE = "America/New_York"
TERMS = Terms(answer_days=5, levels=2, ask_again_days=3, emergency_hours=48, emergency_days=5)
FRIDAY = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)  # 3 pm there
THANKSGIVING = frozenset({date(2026, 11, 26)})


def test_an_answer_is_due_at_the_end_of_the_last_working_day():
    due = rules.due(FRIDAY, TERMS, emergency=False, time_zone=ZONE, holidays=THANKSGIVING)
    assert due.answer_at == datetime(2026, 12, 1, 5, tzinfo=UTC)  # Monday's end: the holiday does not count
    assert due.first_at is None


def test_what_is_filed_late_in_the_evening_is_filed_on_that_day_there():
    late = datetime(2026, 11, 21, 4, 59, tzinfo=UTC)  # still Friday there
    assert rules.due(late, TERMS, emergency=False, time_zone=ZONE, holidays=()).answer_at == datetime(
        2026, 11, 28, 5, tzinfo=UTC
    )


def test_an_emergency_runs_through_nights_weekends_and_holidays():
    """28 CFR 115.52(f): a first answer within 48 hours, the final decision within 5 calendar days."""
    due = rules.due(FRIDAY, TERMS, emergency=True, time_zone=ZONE, holidays=THANKSGIVING)
    assert due.first_at == FRIDAY + timedelta(hours=48)
    assert due.answer_at == FRIDAY + timedelta(days=5)


def test_an_emergency_through_a_clock_change_keeps_its_hours():
    before = datetime(2026, 10, 31, 16, tzinfo=UTC)  # the night after, clocks go back
    due = rules.due(before, TERMS, emergency=True, time_zone=ZONE, holidays=())
    assert due.first_at == before + timedelta(hours=48)


def test_a_form_without_an_emergency_has_none():
    plain = Terms(5, 1, 3, None, None)
    assert rules.due(FRIDAY, plain, emergency=True, time_zone=ZONE, holidays=()).first_at is None


NOW = FRIDAY
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("standing", "code", "again"),
    [
        (Standing("open", 1, 2, LATER), "open", False),
        (Standing("open", 2, 2, LATER), "open_again", False),
        (Standing("open", 1, 2, NOW), "overdue", True),  # silence never ends a request
        (Standing("open", 2, 2, EARLIER), "overdue", False),  # but there is nobody above the last level
        (Standing("answered", 1, 2, LATER, LATER), "answered", True),
        (Standing("answered", 1, 2, LATER, NOW), "answered", False),
        (Standing("answered", 2, 2, LATER, None), "answered", False),
        (Standing("answered", 1, 1, EARLIER, None), "answered", False),
        (Standing("withdrawn", 1, 2, EARLIER), "withdrawn", False),
    ],
)
def test_what_may_be_done(standing, code, again):
    assert rules.status_code(standing, NOW) == code
    assert rules.may_ask_again(standing, NOW) is again


TYPED = """line: What do you need? | ¿Qué necesita?
choice: Size | Talla | Small = Chica | Large = Grande
day?: Since when? | ¿Desde cuándo?

text: Tell us more."""


def test_questions_are_read_and_written_alike():
    asked = rules.questions_from(TYPED)
    assert [one.kind for one in asked] == ["line", "choice", "day", "text"]
    assert [one.required for one in asked] == [True, True, False, True]
    assert asked[1].choices == (("Small", "Chica"), ("Large", "Grande"))
    assert asked[0].label == {"en": "What do you need?", "es": "¿Qué necesita?"}
    assert rules.questions_from(rules.as_text(asked)) == asked
    assert rules.questions_of([one.as_json() for one in asked]) == asked


@pytest.mark.parametrize(
    ("typed", "code", "line"),
    [
        ("", "none", 0),
        ("what?", "line", 1),
        ("text: a\nphoto: b", "line", 2),
        ("choice: Which? | ¿Cuál? | One", "choices", 1),
        ("choice: Which? | ¿Cuál? | One | One", "choices_twice", 1),
        ("line: a | b | c", "bars", 1),
        (f"line: {'x' * 201}", "long", 1),
        ("text:  | solo", "label", 1),
        ("\n".join(["line: a"] * 21), "too_many", 0),
    ],
)
def test_what_is_no_form(typed, code, line):
    with pytest.raises(BadQuestions) as wrong:
        rules.questions_from(typed)
    assert (wrong.value.code, wrong.value.line) == (code, line)
