"""`check` names what a real installation lacks (OPS-1); `terms` puts the operator's own in force (ACC-1)."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kinline.core.models import AuditEvent
from kinline.flows import set_up
from kinline.identity import queries as identity
from kinline.identity.models import Role, Terms
from kinline.ops import checks
from kinline.payments import processors
from kinline.payments.models import ProcessorEvent

pytestmark = pytest.mark.django_db


def found(now: datetime) -> dict[str, str]:
    """What is missing, by what it is about."""
    return {one.about: one.says for one in checks.findings(now) if one.state == "missing"}


def run(*words: str) -> str:
    printed = io.StringIO()
    call_command(*words, stdout=printed, stderr=io.StringIO())
    return printed.getvalue()


@pytest.fixture
def installed(settings):
    """Everything outside the database as it should be; mail goes nowhere in tests."""
    settings.SECURE, settings.BASE_URL = True, "https://letters.example.org"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.DEFAULT_FROM_EMAIL = "Letters <letters@example.org>"


def test_an_empty_installation_is_told_all_it_lacks(settings, now):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    lacking = found(now)
    assert {"address", "sender", "mail", "worker", "terms", "places"} <= set(lacking)
    assert "127.0.0.1 port 1" in lacking["mail"]
    with pytest.raises(CommandError, match="keep the service from working"):
        run("check")


def test_behind_a_proxy_that_is_not_told_of_everybody_would_be_one_visitor(installed, settings, now):
    settings.SECURE_PROXY_SSL_HEADER = None
    assert "KINLINE_BEHIND_PROXY" in found(now)["proxy"]


# Cards


@pytest.fixture
def cards(installed, settings, monkeypatch):
    """A live processor that answers."""
    settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.TEST_MONEY = "sk_live_sample", "whsec_sample", False
    monkeypatch.setattr(processors, "movements", lambda _start, _end: iter(()))


def test_with_a_live_processor_that_answers_nothing_is_missing(cards, now):
    assert "cards" not in found(now)


def test_without_a_processor_nobody_can_pay_by_card(cards, settings, now):
    settings.STRIPE_KEY = ""
    assert "KINLINE_STRIPE_KEY" in found(now)["cards"]


def test_test_money_is_for_the_sample_only(cards, settings, now):
    settings.TEST_MONEY = True
    assert "test money" in found(now)["cards"]
    settings.DEMO = True
    assert "cards" not in found(now)


def test_events_must_prove_themselves(cards, settings, now):
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert "KINLINE_STRIPE_WEBHOOK_SECRET" in found(now)["cards"]


@pytest.mark.parametrize(
    ("refusal", "says"),
    [(processors.ProcessorOff, "does not accept"), (processors.ProcessorDown, "does not answer")],
)
def test_a_processor_that_does_not_take_us_is_told(cards, monkeypatch, now, refusal, says):
    def refuse(_start, _end):
        raise refusal

    monkeypatch.setattr(processors, "movements", refuse)
    assert says in found(now)["cards"]


def test_events_that_never_came_are_told_until_one_does(cards, now):
    def told() -> list[str]:
        return [one.says for one in checks.findings(now) if one.state == "advice" and "/webhooks/stripe/" in one.says]

    assert len(told()) == 1
    ProcessorEvent.objects.create(ref="evt_1", kind="refund.updated", made_at=now, received_at=now)
    assert told() == []


# Places


def test_a_place_is_complete_when_letters_are_ruled_refused_and_appealed(installed, north, officer, admin, now):
    assert north.slug not in found(now)


def test_one_officer_alone_cannot_hear_appeals_against_themselves(installed, north, supervisor, now):
    assert "second person" in found(now)[north.slug]


def test_a_role_that_has_ended_decides_nothing(installed, north, supervisor, officer, now):
    assert north.slug not in found(now)
    set_up.end_role(
        staff=None, user_id=officer.pk, facility_id=north.pk, role=Role.REVIEWER, now=now - timedelta(days=1)
    )
    assert "second person" in found(now)[north.slug]


def test_a_place_without_rules_is_named(installed, agency, now):
    place = set_up.open_facility(agency_id=agency.pk, name="New", slug="new", region="NY", now=now)
    says = [one.says for one in checks.findings(now) if one.about == place.slug]
    assert len(says) == 5
    assert all("./kinline" in one or "second person" in one for one in says)


def test_the_database_role_must_be_ordinary(installed, settings, now):
    settings.DATA = "/somewhere/else"  # so that the database is not the embedded one, whose owner may be a superuser
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        superuser = cursor.fetchone()[0]
    assert ("superuser" in found(now).get("database", "")) == superuser


def test_a_role_that_may_empty_the_ledger_is_told(installed, now):
    """As after a restore without privileges."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("this database's role cannot make another")
        cursor.execute("CREATE ROLE kinline_test_ordinary")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO kinline_test_ordinary")
        cursor.execute("SET LOCAL ROLE kinline_test_ordinary")
        assert "may empty it" in found(now)["ledger"]
        cursor.execute("RESET ROLE")
        cursor.execute("REVOKE TRUNCATE ON ledger_entry FROM kinline_test_ordinary")
        cursor.execute("SET LOCAL ROLE kinline_test_ordinary")
        assert "ledger" not in found(now)
        cursor.execute("RESET ROLE")


# Terms


def test_terms_of_ones_own_are_in_force_from_their_moment(tmp_path):
    text, spanish = tmp_path / "en.txt", tmp_path / "es.txt"
    text.write_text("\ufeffOur terms\nBe kind.\n", encoding="utf-8")
    spanish.write_text("Nuestros términos\nSea amable.\n", encoding="utf-8")
    run("terms", "publish", "2027-01", str(text), "--es", str(spanish))
    terms = identity.current_terms(datetime.now(UTC))
    assert (terms.version, terms.text) == ("2027-01", "Our terms\nBe kind.")
    assert terms.text_es == "Nuestros términos\nSea amable."
    event = AuditEvent.objects.get()
    assert (event.actor, event.act, event.object) == ("operator", "terms.publish", "terms:2027-01")
    assert "Be kind." in run("terms", "show")


def test_a_version_is_published_once_and_keeps_its_words(tmp_path):
    text = tmp_path / "en.txt"
    text.write_text("One.")
    run("terms", "publish", "a", str(text))
    text.write_text("Two.")
    with pytest.raises(CommandError, match="name_taken"):
        run("terms", "publish", "a", str(text))
    assert Terms.objects.get().text == "One."
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("v", "{file}", "--from", "2001-01-01"), "change the past"),
        (("v" * 21, "{file}"), "1 to 20 characters"),
        (("v", "{empty}"), "is empty"),
        (("v", "/no/such/file"), "Cannot read"),
        (("v", "{file}", "--as", "admin"), "leave --as out"),
    ],
)
def test_terms_that_cannot_be_are_not_published(words, why, tmp_path, admin):
    (tmp_path / "file").write_text("Words.")
    (tmp_path / "empty").write_text(" \n")
    paths = {"file": tmp_path / "file", "empty": tmp_path / "empty"}
    with pytest.raises(CommandError, match=why):
        run("terms", "publish", *(word.format(**paths) for word in words))
    assert not Terms.objects.exists()
