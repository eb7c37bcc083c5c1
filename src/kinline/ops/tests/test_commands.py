"""The command line of operator and staff: what it does, who may, and that each act is written down (STF-4, OPS-2)."""

import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from kinline.contacts import queries as contacts
from kinline.contacts.models import Restriction
from kinline.core.models import AuditEvent
from kinline.delivery import queries as delivery
from kinline.facilities import queries as facilities
from kinline.facilities.models import Agency, Facility
from kinline.flows import appeal as appeals
from kinline.flows.send_message import send
from kinline.identity.models import StaffRole, User
from kinline.messaging.models import Message
from kinline.residents.models import Pin, Resident
from kinline.residents.services import check_pin

pytestmark = pytest.mark.django_db

WORDS = [{"id": "at-once", "then": "deliver"}, {"id": "words", "then": "review", "when": {"words": ["cake"]}}]


def run(*words: str) -> str:
    """What the command prints."""
    printed = io.StringIO()
    call_command(*map(str, words), stdout=printed, stderr=io.StringIO())
    return printed.getvalue()


def refused(*words: str) -> str:
    """Why it does not; nothing is written into the audit."""
    before = AuditEvent.objects.count()
    with pytest.raises(CommandError) as error:
        run(*words)
    assert AuditEvent.objects.count() == before
    return str(error.value)


def last_act() -> tuple[str, str]:
    event = AuditEvent.objects.latest("id")
    return event.actor, event.act


@pytest.fixture
def letter_in_review(north, admin, contact, mother_party, money, now):
    """A letter that a word holds."""
    run("rules", "set", north.slug, _file(WORDS), "--as", "admin")
    money(mother_party, 100)
    sent = send(
        mother_party,
        contact_id=contact.pk,
        subject="",
        body="A cake!",
        client_key=uuid4(),
        collect=False,
        now=now + timedelta(seconds=5),
    )
    assert sent.state == "review"
    return sent.message_id


def _file(rules: object) -> str:
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(rules, file)
    return file.name


# Setting up


def test_from_nothing_to_a_place_with_rules(db, tmp_path):
    run("agency", "add", "demo", "Demo County", "--cents", "25", "--word", "guest")
    run("facility", "add", "demo", "east", "East Jail", "--region", "FL", "--unit", "E1", "--unit", "E2")
    agency, east = Agency.objects.get(slug="demo"), Facility.objects.get(slug="east")
    assert (agency.resident_word, east.agency, east.region) == ("guest", agency, "FL")
    assert [unit.name for unit in facilities.units_of(east.pk)] == ["E1", "E2"]
    assert "every message is held" in run("rules", "show", "east")
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps([{"id": "at-once", "then": "deliver"}]))
    assert "version 1" in run("rules", "set", "east", rules)
    assert json.loads(run("rules", "show", "east")) == [{"id": "at-once", "then": "deliver"}]
    assert run("rules", "try", "east", "hello").startswith("deliver; rules: at-once")
    assert "25¢" in run("agency", "list")
    assert "East Jail" in run("facility", "list")
    assert set(AuditEvent.objects.values_list("actor", flat=True)) == {"operator"}
    assert "already something named demo" in refused("agency", "add", "demo", "Again")
    assert "already something named east" in refused("facility", "add", "demo", "east", "Again", "--region", "FL")


def test_settings_units_and_reasons(north, admin):
    run("facility", "set", north.slug, "--contact-rule", "approval", "--kiosk-idle-seconds", "90", "--as", "admin")
    run("facility", "unit", north.slug, "B", "--as", "admin")
    run("facility", "reason", north.slug, "rude", "It is rude.", "--es", "Es grosero.", "--as", "admin")
    north.refresh_from_db()
    assert (north.contact_rule, north.kiosk_idle_seconds) == ("approval", 90)
    assert facilities.unit_named(north.pk, "b") is not None
    assert facilities.reason(north.pk, "rude").text_es == "Es grosero."
    shown = run("facility", "show", north.slug)
    assert "contacts: approval" in shown
    assert "rude: It is rude." in shown
    assert "not the name of a time zone" in refused("facility", "set", north.slug, "--time-zone", "Moon")
    assert "Nothing to change" in refused("facility", "set", north.slug)


def test_broken_rules_say_which(north, admin):
    said = refused("rules", "set", north.slug, _file([{"id": "x", "then": "fly"}]), "--as", "admin")
    assert "x: `then` must be one of" in said
    assert delivery.policy_at(north.pk, north.created_at + timedelta(days=99)).version == 1
    assert "no readable JSON" in refused("rules", "set", north.slug, "/nowhere.json", "--as", "admin")


def test_staff(north, admin, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a long staff password\n"))
    run("staff", "add", "new.officer", "n@staff.example", "New", "Officer", "reviewer", north.slug, "--as", "admin")
    user = User.objects.get(username="new.officer")
    assert (user.kind, user.roles.get().role) == ("staff", "reviewer")
    assert last_act() == (f"staff:{admin.pk}", "staff.add")
    run("staff", "grant", "new.officer", "mailroom", north.slug, "--until", "2099-01-01", "--as", "admin")
    assert "mailroom until 2099-01-01 00:00 EST" in run("staff", "list", north.slug)
    run("staff", "end", "new.officer", "reviewer", north.slug, "--as", "admin")
    assert StaffRole.objects.get(user=user, role="reviewer").ends_at is not None


def test_nobody_gives_more_than_they_may(north, south, admin, supervisor, officer, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a long staff password\n" * 3))
    new = ("staff", "add", "x", "x@staff.example", "X", "X")
    assert "[not_permitted]" in refused(*new, "agency_admin", north.slug, "--as", "admin")
    assert "[not_permitted]" in refused(*new, "reviewer", south.slug, "--as", "admin")
    assert "[not_permitted]" in refused("staff", "grant", "officer", "auditor", north.slug, "--as", "supervisor")
    assert not User.objects.filter(username="x").exists()


def test_a_weak_password_is_refused(north, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("password\n"))
    assert "too short" in refused("staff", "add", "x", "x@staff.example", "X", "X", "reviewer", north.slug)
    assert not User.objects.filter(username="x").exists()


def test_prices(agency, north, south, admin, now):
    assert "[not_permitted]" in refused("price", "set", agency.slug, "10", "--as", "admin")
    assert facilities.message_price_cents(agency.pk, now) == 50
    run("price", "set", agency.slug, "10")
    assert facilities.message_price_cents(agency.pk, now + timedelta(minutes=5)) == 10
    assert "cannot change the past" in refused("price", "set", agency.slug, "5", "--from", "2001-01-01")


def test_kiosks(north, admin, officer, settings):
    settings.BASE_URL = "http://kiosk.example"
    printed = run("kiosk", "enrol", north.slug, "A", "By the door", "--as", "admin")
    token = printed.rsplit("/kiosk/enrol/", 1)[1].strip().strip("/")
    kiosk = facilities.kiosk_by_token(token)
    assert kiosk.label == "By the door"
    run("kiosk", "renew", kiosk.pk, "--as", "admin")
    assert facilities.kiosk_by_token(token) is None
    run("kiosk", "disable", kiosk.pk, "--as", "admin")
    assert facilities.kiosk_by_id(kiosk.pk).disabled_at is not None
    assert "[not_permitted]" in refused("kiosk", "enrol", north.slug, "A", "x", "--as", "officer")
    assert "[unknown_kiosk]" in refused("kiosk", "disable", 9999, "--as", "admin")


# People


def test_a_roster_by_file(agency, north, admin, tmp_path):
    file = tmp_path / "roster.csv"
    file.write_text("number,last_name,facility,unit\n7001,Sample,sample-north,A\n", encoding="utf-8")
    command = ("roster", "import", file, "--agency", agency.slug, "--as", "admin")
    assert "nothing was changed. It would be: 1 booked, 1 created" in run(*command, "--dry-run")
    assert not Resident.objects.exists()
    assert "Done: 1 booked, 1 created" in run(*command)
    assert "Done: 1 unchanged" in run(*command)
    file.write_text("number,last_name,facility\n7001,Sample,sample-north\n7002,,nowhere\n", encoding="utf-8")
    assert refused(*command) == "Nothing was changed:\nline 3: “last_name” is empty"
    file.write_text("number,last_name,facility\n7002,Sample,nowhere\n", encoding="utf-8")
    assert "line 2: there is no facility “nowhere” of this agency" in refused(*command)
    assert "Cannot read" in refused("roster", "import", tmp_path / "none.csv", "--agency", agency.slug)


def test_one_resident(agency, north, south, admin):
    run("resident", "book", north.slug, "a-9", "Ana", "Sample", "--unit", "A", "--as", "admin")
    assert "Ana Sample" in run("resident", "find", "ana")
    run("resident", "transfer", agency.slug, "A-9", south.slug, "--unit", "A")
    run("resident", "release", agency.slug, "A-9")
    shown = run("resident", "show", agency.slug, "a-9")
    assert "sample-north, A" in shown
    assert "(release)" in shown
    assert "(transfer)" in shown
    assert "[not_in_custody]" in refused("resident", "release", agency.slug, "A-9")
    assert "knows nobody" in refused("resident", "release", agency.slug, "nobody")


def test_a_new_pin_is_printed_once(agency, north, resident, supervisor, officer, now):
    printed = run("pin", "reset", agency.slug, "1001", "--as", "supervisor")
    pin = printed.split("new PIN ")[1].split(".")[0]
    assert check_pin(facility_id=north.pk, number="1001", pin=pin, now=now) == resident
    assert Pin.objects.get(resident=resident).must_change
    assert not AuditEvent.objects.filter(detail__icontains=pin).exists()
    assert "[not_permitted]" in refused("pin", "reset", agency.slug, "1001", "--as", "officer")


def test_contacts_wait_for_staff(north, officer, officer_south, mother, resident, mother_party, now):
    from kinline.flows.contacts import ask

    north.contact_rule = "approval"
    north.save()
    number = ask(user_id=mother.pk, resident_id=resident.pk, relation="mother", now=now)
    assert f"{number}" in run("contact", "waiting", north.slug, "--as", "officer")
    assert "[no_such_contact]" in refused("contact", "approve", number, "--as", "officer.south")
    run("contact", "deny", number, "Not yet.", "--as", "officer")
    run("contact", "approve", number, "--as", "officer")
    assert contacts.contact(mother_party, number, now).can_write


def test_restrictions(north, supervisor, mother, resident, contact, mother_party, now):
    run(
        "restrict",
        "pair",
        north.slug,
        "mother",
        "1001",
        "A court order.",
        "--until",
        "2099-01-01",
        "--as",
        "supervisor",
    )
    restriction = Restriction.objects.get()
    assert (restriction.user, restriction.resident) == (mother, resident)
    assert "Marta Sample and Daniel Sample" in run("restrict", "list", north.slug, "--as", "supervisor")
    assert contacts.contact(mother_party, contact.pk, now + timedelta(minutes=1)).state_code == "restricted"
    run("restrict", "end", restriction.pk, "--as", "supervisor")
    run("restrict", "family", north.slug, "mother", "x", "--as", "supervisor")
    run("restrict", "resident", north.slug, "1001", "x", "--as", "supervisor")
    assert Restriction.objects.count() == 3


# Letters


def test_a_held_letter_is_read_and_released(north, officer, letter_in_review):
    listed = run("review", "list", north.slug, "--as", "officer")
    assert f"{letter_in_review}" in listed
    assert "words" in listed
    assert run("review", "show", letter_in_review, "--as", "officer") == "A cake!\n"
    event = AuditEvent.objects.get(act="message.read")
    assert (event.actor, event.object) == (f"staff:{officer.pk}", f"message:{letter_in_review}")
    assert event.detail == {"purpose": "review"}
    run("review", "release", letter_in_review, "--as", "officer")
    assert Message.objects.get().state == "delivered"
    assert "[" in refused("review", "release", letter_in_review, "--as", "officer")


def test_a_refusal_and_its_appeal(north, officer, supervisor, mother_party, letter_in_review, now):
    assert "[" in refused("review", "refuse", letter_in_review, "mood", "No.", "--as", "officer")
    run("review", "refuse", letter_in_review, "plan", "It is about a cake.", "--as", "officer")
    number = appeals.file(mother_party, message_id=letter_in_review, text="Only a cake.", now=now + timedelta(hours=1))
    assert "Only a cake." in run("appeal", "list", north.slug, "--as", "supervisor")
    assert "[" in refused("appeal", "decide", number, "won", "Enjoy.", "--as", "officer")
    run("appeal", "decide", number, "won", "Enjoy.", "--as", "supervisor")
    assert Message.objects.get().state == "delivered"


def test_staff_of_another_place_see_and_do_nothing(north, officer_south, letter_in_review):
    before = AuditEvent.objects.count()
    for words in (
        ("review", "list", north.slug),
        ("review", "show", letter_in_review),
        ("review", "release", letter_in_review),
        ("review", "refuse", letter_in_review, "plan", "No."),
        ("appeal", "list", north.slug),
        ("contact", "waiting", north.slug),
        ("restrict", "list", north.slug),
        ("audit", "list", "--facility", north.slug),
        ("rules", "set", north.slug, _file(WORDS)),
        ("facility", "set", north.slug, "--city", "Elsewhere"),
    ):
        assert "[not_permitted]" in refused(*words, "--as", "officer.south")
    assert AuditEvent.objects.count() == before
    assert Message.objects.get().state == "review"


# Who acts


STAFF_ONLY = [
    ("review", "release", "1"),
    ("appeal", "decide", "1", "won", "Yes."),
    ("contact", "approve", "1"),
    ("restrict", "end", "1"),
    ("pin", "reset", "a", "1"),
]


@pytest.mark.parametrize("words", STAFF_ONLY)
def test_some_acts_need_a_person(words):
    assert "--as" in refused(*words)


def test_a_family_name_is_no_staff(mother, north):
    assert "There is no staff member mother." in refused("review", "list", north.slug, "--as", "mother")
    assert "There is no staff member ghost." in refused("review", "list", north.slug, "--as", "ghost")


def test_the_audit_can_be_read(north, supervisor, admin):
    run("facility", "unit", north.slug, "B", "--as", "admin")
    printed = run("audit", "list", "--facility", north.slug, "--as", "supervisor")
    assert f"staff:{admin.pk}" in printed
    assert "unit.add" in printed
    assert "[not_permitted]" in refused("audit", "list", "--as", "supervisor")
    assert "unit.add" in run("audit", "list")
