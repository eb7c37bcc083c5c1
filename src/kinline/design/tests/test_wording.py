from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from kinline.design import wording

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2025, 11, 5, 17, 0, tzinfo=UTC)  # Wednesday, noon in New York


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("at", "english", "spanish"),
    [
        (local(2025, 11, 5, 8, 0), "today at 8:00 am", "hoy a las 8:00"),
        (local(2025, 11, 5, 0, 5), "today at 12:05 am", "hoy a las 0:05"),
        (local(2025, 11, 4, 23, 59), "yesterday at 11:59 pm", "ayer a las 23:59"),
        (local(2025, 11, 6, 7, 0), "tomorrow at 7:00 am", "mañana a las 7:00"),
        (local(2025, 11, 2, 16, 12), "Sunday at 4:12 pm", "el domingo a las 16:12"),
        (local(2025, 11, 8, 13, 0), "Saturday at 1:00 pm", "el sábado a las 13:00"),
        (local(2025, 11, 5, 1, 5), "today at 1:05 am", "hoy a la 1:05"),
        (local(2025, 10, 29, 12, 0), "October 29 at 12:00 pm", "el 29 de octubre a las 12:00"),
        (local(2024, 11, 3, 16, 12), "November 3, 2024 at 4:12 pm", "el 3 de noviembre de 2024 a las 16:12"),
    ],
)
def test_moment(at: datetime, english: str, spanish: str) -> None:
    with translation.override("en"):
        assert wording.moment(at, NOW, ZONE) == english
    with translation.override("es"):
        assert wording.moment(at, NOW, ZONE) == spanish


def test_the_day_is_that_of_the_reader_not_of_utc() -> None:
    """03:00 UTC on the 5th is still the evening of the 4th in New York."""
    assert wording.moment(datetime(2025, 11, 5, 3, 0, tzinfo=UTC), NOW, ZONE) == "yesterday at 10:00 pm"


@pytest.mark.parametrize(
    ("at", "english", "spanish"),
    [
        (local(2025, 11, 5, 0, 0), "12:00 am", "0:00"),
        (local(2025, 11, 4, 23, 59), "yesterday", "ayer"),
        (local(2025, 10, 5, 16, 0), "October 5", "el 5 de octubre"),
    ],
)
def test_brief(at: datetime, english: str, spanish: str) -> None:
    assert wording.brief(at, NOW, ZONE) == english
    with translation.override("es"):
        assert wording.brief(at, NOW, ZONE) == spanish


def test_what_is_kept_says_the_whole_date() -> None:
    at = local(2025, 11, 5, 13, 10)
    assert wording.full_moment(at, ZONE) == "November 5, 2025 at 1:10 pm"
    with translation.override("es"):
        assert wording.full_moment(at, ZONE) == "5 de noviembre de 2025 a las 13:10"
        assert wording.full_moment(local(2025, 11, 5, 1, 10), ZONE) == "5 de noviembre de 2025 a la 1:10"


@pytest.mark.parametrize(
    ("span", "english", "spanish"),
    [
        (timedelta(seconds=20), "less than a minute", "menos de un minuto"),
        (timedelta(minutes=1), "1 minute", "1 minuto"),
        (timedelta(minutes=41), "41 minutes", "41 minutos"),
        (timedelta(minutes=59, seconds=50), "1 hour", "1 hora"),
        (timedelta(hours=3, minutes=10), "3 hours", "3 horas"),
        (timedelta(hours=47, minutes=50), "2 days", "2 días"),
        (timedelta(days=9), "9 days", "9 días"),
        (timedelta(seconds=-5), "less than a minute", "menos de un minuto"),
    ],
)
def test_about(span: timedelta, english: str, spanish: str) -> None:
    with translation.override("en"):
        assert wording.about(span) == english
    with translation.override("es"):
        assert wording.about(span) == spanish


@pytest.mark.parametrize(
    ("ago", "english", "spanish"),
    [
        (timedelta(seconds=59), "just now", "ahora mismo"),
        (timedelta(seconds=-3), "just now", "ahora mismo"),
        (timedelta(minutes=10), "10 minutes ago", "hace 10 minutos"),
    ],
)
def test_since(ago: timedelta, english: str, spanish: str) -> None:
    with translation.override("en"):
        assert wording.since(NOW - ago, NOW) == english
    with translation.override("es"):
        assert wording.since(NOW - ago, NOW) == spanish


@pytest.mark.parametrize(
    ("cents", "price", "words"),
    [
        (450, 50, "9 message credits"),
        (50, 50, "1 message credit"),
        (49, 50, "0 message credits"),
        (70_000, 50, "1,400 message credits"),
        (0, 0, "Letters are free here"),
    ],
)
def test_credits(cents: int, price: int, words: str) -> None:
    assert wording.credits_of(cents, price) == words


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("Ana Rivera", "AR"),
        ("ana maría de la cruz", "AC"),
        ("Prince", "P"),
        ("Нина Иванова", "НИ"),
        ("  ", "?"),
        ("", "?"),
        ("(Bo) Diddley", "D"),
        ("李 小龍", "李小"),
    ],
)
def test_initials(name: str, mark: str) -> None:
    assert wording.initials(name) == mark


def test_a_wall_time_belongs_to_no_date() -> None:
    assert wording.wall(time(21, 5)) == "9:05 pm"
    with translation.override("es"):
        assert wording.wall(time(21, 5)) == "21:05"
