"""Word lists through the door: made, filled, fired, stopped, ended; a file; who may (STF-6)."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob

from kinline.core.models import AuditEvent
from kinline.delivery import queries
from kinline.delivery.models import Hit, Phrase, WatchedPerson, WatchList
from kinline.flows import appeal
from kinline.flows.decide_review import refuse, release
from kinline.flows.list_alerts import lists_over, tell_followers, tell_unsure
from kinline.flows.send_message import send
from kinline.identity.models import Role
from kinline.messaging.models import Message, Review
from kinline.notices.models import Email

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(member, north):
    return member(Role.FACILITY_ADMIN, north)


@pytest.fixture
def desk(staff_client, chief):
    return staff_client(chief)


@pytest.fixture
def rich(mother_party, money):
    money(mother_party, 1000)
    return mother_party


def typed(chief, north, now, **more):
    until = queries.today_at(north, now) + timedelta(days=60)
    return {"kind": "words", "name": "Contraband", "purpose": "Finds of May.", "owner": chief.pk,
            "until": until.isoformat()} | more  # fmt: skip


@pytest.fixture
def row(desk, chief, north, now):
    assert desk.post("/staff/words/new/", typed(chief, north, now)).status_code == 303
    return WatchList.objects.get()


def add(desk, row, words, tier="review"):
    return desk.post(f"/staff/words/{row.pk}/", {"act": "add", "words": words, "tier": tier})


def write(party, contact, now, text, **more):
    return send(party, contact_id=contact.pk, subject="", body=text, client_key=uuid4(), collect=False, now=now, **more)


TIERS = [("alert", False, "delivered"), ("review", False, "review"), ("refuse", False, "review"),
         ("refuse", True, "refused"), ("alert", True, "delivered")]  # fmt: skip


@pytest.mark.parametrize(("tier", "may_refuse", "state"), TIERS)
def test_each_tier_does_its_part_and_says_why(desk, chief, row, north, rich, contact, now, tier, may_refuse, state):
    why = {"reason": "threat", "why_en": "A word that is not allowed here."}
    desk.post(f"/staff/words/{row.pk}/edit/", typed(chief, north, now, **why))
    assert add(desk, row, "Shank\nnorth gate", tier).status_code == 303
    desk.post("/staff/words/", {"may_refuse": "yes" if may_refuse else "no"})
    sent = write(rich, contact, now, "I saw a SHÁNK.")
    message = Message.objects.get(pk=sent.message_id)
    shank = Phrase.objects.get(folded="shank")
    assert message.state == state
    fired = next(one for one in message.decision["fired"] if one["id"] == f"list:{row.pk}")
    assert (fired["phrase"], fired["tier"]) == (shank.pk, tier)
    assert message.decision["lists"] == queries.screening_of(north.pk)[0]
    assert Hit.objects.get().message_id == message.pk
    if state == "refused":
        review = Review.objects.get()
        assert (review.by_rule, review.explanation) == ("word-list", "A word that is not allowed here.")
    assert write(rich, contact, now, "Nothing.").state == "delivered"


def test_the_public_page_says_that_there_are_lists_and_no_word_of_them(desk, chief, row, north, now, client):
    """DEL-8: in plain words what they do, as they do it now."""
    where = f"/facilities/{north.slug}/"
    lists = ("with certain words or numbers", "with a word or number on one", "searched for some other words")

    def told():
        page = " ".join(client.get(where).content.decode().split())
        assert "shank" not in page.lower()
        assert "Contraband" not in page
        return [said in page for said in lists]

    assert told() == [False, False, False], "an empty list does nothing"
    add(desk, row, "shank alarm", "alert")
    assert told() == [False, False, True]
    add(desk, row, "shank", "refuse")
    assert told() == [False, True, True], "words hold where they may not refuse"
    desk.post("/staff/words/", {"may_refuse": "yes"})
    assert told() == [False, True, True], "nor without what people are told"
    desk.post(f"/staff/words/{row.pk}/edit/", typed(chief, north, now, reason="threat", why_en="Not allowed."))
    assert told() == [True, False, True]
    WatchList.objects.update(until=queries.today_at(north, now) - timedelta(days=1))
    assert told() == [False, False, False]


def test_words_that_refuse_without_a_reason_hold(desk, row, rich, contact, now):
    add(desk, row, "shank", "refuse")
    desk.post("/staff/words/", {"may_refuse": "yes"})
    assert write(rich, contact, now, "shank").state == "review"


def test_past_its_last_day_a_list_stops_and_says_so_once(desk, chief, row, north, rich, contact, now):
    add(desk, row, "shank")
    later = now + timedelta(days=62)
    assert write(rich, contact, later, "a shank").state == "delivered"
    assert not Hit.objects.exists()
    WatchList.objects.update(until=queries.today_at(north, now) - timedelta(days=1))
    assert b"This list has stopped" in desk.get(f"/staff/words/{row.pk}/").content
    assert b"stopped</span>" in desk.get("/staff/words/").content
    assert [lists_over(now=now), lists_over(now=now)] == [1, 0]
    assert Email.objects.get(kind="list_over").to == chief.email
    assert AuditEvent.objects.filter(act="list.over").count() == 1
    desk.post(f"/staff/words/{row.pk}/edit/", typed(chief, north, now))
    assert write(rich, contact, now, "a shank").state == "review"


def test_false_hits_are_those_a_person_let_through(desk, row, supervisor, rich, contact, now):
    add(desk, row, "shank")
    first, second, _third = (write(rich, contact, now, f"shank {n}").message_id for n in range(3))
    release(staff=supervisor, message_id=first, now=now)
    refuse(staff=supervisor, message_id=second, reason_code="threat", explanation="Line two.", now=now)
    page = desk.get(f"/staff/words/{row.pk}/").content.decode()
    assert "50 %" in page
    [one] = queries.lists_of(row.facility, now)
    assert (one.figures.hits, one.figures.judged, one.figures.false, one.figures.false_percent) == (3, 2, 1, 50)
    assert f"Letter {first}" in page
    assert "shank 0" not in page, "no letter's text stands here"


def shown(row, now):
    [one] = queries.lists_of(row.facility, now)
    figures = one.figures
    return figures.hits, figures.judged, figures.false, figures.false_percent


def test_a_hit_is_marked_false_at_the_list_and_the_share_counts_it(desk, row, rich, contact, now):
    """Also of words that only alert, about whose letters nobody decides."""
    add(desk, row, "shank", "alert")
    first, second = (write(rich, contact, now, f"shank {n}").message_id for n in range(2))
    where = f"/staff/words/{row.pk}/"
    assert shown(row, now) == (2, 0, 0, None)
    assert desk.post(where, {"act": "judge", "message": first, "judged": "false"}).status_code == 303
    assert shown(row, now) == (2, 1, 1, 100)
    desk.post(where, {"act": "judge", "message": second, "judged": "right"})
    desk.post(where, {"act": "judge", "message": second, "judged": "right"})
    assert shown(row, now) == (2, 2, 1, 50)
    assert AuditEvent.objects.filter(act="list.judge").count() == 2
    assert desk.get(where).content.decode().count("Take the mark back") == 2
    desk.post(where, {"act": "judge", "message": first, "judged": "no"})
    assert shown(row, now) == (2, 1, 0, 0)
    phrase = queries.phrases_of(row)[0][0]
    assert (phrase.figures.hits, phrase.figures.judged, phrase.figures.false) == (2, 1, 0)


def test_a_mark_outweighs_the_decision_and_a_won_appeal_makes_a_hit_false(
    desk, row, supervisor, admin, rich, contact, now
):
    add(desk, row, "shank")
    first, second = (write(rich, contact, now, f"shank {n}").message_id for n in range(2))
    release(staff=supervisor, message_id=first, now=now)
    refuse(staff=supervisor, message_id=second, reason_code="threat", explanation="Line two.", now=now)
    assert shown(row, now) == (2, 2, 1, 50)
    filed = appeal.file(rich, message_id=second, text="It is a tool of the garden.", now=now)
    appeal.decide(staff=admin, appeal_id=filed, won=True, answer="So it is.", now=now)
    assert shown(row, now) == (2, 2, 2, 100)
    desk.post(f"/staff/words/{row.pk}/", {"act": "judge", "message": first, "judged": "right"})
    assert shown(row, now) == (2, 2, 1, 50)


def test_the_reviewer_marks_it_where_they_read_it(staff_client, officer, desk, row, rich, contact, now):
    add(desk, row, "shank")
    held = write(rich, contact, now, "a shank").message_id
    reviewer = staff_client(officer)
    where = f"/staff/review/{held}/"
    reviewer.post(where, {"act": "claim"})
    page = reviewer.get(where).content.decode()
    assert "Was the list" in page
    assert reviewer.post(where, {"act": "judge", "list": row.pk, "message": held, "judged": "false"}).status_code == 303
    assert (Hit.objects.get().judged, Hit.objects.get().judged_by) == ("false", officer)
    assert Review.objects.get().decision == "", "the letter waits as before"
    for typed_in in ({}, {"list": "x", "message": held, "judged": "false"}, {"list": row.pk, "judged": "maybe"}):
        assert reviewer.post(where, {"act": "judge"} | typed_in).status_code == 400


def test_who_decides_no_letters_marks_no_hit(desk, row, staff_client, member, north, south, rich, contact, now):
    add(desk, row, "shank")
    held = write(rich, contact, now, "a shank").message_id
    typed_in = {"act": "judge", "message": held, "judged": "false"}
    staff_client(member(Role.AUDITOR, north)).post(f"/staff/words/{row.pk}/", typed_in)
    other = staff_client(member(Role.FACILITY_ADMIN, south))
    assert other.post(f"/staff/words/{row.pk}/", typed_in).status_code == 404
    desk.post(f"/staff/words/{row.pk}/", typed_in | {"message": held + 99})
    assert Hit.objects.get().judged == ""
    assert not AuditEvent.objects.filter(act="list.judge").exists()


def test_before_it_stops_its_owner_is_told_once(desk, chief, row, north, now):
    assert [lists_over(now=now + timedelta(days=days)) for days in (0, 45)] == [0, 0]
    assert not Email.objects.filter(kind="list_ends").exists(), "sixteen days before"
    for days in (47, 48):
        lists_over(now=now + timedelta(days=days))
    told = Email.objects.get(kind="list_ends")
    assert (told.to, told.params["day"]) == (chief.email, row.until.isoformat())
    later = (queries.today_at(north, now) + timedelta(days=90)).isoformat()
    desk.post(f"/staff/words/{row.pk}/edit/", typed(chief, north, now, until=later))
    lists_over(now=now + timedelta(days=80))
    assert Email.objects.filter(kind="list_ends").count() == 2, "of the new last day, too"


def test_an_owner_who_has_left_is_not_who_is_told(desk, chief, supervisor, row, now):
    chief.roles.update(ends_at=now)
    lists_over(now=now + timedelta(days=50))
    assert [one.to for one in Email.objects.filter(kind="list_ends")] == [supervisor.email]


def test_who_follows_gets_one_email_for_all_that_fired(
    desk, staff_client, member, row, chief, north, rich, contact, now
):
    add(desk, row, "shank", "alert")
    reader = member(Role.SUPERVISOR, north)
    staff_client(reader).post(f"/staff/words/{row.pk}/", {"act": "follow", "on": "yes"})
    gone = member(Role.INVESTIGATOR, north)
    staff_client(gone).post(f"/staff/words/{row.pk}/", {"act": "follow", "on": "yes"})
    gone.roles.update(ends_at=now)
    for n in range(2):
        write(rich, contact, now, f"shank {n}")
    assert tell_followers(list_id=row.pk, now=now) == 2
    assert tell_followers(list_id=row.pk, now=now) == 0
    told = Email.objects.filter(kind="list_fired")
    assert {one.to for one in told} == {chief.email, reader.email}
    assert {one.params["count"] for one in told} == {2}


def test_unreadable_rules_are_told_to_who_can_repair_them(north, chief, supervisor, rich, contact, now):
    north.policies.update(rules=[{"id": "x", "then": "fly"}])
    assert write(rich, contact, now, "Hello.").state == "review"
    assert ProcrastinateJob.objects.filter(task_name="tell_unsure").count() == 1
    for _ in range(2):
        tell_unsure(facility_id=north.pk, now=now)
    assert [one.to for one in Email.objects.filter(kind="rules_unsure")] == [chief.email]


def test_a_failure_of_the_screening_holds_and_alerts(desk, row, north, rich, contact, now, monkeypatch):
    add(desk, row, "shank")
    monkeypatch.setattr(queries, "screen", lambda *_args: 1 / 0)
    sent = write(rich, contact, now, "Hello.")
    assert sent.state == "review"
    assert Message.objects.get().decision["fired"][0]["id"] == "screening-failed"
    assert ProcrastinateJob.objects.filter(task_name="tell_unsure", args={"facility_id": north.pk}).exists()


def test_a_place_without_lists_pays_no_statement_for_them(rich, contact, now, django_assert_max_num_queries):
    write(rich, contact, now, "warm")
    with django_assert_max_num_queries(5):
        write(rich, contact, now, "Hello.")


def test_lists_that_are_ready_cost_no_statement(desk, row, rich, contact, now, django_assert_max_num_queries):
    add(desk, row, "shank")
    write(rich, contact, now, "warm")
    with django_assert_max_num_queries(5):
        write(rich, contact, now, "Hello.")


def test_numbers_on_a_list(desk, chief, north, rich, contact, now):
    """STF-6: found however a letter writes them, marked where they stand, told in words."""
    desk.post("/staff/words/new/", typed(chief, north, now, kind="numbers", name="Numbers"))
    row = WatchList.objects.get()
    answer = add(desk, row, "(555) 010-1234\nnorth gate")
    assert answer.status_code == 422
    assert "no telephone number" in answer.content.decode()
    assert add(desk, row, "(555) 010-1234\n+1 555 010 1234").status_code == 303
    assert Phrase.objects.get().folded == "5550101234"
    held = write(rich, contact, now, "Call me at 555.010.1234, will you?")
    assert (held.state, write(rich, contact, now, "Call me at 555.010.1235.").state) == ("review", "delivered")
    tried = {"act": "text", "rules": "now", "text": "so 1-555-010-1234.", "sender": "family"}
    assert "<mark><bdi>555-010-1234</bdi></mark>" in desk.post("/staff/rules/try/", tried).content.decode()
    page = file(desk, row, b"number,tier\n555 010 9999,alert\n12\n5550109999\n", "take").content.decode()
    assert "Line 3, “12”: this is no telephone number" in page
    assert "Line 4" in page
    assert Phrase.objects.count() == 1
    assert file(desk, row, b"number,tier\n555 010 9999,alert\n", "take").status_code == 303
    assert set(Phrase.objects.values_list("folded", "tier")) == {("5550101234", "review"), ("5550109999", "alert")}
    shown_now = desk.get(f"/staff/words/{row.pk}/").content.decode()
    assert "2 telephone numbers" in shown_now


def test_people_on_a_list(desk, chief, north, resident, stranger, rich, contact, now):
    desk.post("/staff/words/new/", typed(chief, north, now, kind="people", name="Watched"))
    row = WatchList.objects.get()
    where = f"/staff/words/{row.pk}/"
    assert desk.post(where, {"act": "add_person", "who": resident.number, "tier": "review"}).status_code == 303
    assert write(rich, contact, now, "Hello.").state == "review"
    assert desk.post(where, {"act": "add_person", "who": "stranger", "tier": "alert"}).status_code == 422
    assert desk.post(where, {"act": "add_person", "who": "mother", "tier": "refuse"}).status_code == 422
    assert WatchedPerson.objects.count() == 1
    person = WatchedPerson.objects.get()
    assert desk.post(where, {"act": "remove_person", "entry": person.pk}).status_code == 303
    assert write(rich, contact, now, "Hello.").state == "delivered"
    assert desk.get(where).status_code == 200


def test_a_privileged_letter_is_never_screened_for_words(desk, row, rich, contact, now):
    from kinline.contacts.queries import contact as read
    from kinline.flows.screening import decided

    add(desk, row, "shank")
    contact.kind = "privileged"
    contact.save()
    view = read(rich, contact.pk, now)
    decision = decided(rich, view, subject="", text="shank", now=now)
    assert decision.entries == ()


def test_words_are_found_and_taken_off(desk, row):
    add(desk, row, "Shank\nCuchillo\n🔪")
    page = desk.get(f"/staff/words/{row.pk}/?q=cuch").content.decode()
    assert "Cuchillo" in page
    assert "Shank" not in re.search(r"<tbody>.*?</tbody>", page, re.DOTALL).group()
    one = Phrase.objects.get(text="Shank")
    for _ in range(2):
        assert desk.post(f"/staff/words/{row.pk}/", {"act": "remove", "entry": one.pk}).status_code == 303
    assert AuditEvent.objects.filter(act="list.remove").count() == 1
    for query in ("page=0", "page=999", "page=x", "q=%00", "q=" + "a" * 500):
        assert desk.get(f"/staff/words/{row.pk}/?{query}").status_code == 200


@pytest.mark.parametrize(("words", "said"), [("", "Type a word"), ("ok\n***", "no letter, digit or sign"),
                                             ("ok\n(a|b)*", "this is a pattern"),
                                             ("x" * 201, "longer than 200")])  # fmt: skip
def test_words_that_are_none_are_said_and_nothing_is_added(desk, row, words, said):
    answer = add(desk, row, words)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Phrase.objects.exists()


def file(desk, row, content, act="check", **more):
    given = {"file": SimpleUploadedFile("words.csv", content)} if content is not None else {}
    return desk.post(f"/staff/words/{row.pk}/file/", {"act": act, "tier": "review"} | given | more)


def test_five_thousand_words_from_a_file(desk, row, rich, contact, now, django_assert_max_num_queries):
    content = "phrase,tier\n" + "\n".join(f"word{n} here,{'alert' if n % 2 else ''}" for n in range(5000))
    page = file(desk, row, content.encode("utf-8-sig")).content.decode()
    assert "5,000" in page or "5000" in page
    assert not Phrase.objects.exists()
    carried = re.search(r'name="carried" value="([^"]+)"', page).group(1)
    with django_assert_max_num_queries(40):
        assert file(desk, row, None, "take", carried=carried).status_code == 303
    assert (Phrase.objects.count(), Phrase.objects.filter(tier="alert").count()) == (5000, 2500)
    assert write(rich, contact, now, "so word4998 here").state == "review"
    assert desk.get(f"/staff/words/{row.pk}/?page=3").status_code == 200


def test_a_file_with_faults_names_each_line_and_changes_nothing(desk, row):
    content = b'gun\n,\n***\nknife;refuse\n"two\nlines"\ngun\nok,maybe\n(a+)+\n'
    page = file(desk, row, content, "take").content.decode()
    for said in ("Line 2", "Line 3", "Line 7, “gun”", "Line 8, “ok”", "Line 9"):
        assert said in page or said == "Line 2"
    assert "Nothing was changed" in page
    assert not Phrase.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x01\x02", b'"open', "słowo\nعربي\n🔫".encode("utf-16"),
                                     "caf\xe9".encode("latin-1"), b"=cmd|' /C calc'!A0", b"a" * 4_000_000])  # fmt: skip
def test_any_file_is_answered(desk, row, content):
    assert file(desk, row, content, "take").status_code in {200, 303, 422}


def test_wrong_lists_are_said(desk, chief, row, north, now):
    today = queries.today_at(north, now)
    past, far = (today - timedelta(days=1)).isoformat(), (today + timedelta(days=400)).isoformat()
    for wrong in ({"name": ""}, {"until": past}, {"until": "x"}, {"owner": "999999"}, {"until": far}, {},
                  {"reason": "threat", "name": "Other"}):  # fmt: skip
        assert desk.post("/staff/words/new/", typed(chief, north, now, **wrong)).status_code == 422, wrong
    assert WatchList.objects.count() == 1


def test_an_ended_list_does_nothing_and_is_gone(desk, row, rich, contact, now):
    add(desk, row, "shank")
    assert desk.post(f"/staff/words/{row.pk}/", {"act": "end"}).status_code == 303
    assert write(rich, contact, now, "shank").state == "delivered"
    assert desk.get(f"/staff/words/{row.pk}/").status_code == 404


def test_other_places_and_readers_change_nothing(desk, row, staff_client, member, north, south):
    other = staff_client(member(Role.FACILITY_ADMIN, south))
    for where in (f"/staff/words/{row.pk}/", f"/staff/words/{row.pk}/edit/", f"/staff/words/{row.pk}/file/"):
        assert other.get(where).status_code == 404
        assert other.post(where, {"act": "end"}).status_code == 404
    reader = staff_client(member(Role.AUDITOR, north))
    assert reader.get(f"/staff/words/{row.pk}/").status_code == 200
    for typed_in in ({"act": "end"}, {"act": "add", "words": "x", "tier": "review"}, {"act": "remove", "entry": "1"}):
        reader.post(f"/staff/words/{row.pk}/", typed_in)
    reader.post("/staff/words/", {"may_refuse": "yes"})
    assert WatchList.objects.get().ended_at is None
    assert not Phrase.objects.exists()

    assert queries.screening_of(north.pk)[1] is False
