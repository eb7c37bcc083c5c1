"""ACC-7, STF-1: passkeys beside the app, as second step and to prove oneself again."""

import json
import re
from copy import copy
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from conftest import PASSWORD
from conftest import second_factor_of as app_of
from django.test import Client

from kinline.core.models import AuditEvent
from kinline.identity.models import Challenge, Passkey, RecoveryCode, SecondFactor
from kinline.identity.rules import passkey_site
from kinline.identity.services import passkeys, second_factor
from kinline.notices.models import Email
from kinline.staff import desk as desks
from kinline.staff.tests.authenticator import Authenticator

pytestmark = pytest.mark.django_db
ACCOUNT, ADD, ASK_OWN = "/staff/account/", "/staff/account/passkey/", "/staff/account/passkey/ask/"
ASK, CODE, SETUP = "/staff/login/passkey/", "/staff/login/code/", "/staff/login/setup/"


@pytest.fixture(autouse=True)
def _address(settings):
    settings.BASE_URL = "http://localhost:8000"


def text(answer):
    return answer.content.decode()


def password(client: Client, user):
    return client.post("/staff/login/", {"login": user.username, "password": PASSWORD})


def signed_in(client: Client) -> bool:
    return client.get("/staff/").status_code == 200


def asked(client: Client, where: str = ASK) -> dict:
    answer = client.post(where)
    assert answer.status_code == 200, text(answer)
    return json.loads(answer.content)


@pytest.fixture
def seat(staff_client):
    """`seat(user)`: signed in with the app, and a passkey added: (browser, device)."""

    def seated(user):
        client, device = staff_client(user), Authenticator()
        done = client.post(ADD, {"name": "Blue key", "passkey": device.make(asked(client, ASK_OWN))})
        assert done["Location"] == ACCOUNT, text(done)
        return client, device

    return seated


def tried(user, device, **instead) -> Client:
    """A browser that gave the right password, and then this device's answer."""
    client = Client()
    password(client, user)
    client.post(CODE, {"passkey": device.sign(asked(client), **instead)})
    return client


# Added, named, several


def test_a_passkey_signs_in_in_place_of_a_code(seat, officer):
    _client, device = seat(officer)
    page_of = Client()
    password(page_of, officer)
    assert "Use a passkey" in text(page_of.get(CODE))
    assert signed_in(tried(officer, device))
    row = Passkey.objects.get()
    assert (row.name, row.sign_count, row.stopped_at) == ("Blue key", 1, None)
    assert row.last_used_at is not None
    assert AuditEvent.objects.filter(act="factor.passkey", actor=f"staff:{officer.pk}").count() == 1
    assert Email.objects.get().kind == "factor_changed"


def test_what_the_device_is_asked(seat, officer):
    client, device = seat(officer)
    made = asked(client, ASK_OWN)
    assert (made["rp"]["id"], made["user"]["name"]) == ("localhost", "officer")
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert [one["id"] for one in made["excludeCredentials"]] == [passkeys_id(device)]
    assert "officer" not in passkeys.handle(officer).decode("latin-1")
    half = Client()
    password(half, officer)
    used = asked(half)
    assert used["userVerification"] == "required"
    assert [one["id"] for one in used["allowCredentials"]] == [passkeys_id(device)]


def passkeys_id(device):
    return json.loads(device.sign({"challenge": ""}))["id"]


def test_the_first_second_step_may_be_a_passkey(client, officer):
    device = Authenticator()
    assert password(client, officer)["Location"].startswith(SETUP)
    assert "Or a passkey" in text(client.get(SETUP))
    done = client.post(SETUP, {"name": "Work phone", "passkey": device.make(asked(client))})
    assert len(re.findall(r'class="code">', text(done))) == second_factor.RECOVERY_CODES
    assert signed_in(client)
    assert SecondFactor.objects.get().confirmed_at is None
    assert signed_in(tried(officer, device))
    half = Client()
    password(half, officer)
    secret = second_factor.secret(SecondFactor.objects.get())
    half.post(CODE, {"code": pyotp.TOTP(secret).at(datetime.now(UTC))})
    assert not signed_in(half)  # nobody set an app up, so no code is one
    recovery = re.search(r'class="code">([a-z0-9-]{11})<', text(done))[1]
    half.post(CODE, {"code": recovery})
    assert signed_in(half)


def test_several_up_to_ten_and_none_twice(seat, officer):
    client, device = seat(officer)
    again = client.post(ADD, {"name": "Same", "passkey": device.make(asked(client, ASK_OWN))})
    assert "in use already" in text(again)
    assert 'value="Same"' in text(again)
    for number in range(passkeys.MOST - 1):
        client.post(ADD, {"name": f"Key {number}", "passkey": Authenticator().make(asked(client, ASK_OWN))})
    assert Passkey.objects.count() == passkeys.MOST
    full = client.post(ASK_OWN)
    assert full.status_code == 409
    assert "10" in full.json()["say"]


@pytest.mark.parametrize("name", ["", "x" * 61, "a\x00b"])
def test_a_name_that_will_not_do(seat, officer, name):
    client, _device = seat(officer)
    answer = client.post(ADD, {"name": name, "passkey": Authenticator().make(asked(client, ASK_OWN))})
    assert 'id="errors"' in text(answer)
    assert Passkey.objects.count() == 1


# What is refused


@pytest.mark.parametrize(
    "wrong", [{"origin": "https://evil.example"}, {"challenge": "AAAA"}, {"type": "webauthn.create"}],
    ids=["origin", "challenge", "type"],
)  # fmt: skip
def test_an_answer_of_another_page_or_question(seat, officer, wrong):
    _client, device = seat(officer)
    assert not signed_in(tried(officer, device, **wrong))
    assert AuditEvent.objects.filter(act="sign_in.wrong_passkey", object=f"staff:{officer.pk}").count() == 1
    assert Passkey.objects.get().sign_count == 0


@pytest.mark.parametrize("change", [{"verified": False}, {"site": "evil.example"}], ids=["unverified", "site"])
def test_an_owner_who_was_not_verified_and_another_site(seat, officer, change):
    _client, device = seat(officer)
    vars(device).update(change)
    assert not signed_in(tried(officer, device))
    client = Client()
    password(client, officer)
    false = Authenticator(**change)
    client.post(CODE, {"passkey": false.sign(asked(client))})
    assert not signed_in(client)


def test_another_key_that_claims_to_be_it(seat, officer):
    _client, device = seat(officer)
    assert not signed_in(tried(officer, Authenticator(credential_id=device.credential_id)))


@pytest.mark.parametrize("change", [{"verified": False}, {"origin": "https://evil.example"}, {"site": "evil.example"}])
def test_nothing_false_is_added(staff_client, officer, change):
    client = staff_client(officer)
    answer = client.post(ADD, {"name": "Key", "passkey": Authenticator(**change).make(asked(client, ASK_OWN))})
    assert "does not fit" in text(answer)
    assert not Passkey.objects.exists()
    assert not Email.objects.exists()


def test_an_answer_works_once(seat, officer):
    _client, device = seat(officer)
    client, other = Client(), Client()
    password(client, officer)
    password(other, officer)
    answer = device.sign(asked(client))
    client.post(CODE, {"passkey": answer})
    assert signed_in(client)
    assert not Challenge.objects.exists()
    assert "more than" not in text(other.post(CODE, {"passkey": answer}))
    assert not signed_in(other)
    asked(other)
    other.post(CODE, {"passkey": answer})
    assert not signed_in(other)


def test_a_challenge_ends_after_five_minutes_and_with_a_wrong_answer(seat, officer, clock_at, now):
    _client, device = seat(officer)
    client = Client()
    password(client, officer)
    answer = device.sign(asked(client))
    clock_at(datetime.now(UTC) + passkeys.LIFE + timedelta(seconds=1))
    assert "longer than five minutes" in text(client.post(CODE, {"passkey": answer}))
    clock_at(datetime.now(UTC))
    question = asked(client)
    client.post(CODE, {"passkey": "{}"})
    assert "sent twice" in text(client.post(CODE, {"passkey": device.sign(question)}))
    assert not signed_in(client)


def test_a_challenge_is_of_one_person_purpose_and_browser(seat, officer, supervisor):
    client, device = seat(officer)
    half, thief = Client(), Client()
    password(half, officer)
    password(thief, officer)
    for_the_desk = asked(client, "/staff/unlock/passkey/")
    half.post(CODE, {"passkey": device.sign(for_the_desk)})
    thief.post(CODE, {"passkey": device.sign(asked(half))})
    assert not signed_in(half)
    assert not signed_in(thief)
    _theirs, other_device = seat(supervisor)
    assert not signed_in(tried(officer, other_device))
    assert AuditEvent.objects.filter(act="sign_in", object=f"staff:{officer.pk}").count() == 1


def test_a_lowered_counter_stops_the_passkey_and_says_so(seat, officer):
    _client, device = seat(officer)
    clone = copy(device)
    for _ in range(3):
        assert signed_in(tried(officer, device))
    assert not signed_in(tried(officer, clone))
    row = Passkey.objects.get()
    assert row.stopped_at is not None
    assert AuditEvent.objects.get(act="factor.passkey_copied").object == f"staff:{officer.pk}"
    client = Client()
    password(client, officer)
    assert "Use a passkey" not in text(client.get(CODE))
    answer = client.post(CODE, {"passkey": device.sign(asked(client))})
    assert "as if somebody had copied it" in text(answer)
    assert not signed_in(client)


def test_a_counter_without_the_key_stops_nothing(seat, officer):
    _client, device = seat(officer)
    assert signed_in(tried(officer, device))
    assert not signed_in(tried(officer, Authenticator(credential_id=device.credential_id, count=-1)))
    assert Passkey.objects.get().stopped_at is None


def test_a_device_that_does_not_count(seat, officer):
    _client, device = seat(officer)
    for _ in range(2):
        device.count = -1
        assert signed_in(tried(officer, device))


JUNK = [
    "x", "[]", "{}", "null", '{"id":"a","rawId":"a","response":{},"type":"x"}', "9" * 30_000, "\x00", "[" * 15_000,
    '{"rawId":"AA","id":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA",'
    '"signature":"AA"}}',
]  # fmt: skip


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_is_a_no(seat, officer, junk):
    client, _device = seat(officer)
    half = Client()
    password(half, officer)
    asked(half)
    assert "does not fit" in text(half.post(CODE, {"passkey": junk}))
    asked(client, ASK_OWN)
    assert "does not fit" in text(client.post(ADD, {"name": "Key", "passkey": junk}))
    assert Passkey.objects.count() == 1


def test_the_button_without_a_script_says_so_and_counts_nothing(seat, officer):
    client, device = seat(officer)
    half = Client()
    password(half, officer)
    for _ in range(6):
        assert "needs JavaScript for that" in text(half.post(CODE, {"passkey": ""}))
    assert "needs JavaScript for that" in text(client.post(ADD, {"name": "Key", "passkey": ""}))
    assert signed_in(tried(officer, device))


def test_five_wrong_ones_lock(seat, officer):
    """Rules C3: passkeys and codes are counted together."""
    _client, device = seat(officer)
    for _ in range(5):
        tried(officer, device, challenge="AAAA")
    assert not signed_in(tried(officer, device))
    client = Client()
    password(client, officer)
    assert client.post(CODE, {"passkey": device.sign(asked(client))}).status_code == 429


def test_nobody_is_asked_anything(client, officer):
    answer = client.post(ASK)
    assert (answer.status_code, answer.json()) == (403, {"go": "/staff/login/"})
    assert client.get(ASK).status_code == 405
    assert client.post(ASK_OWN)["Location"].startswith("/staff/login/")
    assert not Challenge.objects.exists()


# To prove oneself again


def test_it_opens_what_needs_a_fresh_password(seat, officer, clock_at):
    client, device = seat(officer)
    clock_at(datetime.now(UTC) + desks.FRESH + timedelta(minutes=1))
    assert client.post(ACCOUNT, {"act": "codes"})["Location"].startswith("/staff/confirm/")
    assert client.get(ADD)["Location"].startswith("/staff/confirm/")
    assert client.post(ASK_OWN).json() == {"go": "/staff/confirm/?next=%2Fstaff%2Faccount%2Fpasskey%2F"}
    false = Authenticator(credential_id=device.credential_id)
    no = client.post("/staff/confirm/", {"passkey": false.sign(asked(client, "/staff/unlock/passkey/"))})
    assert "does not fit" in text(no)
    assert client.get(ADD)["Location"].startswith("/staff/confirm/")
    answer = device.sign(asked(client, "/staff/unlock/passkey/"))
    assert client.post("/staff/confirm/", {"passkey": answer, "next": ADD})["Location"] == ADD
    assert client.get(ADD).status_code == 200


def test_it_opens_a_locked_screen(seat, officer, clock_at):
    client, device = seat(officer)
    clock_at(datetime.now(UTC) + desks.IDLE + timedelta(minutes=1))
    assert not signed_in(client)
    assert "Use a passkey" in text(client.get("/staff/unlock/"))
    client.post("/staff/unlock/", {"passkey": device.sign(asked(client, "/staff/unlock/passkey/")), "next": ACCOUNT})
    assert signed_in(client)


# Taken away


def test_one_second_step_always_stays(client, officer):
    device = Authenticator()
    password(client, officer)
    client.post(SETUP, {"name": "Only", "passkey": device.make(asked(client))})
    only = Passkey.objects.get()
    client.post(ACCOUNT, {"act": "key", "key": only.pk})
    assert "your only second step" in text(client.get(ACCOUNT))
    assert Passkey.objects.filter(pk=only.pk).exists()
    page = text(client.get("/staff/account/app/"))
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    done = client.post("/staff/account/app/", {"code": pyotp.TOTP(secret).at(datetime.now(UTC))})
    assert done["Location"] == ACCOUNT
    client.post(ACCOUNT, {"act": "key", "key": only.pk})
    assert not Passkey.objects.exists()
    client.post(ACCOUNT, {"act": "app"})
    assert SecondFactor.objects.get().confirmed_at is not None
    assert not signed_in(tried(officer, device))


def test_a_stopped_passkey_does_not_count_as_the_one_that_stays(seat, officer):
    client, _device = seat(officer)
    Passkey.objects.update(stopped_at=datetime.now(UTC))
    client.post(ACCOUNT, {"act": "app"})
    assert "your only second step" in text(client.get(ACCOUNT))
    assert SecondFactor.objects.get().confirmed_at is not None


def test_a_removed_app_opens_nothing(seat, officer, now):
    client, device = seat(officer)
    old = second_factor.usable_code(SecondFactor.objects.get(), now)
    client.post(ACCOUNT, {"act": "app"})
    half = Client()
    password(half, officer)
    half.post(CODE, {"code": old})
    assert not signed_in(half)
    assert signed_in(tried(officer, device))


def test_nobody_removes_the_passkey_of_somebody_else(seat, officer, supervisor):
    _client, _device = seat(officer)
    other, _theirs = seat(supervisor)
    target = Passkey.objects.get(factor__user=officer)
    other.post(ACCOUNT, {"act": "key", "key": target.pk})
    assert Passkey.objects.filter(pk=target.pk).exists()
    for junk in ("x", "", "-1", "9" * 40, "²"):
        assert other.post(ACCOUNT, {"act": "key", "key": junk}).status_code == 400
    assert other.post(ACCOUNT, {"act": "else"}).status_code == 400


def test_a_reset_takes_passkeys_too(seat, officer, admin, now):
    from kinline.flows.staff_sign_in import reset_factor

    client, _device = seat(officer)
    reset_factor(staff=admin, user_id=officer.pk, now=now)
    assert not signed_in(client)
    assert not Passkey.objects.exists()
    assert not RecoveryCode.objects.exists()
    again = Client()
    assert password(again, officer)["Location"].startswith(SETUP)


# Where it works


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://letters.example.org", ("letters.example.org", "https://letters.example.org")),
        ("https://letters.example.org:8443", ("letters.example.org", "https://letters.example.org:8443")),
        ("https://letters.example.org:443", ("letters.example.org", "https://letters.example.org")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", ("localhost", "http://localhost:8000")),
        ("http://[::1]:8000", ("localhost", "http://localhost:8000")),
        ("http://letters.example.org", None), ("https://192.0.2.7", None), ("http://192.0.2.7", None), ("", None),
    ],
)  # fmt: skip
def test_where_browsers_make_passkeys(address, found):
    assert passkey_site(address) == found


def test_a_site_without_tls_says_why_and_codes_work(client, staff_client, officer, settings):
    settings.BASE_URL = "http://letters.example.org"
    inside = staff_client(officer)
    assert "KINLINE_BASE_URL" in text(inside.get(ADD))
    no = inside.post(ASK_OWN)
    assert no.status_code == 409
    assert "https://" in no.json()["say"]
    app_of(officer, datetime.now(UTC))
    password(client, officer)
    assert "data-passkey" not in text(client.get(CODE))
    assert not Challenge.objects.exists()
