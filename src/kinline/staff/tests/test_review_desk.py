"""DEL-4, DEL-5: the review desk through its door. A decision takes ten seconds; until then nothing has happened."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.flows.decide_review import carry_out
from kinline.flows.take_back import take_back
from kinline.flows.tests.test_send import available, write
from kinline.identity.models import Role
from kinline.messaging.models import Message, Review, Ruling
from kinline.notices.models import Notice

pytestmark = pytest.mark.django_db

SOON = timedelta(seconds=11)
WORDS = "We hid the hose in the garden."


@pytest.fixture
def held(money, mother_party, contact, north, now):
    """Held in the north for its word; 50 of the mother's 200 cents are set aside. Sent an hour ago."""
    from kinline.delivery import services as delivery

    money(mother_party, 200)
    rules = [{"id": "words", "then": "review", "when": {"words": ["hose"]}, "why": {"en": "A word of the list."}}]
    delivery.set_policy(facility_id=north.pk, rules=rules, now=now - timedelta(hours=2))
    return write(mother_party, contact, now - timedelta(hours=1), WORDS).message_id


@pytest.fixture
def desk(member, staff_client, north):
    return staff_client(member(Role.REVIEWER, north))


def where(message_id):
    return f"/staff/review/{message_id}/"


def state():
    return Message.objects.get().state


def pass_ten_seconds():
    carry_out(ruling_id=Ruling.objects.latest("pk").pk, now=datetime.now(UTC) + SOON)


def refuse(client, message_id, **more):
    fields = {"act": "refuse", "reason": "threat", "explanation": "The second line.", **more}
    return client.post(where(message_id), fields)


def test_the_queue_names_who_writes_and_why_and_nothing_of_what(desk, held):
    page = desk.get("/staff/review/").content.decode()
    for words in ("Marta Sample", "Daniel Sample", "A word of the list."):
        assert words in page
    assert "hose" not in page
    assert not AuditEvent.objects.filter(act="message.read").exists()


def test_a_hit_of_a_list_is_told_by_its_name(desk, money, mother_party, contact, north, admin, now):
    from kinline.delivery.services import lists

    today = now.date()
    row = lists.create_list(
        facility_id=north.pk, kind="words", name="Tools", purpose="Since the finds of May.", owner_id=admin.pk,
        until=today + timedelta(days=30), today=today - timedelta(days=1), now=now,
    )  # fmt: skip
    money(mother_party, 50)
    lists.add_phrases(row, [lists.NewPhrase("hose", "review")], now=now)
    message_id = write(mother_party, contact, now, WORDS).message_id
    said = "On the list “Tools”: “hose”."
    assert said in desk.get("/staff/review/").content.decode()
    page = desk.get(where(message_id)).content.decode()
    assert said in page
    assert "<mark>hose</mark>" in page


def test_the_next_letter_is_claimed_and_shown_with_its_word_marked(desk, held, north):
    answer = desk.post("/staff/review/next/")
    assert (answer.status_code, answer["Location"]) == (303, where(held))
    page = desk.get(where(held)).content.decode()
    assert "We hid the <mark>hose</mark> in the garden." in page
    look = AuditEvent.objects.get(act="message.read")
    assert (look.object, look.facility_id, look.detail) == (f"message:{held}", north.pk, {"purpose": "review"})
    assert Review.objects.get().claimed_by is not None
    assert AuditEvent.objects.filter(act="review.claim", object=f"message:{held}").count() == 1


def test_nothing_waits(desk, north):
    answer = desk.post("/staff/review/next/")
    assert answer["Location"] == "/staff/review/"
    assert "No other letter waits for you" in desk.get("/staff/review/").content.decode()


def test_approved_it_arrives_ten_seconds_later(desk, held, mother_party):
    answer = desk.post(where(held), {"act": "release"})
    assert answer["Location"] == "/staff/review/", "nothing else waits"
    assert (state(), available(mother_party)) == ("review", 150)
    carry_out(ruling_id=Ruling.objects.get().pk, now=datetime.now(UTC))  # too early
    assert state() == "review"
    page = desk.get("/staff/review/").content.decode()
    assert "delivered within ten seconds" in page
    pass_ten_seconds()
    assert state() == "delivered"
    pass_ten_seconds()
    assert AuditEvent.objects.filter(act="message.release").count() == 1
    assert "delivered within ten seconds" not in desk.get("/staff/review/").content.decode()


def test_refused_it_tells_both_ten_seconds_later(desk, held, mother_party):
    assert refuse(desk, held).status_code == 303
    assert (state(), Notice.objects.count()) == ("review", 0)
    pass_ten_seconds()
    assert (state(), available(mother_party)) == ("refused", 200)
    assert {one.kind for one in Notice.objects.all()} == {"message_not_delivered", "message_to_you_not_delivered"}
    review = Review.objects.get()
    assert (review.reason.code, review.explanation) == ("threat", "The second line.")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"reason": ""}, "Choose a reason from this facility&#x27;s list."),
        ({"reason": "criticises-staff"}, "Choose a reason from this facility&#x27;s list."),
        ({"explanation": "   "}, "Write a sentence that explains the refusal."),
        ({"explanation": "x" * 1001}, "1000"),
    ],
)
def test_an_incomplete_refusal_keeps_what_was_typed(desk, held, more, said):
    page = refuse(desk, held, **more).content.decode()
    assert said in page
    kept = {"reason": 'value="threat"', "explanation": "The second line."}
    kept["explanation"] = more.get("explanation", kept["explanation"]).strip()
    assert kept["explanation"] in page
    if "explanation" in more:
        assert re.search(r'value="threat"[^>]*checked', page)
    assert (Ruling.objects.count(), state()) == (0, "review")


def test_taken_back_within_the_ten_seconds_nothing_happened(desk, held):
    refuse(desk, held)
    ruling = Ruling.objects.get()
    answer = desk.post(f"/staff/review/decisions/{ruling.pk}/withdraw/")
    assert answer["Location"] == where(held)
    pass_ten_seconds()
    assert (state(), Notice.objects.count(), Review.objects.get().decision) == ("review", 0, "")
    assert "Do not deliver" in desk.get(where(held)).content.decode()
    assert desk.post(f"/staff/review/decisions/{ruling.pk}/withdraw/")["Location"] == where(held), "again is the same"
    desk.post(where(held), {"act": "release"})
    pass_ten_seconds()
    assert state() == "delivered"


def test_too_late_to_take_back(desk, held):
    desk.post(where(held), {"act": "release"})
    pass_ten_seconds()
    desk.post(f"/staff/review/decisions/{Ruling.objects.get().pk}/withdraw/")
    assert (state(), Ruling.objects.get().end) == ("delivered", "done")


def test_a_colleague_cannot_take_it_back(desk, held, member, staff_client, north):
    desk.post(where(held), {"act": "release"})
    other = staff_client(member(Role.SUPERVISOR, north))
    other.post(f"/staff/review/decisions/{Ruling.objects.get().pk}/withdraw/")
    assert Ruling.objects.get().end == ""
    assert refuse(other, held).status_code == 200, "nor decide it otherwise meanwhile"
    assert Ruling.objects.count() == 1


def test_a_role_that_ends_with_the_page_open_decides_nothing(desk, held, member, north):
    user = member(Role.REVIEWER, north)
    desk.get(where(held))
    user.roles.update(ends_at=datetime.now(UTC) - timedelta(seconds=1))
    assert refuse(desk, held).status_code == 403
    assert (Ruling.objects.count(), state()) == (0, "review")


@pytest.mark.parametrize("act", ["release", "refuse"])
def test_a_role_that_ends_within_the_ten_seconds_voids_the_decision(desk, held, member, north, act):
    refuse(desk, held) if act == "refuse" else desk.post(where(held), {"act": "release"})
    member(Role.REVIEWER, north).roles.update(ends_at=datetime.now(UTC))
    pass_ten_seconds()
    ruling, review = Ruling.objects.get(), Review.objects.get()
    assert (ruling.end, ruling.why) == ("void", "not_permitted")
    assert (state(), review.decision, review.claimed_by, Notice.objects.count()) == ("review", "", None, 0)
    assert AuditEvent.objects.get(act="review.void").detail["why"] == "not_permitted"


@pytest.mark.parametrize("act", ["release", "refuse"])
def test_the_sender_takes_it_back_within_the_ten_seconds(desk, held, mother_party, now, act):
    refuse(desk, held) if act == "refuse" else desk.post(where(held), {"act": "release"})
    take_back(mother_party, message_id=held, now=datetime.now(UTC))
    pass_ten_seconds()
    assert (state(), available(mother_party)) == ("withdrawn", 200)
    assert (Ruling.objects.get().end, Ruling.objects.get().why) == ("void", "moved_on")
    assert Notice.objects.count() == 0
    page = desk.get("/staff/review/").content.decode()
    assert "Did not take effect:" in page
    assert "its sender took it back" in page
    assert desk.get(where(held)).status_code == 200


def test_taken_back_with_the_page_open(desk, held, mother_party):
    desk.get(where(held))
    take_back(mother_party, message_id=held, now=datetime.now(UTC))
    page = refuse(desk, held).content.decode()
    assert "This is no longer possible" in page
    assert "The second line." in page, "what was typed stays"
    assert (state(), Ruling.objects.count()) == ("withdrawn", 0)


def test_a_restriction_within_the_ten_seconds_voids_an_approval(desk, held, supervisor, mother, resident, north):
    from kinline.flows import contacts

    desk.post(where(held), {"act": "release"})
    contacts.restrict(
        staff=supervisor, facility_id=north.pk, user_id=mother.pk, resident_id=resident.pk, reason="An order.",
        told="A court order.", now=datetime.now(UTC),
    )  # fmt: skip
    pass_ten_seconds()
    assert (state(), Ruling.objects.get().why) == ("review", "cannot_write")


# Claims


def test_a_claim_keeps_others_out_and_a_supervisor_takes_over(desk, held, member, staff_client, north):
    desk.post(where(held), {"act": "claim"})
    other, boss = (staff_client(member(role, north)) for role in (Role.INVESTIGATOR, Role.SUPERVISOR))
    page = other.get(where(held)).content.decode()
    assert "works on this letter, until" in page
    assert 'value="take_over"' not in page
    assert refuse(other, held).status_code == 200
    other.post(where(held), {"act": "take_over"})
    assert other.post("/staff/review/next/")["Location"] == "/staff/review/"
    assert (Ruling.objects.count(), Review.objects.get().claimed_by) == (0, member(Role.REVIEWER, north))
    assert 'value="take_over"' in boss.get(where(held)).content.decode()
    boss.post(where(held), {"act": "take_over"})
    assert Review.objects.get().claimed_by == member(Role.SUPERVISOR, north)
    assert AuditEvent.objects.get(act="review.take_over").detail == {"claimed_by": member(Role.REVIEWER, north).pk}
    answer = refuse(desk, held, explanation="Typed for long.").content.decode()
    assert "works on this letter now" in answer
    assert "Typed for long." in answer
    assert Ruling.objects.count() == 0


def test_a_claim_ends_after_fifteen_minutes(desk, held, member, staff_client, north, clock_at):
    start = datetime.now(UTC)
    desk.post(where(held), {"act": "claim"})
    other = staff_client(member(Role.INVESTIGATOR, north))
    clock_at(start + timedelta(minutes=14))
    other.post(where(held), {"act": "claim"})
    assert Review.objects.get().claimed_by == member(Role.REVIEWER, north)
    clock_at(start + timedelta(minutes=16))
    other.post(where(held), {"act": "claim"})
    assert Review.objects.get().claimed_by == member(Role.INVESTIGATOR, north)


def test_a_claim_is_given_back(desk, held):
    desk.post("/staff/review/next/")
    desk.post(where(held), {"act": "let_go"})
    assert Review.objects.get().claimed_by is None


def test_passed_on_it_is_an_investigators(desk, held, member, staff_client, north):
    desk.post(where(held), {"act": "pass", "note": "See the second line."})
    assert "Marta" not in desk.get("/staff/review/").content.decode()
    assert WORDS not in desk.get(where(held)).content.decode()
    assert refuse(desk, held).status_code == 200
    assert Ruling.objects.count() == 0
    investigator = staff_client(member(Role.INVESTIGATOR, north))
    assert "Marta" in investigator.get("/staff/review/?list=passed").content.decode()
    assert "See the second line." in investigator.get(where(held)).content.decode()
    investigator.post(where(held), {"act": "release"})
    pass_ten_seconds()
    assert state() == "delivered"


def test_what_was_put_aside_comes_round_when_nothing_else_waits(desk, held, mother_party, contact, now):
    second = write(mother_party, contact, now, "Another hose.").message_id
    came = [desk.post("/staff/review/next/")["Location"] for _ in range(4)]
    assert came == [where(held), where(second), where(held), where(second)]
    desk.post(where(held), {"act": "release"})
    assert desk.post("/staff/review/next/")["Location"] == where(second)


# Several at once


def test_only_what_one_has_read_is_approved_together(desk, held, mother_party, contact, now, member, north):
    second = write(mother_party, contact, now, "Another hose.").message_id
    desk.get(where(held))
    page = desk.get("/staff/review/").content.decode()
    assert re.findall(r'type="checkbox"[^>]*name="message" value="(\d+)"', page) == [str(held)]
    desk.post("/staff/review/approve/", {"message": [held, second, 999_999, "x"]})
    assert Ruling.objects.get().review.message_id == held
    said = desk.get("/staff/review/").content.decode()
    assert "You have not opened this letter" in said
    assert "Approved: 1." in said
    pass_ten_seconds()
    assert {one.pk: one.state for one in Message.objects.all()} == {held: "delivered", second: "review"}


def test_read_by_a_colleague_is_not_read_by_me(desk, held, member, staff_client, north):
    staff_client(member(Role.SUPERVISOR, north)).get(where(held))
    desk.post("/staff/review/approve/", {"message": [held]})
    assert Ruling.objects.count() == 0


# Who may not


def test_nobody_reviews_a_contact_of_their_own(desk, held, member, north, mother):
    mother.email = member(Role.REVIEWER, north).email.upper()
    mother.save()
    assert "Marta" not in desk.get("/staff/review/").content.decode()
    assert desk.get(where(held)).status_code == 404
    assert desk.post(where(held), {"act": "release"}).status_code == 404
    assert desk.post("/staff/review/next/")["Location"] == "/staff/review/"
    desk.post("/staff/review/approve/", {"message": [held]})
    assert (Ruling.objects.count(), AuditEvent.objects.filter(act="message.read").count()) == (0, 0)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SUPERVISOR, Role.AGENCY_ADMIN])
def test_another_places_staff_see_nothing(held, member, staff_client, south, role):
    client = staff_client(member(role, south))
    assert "Marta" not in client.get("/staff/review/").content.decode()
    for path in (where(held), f"{where(held)}conversation/"):
        assert client.get(path).status_code == 404
    assert client.post(where(held), {"act": "release"}).status_code == 404
    client.post("/staff/review/approve/", {"message": [held]})
    assert Ruling.objects.count() == 0


def test_m5_only_a_supervisor_withholds_the_notice(desk, held, member, staff_client, north):
    assert 'name="withhold"' not in desk.get(where(held)).content.decode()
    desk.post(where(held), {"act": "refuse", "reason": "threat", "explanation": "E.", "withhold": "on"})
    assert Ruling.objects.get().withheld is False, "what the page does not offer is not taken"
    desk.post(f"/staff/review/decisions/{Ruling.objects.get().pk}/withdraw/")
    desk.post(where(held), {"act": "let_go"})
    boss = staff_client(member(Role.SUPERVISOR, north))
    assert 'name="withhold"' in boss.get(where(held)).content.decode()
    refuse(boss, held, withhold="on")
    pass_ten_seconds()
    assert (state(), Notice.objects.count()) == ("withheld", 0)
    assert Review.objects.get().withheld_by == member(Role.SUPERVISOR, north)


def test_a_privileged_letters_words_are_nobodys(desk, held):
    Contact.objects.update(kind="privileged")
    page = desk.get(where(held)).content.decode()
    assert "hose" not in page
    assert "privileged letter" in page
    assert "hose" not in desk.get(f"{where(held)}conversation/").content.decode()
    assert not AuditEvent.objects.filter(act="message.read").exists()


def test_the_conversation_is_shown_and_each_letter_noted(desk, held, mother_party, contact, now):
    earlier = write(mother_party, contact, now - timedelta(minutes=50), "About the hose again.").message_id
    page = desk.get(f"{where(held)}conversation/").content.decode()
    assert "About the hose again." in page
    assert AuditEvent.objects.get(act="message.read").object == f"message:{earlier}"


def test_odd_text_is_only_text(desk, held, mother_party, contact, now):
    odd = "<script>alert(1)</script> \ufdd0hose\ufdd1 مرحبا 🏡 &amp;\n\nho\nse"
    message_id = write(mother_party, contact, now, odd).message_id
    page = desk.get(where(message_id)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert page.count("<mark>") == page.count("</mark>")


def test_what_was_typed_waits_behind_the_lock(desk, held, clock_at):
    from conftest import PASSWORD

    clock_at(datetime.now(UTC) + timedelta(minutes=40))
    answer = refuse(desk, held, explanation="Typed before lunch.")
    assert answer["Location"].startswith("/staff/unlock/")
    desk.post("/staff/unlock/", {"password": PASSWORD, "next": where(held)})
    page = desk.get(where(held)).content.decode()
    assert "Typed before lunch." in page
    assert Ruling.objects.count() == 0


def test_thirty_thousand_characters_in_any_writing_are_shown_whole(desk, money, mother_party, contact, held, now):
    """Arabic runs from the right, emoji and base64 stay as they are, and a word is marked at the very end."""
    lines = ["مرحبا يا أخي، كيف حالك؟", "👨‍👩‍👧 🏡 ❤️‍🔥", "aG9zZSBpbiBiYXNlNjQ" * 40]
    body = "\n\n".join([*lines, ""])
    body += "x" * (30_000 - len(body) - len(" hose")) + " hose"
    message_id = write(mother_party, contact, now, body).message_id
    page = desk.get(where(message_id)).content.decode()
    assert "30000 characters" in page
    assert all(f'<p dir="auto">{line}</p>' in page for line in lines)
    assert page.count("<mark>hose</mark>") == 1
    assert "x" * 20_000 in page
