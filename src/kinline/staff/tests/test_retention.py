"""MSG-8, REC4: the page of how long letters are kept, legal holds, certificates; by role and place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kinline.core.models import AuditEvent
from kinline.flows.purge import purge_record
from kinline.flows.retention import place_hold
from kinline.flows.tests.test_send import write
from kinline.identity.models import Role
from kinline.messaging.models import LegalHold, Mailbox, Purge, Retention

pytestmark = pytest.mark.django_db
PAGE = "/staff/retention/"


@pytest.fixture
def chief(member, north):
    return member(Role.FACILITY_ADMIN, north)


@pytest.fixture
def desk(chief, staff_client):
    return staff_client(chief)


@pytest.fixture
def letter(money, mother_party, contact, now):
    money(mother_party, 100)
    return write(mother_party, contact, now, "Words of the letter").message_id


@pytest.fixture
def gone(letter, now):
    """A certificate over one letter."""
    Mailbox.objects.filter(message_id=letter).delete()
    purge_record(now=now + timedelta(days=731))
    return Purge.objects.get()


def page(client, query=""):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def day(north, days):
    return (datetime.now(UTC) + timedelta(days=days)).astimezone(ZoneInfo(north.time_zone)).date().isoformat()


def rule(north, **more):
    return {"act": "set", "kind": "letter", "days": "365", "from_day": day(north, 30), "reason": "County rule.", **more}


def hold(**more):
    return {"act": "hold", "about": "resident", "whom": "1001", "from_day": "", "until_day": "",
            "reason": "Subpoena 17.", **more}  # fmt: skip


def test_a_rule_is_set_for_later_and_told(desk, chief, north):
    assert desk.post(PAGE, rule(north)).status_code == 303
    row = Retention.objects.get()
    assert (row.facility, row.days, row.set_by) == (north, 365, chief)
    shown = page(desk)
    assert f"365 days from {day(north, 30)}" in shown
    assert "County rule." in shown
    assert AuditEvent.objects.get(act="retention.set").actor == f"staff:{chief.pk}"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"days": "x"}, "Type a number of days."), ({"days": "-1"}, "Type a number of days."),
     ({"days": "99999"}, "A hundred years at most."), ({"reason": " "}, "Write why: a law, a contract."),
     ({"from_day": "tomorrow"}, "Type a day such as"), ({"from_day": "2020-01-01"}, "begins tomorrow at the earliest")],
)  # fmt: skip
def test_a_rule_that_is_none_changes_nothing_and_keeps_what_was_typed(desk, north, wrong, sentence):
    answer = desk.post(PAGE, rule(north, **wrong))
    assert sentence in answer.content.decode()
    if "reason" not in wrong:
        assert 'value="County rule."' in answer.content.decode()
    assert not Retention.objects.exists()
    assert not AuditEvent.objects.filter(act="retention.set").exists()


@pytest.mark.parametrize(("about", "whom"), [("resident", "1001"), ("family", "mother"), ("message", "letter")])
def test_a_hold_is_placed_told_and_lifted(desk, chief, letter, about, whom):
    whom = str(letter) if whom == "letter" else whom
    assert desk.post(PAGE, hold(about=about, whom=whom)).status_code == 303
    one = LegalHold.objects.get()
    assert (one.placed_by, one.reason, one.ends_at) == (chief, "Subpoena 17.", None)
    assert "Subpoena 17." in page(desk)
    assert "legal hold" in page(desk, f"letter={letter}")
    assert desk.post(PAGE, {"act": "lift", "hold": one.pk, "why": ""}).status_code == 200
    one.refresh_from_db()
    assert one.lifted_at is None
    assert desk.post(PAGE, {"act": "lift", "hold": one.pk, "why": "Closed."}).status_code == 303
    one.refresh_from_db()
    assert (one.lifted_by, one.lifted_why) == (chief, "Closed.")
    assert "Closed." in page(desk)
    assert "Lift the hold" not in page(desk)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"whom": "9999"}, "knows nobody"), ({"whom": ""}, "Type whose letters"), ({"reason": ""}, "Write why: the court"),
     ({"from_day": "2027-05-02", "until_day": "2027-05-01"}, "before its first day"), ({"about": "x"}, "")],
)  # fmt: skip
def test_a_hold_that_is_none_changes_nothing(desk, resident, wrong, sentence):
    assert sentence in desk.post(PAGE, hold(**wrong)).content.decode()
    assert not LegalHold.objects.exists()
    assert not AuditEvent.objects.filter(act="hold.place").exists()


@pytest.mark.parametrize("data", [{"act": "x"}, {}, {"act": "lift", "hold": "x", "why": "y"},
                                  {"act": "lift", "hold": "9" * 30, "why": "y"}])  # fmt: skip
def test_an_act_that_is_none(desk, data):
    assert desk.post(PAGE, data).status_code == 400


def test_a_hold_of_another_place_is_not_lifted_here(desk, south, resident_south, member, now):
    other = member(Role.SUPERVISOR, south)
    one = place_hold(
        staff=other, facility_id=south.pk, about="resident", whom="1002", reason="Subpoena 18.", from_day=None,
        until_day=None, now=now,
    )  # fmt: skip
    assert "Subpoena 18." not in page(desk)
    answer = desk.post(PAGE, {"act": "lift", "hold": one, "why": "No."})
    assert answer.status_code == 200
    assert LegalHold.objects.get().lifted_at is None


def test_the_claims_of_a_letter_are_shown_without_a_word_of_it(desk, letter, south, member, staff_client):
    shown = page(desk, f"letter={letter}")
    assert "keeps it until" in shown
    assert shown.count("keeps it</dd>") == 2
    assert "Words of the letter" not in shown
    other = staff_client(member(Role.FACILITY_ADMIN, south))
    assert "This place has no letter of this number." in page(other, f"letter={letter}")
    for nonsense in ("x", "0", "9" * 40):
        page(desk, f"letter={nonsense}")


def test_a_certificate_says_what_how_many_by_which_rule_and_holds(desk, gone, letter, south, member, staff_client):
    assert f"{PAGE}certificates/{gone.pk}/" in page(desk)
    where = f"{PAGE}certificates/{gone.pk}/"
    shown = desk.get(where).content.decode()
    for words in ("Sample North", "kept 730 days", bytes(gone.digest).hex(), "still give this digest", str(letter)):
        assert words in shown
    assert "Words of the letter" not in shown
    assert "purged" in page(desk, f"letter={letter}")
    assert staff_client(member(Role.FACILITY_ADMIN, south)).get(where).status_code == 404
    assert desk.get(f"{PAGE}certificates/999/").status_code == 404


def test_the_auditor_reads_and_changes_nothing(member, staff_client, north, resident, gone):
    client = staff_client(member(Role.AUDITOR, north))
    assert "Place a legal hold" not in page(client)
    assert client.get(f"{PAGE}certificates/{gone.pk}/").status_code == 200
    for data in (hold(), rule(north)):
        assert "Your role does not allow this here." in client.post(PAGE, data).content.decode()
    assert not LegalHold.objects.exists()
    assert not Retention.objects.exists()


def test_a_supervisor_holds_and_sets_no_rule(member, staff_client, north, resident):
    client = staff_client(member(Role.SUPERVISOR, north))
    assert client.post(PAGE, hold()).status_code == 303
    assert "Your role does not allow this here." in client.post(PAGE, rule(north)).content.decode()
    assert not Retention.objects.exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.MAILROOM, Role.FINANCE, Role.OMBUDSPERSON])
def test_other_roles_are_shut_out(role, member, staff_client, north, resident):
    client = staff_client(member(role, north))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, hold()).status_code == 403
    assert not LegalHold.objects.exists()


def test_after_ten_minutes_the_password_is_asked_again_and_what_was_typed_is_kept(desk, resident, clock_at):
    clock_at(datetime.now(UTC) + timedelta(minutes=11))
    assert desk.post(PAGE, hold())["Location"].startswith("/staff/confirm/?next=")
    assert not LegalHold.objects.exists()
