"""CON-5, DEL-7, M11 at the door of the family portal: the claim, the notice before each letter, a lost session."""

import json
from uuid import uuid4

import pytest
from conftest import PASSWORD
from django.test import Client

from kinline.contacts.models import Contact, PrivilegeClaim
from kinline.facilities import services as facilities
from kinline.family.tests.post import log_in
from kinline.flows import privileged
from kinline.identity.access import KEPT
from kinline.identity.sessions import SessionStore
from kinline.messaging.models import Body, Draft, Message

pytestmark = pytest.mark.django_db
FIELDS = {"profession": "attorney", "organisation": "Sample Defenders", "bar_number": "NY 7788", "document": "Bar card"}
NEW = "/messages/new/"


@pytest.fixture(autouse=True)
def _key(settings):
    settings.PRIVILEGED_KEYS = ("only-for-tests-" + "k" * 32,)


@pytest.fixture
def offered(north):
    facilities.change_facility(facility_id=north.pk, changes={"privileged_offered": True})


@pytest.fixture
def where(contact):
    return f"/people/{contact.pk}/attorney/"


@pytest.fixture
def confident(offered, contact, mother, supervisor, now):
    claim = privileged.ask(user_id=mother.pk, contact_id=contact.pk, **FIELDS, now=now)
    privileged.verify(staff=supervisor, claim_id=claim, now=now)
    return contact


def letter(contact, **more):
    return {"to": contact.pk, "subject": "Garden", "body": "Dear Daniel", "key": str(uuid4()), "pay": "credits", **more}


def text(answer):
    return answer.content.decode()


def test_asked_for_with_proof_and_taken_back(at_home, offered, contact, where):
    assert where in text(at_home.get(f"/people/{contact.pk}/"))
    assert at_home.post(where, FIELDS)["Location"] == where
    assert PrivilegeClaim.objects.get().bar_number == "NY 7788"
    shown = text(at_home.get(where))
    assert "NY 7788" in shown
    assert "Until then none can be sent" in shown
    assert "Until then none can be sent" in text(at_home.get(f"{NEW}?to={contact.pk}"))
    assert at_home.post(f"{where}withdraw/")["Location"].startswith(where)
    assert PrivilegeClaim.objects.get().state == "ended"


@pytest.mark.parametrize("wrong", [{"bar_number": ""}, {"profession": "x"}, {"document": " "}, {"organisation": ""}])
def test_what_lacks_proof_is_not_taken_and_stays_typed(at_home, offered, contact, where, wrong):
    answer = at_home.post(where, {**FIELDS, "document": "The sample card", **wrong})
    assert 'id="errors"' in text(answer)
    assert "document" in wrong or "The sample card" in text(answer)
    assert not PrivilegeClaim.objects.exists()


def test_where_it_is_not_offered_the_page_says_so_and_takes_nothing(at_home, contact, where):
    shown = text(at_home.get(where))
    assert "does not offer confidential letters" in shown
    assert 'name="bar_number"' not in shown
    assert "does not offer confidential letters" in text(at_home.post(where, FIELDS))
    assert not PrivilegeClaim.objects.exists()


def test_somebody_elses_contact_is_not_there(elsewhere, offered, where):
    assert [elsewhere.get(where).status_code, elsewhere.post(where, FIELDS).status_code] == [404, 404]
    assert elsewhere.post(f"{where}withdraw/").status_code == 404


def test_m11_the_notice_stands_before_the_letter_and_cannot_be_skipped(at_home, contact, mother_party, money):
    money(mother_party, 100)
    assert "This letter is not confidential" not in text(at_home.get(f"{NEW}?to={contact.pk}"))
    Contact.objects.update(relation="Attorney")
    assert "This letter is not confidential" in text(at_home.get(f"{NEW}?to={contact.pk}"))
    refused = text(at_home.post(NEW, letter(contact)))
    assert "Tick the box" in refused
    assert "Dear Daniel" in refused
    assert not Message.objects.exists()
    assert at_home.post(NEW, letter(contact, aware="on")).status_code == 303
    assert Message.objects.count() == 1


def test_m11_at_the_kiosk_too(daniel_at_kiosk, contact, resident_party, money):
    money(resident_party, 100)
    Contact.objects.update(relation="My lawyer")
    where = f"/kiosk/write/{contact.pk}/"
    assert "This letter is not confidential" in text(daniel_at_kiosk.get(where))
    assert "Tick the box" in text(daniel_at_kiosk.post(where, letter(contact)))
    assert not Message.objects.exists()
    daniel_at_kiosk.post(where, letter(contact, aware="on"))
    assert Message.objects.count() == 1


@pytest.fixture
def daniel_at_kiosk(resident, kiosk_client):
    return kiosk_client(resident)


def test_both_sides_see_the_class_and_read_the_letter(at_home, daniel_at_kiosk, confident, mother_party, money):
    money(mother_party, 100)
    where = at_home.post(NEW, letter(confident))["Location"]
    assert "Dear Daniel" in text(at_home.get(where))
    assert "Confidential: no member of staff" in text(at_home.get(f"/people/{confident.pk}/"))
    assert "Confidential: no member of staff" in text(daniel_at_kiosk.get(f"/kiosk/people/{confident.pk}/"))
    for page in (at_home.get(f"{NEW}?to={confident.pk}"), daniel_at_kiosk.get(f"/kiosk/write/{confident.pk}/")):
        assert "Confidential: no member of staff" in text(page)  # before one writes
    shown = text(daniel_at_kiosk.get(f"/kiosk/letters/{Message.objects.get().pk}/"))
    assert "Dear Daniel" in shown
    assert "Dear Daniel" not in Body.objects.get().text


def test_without_a_key_each_page_says_so_and_what_is_typed_is_not_called_saved(
    at_home, daniel_at_kiosk, confident, mother_party, money, settings
):
    money(mother_party, 100)
    where = at_home.post(NEW, letter(confident))["Location"]
    settings.PRIVILEGED_KEYS = ()
    for client, page in (
        (at_home, where), (at_home, f"{NEW}?to={confident.pk}"),
        (daniel_at_kiosk, f"/kiosk/letters/{Message.objects.get().pk}/"),
    ):  # fmt: skip
        assert "cannot be written or opened at this moment" in text(client.get(page))
    assert at_home.post("/drafts/save/", letter(confident)).status_code == 503
    kept = daniel_at_kiosk.post(
        f"/kiosk/write/{confident.pk}/draft/", letter(confident), headers={"Accept": "application/json"}
    )
    assert kept.status_code == 503
    assert not Draft.objects.exists()
    for page in ("/messages/", "/home/", "/drafts/", f"/people/{confident.pk}/"):
        assert at_home.get(page).status_code == 200


def test_what_a_lost_session_typed_lies_sealed_and_comes_back(confident, mother):
    client = Client()
    client.post(NEW, {"to": confident.pk, "subject": "Sunday", "body": "The pelican speaks."})
    kept = SessionStore(client.cookies["kinline_family"].value)[KEPT]
    assert set(kept) == {"path", "sealed"}
    assert "pelican" not in str(kept)
    log_in(client, mother.username, PASSWORD, next=NEW)
    assert "The pelican speaks." in text(client.get(NEW))


def test_acc7_the_download_has_claim_and_letter_or_says_that_it_does_not_open(
    at_home, confident, mother_party, money, settings
):
    money(mother_party, 100)
    at_home.post(NEW, letter(confident))

    def downloaded():
        return json.loads(b"".join(at_home.post("/account/download/", {"what": "data"}).streaming_content))

    found = downloaded()
    assert found["claims_of_confidence"][0]["bar_number"] == "NY 7788"
    assert [(one["subject"], one["text"]) for one in found["messages"]] == [("Garden", "Dear Daniel")]
    settings.PRIVILEGED_KEYS = ()
    assert [(one["text"], one["closed"]) for one in downloaded()["messages"]] == [(None, True)]
    answer = at_home.post("/account/download/", {"what": "letters"})
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
