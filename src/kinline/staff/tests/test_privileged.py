"""CON-5, DEL-7 at the desk: the register, and every role at every page without a word of a letter in confidence."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import NoReverseMatch, reverse

from kinline.contacts import services as contacts
from kinline.contacts.models import Contact, PrivilegeClaim
from kinline.core.models import AuditEvent
from kinline.delivery import services as delivery
from kinline.facilities import services as facilities
from kinline.flows import mailbox, privileged
from kinline.flows.after_delivery import after_delivery
from kinline.flows.send_message import send
from kinline.identity.models import Role
from kinline.identity.permissions import TABLE, Permission
from kinline.messaging.models import Message, Review
from kinline.notices.models import Email
from kinline.staff import pages

pytestmark = pytest.mark.django_db
LIST = "/staff/privileged/"
WORD = "pelican"
PROOF = {"profession": "attorney", "organisation": "Sample Defenders", "bar_number": "NY 7788", "document": "Bar card"}


@pytest.fixture(autouse=True)
def _key(settings):
    settings.PRIVILEGED_KEYS = ("only-for-tests-" + "k" * 32,)


@pytest.fixture
def claim(north, contact, now):
    facilities.change_facility(facility_id=north.pk, changes={"privileged_offered": True})
    return contacts.claim(contact, **PROOF, now=now)


@pytest.fixture
def boss(supervisor, staff_client):
    return staff_client(supervisor)


@pytest.fixture
def written(claim, contact, supervisor, mother_party, resident_party, money, north, now):
    """An ordinary letter that was held, then the class, then letters and a draft; all with the word."""
    money(mother_party, 500)
    money(resident_party, 500)
    PrivilegeClaim.objects.filter(pk=claim.pk).update(ended_at=now)
    Contact.objects.update(privilege_asked_at=None)
    delivery.set_policy(facility_id=north.pk, rules=[{"id": "all", "then": "review"}], now=now - timedelta(hours=1))

    def write(party):
        sent = send(
            party, contact_id=contact.pk, subject=f"A {WORD}", body=f"The {WORD} speaks.", client_key=uuid4(),
            collect=False, now=now,
        )  # fmt: skip
        after_delivery(message_id=sent.message_id, now=now)
        return sent.message_id

    held = write(mother_party)
    PrivilegeClaim.objects.filter(pk=claim.pk).update(ended_at=None)
    privileged.verify(staff=supervisor, claim_id=claim.pk, now=now)
    privileged.confide(contact_id=contact.pk, now=now)
    ids = [held, write(mother_party), write(resident_party)]
    mailbox.save_draft(mother_party, contact_id=contact.pk, subject=WORD, text=WORD, client_key=uuid4(), now=now)
    return ids


def text(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace").lower()


# The register


def test_those_who_wait_are_first_and_on_the_first_page(boss, claim):
    assert LIST in text(boss.get("/staff/"))
    shown = text(boss.get(LIST)).split("<tbody>")[1]
    assert "sample defenders" in shown
    assert "waits" in shown


def test_verified_after_the_password_and_each_look_and_act_is_on_record(boss, claim, contact, supervisor, north):
    assert "ny 7788" in text(boss.get(f"{LIST}{claim.pk}/"))
    assert boss.post(f"{LIST}{claim.pk}/", {"act": "verify"})["Location"] == LIST
    contact.refresh_from_db()
    assert contact.kind == "privileged"
    acts = AuditEvent.objects.filter(act__startswith="privileged").order_by("pk")
    assert [(one.act, one.actor, one.facility_id) for one in acts] == [
        ("privileged.look", f"staff:{supervisor.pk}", north.pk),
        ("privileged.verify", f"staff:{supervisor.pk}", north.pk),
    ]


def test_a_password_of_eleven_minutes_ago_is_asked_for_again_and_nothing_happens(boss, claim, now, clock_at):
    clock_at(now + timedelta(minutes=11))
    answer = boss.post(f"{LIST}{claim.pk}/", {"act": "verify"})
    assert answer["Location"].startswith("/staff/confirm/")
    claim.refresh_from_db()
    assert claim.state == "waiting"


def test_not_verified_needs_a_reason_that_both_read(boss, claim, family_client, mother):
    assert "write a reason" in text(boss.post(f"{LIST}{claim.pk}/", {"act": "end", "reason": " "}))
    claim.refresh_from_db()
    assert claim.state == "waiting"
    boss.post(f"{LIST}{claim.pk}/", {"act": "end", "reason": "Unknown number."})
    claim.refresh_from_db()
    assert (claim.state, claim.ended_reason) == ("ended", "Unknown number.")
    assert "unknown number." in text(family_client(mother).get("/notices/"))
    assert "unknown number." in text(boss.get(f"{LIST}{claim.pk}/"))


def test_where_it_is_not_offered_the_page_says_so_and_verifies_nobody(boss, claim, north):
    facilities.change_facility(facility_id=north.pk, changes={"privileged_offered": False})
    assert "does not offer confidential letters" in text(boss.get(LIST))
    boss.post(f"{LIST}{claim.pk}/", {"act": "verify"})
    claim.refresh_from_db()
    assert claim.state == "waiting"


def test_another_places_claim_is_not_there(claim, member, south, staff_client):
    client = staff_client(member(Role.SUPERVISOR, south))
    for answer in (client.get(f"{LIST}{claim.pk}/"), client.post(f"{LIST}{claim.pk}/", {"act": "verify"})):
        assert answer.status_code == 404
    assert "sample defenders" not in text(client.get(LIST))


def test_what_is_neither_verified_nor_ended_is_no_act(boss, claim):
    assert boss.post(f"{LIST}{claim.pk}/", {"act": "x"}).status_code == 400


# Nobody on staff reads them


@pytest.mark.parametrize("with_key", [True, False])
@pytest.mark.parametrize("role", list(Role))
def test_del7_no_role_sees_a_word_on_any_page(
    role, with_key, written, claim, contact, resident, member, staff_client, north, settings
):
    """Every page of the table, and of each of these letters, with the key in the process and without."""
    if not with_key:
        settings.PRIVILEGED_KEYS = ()
    client = staff_client(member(role, north))
    of_letter = {"staff_review_letter", "staff_review_conversation"}
    ids = {
        "staff_resident": resident.pk, "staff_resident_correct": resident.pk, "staff_contact": contact.pk,
        "staff_privileged_one": claim.pk,
    }  # fmt: skip
    walked = 0
    for name in pages.TABLE:
        if name in of_letter:
            found = [reverse(name, args=[one]) for one in written]
        elif name in ids:
            found = [reverse(name, args=[ids[name]])]
        else:
            found = _plain(name)
        for where in found:
            assert WORD not in text(client.get(where)), where
            walked += 1
    assert walked > 40
    if Permission.SEARCH_RECORD in TABLE[role]:
        _search(client, written)


def _plain(name):
    """The address of a page that is about nothing in particular."""
    try:
        return [reverse(name)]
    except NoReverseMatch:
        return []


def _search(client, written):
    """The word finds no letter, and a letter's own address is not there. (The page repeats what was asked.)"""
    asked = {"what": "messages", "words": WORD, "since": "", "until": "", "purpose": "Case 17."}
    answer = client.post("/staff/search/", asked)
    assert answer.status_code == 303
    shown = text(client.get(answer["Location"]))
    assert f"a {WORD}" not in shown
    assert f"{WORD} speaks" not in shown
    for one in written:
        assert client.get(f"{answer['Location']}letters/{one}/").status_code == 404


def test_del7_nothing_waits_for_a_reviewer_and_none_is_printed(written):
    assert not Review.objects.filter(decision="").exists()
    assert not Message.objects.filter(state__in=["review", "paper"]).exists()


def test_the_export_of_the_log_has_no_word(written, member, staff_client, north):
    client = staff_client(member(Role.AUDITOR, north))
    assert WORD not in text(client.get("/staff/audit/export.csv"))


def test_del7_no_email_and_no_log_says_a_word(caplog, request):
    """At its most talkative, while letters are written, held, verified, sealed and sent; and what emails are about."""
    with caplog.at_level("DEBUG"):
        request.getfixturevalue("written")
    assert WORD not in caplog.text.lower()
    assert WORD not in str(list(Email.objects.values())).lower()
    assert Email.objects.exists()
