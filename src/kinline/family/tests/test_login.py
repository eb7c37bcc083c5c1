"""ACC-5 and ACC-6 through the door."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kinline.family.tests.post import PASSWORD, active, is_in, kinds, link_in, log_in, sign_up, text_of_newest
from kinline.flows import recover
from kinline.flows import sign_in as story
from kinline.identity.models import Attempt, Session, User

pytestmark = pytest.mark.django_db

NEW = "eight purple umbrellas"


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long answers were slowed down; nobody waits."""
    slept: list[float] = []
    monkeypatch.setattr(story.time, "sleep", slept.append)
    return slept


@pytest.fixture
def rosa() -> User:
    return User.objects.get(username=active()["username"])


@pytest.mark.parametrize("login", ["rosa.sample", "Rosa.Sample", "rosa@family.example", " ROSA@family.example "])
def test_acc6_by_username_or_email(rosa, login):
    client = Client(headers={"user-agent": "Mozilla/5.0 (Android 14) Firefox/130.0"}, REMOTE_ADDR="192.0.2.9")
    answer = log_in(client, login)
    assert (answer.status_code, answer["Location"]) == (303, "/home/")
    session = Session.objects.get(user=rosa)
    assert (session.address, "Firefox" in session.agent) == ("192.0.2.9", True)
    assert is_in(client)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("rosa.sample", "wrong password"),
        ("nobody", PASSWORD),
        ("nobody@family.example", PASSWORD),
        ("rosa.sample", PASSWORD.upper()),
        ("rosa.sample", PASSWORD + " "),
        ("rosa.sample", "x" * 100_000),
        ("rosa.sample", "\0"),
        ("x" * 200, "x"),
    ],
)
def test_acc6_what_does_not_fit_gets_one_answer(rosa, login, password):
    client = Client()
    answer = log_in(client, login, password)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "do not fit together" in page
    assert not is_in(client)
    assert not Session.objects.exclude(user=None).exists()


@pytest.mark.parametrize(("login", "password"), [("", ""), ("\0", "x"), ("x" * 10_000, "x")])
def test_acc6_odd_input_gets_a_sentence(rosa, login, password):
    assert log_in(Client(), login, password).status_code == 200


def test_acc3_an_account_that_is_not_there_costs_the_same_hash(rosa, monkeypatch):
    """Timing itself is not measured in tests; the work is: one hash each, and the same count of tries."""
    hashed: list[str] = []
    real = story.passwords.check_password

    def spy(raw: str, stored: str) -> bool:
        hashed.append(stored)
        return real(raw, stored)

    monkeypatch.setattr(story.passwords, "check_password", spy)
    for login in ("rosa.sample", "nobody", "no.body"):
        log_in(Client(), login, "wrong password")
    parts = [stored.split("$")[:4] for stored in hashed]
    assert len(parts) == 3
    assert parts[0] == parts[1] == parts[2]


def test_acc3_whoever_signs_up_with_an_email_cannot_find_out_by_it_whose_it_is(rosa):
    """Their own password leads to the activation page under either name, whether or not somebody has that email."""
    for name, email in (("fresh", "new@family.example"), ("other", "rosa@family.example")):
        sign_up(username=name, email=email, email2=email, password1=NEW, password2=NEW)
        for login in (name, email):
            answer = log_in(Client(), login, NEW)
            assert (answer.status_code, answer["Location"]) == (303, "/activate/"), login
    assert log_in(Client(), "rosa@family.example")["Location"] == "/home/"


def test_acc3_nor_by_pauses_of_the_email_under_their_username(rosa):
    for name, email in (("fresh", "new@family.example"), ("other", "rosa@family.example")):
        sign_up(username=name, email=email, email2=email, password1=NEW, password2=NEW)
        fail(5, email, address=f"203.0.113.{len(name)}")
        assert log_in(Client(), email, NEW).status_code == 429
        assert log_in(Client(), name, NEW)["Location"] == "/activate/"


def test_acc3_nor_by_how_long_an_answer_takes(rosa, naps):
    """A username and its email slow down apart: else the third wrong try would tell that they are one account."""
    fail(2)
    fail(1, "rosa@family.example")
    assert naps == []
    fail(1)
    assert naps == [0.5]


def test_acc3_an_email_costs_two_hashes_whoever_there_is(rosa, monkeypatch):
    sign_up(username="waits", email="waits@family.example", email2="waits@family.example")
    sign_up(username="other", email="rosa@family.example", email2="rosa@family.example")
    hashed: list[str] = []
    real = story.passwords.check_password
    monkeypatch.setattr(story.passwords, "check_password", lambda raw, kept: hashed.append(kept) or real(raw, kept))
    for name, cost in (("rosa.sample", 1), ("waits", 1), ("nobody", 1), ("rosa", 2), ("waits", 2), ("nobody", 2)):
        hashed.clear()
        log_in(Client(), name if cost == 1 else f"{name}@family.example", "wrong password")
        assert len(hashed) == cost, name


def test_acc6_the_typed_name_is_kept_and_the_password_is_not(rosa):
    page = log_in(Client(), "rosa.sample", "wrong password").content.decode()
    assert 'value="rosa.sample"' in page
    assert "wrong password" not in page


def fail(times: int, login: str = "rosa.sample", address: str = "127.0.0.1"):
    return [log_in(Client(REMOTE_ADDR=address), login, "wrong password") for _ in range(times)][-1]


def test_acc6_five_wrong_tries_lock_the_account_from_everywhere(rosa, naps):
    assert fail(5).status_code == 200
    answer = log_in(Client(REMOTE_ADDR="198.51.100.1"), "rosa@family.example")
    assert answer.status_code == 429
    assert "logging in is paused until" in answer.content.decode()
    assert naps == [0.5, 1.0]
    assert not Session.objects.filter(user=rosa).exists()


def test_acc6_the_owner_is_told_once(rosa):
    fail(5)
    before = kinds().count(("rosa@family.example", "locked_out"))
    fail(3)
    assert (before, kinds().count(("rosa@family.example", "locked_out"))) == (1, 1)
    assert "paused" in text_of_newest()


def test_acc6_an_account_that_is_not_there_locks_the_same_way(rosa):
    fail(5, "nobody")
    answer = log_in(Client(), "nobody")
    assert answer.status_code == 429
    assert "logging in is paused until" in answer.content.decode()


def test_acc6_four_wrong_tries_and_a_right_one_start_anew(rosa):
    fail(4)
    assert log_in(Client(), "rosa.sample").status_code == 303
    fail(4)
    assert log_in(Client(), "rosa.sample").status_code == 303


def test_acc6_the_pause_ends_after_15_minutes(rosa):
    fail(5)
    Attempt.objects.update(at=datetime.now(UTC) - timedelta(minutes=15, seconds=1))
    assert log_in(Client(), "rosa.sample").status_code == 303


def test_acc6_five_accounts_tried_from_one_address_lock_the_address(rosa):
    for number in range(5):
        fail(1, f"nobody{number}", "203.0.113.5")
    answer = log_in(Client(REMOTE_ADDR="203.0.113.5"), "rosa.sample")
    assert answer.status_code == 429
    assert "your internet connection" in answer.content.decode()
    assert log_in(Client(REMOTE_ADDR="203.0.113.6"), "rosa.sample").status_code == 303


def test_acc6_one_person_who_mistypes_does_not_lock_the_house(rosa):
    fail(5, "nobody")
    assert log_in(Client(), "rosa.sample").status_code == 303


def test_acc6_an_ipv6_customer_is_one_address(rosa):
    for number in range(5):
        fail(1, f"nobody{number}", f"2001:db8:1:2::{number + 1}")
    assert log_in(Client(REMOTE_ADDR="2001:db8:1:2::99"), "rosa.sample").status_code == 429
    assert log_in(Client(REMOTE_ADDR="2001:db8:1:3::1"), "rosa.sample").status_code == 303


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/people/7/", "/people/7/"),
        ("/messages/new/?to=3", "/messages/new/?to=3"),
        ("https://evil.example/", "/home/"),
        ("//evil.example/", "/home/"),
        ("/\\evil.example/", "/home/"),
        ("javascript:alert(1)", "/home/"),
        ("/login/", "/home/"),
        ("/staff/", "/home/"),
        ("\0", "/home/"),
        ("x" * 10_000, "/home/"),
    ],
)
def test_acc6_next_stays_with_us(rosa, asked, goes):
    assert log_in(Client(), "rosa.sample", next=asked)["Location"] == goes


def test_acc6_a_page_that_needs_a_sign_in_comes_back_after_it(rosa):
    client = Client()
    asked = client.get("/account/profile/?x=1")
    assert (asked.status_code, asked["Location"]) == (302, "/login/?next=%2Faccount%2Fprofile%2F%3Fx%3D1")
    page = client.get(asked["Location"]).content.decode()
    assert 'value="/account/profile/?x=1"' in page
    assert log_in(client, "rosa.sample", next="/account/profile/?x=1")["Location"] == "/account/profile/?x=1"


def test_what_was_typed_survives_a_lost_session(rosa):
    client = Client()
    log_in(client, "rosa.sample")
    Session.objects.all().delete()
    letter = "Dear Daniel,\r\n" + "a" * 30_000
    fields = {"to": "7", "subject": "Sunday", "body": letter, "password": "secret", "csrfmiddlewaretoken": "x"}
    lost = client.post("/messages/new/", fields)
    assert (lost.status_code, lost["Location"]) == (303, "/login/?next=%2Fmessages%2Fnew%2F")
    assert "What you typed is kept" in client.get(lost["Location"]).content.decode()
    log_in(client, "rosa.sample", next="/messages/new/")
    kept = _session(client)["kept_form"]
    assert kept == {"path": "/messages/new/", "fields": {"to": "7", "subject": "Sunday", "body": letter}}


def test_what_is_kept_is_bounded():
    client = Client()
    client.post("/messages/new/", {"body": "b" * 100_000, "subject": "s"})
    kept = _session(client)["kept_form"]["fields"]
    assert sum(map(len, kept.values())) <= 40_000


def _session(client: Client) -> dict:
    from kinline.identity.sessions import SessionStore

    return dict(SessionStore(client.cookies["kinline_family"].value).items())


def test_acc6_a_flood_of_hashes_is_bounded(rosa, monkeypatch):
    monkeypatch.setattr(story.passwords, "WAIT_SECONDS", 0.01)
    with story.passwords.slot(), story.passwords.slot():
        answer = log_in(Client(), "rosa.sample")
    assert answer.status_code == 503
    assert "Many people are logging in" in answer.content.decode()
    assert log_in(Client(), "rosa.sample").status_code == 303


def test_logging_out_takes_a_button(rosa):
    client = Client()
    log_in(client, "rosa.sample")
    assert client.get("/logout/").status_code == 200
    assert is_in(client)
    assert client.post("/logout/")["Location"] == "/login/"
    assert not is_in(client)
    assert not Session.objects.exclude(user=None).exists()


def test_each_face_has_its_own_cookie(rosa):
    client = Client()
    log_in(client, "rosa.sample")
    key = client.cookies["kinline_family"].value
    client.get("/staff/")
    client.get("/kiosk/")
    assert client.cookies["kinline_family"].value == key
    other = Client()
    other.cookies["kinline_staff"] = key
    assert not is_in(other)


def test_staff_do_not_come_in_by_the_family_door(officer):
    assert log_in(Client(), officer.username, "a long sample password").status_code == 200
    assert not Session.objects.exclude(user=None).exists()


def test_acc5_help_offers_the_three_ways():
    page = Client().get("/login/help/").content.decode()
    for path in ("/password/reset/", "/username/remind/", "/activate/resend/"):
        assert f'href="{path}"' in page


def test_acc5_a_forgotten_password(rosa):
    before, thief = Client(), Client()
    log_in(before, "rosa.sample")
    fail(5)
    assert Client().post("/password/reset/", {"identifier": "rosa@family.example"})["Location"].endswith("?sent=1")
    link = link_in(text_of_newest())
    assert Client().get(link).status_code == 200
    weak = Client().post(link, {"password1": "rosa.sample", "password2": "rosa.sample"})
    assert weak.status_code == 200
    answer = Client().post(link, {"password1": NEW, "password2": NEW})
    assert (answer.status_code, answer["Location"]) == (303, "/login/")
    assert not is_in(before), "all sessions end"
    assert log_in(thief, "rosa.sample", PASSWORD).status_code == 200
    assert log_in(Client(), "rosa.sample", NEW).status_code == 303, "a new password ends the pause"
    assert kinds()[-1] == ("rosa@family.example", "password_changed")
    assert Client().post(link, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 410, "one use"
    assert log_in(Client(), "rosa.sample", NEW).status_code == 303


def test_acc5_a_reset_link_lives_one_hour(rosa):
    Client().post("/password/reset/", {"identifier": "rosa.sample"})
    link = link_in(text_of_newest(datetime.now(UTC) - timedelta(hours=1, seconds=1)))
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"password1": NEW, "password2": NEW}).status_code == 410
    assert log_in(Client(), "rosa.sample", PASSWORD).status_code == 303


def test_acc5_a_reset_link_activates_nothing_else(rosa):
    Client().post("/password/reset/", {"identifier": "rosa.sample"})
    token = link_in(text_of_newest()).split("/")[-2]
    assert Client().get(f"/activate/{token}/").status_code == 410


@pytest.mark.parametrize("path", ["/password/reset/", "/username/remind/"])
def test_acc3_asking_answers_the_same_for_everybody(rosa, path):
    field = "identifier" if "reset" in path else "email"
    answers = [Client().post(path, {field: who}) for who in ("rosa@family.example", "nobody@family.example")]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, f"{path}?sent=1")] * 2
    assert [to for to, kind in kinds()[1:]] == ["rosa@family.example"]


@pytest.mark.parametrize("path", ["/password/reset/", "/username/remind/", "/activate/resend/"])
def test_acc3_asking_takes_the_same_time_for_everybody(rosa, path, naps, monkeypatch):
    """What an email costs to write is hidden in a fixed time: it naps for what is left of it."""
    hours = iter(range(0, 1000, 1))
    monkeypatch.setattr(recover, "SAME_SECONDS", 7.0)
    monkeypatch.setattr(recover.time, "monotonic", lambda: float(next(hours)))
    field = "email" if "username" in path else "identifier"
    for who in ("rosa@family.example", "nobody@family.example"):
        naps.clear()
        assert Client().post(path, {field: who}).status_code == 303
        assert naps == [6.0], who


def test_acc5_the_username_by_email(rosa):
    Client().post("/username/remind/", {"email": "ROSA@family.example"})
    assert kinds()[-1] == ("rosa@family.example", "username_reminder")
    assert "rosa.sample" in text_of_newest()


def test_acc5_asking_too_often_is_said(rosa, monkeypatch):
    from kinline.identity import limits

    monkeypatch.setitem(limits.LIMITS, "ask_address", limits.LIMITS["ask_address"]._replace(times=1))
    assert Client().post("/password/reset/", {"identifier": "nobody"}).status_code == 303
    answer = Client().post("/password/reset/", {"identifier": "nobody"})
    assert answer.status_code == 429
    assert "tried too often" in answer.content.decode()
