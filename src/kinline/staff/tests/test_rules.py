"""Rules through the door: draft, version, decision that says why; who may; what is typed wrong (DEL-1, DEL-2)."""

import re
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from kinline.core.models import AuditEvent
from kinline.delivery import queries
from kinline.delivery import services as delivery
from kinline.delivery.models import Policy, PolicyDraft
from kinline.flows.send_message import send
from kinline.identity.models import Role
from kinline.messaging.models import Message

pytestmark = pytest.mark.django_db
RULE = {"rule": "first-letters", "then": "review", "first": "yes", "why_en": "First letters are read."}


@pytest.fixture
def desk(staff_client, member, north):
    return staff_client(member(Role.FACILITY_ADMIN, north))


def write(party, contact, now, text="Hello."):
    return send(party, contact_id=contact.pk, subject="", body=text, client_key=uuid4(), collect=True, now=now)


def act(client, name, **typed):
    draft = PolicyDraft.objects.first()
    return client.post("/staff/rules/draft/", {"act": name, "revision": draft.revision if draft else 0} | typed)


def add(client, **typed):
    return client.post("/staff/rules/rule/", RULE | {"revision": PolicyDraft.objects.get().revision} | typed)


def test_a_draft_becomes_rules_and_a_letter_is_decided_by_them(desk, north, mother_party, contact, money, now):
    money(mother_party, 200)
    assert act(desk, "begin").status_code == 303
    assert add(desk).status_code == 303
    assert write(mother_party, contact, now).state == "delivered", "a draft decides nothing"
    assert add(desk, rule="long", longer_than="5", then="wait", minutes="30", first="").status_code == 303
    answer = act(desk, "publish", note="First letters are read, long ones wait.")
    assert answer["Location"] == "/staff/rules/history/2/"
    assert not PolicyDraft.objects.exists()
    sent = write(mother_party, contact, datetime.now(tz=ZoneInfo("UTC")), "A longer one.")
    message = Message.objects.get(pk=sent.message_id)
    assert (message.state, message.decision["version"]) == ("scheduled", 2)
    assert [one["id"] for one in message.decision["fired"]] == ["at-once", "long"]
    acts = set(AuditEvent.objects.filter(act__startswith="rules.").values_list("act", flat=True))
    assert acts == {"rules.draft", "rules.write", "rules.set"}


def test_from_a_day_on_in_the_facilitys_time(desk, north, now):
    act(desk, "begin")
    add(desk)
    day = (now + timedelta(days=3)).astimezone(ZoneInfo(north.time_zone)).date()
    assert act(desk, "publish", note="Later.", day=day.isoformat(), at="08:30").status_code == 303
    policy = Policy.objects.get(version=2)
    assert policy.effective_from.astimezone(ZoneInfo(north.time_zone)).strftime("%H:%M") == "08:30"
    assert queries.policy_at(north.pk, now).version == 1
    assert queries.policy_at(north.pk, now + timedelta(days=5)).version == 2
    assert b"Version 2" in desk.get("/staff/rules/").content
    assert desk.post("/staff/rules/draft/", {"act": "withdraw", "version": "2"}).status_code == 303
    assert queries.policy_at(north.pk, now + timedelta(days=5)).version == 1


@pytest.mark.parametrize(("day", "at"), [("2020-01-01", "08:00"), ("2027-03-14", "02:30"), ("", "08:00"),
                                         ("9999-12-31", "23:59"), ("0001-01-01", "00:00"), ("x", "y")])  # fmt: skip
def test_a_moment_that_cannot_be_is_said_and_nothing_counts(desk, north, day, at):
    act(desk, "begin")
    add(desk)
    answer = act(desk, "publish", note="When?", day=day, at=at)
    assert (answer.status_code, Policy.objects.filter(facility=north).count()) in {(422, 1), (303, 2)}
    if day != "9999-12-31":
        assert answer.status_code == 422
        assert b"When?" in answer.content
        assert PolicyDraft.objects.exists()


def test_two_at_one_draft_publish_what_they_looked_at(desk, staff_client, member, north):
    act(desk, "begin")
    add(desk)
    seen = PolicyDraft.objects.get().revision
    other = staff_client(member(Role.AGENCY_ADMIN, north))
    add(other, rule="second")
    answer = desk.post("/staff/rules/draft/", {"act": "publish", "revision": seen, "note": "Mine."})
    assert answer.status_code == 422
    assert b"changed the draft meanwhile" in answer.content
    assert Policy.objects.filter(facility=north).count() == 1
    answer = desk.post("/staff/rules/draft/", {"act": "publish", "revision": revision(answer), "note": "Ours."})
    assert answer.status_code == 303, "pressed again, it means the draft that is shown"


def revision(answer):
    return re.search(r'name="revision" value="(\d+)"', answer.content.decode()).group(1)


def test_two_at_one_rule_overwrite_nothing_unseen_and_lose_no_typing(desk, staff_client, member, north):
    act(desk, "begin")
    add(desk)
    seen = PolicyDraft.objects.get().revision
    other = staff_client(member(Role.AGENCY_ADMIN, north))
    change = "/staff/rules/rule/first-letters/"
    assert other.post(change, RULE | {"why_en": "Theirs.", "revision": seen}).status_code == 303
    answer = desk.post(change, RULE | {"why_en": "Mine.", "longer_than": "77", "revision": seen})
    assert answer.status_code == 422
    assert PolicyDraft.objects.get().rules[-1]["why"] == {"en": "Theirs."}
    page = answer.content.decode()
    assert "The draft as it is now" in page
    assert 'value="77"' in page
    mine = RULE | {"why_en": "Mine.", "longer_than": "77", "revision": revision(answer)}
    assert desk.post(change, mine).status_code == 303
    assert PolicyDraft.objects.get().rules[-1]["why"] == {"en": "Mine."}
    act(other, "remove", rule="first-letters")
    answer = desk.post(change, mine | {"revision": PolicyDraft.objects.get().revision})
    assert answer.status_code == 422
    assert b"no such rule any more" in answer.content
    assert b"Mine." in answer.content


def test_the_same_rules_are_no_new_version(desk, north):
    act(desk, "begin")
    answer = act(desk, "publish", note="Nothing.")
    assert answer.status_code == 422
    assert Policy.objects.filter(facility=north).count() == 1


WRONG = [
    ({"rule": ""}, "Give the rule a short name"),
    ({"rule": "Two Words"}, "small letters"),
    ({"rule": "at-once"}, "is there twice"),
    ({"then": "wait"}, "Type how many minutes"),
    ({"then": "wait", "minutes": "0"}, "greater than or equal to 1"),
    ({"then": "hours", "opens": "07:00"}, "Type when delivery ends"),
    ({"then": "hours", "opens": "07:00", "closes": "07:00"}, "Both times are the same"),
    ({"then": "hours", "opens": "25:00", "closes": "07:00"}, "Type a time of day"),
    ({"then": "refuse", "why_en": ""}, "Choose a reason"),
    ({"then": "refuse", "reason": "mood"}, "valid choice"),
    ({"then": "explode"}, "valid choice"),
    ({"words": "gun\n..."}, "no letter, digit or sign"),
    ({"words": "(a+)+$"}, "this is a pattern"),
    ({"sample": "101"}, "less than or equal to 100"),
    ({"longer_than": "-1"}, "greater than or equal to 0"),
    ({"first": "maybe"}, "valid choice"),
]


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_what_cannot_be_a_rule_is_said_and_kept_on_the_page(desk, typed, said):
    act(desk, "begin")
    answer = add(desk, **typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "First letters are read." in answer.content.decode() or typed.get("why_en") == ""
    assert [one["id"] for one in PolicyDraft.objects.get().rules] == ["at-once"]


def test_every_condition_and_outcome_can_be_typed_and_is_shown_again(desk):
    act(desk, "begin")
    typed = {
        "rule": "all", "then": "refuse", "reason": "threat", "why_en": "Why.", "why_es": "Porque.", "first": "no",
        "direction": "family", "contact_class": "personal", "words": "Größe\nrock & roll", "longer_than": "100",
        "with_links": "yes", "with_photos": "no", "with_watched": "yes", "sample": "5",
    }  # fmt: skip
    assert add(desk, **typed).status_code == 303
    assert PolicyDraft.objects.get().rules[-1] == {
        "id": "all", "then": "refuse", "reason": "threat", "why": {"en": "Why.", "es": "Porque."},
        "when": {"direction": "family", "class": "personal", "words": ["Größe", "rock & roll"], "longer_than": 100,
                 "sample": 5, "links": True, "photos": False, "watched": True, "first": False},
    }  # fmt: skip
    page = desk.get("/staff/rules/rule/all/").content.decode()
    assert "rock &amp; roll" in page
    assert 'value="100"' in page
    assert desk.get("/staff/rules/rule/nothing/").status_code == 404
    act(desk, "remove", rule="all")
    assert [one["id"] for one in PolicyDraft.objects.get().rules] == ["at-once"]
    act(desk, "drop")
    assert not PolicyDraft.objects.exists()


def test_try_a_text_says_the_outcome_and_why(desk, north, now):
    act(desk, "begin")
    add(desk, words="hose", first="")
    typed = {"act": "text", "rules": "draft", "text": "The HOSE broke.", "sender": "family"}
    page = desk.post("/staff/rules/try/", typed).content.decode()
    assert "This letter would be: read by staff first" in page
    assert "<mark><bdi>HOSE</bdi></mark>" in page
    page = desk.post("/staff/rules/try/", typed | {"rules": "now"}).content.decode()
    assert "This letter would be: delivered at once" in page
    assert not Message.objects.exists()


@pytest.mark.parametrize("text", ["", " " * 40_000, "a" * 40_000, "\x00", "🔫" * 10_000, "aGVsbG8=" * 3_000,
                                  "السلام عليكم " * 2_000, "a+" * 15_000])  # fmt: skip
def test_try_any_text(desk, text):
    answer = desk.post("/staff/rules/try/", {"act": "text", "rules": "now", "text": text, "sender": "family"})
    assert answer.status_code in {200, 422}


def test_try_the_last_month_counts_and_shows_no_letter(desk, north, mother_party, resident_party, contact, money, now):
    money(mother_party, 500)
    money(resident_party, 500)
    for text in ("hose", "soup", "soup and hose"):
        write(mother_party, contact, now, text)
    write(resident_party, contact, now, "hose of mine")
    act(desk, "begin")
    add(desk, words="hose", first="", direction="family")
    page = desk.post("/staff/rules/try/", {"act": "month", "rules": "draft"}).content.decode()
    assert "2 of 4 letters would have gone another way" in page
    assert "soup" not in page
    assert AuditEvent.objects.filter(act="rules.try", facility_id=north.pk).count() == 1
    page = desk.post("/staff/rules/try/", {"act": "month", "rules": "now"}).content.decode()
    assert "0 of 4 letters would have gone another way" in page


def test_only_who_may_changes_rules(staff_client, member, north, south):
    reader = staff_client(member(Role.SUPERVISOR, north))
    assert reader.get("/staff/rules/").status_code == 200
    assert b"Open a draft" not in reader.get("/staff/rules/").content
    assert act(reader, "begin").status_code == 403
    assert not PolicyDraft.objects.exists()
    reader.post("/staff/rules/try/", {"act": "month"})
    assert not AuditEvent.objects.filter(act="rules.try").exists()
    delivery.begin_draft(facility_id=south.pk, now=south.created_at)
    admin = staff_client(member(Role.FACILITY_ADMIN, north))
    assert admin.post("/staff/rules/rule/", RULE | {"revision": 1}).status_code == 303
    assert [one["id"] for one in PolicyDraft.objects.get(pk=south.pk).rules] == ["wait", "day"]


def test_history_shows_what_changed(desk, north):
    act(desk, "begin")
    add(desk)
    act(desk, "publish", note="First letters are read.")
    page = desk.get("/staff/rules/history/").content.decode()
    assert "First letters are read." in page
    page = desk.get("/staff/rules/history/2/").content.decode()
    assert "<ins>All letters, the first between two people: read by staff before delivery." in page
    assert desk.get("/staff/rules/history/9/").status_code == 404


@pytest.mark.parametrize("typed", [{}, {"act": "fly"}, {"act": "drop", "revision": "x"}, {"act": "withdraw"}])
def test_nonsense_is_a_bad_request(desk, typed):
    assert desk.post("/staff/rules/draft/", typed).status_code == 400


def test_rules_that_cannot_be_read_say_so(desk, north):
    Policy.objects.filter(facility=north).update(rules=[{"id": "x", "then": "fly"}])
    assert b"cannot be read" in desk.get("/staff/rules/").content
    Policy.objects.filter(facility=north).delete()
    assert b"no rules yet" in desk.get("/staff/rules/").content
