"""DEL-6: appeals through their door. A decision takes ten seconds; photos are seen; what is typed is never lost."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility, Holiday
from kinline.flows import appeal as flow
from kinline.flows import contacts as relations
from kinline.flows.appeal_desk import carry_out
from kinline.flows.decide_review import refuse
from kinline.flows.tests.test_send import write
from kinline.identity.models import Role
from kinline.messaging.models import AlertRecipient, Appeal, AppealRuling, Message
from kinline.messaging.pictures import Picture
from kinline.messaging.services import photos
from kinline.notices.models import Notice

pytestmark = pytest.mark.django_db
WON = {"outcome": "won", "answer": "It is a garden hose."}
DEADLINES = "/staff/deadlines/"


@pytest.fixture
def appealed(money, mother_party, contact, north, officer, now):
    """An appeal of the mother against an officer's refusal, filed a moment ago in the north."""
    money(mother_party, 200)
    north.policies.all().delete()
    message_id = write(mother_party, contact, now - timedelta(hours=1), "Held words").message_id
    refuse(staff=officer, message_id=message_id, reason_code="threat", explanation="The second line.", now=now)
    return flow.file(mother_party, message_id=message_id, text="It was a garden hose.", now=now)


@pytest.fixture
def desk(member, staff_client, north):
    return staff_client(member(Role.SUPERVISOR, north))


def where(appeal_id):
    return f"/staff/appeals/{appeal_id}/"


def take_back(client):
    return client.post(f"/staff/appeals/decisions/{AppealRuling.objects.latest('pk').pk}/withdraw/")


def pass_ten_seconds():
    carry_out(ruling_id=AppealRuling.objects.latest("pk").pk, now=datetime.now(UTC) + timedelta(seconds=11))


def state():
    return Appeal.objects.get().outcome, Message.objects.get().state


def told():
    return Notice.objects.filter(kind__in=["appeal_won", "appeal_lost"]).count()


def test_decided_it_takes_effect_ten_seconds_later_and_once(desk, appealed):
    assert desk.post(where(appealed), WON).status_code == 303
    carry_out(ruling_id=AppealRuling.objects.get().pk, now=datetime.now(UTC))  # too early
    assert (state(), told()) == (("", "refused"), 0)
    page = desk.get("/staff/appeals/").content.decode()
    assert "the letter is delivered within ten seconds" in page
    assert "just decided" in page
    for _ in range(2):
        pass_ten_seconds()
    assert (state(), told(), AppealRuling.objects.get().end) == (("won", "delivered"), 2, "done")
    assert take_back(desk)["Location"] == "/staff/appeals/"
    assert state() == ("won", "delivered"), "too late to take it back"


def test_taken_back_nothing_happened_and_the_answer_is_kept(desk, appealed):
    desk.post(where(appealed), {"outcome": "lost", "answer": "It names a person."})
    for _ in range(2):
        assert take_back(desk)["Location"] == where(appealed)
    pass_ten_seconds()
    assert (state(), told()) == (("", "refused"), 0)
    page = desk.get(where(appealed)).content.decode()
    assert "It names a person." in page
    assert re.search(r'value="lost"[^>]*checked', page)
    desk.post(where(appealed), WON)
    pass_ten_seconds()
    assert state() == ("won", "delivered")


def test_a_colleague_neither_takes_it_back_nor_decides_otherwise(desk, appealed, member, staff_client, north):
    desk.post(where(appealed), WON)
    other = staff_client(member(Role.FACILITY_ADMIN, north))
    assert take_back(other)["Location"] == "/staff/appeals/"
    assert "has just been decided" in other.get(where(appealed)).content.decode()
    answer = other.post(where(appealed), {"outcome": "lost", "answer": "Typed at the same time."})
    assert "Typed at the same time." not in str(AppealRuling.objects.values())
    assert "has just been decided" in answer.content.decode()
    assert AppealRuling.objects.get().end == ""


def test_a_role_that_ends_within_the_ten_seconds_voids_it(desk, appealed, member, north):
    desk.post(where(appealed), WON)
    member(Role.SUPERVISOR, north).roles.update(ends_at=datetime.now(UTC))
    pass_ten_seconds()
    ruling = AppealRuling.objects.get()
    assert (ruling.end, ruling.why, state(), told()) == ("void", "not_permitted", ("", "refused"), 0)
    assert AuditEvent.objects.get(act="appeal.void").detail["why"] == "not_permitted"


def test_a_restriction_within_the_ten_seconds_voids_a_delivery(desk, appealed, supervisor, mother, resident, north):
    desk.post(where(appealed), WON)
    relations.restrict(
        staff=supervisor, facility_id=north.pk, user_id=mother.pk, resident_id=resident.pk, reason="An order.",
        told="A court order.", now=datetime.now(UTC),
    )  # fmt: skip
    pass_ten_seconds()
    assert (AppealRuling.objects.get().why, state()) == ("cannot_write", ("", "refused"))
    page = desk.get("/staff/appeals/").content.decode()
    assert "Did not take effect:" in page
    assert "Writing between the two was stopped." in page


def test_the_decider_sees_the_photos(desk, appealed, contact):
    message_id = Message.objects.get().pk
    photo = photos.keep_photo(contact.pk, Picture(b"large", b"small", 2, 2), b"digest", limit=1, now=datetime.now(UTC))
    photos.attach_photo(photo, message_id, price_cents=0, hold_id=None)
    page = desk.get(where(appealed)).content.decode()
    for path in (f"/staff/review/{message_id}/photos/{photo.pk}.jpg", f"/{photo.pk}/small.jpg"):
        assert path in page
    assert desk.get(f"/staff/review/{message_id}/photos/{photo.pk}.jpg").status_code == 200


def test_a_list_that_renews_itself_keeps_no_desk_open(desk, appealed, clock_at):
    """STF-1: the screen locks after 30 minutes without anybody, however often the page asks what is new."""
    start = datetime.now(UTC)
    for minutes in (0, 10, 20, 29, 31):
        clock_at(start + timedelta(minutes=minutes))
        answer = desk.get("/staff/appeals/", headers={"X-Kinline-Look": "1"})
        assert answer.status_code == (200 if minutes < 30 else 302), minutes
    assert answer["Location"].startswith("/staff/unlock/")


# Deadlines, and who is told


@pytest.fixture
def chief(member, staff_client, north):
    return staff_client(member(Role.FACILITY_ADMIN, north))


def in_days(north, days):
    return (datetime.now(UTC).astimezone(ZoneInfo(north.time_zone)) + timedelta(days=days)).date()


def test_a_holiday_moves_the_next_deadline(member, staff_client, north, south, appealed, resident_party, now):
    """Of the whole agency: whoever runs one of its places only cannot set it."""
    first = Appeal.objects.get().due_on
    day = {"act": "holiday", "day": first.isoformat(), "name": "Sample day"}
    one, both = (staff_client(member(Role.FACILITY_ADMIN, *places)) for places in ((north,), (north, south)))
    assert one.post(DEADLINES, day).status_code == 403
    assert not Holiday.objects.exists()
    assert both.post(DEADLINES, day).status_code == 303
    assert "Sample day" in one.get(DEADLINES).content.decode()
    flow.file(resident_party, message_id=Message.objects.get().pk, text="Please.", now=now)
    assert [one.due_on > first for one in Appeal.objects.order_by("pk")] == [False, True], "what was told stays"
    drop = {"act": "drop", "day": first.isoformat()}
    assert one.post(DEADLINES, drop).status_code == 403
    assert both.post(DEADLINES, drop).status_code == 303
    assert not Holiday.objects.exists()
    assert AuditEvent.objects.filter(act__in=["holiday.add", "holiday.drop"]).count() == 2


@pytest.mark.parametrize("wrong", [{"day": "2020-01-01"}, {"day": "soon"}, {"day": ""}, {"name": " "}])
def test_what_is_no_holiday_is_said_and_kept(member, staff_client, north, south, wrong):
    client = staff_client(member(Role.FACILITY_ADMIN, north, south))
    typed = {"act": "holiday", "day": in_days(north, 30).isoformat(), "name": "Sample day", **wrong}
    answer = client.post(DEADLINES, typed)
    assert answer.status_code == 422
    assert typed["name"].strip() in answer.content.decode()
    assert not Holiday.objects.exists()


def test_m2_the_days_to_appeal_are_a_setting_and_never_none(chief, north):
    days = {"act": "days", "sender_appeal_days": 25, "resident_appeal_days": 15, "appeal_decision_days": 5}
    for wrong in ({"sender_appeal_days": 0}, {"resident_appeal_days": -1}, {"appeal_decision_days": ""}):
        assert chief.post(DEADLINES, days | wrong).status_code == 422
    place = Facility.objects.get(pk=north.pk)
    assert (place.sender_appeal_days, place.resident_appeal_days, place.appeal_decision_days) == (20, 10, 10)
    assert chief.post(DEADLINES, days).status_code == 303
    place.refresh_from_db()
    assert (place.sender_appeal_days, place.resident_appeal_days, place.appeal_decision_days) == (25, 15, 5)
    assert AuditEvent.objects.filter(act="facility.change").count() == 1


def test_only_who_may_act_can_be_chosen(chief, member, north, south):
    far = member(Role.SUPERVISOR, south)
    reviewer = member(Role.REVIEWER, north)
    for nobody in (far.pk, reviewer.pk, 999_999, "x"):
        assert chief.post(DEADLINES, {"act": "told", "told_24": [nobody]}).status_code == 422
    assert not AlertRecipient.objects.exists()
    assert chief.post(DEADLINES, {"act": "elsewhere"}).status_code == 400


def test_a_contact_of_ones_own_is_no_ruling_either(desk, appealed, member, north, mother):
    """STF-1: found out within the ten seconds."""
    desk.post(where(appealed), WON)
    mother.email = member(Role.SUPERVISOR, north).email
    mother.save()
    pass_ten_seconds()
    assert (AppealRuling.objects.get().why, state()) == ("own_contact", ("", "refused"))
