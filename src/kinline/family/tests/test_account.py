"""ACC-7 through the door: a mother's own account, and nobody else's."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kinline.core.parties import FAMILY, Party
from kinline.family.tests.post import code_in, kinds, link_in, log_in, person, sign_up, text_of_newest
from kinline.flows.send_message import send
from kinline.identity.models import Closure, Session, User
from kinline.ledger import chart, queries
from kinline.messaging.models import Message
from kinline.notices.models import Notice
from kinline.payments.models import PayOut

pytestmark = pytest.mark.django_db

PASSWORD = "a long sample password"
NEW = "eight purple umbrellas"
FORMS = (
    "profile/",
    "settings/",
    "email/",
    "email/confirm/",
    "email/x/",
    "password/",
    "sessions/",
    "download/",
    "close/",
)


def inside(user: User, **browser: str) -> Client:
    """A browser in which `user` logged in by the door."""
    client = Client(**browser)
    assert log_in(client, user.username, PASSWORD).status_code == 303
    return client


@pytest.fixture
def her(mother: User) -> Client:
    return inside(mother)


@pytest.mark.parametrize("path", ["", *FORMS])
def test_acc7_nobody_else_may_open_it(mother, path):
    answer = Client().get(f"/account/{path}")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login/")
    assert Client().post(f"/account/{path}").status_code == (303 if path else 405)


@pytest.mark.parametrize("path", [p for p in ("", *FORMS) if p != "email/x/"])
def test_acc7_every_page_opens(her, path):
    assert her.get(f"/account/{path}").status_code == 200


def test_acc7_the_profile(her, mother):
    fields = {k: v for k, v in person(first_name="Marta Inés", city="New City").items() if "password" not in k}
    answer = her.post("/account/profile/", {**fields, "username": "hacked", "email": "hacked@family.example"})
    assert (answer.status_code, answer["Location"]) == (303, "/account/")
    mother.refresh_from_db()
    assert (mother.first_name, mother.city, str(mother.date_of_birth)) == ("Marta Inés", "New City", "1975-03-28")
    assert (mother.username, mother.email) == ("mother", "mother@family.example")
    assert 'value="1975"' in her.get("/account/profile/").content.decode()


def test_acc7_a_bad_profile_changes_nothing_and_keeps_what_was_typed(her, mother):
    page = her.post("/account/profile/", person(city="Ōsaka", postal_code="x")).content.decode()
    assert 'value="Ōsaka"' in page
    assert User.objects.get(pk=mother.pk).city == ""


def test_acc7_a_new_password(her, mother):
    elsewhere = inside(mother)
    fields = {"current_password": PASSWORD, "password1": NEW, "password2": NEW}
    assert her.post("/account/password/", fields).status_code == 303
    assert her.get("/account/").status_code == 200, "this browser stays"
    assert elsewhere.get("/account/").status_code == 302
    assert kinds() == [("mother@family.example", "password_changed")]
    assert Notice.objects.get(user=mother).kind == "password_changed"
    assert log_in(Client(), "mother", PASSWORD).status_code == 200
    assert log_in(Client(), "mother", NEW).status_code == 303


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"current_password": "wrong"}, "This is not your current password."),
        ({"password1": "short", "password2": "short"}, "at least 10 characters"),
        ({"password2": "eight purple umbrella"}, "The two passwords are not the same."),
    ],
)
def test_acc7_a_password_that_is_refused_changes_nothing(her, mother, other, sentence):
    fields = {"current_password": PASSWORD, "password1": NEW, "password2": NEW, **other}
    assert sentence in her.post("/account/password/", fields).content.decode()
    assert kinds() == []
    assert log_in(Client(), "mother", PASSWORD).status_code == 303


def test_acc7_guessing_the_current_password_is_limited(her):
    fields = {"current_password": "wrong", "password1": NEW, "password2": NEW}
    answers = [her.post("/account/password/", fields).status_code for _ in range(5)]
    assert answers == [200] * 5
    assert her.post("/account/password/", {**fields, "current_password": PASSWORD}).status_code == 429


def ask(client: Client, email: str = "new@family.example", password: str = PASSWORD):
    return client.post("/account/email/", {"email": email, "email2": email, "current_password": password})


def test_acc7_a_new_email_counts_when_its_link_is_pressed(her, mother):
    assert ask(her)["Location"] == "/account/email/confirm/?sent=1"
    assert kinds() == [("mother@family.example", "email_changed_old"), ("new@family.example", "email_change_confirm")]
    link = link_in(text_of_newest())
    assert her.get(link).status_code == 200
    assert User.objects.get().email == "mother@family.example", "until the button is pressed"
    assert her.post(link).status_code == 303
    assert User.objects.get().email == "new@family.example"
    assert log_in(Client(), "new@family.example", PASSWORD).status_code == 303
    assert her.post(link).status_code == 410


def test_acc7_or_when_its_code_is_typed(her):
    ask(her)
    code = code_in(text_of_newest())
    assert her.post("/account/email/confirm/", {"code": "00000000"}).status_code == 200
    assert her.post("/account/email/confirm/", {"code": code}).status_code == 303
    assert User.objects.get().email == "new@family.example"


def test_acc7_a_link_that_came_to_a_stranger_is_no_key(her, stranger):
    """A slip in the new address: whoever reads that mailbox must not get the account with it."""
    ask(her, "slip@family.example")
    link = link_in(text_of_newest())
    assert Client().post(link).status_code == 303
    assert inside(stranger).post(link).status_code == 410
    assert set(User.objects.values_list("email", flat=True)) == {"mother@family.example", "stranger@family.example"}


def test_acc3_a_new_email_that_is_somebodys_looks_the_same(her, stranger):
    fresh, taken = ask(her), ask(her, "STRANGER@family.example")
    assert (fresh.status_code, fresh["Location"]) == (taken.status_code, taken["Location"])
    assert kinds()[-1] == ("stranger@family.example", "already_registered")


@pytest.mark.parametrize("email", ["new@family.example", "stranger@family.example"])
def test_acc3_what_waits_to_be_confirmed_is_shown_whoever_has_it(email, her, stranger):
    ask(her, email)
    for sent in (False, True):
        if sent:
            text_of_newest()
        for page in ("/account/", "/account/email/"):
            assert email in her.get(page).content.decode(), page
    her.post("/account/email/confirm/", {"code": "00000000"})
    assert User.objects.get(username="mother").email == "mother@family.example"


@pytest.mark.parametrize(("email", "password"), [("mother@family.example", PASSWORD), ("new@family.example", "wrong")])
def test_acc7_an_email_change_that_is_refused(her, email, password):
    assert ask(her, email, password).status_code == 200
    assert kinds() == []


def test_acc7_a_reset_link_in_the_old_mailbox_ends_with_the_change(her):
    Client().post("/password/reset/", {"identifier": "mother"})
    old = link_in(text_of_newest())
    ask(her)
    her.post(link_in(text_of_newest()))
    assert Client().post(old, {"password1": NEW, "password2": NEW}).status_code == 410


def test_acc7_sessions_are_seen_and_ended(her, mother):
    phone = inside(mother, headers={"user-agent": "Mozilla/5.0 (Android 14) Firefox/130.0"}, REMOTE_ADDR="192.0.2.9")
    page = her.get("/account/sessions/").content.decode()
    assert "Firefox on Android" in page
    assert "192.0.2.9" in page
    assert phone.cookies["kinline_family"].value not in page
    handle = page.split('name="handle" value="')[1].split('"')[0]
    assert her.post("/account/sessions/", {"handle": handle}).status_code == 303
    assert phone.get("/account/").status_code == 302
    assert her.get("/account/").status_code == 200


def test_acc7_all_other_sessions_end_at_once(her, mother):
    others = [inside(mother), inside(mother)]
    her.post("/account/sessions/")
    assert [c.get("/account/").status_code for c in (*others, her)] == [302, 302, 200]


def test_acc7_nobody_ends_anothers_session(her, stranger):
    theirs = inside(stranger)
    page = inside(stranger).get("/account/sessions/").content.decode()
    handle = page.split('name="handle" value="')[1].split('"')[0]
    her.post("/account/sessions/", {"handle": handle})
    her.post("/account/sessions/")
    assert theirs.get("/account/").status_code == 200


def test_a_session_in_use_lives_on_and_is_written_down_every_five_minutes(her, mother):
    her.get("/account/")
    first = Session.objects.get()
    her.get("/account/")
    assert Session.objects.get().last_seen_at == first.last_seen_at
    old = datetime.now(UTC) - timedelta(minutes=6)
    Session.objects.update(last_seen_at=old, expire_date=datetime.now(UTC) + timedelta(days=1))
    answer = her.get("/account/")
    later = Session.objects.get()
    assert later.last_seen_at > old
    assert later.expire_date > datetime.now(UTC) + timedelta(days=13)
    assert later.created_at == first.created_at
    assert answer.cookies["kinline_family"]["max-age"] > 0


def test_acc7_language_and_notifications(her, mother):
    her.post("/account/settings/", {"language": "es"})
    mother.refresh_from_db()
    assert (mother.language, mother.notify_by_email) == ("es", False)
    page = her.get("/account/")
    assert page["Content-Language"] == "es"
    assert '<html lang="es"' in page.content.decode()


def test_the_language_switch_is_kept_with_the_account(her, mother):
    her.post("/language/", {"language": "es", "next": "/account/"})
    mother.refresh_from_db()
    assert mother.language == "es"
    assert '<html lang="es"' in inside(mother).get("/account/").content.decode()


@pytest.fixture
def letter(mother, contact, money, north, now):
    """A letter that the north holds for a person, paid from 200 cents."""
    import uuid

    from kinline.delivery import services as delivery

    delivery.set_policy(facility_id=north.pk, rules=[{"id": "all", "then": "review"}], now=now - timedelta(seconds=1))
    money(Party(FAMILY, mother.pk), 200)
    sent = send(
        Party(FAMILY, mother.pk),
        contact_id=contact.pk,
        subject="Sunday",
        body="The garden came back.",
        client_key=uuid.uuid4(),
        collect=False,
        now=now,
    )
    return Message.objects.get(pk=sent.message_id)


def test_acc7_download_everything(her, letter, stranger):
    answer = her.post("/account/download/")
    assert answer["Content-Disposition"].startswith('attachment; filename="kinline-mother-')
    whole = json.loads(b"".join(answer.streaming_content))
    assert whole["account"]["email"] == "mother@family.example"
    assert [m["text"] for m in whole["messages"]] == ["The garden came back."]
    assert [line["cents"] for line in whole["message_credits"]["history"]] == [200]
    assert [c["name"] for c in whole["contacts"]] == ["Daniel Sample"]
    assert "password" not in whole["account"]
    theirs = json.loads(b"".join(inside(stranger).post("/account/download/").streaming_content))
    assert (theirs["messages"], theirs["contacts"]) == ([], [])


def test_acc7_closing_says_what_is_left_and_that_it_comes_back(her, letter):
    page = her.get("/account/close/").content.decode()
    assert "$2.00" in page
    assert "It goes back to you now, without a fee" in page


def close(client: Client, **other: str):
    return client.post("/account/close/", {"current_password": PASSWORD, "sure": "on", **other})


def test_acc7_closing_ends_the_account_and_gives_back_what_is_left(her, letter, mother, contact):
    elsewhere = inside(mother)
    assert close(her)["Location"] == "/account/closed/"
    assert her.get("/account/closed/").status_code == 200
    letter.refresh_from_db()
    balance = queries.balance(chart.family_messages(mother.pk))
    assert (letter.state, balance.posted_cents, balance.held_cents) == ("withdrawn", 0, 0)
    cheque = PayOut.objects.get()
    assert (cheque.user_id, cheque.amount_cents, cheque.way, cheque.payee_name) == (
        mother.pk, 200, "cheque", "Marta Sample",
    )  # fmt: skip
    owed = Closure.objects.get()
    assert (owed.user_id, owed.owed_cents, owed.payee_name, owed.payee_email) == (
        mother.pk, 200, "Marta Sample", "mother@family.example",
    )  # fmt: skip
    mother.refresh_from_db()
    assert (mother.email, mother.first_name, mother.has_usable_password()) == ("", "Former contact", False)
    assert not Session.objects.filter(user=mother).exists()
    assert elsewhere.get("/account/").status_code == 302
    assert log_in(Client(), "mother", PASSWORD).status_code == 200
    assert kinds()[-1] == ("mother@family.example", "account_closed")
    assert "$2.00" in text_of_newest()


def test_acc7_without_money_nothing_of_the_person_is_kept(her, mother):
    close(her)
    owed = Closure.objects.get()
    assert (owed.owed_cents, owed.payee_name, owed.payee_email, owed.payee_address) == (0, "", "", "")


def test_acc7_the_email_and_username_are_free_again(her):
    close(her)
    again = {"username": "mother", "email": "mother@family.example", "email2": "mother@family.example"}
    sign_up(**again)
    assert kinds()[-1] == ("mother@family.example", "activation")
    assert Client().post(link_in(text_of_newest())).status_code == 303


@pytest.mark.parametrize("other", [{"current_password": "wrong"}, {"sure": ""}])
def test_acc7_closing_that_is_refused_changes_nothing(her, letter, mother, other):
    assert close(her, **other).status_code == 200
    letter.refresh_from_db()
    mother.refresh_from_db()
    assert (letter.state, mother.closed_at, Closure.objects.count()) == ("review", None, 0)
    assert her.get("/account/").status_code == 200
