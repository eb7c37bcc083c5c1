"""ACC-1 to ACC-3 through the door."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from kinline.family.tests.post import PASSWORD, active, kinds, log_in, person, sign_up
from kinline.identity.models import Session, TermsAcceptance, User

pytestmark = pytest.mark.django_db


def refused(**other: object) -> str:
    """Sign up with `other`: must be refused, with nothing made and nothing sent. Returns the page."""
    answer = sign_up(**other)
    assert answer.status_code == 200
    assert (User.objects.count(), kinds()) == (0, [])
    return str(answer.content.decode())


def test_acc1_the_page_has_three_fieldsets_and_every_field_in_order():
    page = Client().get("/signup/").content.decode()
    legends = ["Account details", "Personal information", "Agreement"]
    names = [*person(gender_self="", date_of_birth_month="", date_of_birth_day="", date_of_birth_year="")]
    names.remove("date_of_birth")
    places = [page.index(f'name="{name}"') for name in names]
    order = sorted(zip(places, names, strict=True))
    assert [name for _, name in order][:3] == ["username", "password1", "password2"]
    assert [name for _, name in order][-3:] == ["email", "email2", "agree_terms"]
    assert page.count("<legend><h2") == 3
    assert sorted(legends, key=page.index) == legends
    assert "Create Account</button>" in page
    assert 'href="/terms/"' in page


def test_acc1_signing_up_makes_an_account_that_waits():
    answer = sign_up(address_line2="Apt 2", gender="self", gender_self="two-spirit")
    assert (answer.status_code, answer["Location"]) == (303, "/activate/?sent=1")
    user = User.objects.get()
    assert (user.kind, user.activated_at, user.gender, user.gender_self) == ("family", None, "self", "two-spirit")
    assert str(user.date_of_birth) == "1975-03-28"
    assert user.check_password(PASSWORD)
    assert PASSWORD not in user.password
    assert kinds() == [("rosa@family.example", "activation")]


def test_acc1_date_of_birth_in_parts():
    sign_up(date_of_birth="", date_of_birth_month="2", date_of_birth_day="29", date_of_birth_year="1984")
    assert str(User.objects.get().date_of_birth) == "1984-02-29"


def test_acc2_terms_are_kept_with_version_time_and_address():
    sign_up(Client(REMOTE_ADDR="192.0.2.7"))
    accepted = TermsAcceptance.objects.select_related("terms").get()
    assert (accepted.terms.version, accepted.address) == ("1", "192.0.2.7")
    assert abs((accepted.at - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "", "Choose a username."),
        ("username", "ab", "3 to 30 characters"),
        ("username", "a" * 31, "3 to 30 characters"),
        ("username", "rosa lopez", "3 to 30 characters"),
        ("username", "rosa@family.example", "3 to 30 characters"),
        ("username", "röschen", "3 to 30 characters"),
        ("username", "rosa\0", "character that cannot be kept"),
        ("first_name", "   ", "Enter your first name."),
        ("first_name", "\u200b\u200b", "Enter your first name."),
        ("first_name", "12", "at least one letter"),
        ("first_name", "Ro\0sa", "character that cannot be kept"),
        ("first_name", "Ro\x07sa", "character that cannot be kept"),
        ("first_name", "x" * 10_000, "at most 80 characters, and you typed 10000"),
        ("last_name", "", "Enter your last name."),
        ("address_line1", "", "Enter your street address."),
        ("city", "", "Enter your city."),
        ("region", "", "Enter your state or region."),
        ("postal_code", "", "Enter your ZIP or postal code."),
        ("postal_code", "1234", "It looks like this: 32804"),
        ("postal_code", "123456", "It looks like this: 32804"),
        ("postal_code", "SW1A 1AA", "It looks like this: 32804"),
        ("date_of_birth", "", "Enter the month, day and year."),
        ("date_of_birth", "1975-02-30", "Enter a real date"),
        ("date_of_birth", "x" * 10_000, "Enter a real date"),
        ("date_of_birth", "1801-01-01", "the date on which you were born"),
        ("date_of_birth", "2990-01-01", "the date on which you were born"),
        ("gender", "", "Choose one"),
        ("gender", "\0", "Choose one of the answers"),
        ("email", "rosa", "does not look like an email address"),
        ("email", "rosa@family.example\nBcc: x@y.example", "does not look like an email address"),
        ("email", "r" * 300 + "@family.example", "too long for an email address"),
        ("email2", "other@family.example", "The two email addresses are not the same."),
        ("password1", "short1234", "at least 10 characters"),
        ("password1", "password123", "too common"),
        ("password1", "rosa.sample1", "too similar"),
        ("password1", "seven\0green lanterns", "cannot be typed at every keyboard"),
        ("password1", "x" * 10_000, "at most 128 characters"),
        ("password2", "something else here", "The two passwords are not the same."),
        ("agree_terms", "", "agree to the Terms of Service"),
    ],
)
def test_acc2_each_field_says_what_is_wrong(field, value, sentence):
    twin = {"password1": "password2", "email": "email2"}.get(field)
    both = {field: value, **({twin: value} if twin else {})}
    page = refused(**both)
    assert page.count(sentence) >= 2, "in the summary and beside the field"
    assert 'id="errors"' in page


def test_acc2_errors_come_together_and_everything_but_passwords_is_kept():
    page = refused(username="a", city="Zürich <b>", postal_code="x", first_name="Ōmura 大村", agree_terms="")
    assert [page.count(f'href="#id_{name}"') for name in ("username", "postal_code", "agree_terms")] == [1, 1, 1]
    assert "Zürich &lt;b&gt;" in page
    assert 'value="Ōmura 大村"' in page
    assert 'value="1975"' in page
    assert PASSWORD not in page


def test_acc2_names_of_any_script_are_tidied_not_refused():
    sign_up(first_name="  Jose\u0301\u200b ", last_name="می\u200cخواهم", city="東京")
    user = User.objects.get()
    assert (user.first_name, user.last_name, user.city) == ("José", "می\u200cخواهم", "東京")


def test_acc2_bytes_that_are_no_text_are_refused_in_words():
    body = "&".join(f"{name}={value}" for name, value in person(first_name="%ED%A0%80%FF").items())
    answer = Client().post("/signup/", body.replace(" ", "+"), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert "character that cannot be kept" in answer.content.decode()
    assert User.objects.count() == 0


@pytest.mark.parametrize(("years", "days", "allowed"), [(18, 0, True), (18, 1, False), (17, 0, False)])
def test_acc2_age_is_exact_on_the_birthday(years, days, allowed):
    today = timezone.localdate()
    day = min(today.day, 28 if today.month == 2 else 31)  # on February 29 whoever was born on the 28th is of age
    born = today.replace(year=today.year - years, day=day) + timezone.timedelta(days=days)
    sign_up(date_of_birth=born.isoformat())
    assert User.objects.exists() is allowed


def test_acc2_the_age_and_optional_fields_are_settings(settings):
    settings.MINIMUM_AGE = 99
    assert "at least 99 years" in refused()
    settings.OPTIONAL_SIGNUP_FIELDS = frozenset({"date_of_birth", "gender"})
    sign_up(date_of_birth="", gender="")
    assert (User.objects.get().date_of_birth, User.objects.get().gender) == (None, "")


def test_acc2_the_postal_code_is_of_the_deployments_country(settings):
    settings.COUNTRY = "CA"
    sign_up(postal_code="k1a 0b1")
    assert User.objects.get().postal_code == "K1A 0B1"


def test_acc2_a_username_is_taken_without_regard_to_case():
    sign_up()
    page = sign_up(username="ROSA.Sample", email="b@family.example", email2="b@family.example").content.decode()
    assert "Somebody has this username already" in page
    assert User.objects.count() == 1


def test_acc2_how_often_taken_usernames_are_seen_is_limited(monkeypatch):
    from kinline.identity import limits

    monkeypatch.setitem(limits.LIMITS, "username_seen", limits.LIMITS["username_seen"]._replace(times=2))
    sign_up()
    answers = [sign_up(email="b@family.example", email2="b@family.example") for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert "Somebody has this username" not in answers[-1].content.decode()
    free = sign_up(username="free.one", email="b@family.example", email2="b@family.example")
    assert free.status_code == 429, "nor may another answer for a free one tell the taken ones"
    assert User.objects.count() == 1


def test_acc3_an_email_in_use_looks_like_success_and_its_owner_is_told():
    active()
    first, second = Client(), Client()
    fresh = sign_up(first, username="fresh", email="new@family.example", email2="new@family.example")
    taken = sign_up(second, username="other", email="ROSA@family.example", email2="ROSA@family.example")
    assert (fresh.status_code, fresh["Location"]) == (taken.status_code, taken["Location"])
    pages = [c.get("/activate/?sent=1").content.decode() for c in (first, second)]
    assert _same(pages[0], "new@family.example") == _same(pages[1], "ROSA@family.example")
    assert kinds()[-2:] == [("new@family.example", "activation"), ("rosa@family.example", "already_registered")]
    assert User.objects.filter(activated_at__isnull=False).count() == 1


def _same(page: str, email: str) -> list[str]:
    return [line for line in page.replace(email, "EMAIL").splitlines() if "csrfmiddlewaretoken" not in line]


def test_acc3_nor_does_the_username_or_the_login_tell_whose_email_was_in_use():
    """Somebody who signs up with a stranger's address learns nothing from trying the account afterwards."""
    active()
    for name, email in (("fresh", "new@family.example"), ("other", "rosa@family.example")):
        sign_up(username=name, email=email, email2=email)
        again = sign_up(username=name, email="x@family.example", email2="x@family.example")
        assert "Somebody has this username already" in again.content.decode()
        client = Client()
        assert log_in(client, name)["Location"] == "/activate/"
        assert client.post("/activate/", {"identifier": name, "code": "12345678"}).status_code == 200


def test_acc3_a_flood_of_sign_ups_from_one_address_is_slowed(monkeypatch):
    from kinline.identity import limits

    monkeypatch.setitem(limits.LIMITS, "signup_address", limits.LIMITS["signup_address"]._replace(times=1))
    sign_up()
    answer = sign_up(username="second", email="b@family.example", email2="b@family.example")
    assert answer.status_code == 429
    assert "tried too often" in answer.content.decode()
    assert User.objects.count() == 1


def test_a_visitor_gets_no_session_until_there_is_something_to_keep():
    client = Client()
    for path in ("/signup/", "/login/", "/login/help/", "/activate/"):
        assert client.get(path).status_code == 200
    client.post("/signup/", {})
    assert "kinline_family" not in client.cookies
    assert Session.objects.count() == 0
