"""STF-1: every address of the staff face × every role × own and other place. What is not listed is denied."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kinline.contacts import services as contacts
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.delivery import queries
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.flows import appeal
from kinline.flows import requests as asking
from kinline.flows.appeal_desk import decide as answer
from kinline.flows.broadcast import broadcast
from kinline.flows.contacts import restrict
from kinline.flows.decide_review import refuse
from kinline.flows.lobby import take_money
from kinline.flows.refund import ask_resident
from kinline.flows.review_desk import decide_release
from kinline.flows.tests.test_send import write
from kinline.identity.models import Role
from kinline.identity.permissions import TABLE as RIGHTS
from kinline.ledger import chart
from kinline.messaging.models import Message, Purge
from kinline.messaging.pictures import Picture
from kinline.messaging.services import photos, printing
from kinline.notices.queries import broadcasts_of
from kinline.payments.models import Difference, PayOut
from kinline.requests.rules import questions_from
from kinline.staff import pages, urls
from kinline.telephony.models import AllowedNumber, CallLimits, NumberBlock

pytestmark = pytest.mark.django_db
POST_ONLY = {
    "staff_broadcast_withdraw",
    "staff_request_form_retire",
    "staff_rules_draft",
    "staff_review_next",
    "staff_review_approve",
    "staff_review_withdraw",
    "staff_appeal_withdraw",
    "staff_sign_out",
    "staff_language",
    "staff_passkey_own",
    "staff_passkey_again",
}
# By these addresses everybody sees something of the place where they work: figures, rules by number, a day's export.
OF_ONES_OWN_PLACE = {
    "staff_export", "staff_figures_chart", "staff_figures_file", "staff_rules_version", "staff_rule",
    "staff_difference", "staff_switch",
}  # fmt: skip
ANSWERED = {  # with a sentence on the next page: they are nobody's but their maker's
    "staff_review_withdraw": {303},
    "staff_appeal_withdraw": {303},
    "staff_broadcast_withdraw": {303},
}
ELSEWHERE = {"staff_place"}  # a GET leads home
# A search, and a purpose, are of who gave them: nobody else's is there.
OWN = {
    "staff_search_found", "staff_search_letter", "staff_call_found", "staff_call_file", "staff_recording_sound",
    "staff_resident_name_sound",
}  # fmt: skip


def names():
    return {pattern.name for pattern in urls.urlpatterns}


def test_each_address_is_in_the_table_and_each_entry_is_an_address():
    assert names() == set(pages.TABLE) | pages.DOORS | pages.ALWAYS


def test_no_two_pages_have_the_same_key():
    keys = [entry.key for entry in pages.TABLE.values() if entry.key]
    assert sorted(keys) == sorted(set(keys))


def test_what_the_table_lacks_is_closed_to_everybody(staff_client, member, north, monkeypatch):
    client = staff_client(member(Role.AGENCY_ADMIN, north))
    assert client.get("/staff/money/").status_code == 200
    monkeypatch.delitem(pages.TABLE, "staff_money")
    assert client.get("/staff/money/").status_code == 403


@pytest.fixture
def things(now, north, resident, member, in_review, in_people, lines):
    """A receipt, a pay-out and a difference of the north, as addresses by name."""
    filed = _filed(now, north, resident, member(Role.FACILITY_ADMIN, north))
    things = (
        _things(now, north, resident, member(Role.FINANCE, north))
        | filed
        | in_review
        | in_people
        | _ruled(now, north, member)
        | _calls(lines, resident)
        | _numbers(north, resident, now)
    )
    figures = {
        "staff_figures_chart": reverse("staff_figures_chart", args=["letters"]),
        "staff_figures_file": reverse("staff_figures_file", args=["letters"]),
    }
    return things | _record(now, north) | figures


@pytest.fixture
def in_review(now, north, contact, mother_party, money, officer, member):
    """A held letter, a decision of a moment ago, and an appeal against a refusal, of the north; addresses by name."""
    money(mother_party, 200)
    delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now - timedelta(hours=2))
    waits, ruled, refused = (write(mother_party, contact, now, f"Letter {n}").message_id for n in range(3))
    ruling = decide_release(staff=officer, message_id=ruled, now=now)
    refuse(staff=officer, message_id=refused, reason_code="threat", explanation="The second line.", now=now)
    filed = appeal.file(mother_party, message_id=refused, text="It is about a garden.", now=now)
    theirs = Message.objects.get(pk=refused).contact.resident
    second = appeal.file(Party("resident", theirs.pk), message_id=refused, text="Please.", now=now)
    answered = answer(staff=member(Role.SUPERVISOR, north), appeal_id=second, won=False, answer="It stays.", now=now)
    photo = photos.keep_photo(contact.pk, Picture(b"large", b"small", 2, 2), b"digest", limit=1, now=now)
    photos.attach_photo(photo, waits, price_cents=0, hold_id=None)
    return _printed(now, north, write(mother_party, contact, now, "Letter 3").message_id, officer) | {
        "staff_review_photo": reverse("staff_review_photo", args=[waits, photo.pk]),
        "staff_review_photo_small": reverse("staff_review_photo_small", args=[waits, photo.pk]),
        "staff_review_letter": reverse("staff_review_letter", args=[waits]),
        "staff_review_conversation": reverse("staff_review_conversation", args=[waits]),
        "staff_review_withdraw": reverse("staff_review_withdraw", args=[ruling]),
        "staff_appeal": reverse("staff_appeal", args=[filed]),
        "staff_appeal_withdraw": reverse("staff_appeal_withdraw", args=[answered]),
    }


def _calls(lines, person):
    """A call that goes on, one that was recorded, a telephone and a switch."""
    kept = lines.recorded(person)
    of_kept = ("staff_recording", "staff_recording_sound", "staff_call_correct")
    of_live = ("staff_call", "staff_call_end")
    call = lines.begin(person)
    return {name: reverse(name, args=[kept.call_id]) for name in of_kept} | {
        **{name: reverse(name, args=[call.pk]) for name in of_live},
        "staff_telephone": reverse("staff_telephone", args=[lines.station.pk]),
        "staff_switch": reverse("staff_switch", args=[lines.switch.pk]),
    }


def _numbers(place: Facility, person, now):
    """A number that somebody asks for, a block and a limit."""
    asked = AllowedNumber.objects.create(resident=person, number="+18135550142", name="Nadia", asked_at=now)
    block = NumberBlock.objects.create(facility=place, number="+18135550143", by="fraud", note="Sample.", made_at=now)
    return {
        "staff_call_number": reverse("staff_call_number", args=[asked.pk]),
        "staff_number_block": reverse("staff_number_block", args=[block.pk]),
        "staff_limit": reverse("staff_limit", args=[CallLimits.objects.create(facility=place, resident=person).pk]),
    }


def _ruled(now, place: Facility, member):
    """A draft of the rules, and a list of words."""
    owner, today = member(Role.FACILITY_ADMIN, place), queries.today_at(place, now)
    delivery.begin_draft(facility_id=place.pk, now=now)
    row = delivery.create_list(
        facility_id=place.pk, kind="words", name="Contraband", purpose="Finds.", owner_id=owner.pk, until=today,
        today=today, now=now,
    )  # fmt: skip
    names = ("staff_word_list", "staff_word_list_edit", "staff_word_file")
    found = {name: reverse(name, args=[row.pk]) for name in names}
    found["staff_rule"] = reverse("staff_rule", args=["held"])
    return found | {"staff_rules_version": reverse("staff_rules_version", args=[1])}


def _record(now, north):
    """A certificate of what was purged, and searches of somebody."""
    purge = Purge.objects.create(
        facility=north, kind="letter", days=1, ended_before=now, count=1, first_sent_at=now, last_sent_at=now,
        digest=bytes(32), at=now,
    )  # fmt: skip
    return {
        "staff_certificate": reverse("staff_certificate", args=[purge.pk]),
        "staff_search_found": reverse("staff_search_found", args=[1]),
        "staff_search_letter": reverse("staff_search_letter", args=[1, 1]),
    }


def _printed(now, place: Facility, message_id, clerk):
    """A batch of one letter, on its way."""
    Message.objects.filter(pk=message_id).update(state="paper")
    batch_id = printing.start_batch(facility_id=place.pk, unit_id=None, staff=clerk, message_ids=[message_id], now=now)
    return {name: reverse(name, args=[batch_id]) for name in ("staff_print_batch", "staff_print_document")}


@pytest.fixture
def in_people(resident, contact, officer, supervisor, kiosk, north, now):
    """A resident, a contact, a restriction, a kiosk and a colleague of the north, as addresses by name."""
    restriction = restrict(
        staff=supervisor, facility_id=north.pk, user_id=contact.user_id, resident_id=resident.pk,
        reason="A sample order.", starts_at=now + timedelta(days=30), now=now,
    )  # fmt: skip
    claim = contacts.claim(
        contact, profession="attorney", organisation="Sample Defenders", bar_number="NY 7788", document="Bar card",
        now=now,
    )  # fmt: skip
    one_person = (
        "staff_resident", "staff_resident_correct", "staff_resident_place", "staff_resident_pin", "staff_resident_name",
        "staff_resident_name_sound",
    )  # fmt: skip
    return {name: reverse(name, args=[resident.pk]) for name in one_person} | {
        "staff_contact": reverse("staff_contact", args=[contact.pk]),
        "staff_privileged_one": reverse("staff_privileged_one", args=[claim.pk]),
        "staff_restriction": reverse("staff_restriction", args=[restriction]),
        "staff_kiosk": reverse("staff_kiosk", args=[kiosk.pk]),
        "staff_unit": reverse("staff_unit", args=[kiosk.unit_id]),
        "staff_member": reverse("staff_member", args=[officer.pk]),
        "staff_member_change": reverse("staff_member_change", args=[officer.pk]),
    }


def _things(now, place: Facility, person, clerk):
    account = chart.resident_messages(person.pk)
    deposit = take_money(
        staff=clerk, facility_id=place.pk, code=f"resident:{person.pk}", amount_cents=1000, method="cash",
        payer_name="", reference="", client_key=uuid4(), now=now,
    )  # fmt: skip
    ask_resident(resident_id=person.pk, account=account, amount_cents=400, client_key=uuid4(), now=now)
    pay_out = PayOut.objects.get(resident=person)
    difference = Difference.objects.create(day=now.date(), ref=f"pi_{uuid4()}", kind="missing_here", found_at=now)
    return {
        "staff_receipt": reverse("staff_receipt", args=[deposit.receipt]),
        "staff_payout": reverse("staff_payout", args=[pay_out.pk]),
        "staff_difference": reverse("staff_difference", args=[difference.pk]),
        "staff_export": reverse("staff_export", args=[timezone.localdate(now, ZoneInfo(place.time_zone)).isoformat()]),
    }


def _filed(now, place: Facility, person, admin):
    """A form of the place, and a grievance on it."""
    values = {
        "code": "grievance", "kind": "grievance", "name": "Grievance", "answer_days": 5, "levels": 2,
        "questions": [one.as_json() for one in questions_from("text: What happened?")],
    }  # fmt: skip
    form_id = asking.save_form(staff=admin, facility_id=place.pk, form_id=None, values=values, now=now)
    answers = [{"kind": "text", "label": {"en": "What happened?"}, "text": "It is broken."}]
    request_id = asking.file(
        resident_id=person.pk, form_id=form_id, answers=answers, emergency=False, client_key=uuid4(), now=now
    )
    said = broadcast(
        staff=admin, facility_id=place.pk, unit_id=None, told={"en": "Yard closed.", "es": ""}, client_key=uuid4(),
        now=now,
    )  # fmt: skip
    assert said
    return {
        "staff_broadcast_withdraw": reverse("staff_broadcast_withdraw", args=[broadcasts_of(place.pk)[0].pk]),
        "staff_request": reverse("staff_request", args=[request_id]),
        "staff_request_form": reverse("staff_request_form", args=[form_id]),
        "staff_request_form_retire": reverse("staff_request_form_retire", args=[form_id]),
    }


@pytest.mark.parametrize("role", list(Role))
def test_every_role_opens_what_its_row_says_and_no_more(role, things, member, staff_client, north):
    client = staff_client(member(role, north))
    for name, entry in pages.TABLE.items():
        if name in POST_ONLY:
            continue
        allowed = entry.permission is None or entry.permission in RIGHTS[role]
        answer = client.get(things.get(name) or reverse(name))
        opened = 303 if name in ELSEWHERE else 404 if name in OWN else 200
        assert answer.status_code == (opened if allowed else 403), f"{role} {name}"
        if name not in ELSEWHERE:
            assert (client.post(things.get(name) or reverse(name)).status_code != 403) == allowed, f"{role} POST {name}"


@pytest.mark.parametrize("role", list(Role))
def test_every_role_of_another_place_or_agency_sees_nothing_of_this_one(
    role, things, member, staff_client, north, south, far
):
    for place in (south, far):
        user = member(role, place)
        client = staff_client(user)
        for name in things.keys() - OF_ONES_OWN_PLACE:
            denied = {403, 404, 405} if name in POST_ONLY else {403, 404}
            assert client.get(things[name]).status_code in denied, f"{role} {name}"
            posted = client.post(things[name], {"act": "settle"}).status_code
            assert posted in {403, 404, 405} | ANSWERED.get(name, set()), f"{role} POST {name}"
        lists = {name for name in pages.TABLE if name not in things} - POST_ONLY - OWN
        for name in lists:
            page = client.get(reverse(name))
            body = b"" if page.streaming else page.content
            assert b"Daniel" not in body, f"{role} {name}"
            assert b"Sample North" not in body, f"{role} {name}"
        acts = AuditEvent.objects.filter(actor=f"staff:{user.pk}").exclude(act="sign_in")
        assert not acts.filter(facility_id=north.pk).exists()
    assert PayOut.objects.get().state == "waiting"


def test_another_agencys_finance_sees_neither_export_nor_sums(things, member, staff_client, far, now):
    client = staff_client(member(Role.FINANCE, far))
    assert "$10.00" not in client.get("/staff/money/").content.decode()
    assert b"cash" not in b"".join(client.get(things["staff_export"]).streaming_content)


def test_a_family_session_is_nothing_here(family_client, mother, things):
    client = family_client(mother)
    client.cookies["kinline_staff"] = client.cookies["kinline_family"].value
    for name in pages.TABLE:
        where = things.get(name) or reverse(name)
        assert client.get(where)["Location"].startswith("/staff/login/"), name


def test_nobody_is_led_to_the_door(things):
    for name in pages.TABLE.keys() | pages.ALWAYS:
        for method in ("get", "post"):
            answer = getattr(Client(), method)(things.get(name) or reverse(name))
            assert answer["Location"].startswith("/staff/login/"), name


def test_the_menu_shows_what_opens(staff_client, member, north):
    client = staff_client(member(Role.AUDITOR, north))
    page = client.get("/staff/money/").content.decode()
    assert 'href="/staff/money/payouts/"' in page
    assert 'href="/staff/money/deposit/"' not in page
    assert 'href="/staff/numbers/"' not in page


@pytest.mark.parametrize("day", ["2026-02-30", "0001-01-01", "9999-12-31", "x", "2026-1-1"])
def test_a_day_that_is_none(staff_client, member, north, day):
    client = staff_client(member(Role.FINANCE, north))
    assert client.get(f"/staff/money/export/{day}.csv").status_code == 404


@pytest.mark.parametrize("query", ["since=x&until=y", "since=9999-12-31", "since=0001-01-01&until=0001-01-02",
                                   "since=2026-05-02&until=2026-05-01", "until=9999-12-31"])  # fmt: skip
def test_days_that_are_nonsense_are_a_page_too(staff_client, member, north, query):
    client = staff_client(member(Role.FINANCE, north))
    assert client.get(f"/staff/money/?{query}").status_code == 200
    assert client.get(f"/staff/money/chart.svg?{query}").status_code == 200
