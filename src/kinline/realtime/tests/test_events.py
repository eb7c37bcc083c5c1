"""Open pages against a real server and a real database: own events only, at once, and after every gap (MSG-5)."""

import contextlib
import json
import threading
import time

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from kinline.core.events import announce
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.identity.models import Session
from kinline.notices.services import tell
from kinline.project.tests.live import Live
from kinline.realtime import events as stream
from kinline.realtime import who
from kinline.residents.services import end_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def live(transactional_db):
    server = Live()
    server.start()
    yield server
    server.stop()


def cookie(client, name: str) -> str:
    return f"{name}={client.cookies[name].value}"


@pytest.fixture
def mothers_cookie(mother, family_client):
    return cookie(family_client(mother), "kinline_family")


@pytest.fixture
def residents_cookie(resident, kiosk_client):
    return cookie(kiosk_client(resident), settings.KIOSK_SESSION_COOKIE)


def test_counters_first_then_what_happens_at_once(live, mother_party, mothers_cookie, money, now):
    money(mother_party, 150)
    tell(mother_party, "password_changed", now)
    with live.page("/events", mothers_cookie) as page:
        assert page.answer.headers["content-type"].startswith("text/event-stream")
        assert page.answer.headers["cache-control"] == "no-store"
        kind, counters = page.next()
        counters.pop("ago_ms")
        assert kind == "counters"
        assert counters == {"unread": 0, "collect": 0, "drafts": 0, "notices": 1, "available_cents": 150}
        announce(mother_party, "message", message_id=5)
        assert page.next() == ("message", {"message_id": 5})


def test_what_happened_just_before_is_said_with_the_counters(
    live, mother_party, mothers_cookie, stranger, family_client
):
    """Its page may have been made before that. Nobody else hears of it."""
    with live.page("/events", mothers_cookie) as page:
        page.next()
        announce(mother_party, "status", message_id=5)
        page.next()
    with live.page("/events", mothers_cookie) as page:
        _, counters = page.next()
        assert 0 <= counters["ago_ms"] < 60_000
    with live.page("/events", cookie(family_client(stranger), "kinline_family")) as page:
        assert "ago_ms" not in page.next()[1]


def test_a_story_that_fails_is_not_heard_of(live, mother_party, mothers_cookie):
    with live.page("/events", mothers_cookie) as page:
        page.next()
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            announce(mother_party, "message", message_id=5)
            raise ZeroDivisionError
        announce(mother_party, "message", message_id=6)
        assert page.next() == ("message", {"message_id": 6})


def test_each_hears_only_their_own(live, mother_party, stranger, family_client, mothers_cookie, resident_party):
    strangers = cookie(family_client(stranger), "kinline_family")
    with live.page("/events", mothers_cookie) as hers, live.page("/events", strangers) as theirs:
        hers.next()
        theirs.next()
        announce(mother_party, "message", message_id=1)
        announce(resident_party, "message", message_id=2)
        announce(Party(FAMILY, stranger.pk), "message", message_id=3)
        assert hers.next() == ("message", {"message_id": 1})
        assert theirs.next() == ("message", {"message_id": 3})
        announce(mother_party, "notice", notice_id=4)
        assert hers.next() == ("notice", {"notice_id": 4})


def test_a_family_and_a_resident_of_one_number_are_two(live, mother, mother_party, mothers_cookie):
    with live.page("/events", mothers_cookie) as page:
        page.next()
        announce(Party(RESIDENT, mother.pk), "message", message_id=1)
        announce(mother_party, "status", message_id=2)
        assert page.next() == ("status", {"message_id": 2})


def test_the_kiosk_hears_by_its_own_cookie(live, resident_party, residents_cookie, mothers_cookie):
    both = f"{residents_cookie}; {mothers_cookie}"  # two tabs of one browser
    with live.page("/kiosk/events", both) as page:
        page.next()
        announce(resident_party, "message", message_id=9)
        assert page.next() == ("message", {"message_id": 9})
    assert live.get("/kiosk/events", Cookie=mothers_cookie)[0] == 204
    assert live.get("/events", Cookie=residents_cookie)[0] == 204


@pytest.mark.parametrize("sent", ["", "kinline_family=", "kinline_family=made-up", "=;;=", "kinline_family=\x80\xff"])
def test_who_is_not_signed_in_hears_nothing_and_is_told_not_to_ask_again(live, db, sent):
    assert live.get("/events", Cookie=sent)[0] == 204
    assert live.get("/kiosk/events", Cookie=sent)[0] == 204


def test_staff_sessions_open_no_family_stream(live, officer, family_client):
    assert live.get("/events", Cookie=cookie(family_client(officer), "kinline_family"))[0] == 204


def test_a_closed_account_hears_nothing(live, mother, mothers_cookie, now):
    mother.closed_at = now
    mother.save()
    assert live.get("/events", Cookie=mothers_cookie)[0] == 204


def test_signing_out_elsewhere_ends_the_stream(live, mother_party, mothers_cookie, monkeypatch):
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0)
    with live.page("/events", mothers_cookie) as page:
        page.next()
        announce(mother_party, "message", message_id=1)
        assert page.next() is not None
        Session.objects.all().delete()
        announce(mother_party, "message", message_id=2)
        assert page.next() is None


def test_a_sitting_that_ended_ends_the_stream(live, resident_party, residents_cookie, monkeypatch, now):
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0)
    with live.page("/kiosk/events", residents_cookie) as page:
        page.next()
        end_session(residents_cookie.partition("=")[2], "button", now)
        announce(resident_party, "message", message_id=2)
        assert page.next() is None


def test_an_open_page_is_not_activity(
    live, mother_party, mothers_cookie, residents_cookie, resident_party, monkeypatch
):
    from kinline.residents.models import ResidentSession

    monkeypatch.setattr(stream, "CHECK_SECONDS", 0)
    before = Session.objects.get().last_seen_at, ResidentSession.objects.get().last_seen_at
    with live.page("/events", mothers_cookie) as hers, live.page("/kiosk/events", residents_cookie) as his:
        for page, party in ((hers, mother_party), (his, resident_party)):
            page.next()
            announce(party, "message", message_id=1)
            page.next()
    assert (Session.objects.get().last_seen_at, ResidentSession.objects.get().last_seen_at) == before


def test_a_silent_line_is_kept_alive(live, mothers_cookie, monkeypatch):
    monkeypatch.setattr(stream, "KEEPALIVE_SECONDS", 0.05)
    with live.page("/events", mothers_cookie) as page:
        page.next()
        lines = [page.answer.readline() for _ in range(5)]
        assert b": \n" in lines


def _end_listeners() -> int:
    """What a restart of the database does to the line on which the server listens."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%%'"
        )
        return cursor.fetchone()[0]


def test_after_a_lost_database_the_page_catches_up(live, mother_party, mothers_cookie, now):
    with live.page("/events", mothers_cookie) as page:
        assert page.next()[1]["notices"] == 0
        assert _end_listeners() == 1
        tell(mother_party, "password_changed", now)  # its notice may fall into the gap
        kinds = {}
        while "counters" not in kinds:
            kind, data = page.next()
            kinds[kind] = data
        assert kinds["counters"]["notices"] == 1
        announce(mother_party, "message", message_id=7)
        heard = page.next()
        assert heard in (("message", {"message_id": 7}), ("notice", heard[1]))


def test_counters_that_cannot_be_had_come_a_little_later(live, mothers_cookie, monkeypatch):
    monkeypatch.setattr(stream, "AGAIN_SECONDS", 0.05)
    counted, calls = who.counters, []

    def away_at_first(party):
        calls.append(party)
        if len(calls) < 3:
            raise OperationalError
        return counted(party)

    monkeypatch.setattr(who, "counters", away_at_first)
    with live.page("/events", mothers_cookie) as page:
        assert page.next()[0] == "counters"
    assert len(calls) == 3


def test_what_is_no_notice_of_ours_harms_nobody(live, mother_party, mothers_cookie):
    with live.page("/events", mothers_cookie) as page:
        page.next()
        with connection.cursor() as cursor:
            for payload in (
                "",
                "x",
                "[]",
                "7",
                '{"to": 7}',
                '{"kind": "message"}',
                json.dumps({"to": ["a"], "kind": "b"}),
            ):
                cursor.execute("SELECT pg_notify('kinline_events', %s)", [payload])
        announce(mother_party, "message", message_id=1)
        assert page.next() == ("message", {"message_id": 1})


def test_the_server_ends_in_order_with_pages_open(live, mothers_cookie):
    with live.page("/events", mothers_cookie) as page:
        page.next()
        took = live.stop()
        assert page.next() is None
    assert took < 5


def test_many_pages_of_one_person_push_out_the_oldest(live, mother_party, mothers_cookie):
    from kinline.realtime.hub import MOST_PAGES

    with contextlib.ExitStack() as stack:
        pages = [stack.enter_context(live.page("/events", mothers_cookie)) for _ in range(MOST_PAGES + 1)]
        assert pages[0].next()[0] == "counters"
        assert pages[0].next() is None
        assert pages[-1].next()[0] == "counters"


def test_a_thousand_events_reach_a_reading_page_in_order(live, mother_party, mothers_cookie):
    heard = []
    with live.page("/events", mothers_cookie) as page:
        page.next()
        reader = threading.Thread(target=lambda: heard.extend(page.next()[1]["message_id"] for _ in range(1000)))
        reader.start()
        for n in range(1000):
            announce(mother_party, "message", message_id=n)
            if n % 40 == 0:
                time.sleep(0.01)
        reader.join(20)
    assert heard == list(range(1000))
