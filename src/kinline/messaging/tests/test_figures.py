"""STF-5, STF-7: figures of a place's letters, of some days, and of nobody else's."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from kinline.delivery import services as delivery
from kinline.flows import appeal
from kinline.flows.decide_review import refuse, release
from kinline.flows.tests.test_send import write
from kinline.messaging.queries import figures
from kinline.messaging.queries.figures import Span

pytestmark = pytest.mark.django_db


@pytest.fixture
def span(north, now):
    today = now.astimezone(ZoneInfo(north.time_zone)).date()
    return Span(north.pk, today - timedelta(days=2), today, north.time_zone)


@pytest.fixture
def held(now, north, contact, mother_party, money):
    """Five letters that a person must read."""
    money(mother_party, 500)
    delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now - timedelta(hours=2))
    return [write(mother_party, contact, now, f"Letter {n}").message_id for n in range(5)]


@pytest.fixture
def decided(held, now, officer, mother_party):
    """One let through after an hour, two refused after two and after ten, one of them appealed; two wait."""
    release(staff=officer, message_id=held[0], now=now + timedelta(hours=1))
    for place, hours in ((1, 2), (2, 10)):
        refuse(staff=officer, message_id=held[place], reason_code="threat", explanation="Why.",
               now=now + timedelta(hours=hours))  # fmt: skip
    appeal.file(mother_party, message_id=held[2], text="It is about a garden.", now=now + timedelta(hours=11))
    return held


def test_an_empty_place_has_zeros_and_no_times(span, now):
    total, days = figures.outcomes(span)
    assert (total.sent, total.refused, days) == (0, 0, [])
    total, days = figures.decided(span)
    assert (total.count, total.median, total.ninth, days) == (0, None, None, [])
    assert figures.reasons(span) == figures.appealed(span, now) == figures.decisions(span, limit=9) == []
    assert figures.waiting(span.facility_id, now) == (0, 0, 0, 0)
    assert figures.pairs(span, limit=9) == []


def test_what_became_of_the_letters(span, decided, now):
    total, days = figures.outcomes(span)
    assert (total.sent, total.delivered, total.waiting, total.refused, total.ended) == (5, 1, 2, 2, 0)
    assert [one.sent for one in days] == [5]
    assert days[0].day == span.last
    total, _days = figures.decided(span)
    assert (total.count, total.median) == (3, timedelta(hours=2))
    assert total.ninth == timedelta(hours=8, minutes=24)  # 2 h and 8/10 of the way to 10 h
    assert [(one.text, one.count, one.by_rule) for one in figures.reasons(span)] == [("It threatens somebody.", 2, 0)]
    (one,) = figures.appealed(span, now)
    assert (one.side, one.filed, one.won, one.lost, one.open, one.late) == ("family", 1, 0, 0, 1, 0)
    assert figures.appealed(span, now + timedelta(days=60))[0].late == 1


def test_what_waits_by_age(held, north, now):
    assert figures.waiting(north.pk, now) == (5, 0, 0, 0)
    assert figures.waiting(north.pk, now + timedelta(hours=24)) == (0, 5, 0, 0)
    assert figures.waiting(north.pk, now + timedelta(hours=71)) == (0, 0, 5, 0)
    assert figures.waiting(north.pk, now + timedelta(hours=72)) == (0, 0, 0, 5)


def test_decisions_by_what_came_of_them(span, decided, now):
    rows = figures.decisions(span, limit=9)
    assert [one.letter for one in rows] == [decided[2], decided[1]]
    assert (rows[0].side, rows[0].outcome, rows[1].side) == ("family", "", "")
    assert [one.letter for one in figures.decisions(span, only="open", limit=9)] == [decided[2]]
    assert [one.letter for one in figures.decisions(span, only="appealed", limit=9)] == [decided[2]]
    assert figures.decisions(span, only="won", limit=9) == []
    assert len(figures.decisions(span, limit=1)) == 1


def test_letters_of_a_pair(span, decided):
    (one,) = figures.pairs(span, limit=9)
    assert (one.number, one.from_family, one.from_resident, one.held, one.refused) == ("1001", 5, 0, 5, 2)
    assert [one.number for one in figures.pairs(span, only="refused", limit=9)] == ["1001"]


def test_a_lawyers_pair_is_in_no_report(span, decided, contact):
    type(contact).objects.update(kind="privileged")
    assert figures.pairs(span, limit=9) == []


def test_of_another_place_or_other_days_there_is_nothing(span, decided, south, now):
    elsewhere = Span(south.pk, span.first, span.last, south.time_zone)
    before = Span(span.facility_id, date(2020, 1, 1), span.first - timedelta(days=1), span.zone)
    for other in (elsewhere, before):
        assert figures.outcomes(other)[0].sent == 0
        assert figures.decided(other)[0].count == 0
        assert figures.reasons(other) == figures.decisions(other, limit=9) == figures.pairs(other, limit=9) == []


def test_a_day_is_the_places_day(span, decided):
    east = Span(span.facility_id, span.first, span.last + timedelta(days=1), "Pacific/Kiritimati")
    assert figures.outcomes(east)[0].sent == 5
