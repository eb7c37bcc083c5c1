"""ACC-4: a link with a button, a code for any browser, one use, 72 hours, five wrong tries."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kinline.family.tests.post import active, code_in, kinds, link_in, log_in, sign_up, text_of_newest
from kinline.identity.models import OneTimeCode, User

pytestmark = pytest.mark.django_db


def type_code(code: str, identifier: str = "rosa.sample", client: Client | None = None):
    return (client or Client()).post("/activate/", {"identifier": identifier, "code": code})


def is_active() -> bool:
    return User.objects.filter(activated_at__isnull=False).exists()


@pytest.fixture
def letter() -> str:
    """The activation email of a sample person who signed up."""
    sign_up()
    return text_of_newest()


def test_acc4_opening_the_link_changes_nothing_and_the_button_activates(letter):
    scanner, link = Client(), link_in(letter)
    for method in (scanner.get, scanner.head, scanner.get):
        assert method(link).status_code == 200
    assert not is_active()
    answer = Client().post(link)
    assert (answer.status_code, answer["Location"]) == (303, "/login/")
    assert is_active()


def test_acc4_the_link_works_once(letter):
    link = link_in(letter)
    Client().post(link)
    for answer in (Client().get(link), Client().post(link)):
        assert answer.status_code == 410
        assert "used already, or it is too old" in answer.content.decode()


@pytest.mark.parametrize("identifier", ["rosa.sample", "ROSA.sample", "rosa@family.example", "Rosa@Family.example"])
def test_acc4_the_code_works_in_another_browser_by_username_or_email(letter, identifier):
    assert type_code(code_in(letter), identifier).status_code == 303
    assert is_active()


@pytest.mark.parametrize("typed", ["{0[0]}{0[1]} {0[2]}{0[3]}-{0[4]}{0[5]} {0[6]}{0[7]} ", " {0}\u200b", "Code: {0}."])
def test_acc4_spaces_and_dashes_do_not_matter(letter, typed):
    assert type_code(typed.format(code_in(letter))).status_code == 303


def test_acc4_digits_of_a_full_width_keyboard(letter):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code_in(letter))
    assert type_code(wide).status_code == 303


def test_acc4_the_code_works_once_and_ends_the_link(letter):
    type_code(code_in(letter))
    assert type_code(code_in(letter)).status_code == 200
    assert Client().post(link_in(letter)).status_code == 410


def test_acc4_five_wrong_tries_void_link_and_code(letter):
    right = code_in(letter)
    wrong = f"{(int(right) + 1) % 10**8:08d}"
    for _ in range(5):
        assert "This code does not fit" in type_code(wrong).content.decode()
    assert type_code(right).status_code == 200
    assert Client().post(link_in(letter)).status_code == 410
    assert not is_active()


def test_acc4_four_wrong_tries_do_not(letter):
    for _ in range(4):
        type_code("00000000" if code_in(letter) != "00000000" else "11111111")
    assert type_code(code_in(letter)).status_code == 303


def test_acc4_after_72_hours_neither_works(letter):
    OneTimeCode.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert type_code(code_in(letter)).status_code == 200
    assert Client().post(link_in(letter)).status_code == 410
    assert not is_active()


def test_acc4_codes_live_72_hours(letter):
    code = OneTimeCode.objects.get()
    assert code.expires_at - code.created_at == timedelta(hours=72)


def test_acc4_a_new_email_replaces_the_one_before(letter):
    Client().post("/activate/resend/", {"identifier": "rosa@family.example"})
    newer = text_of_newest()
    assert type_code(code_in(letter)).status_code == 200
    assert Client().post(link_in(letter)).status_code == 410
    assert Client().post(link_in(newer)).status_code == 303


def test_acc4_no_link_or_code_is_at_rest_in_clear(letter):
    stored = OneTimeCode.objects.get()
    token = link_in(letter).split("/")[-2]
    assert len(stored.token_digest) == len(stored.code_digest) == 32
    assert token.encode() not in bytes(stored.token_digest)


@pytest.mark.parametrize("identifier", ["nobody", "nobody@family.example", "rosa.sample"])
def test_acc4_an_unknown_account_and_a_wrong_code_get_one_answer(letter, identifier):
    page = type_code("12345678", identifier).content.decode()
    assert "This code does not fit" in page


@pytest.mark.parametrize("token", ["x", "x" * 10_000, "%00", "..", "%ED%A0%80"])
def test_acc4_a_made_up_link(db, token):
    assert Client().get(f"/activate/{token}/").status_code in (404, 410)


@pytest.mark.parametrize(
    ("identifier", "code"), [("", ""), ("\0", "\0"), ("x" * 10_000, "1" * 10_000), ("a", "\u200b")]
)
def test_acc4_odd_input_gets_a_sentence(letter, identifier, code):
    assert type_code(code, identifier).status_code == 200
    assert not is_active()


def test_acc4_pages_name_the_sender_and_the_spam_folder(letter):
    sent = ("/password/reset/?sent=1", "/username/remind/?sent=1")
    for path in ("/activate/", "/activate/resend/", "/login/help/", *sent):
        page = Client().get(path).content.decode()
        assert "letters@kinline.example" in page
        assert "spam folder" in page


def test_acc4_two_who_wait_with_one_email_type_either_code(letter):
    """Somebody who signed up twice, having missed the first email, may use either; the first used wins."""
    sign_up(username="rosa.again")
    second = text_of_newest()
    assert kinds() == [("rosa@family.example", "activation")] * 2
    assert type_code(code_in(letter), "rosa@family.example").status_code == 303
    answer = Client().post(link_in(second))
    assert answer.status_code == 410
    assert "belongs to an active account already" in answer.content.decode()
    assert list(User.objects.exclude(activated_at=None).values_list("username", flat=True)) == ["rosa.sample"]


def test_acc5_resend_answers_the_same_for_everybody():
    active()
    sign_up(username="pending", email="pending@family.example", email2="pending@family.example")
    before, pages = len(kinds()), []
    for identifier in ("pending", "pending@family.example", "rosa.sample", "nobody", "nobody@family.example"):
        client = Client()
        answer = client.post("/activate/resend/", {"identifier": identifier})
        assert (answer.status_code, answer["Location"]) == (303, "/activate/?sent=1")
        lines = client.get("/activate/?sent=1").content.decode().replace(identifier, "WHO").splitlines()
        pages.append([line for line in lines if "csrf" not in line])
    assert all(page == pages[0] for page in pages)
    sent = kinds()[before:]
    assert sent == [*[("pending@family.example", "activation")] * 2, ("rosa@family.example", "already_registered")]


def test_acc5_one_account_is_written_to_five_times_an_hour_at_most():
    sign_up()
    for _ in range(8):
        assert Client().post("/activate/resend/", {"identifier": "rosa.sample"}).status_code == 303
    assert len(kinds()) == 1 + 5


def test_acc6_a_right_password_before_activation_leads_there():
    sign_up()
    client = Client()
    answer = log_in(client, "rosa.sample")
    assert (answer.status_code, answer["Location"]) == (303, "/activate/")
    page = client.get("/activate/").content.decode()
    assert 'value="rosa.sample"' in page
    assert "One step is left" in page
    assert client.get("/account/").status_code == 302
