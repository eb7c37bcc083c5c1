"""People, money, notices, appeals, prices (CON-2, CON-3, MON-5, DEL-5, DEL-6)."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client

from kinline.contacts.models import Contact, Invitation
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities import services as facilities
from kinline.facilities.models import Facility
from kinline.flows import appeal as appeals
from kinline.flows import decide_review
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.flows.take_back import take_back
from kinline.messaging.models import Appeal, Message
from kinline.notices.models import Notice

HOLD = [{"id": "all", "then": "review"}]


class TestPeople:
    def test_saying_yes_and_no(self, daniel: Client, contact: Contact, said) -> None:
        Contact.objects.update(consent_needed=True)
        page = said(daniel, "/kiosk/people/")
        assert "They ask to write to you" in page
        assert "Marta Sample" in page
        assert "1<span" in said(daniel, "/kiosk/letters/")
        daniel.post(f"/kiosk/people/{contact.pk}/no/")
        contact.refresh_from_db()
        assert contact.declined_at is not None
        assert "You said no to this contact" in said(daniel, f"/kiosk/people/{contact.pk}/")
        daniel.post(f"/kiosk/people/{contact.pk}/yes/")
        contact.refresh_from_db()
        assert contact.consented_at is not None
        assert "Write for 50¢" in said(daniel, f"/kiosk/people/{contact.pk}/")

    def test_block_and_unblock(self, daniel: Client, contact: Contact, said) -> None:
        daniel.post(f"/kiosk/people/{contact.pk}/block/")
        contact.refresh_from_db()
        assert contact.resident_blocked_at is not None
        assert "Unblock" in said(daniel, f"/kiosk/people/{contact.pk}/")
        daniel.post(f"/kiosk/people/{contact.pk}/unblock/")
        contact.refresh_from_db()
        assert contact.resident_blocked_at is None

    def test_an_act_that_is_none(self, daniel: Client, contact: Contact) -> None:
        assert daniel.post(f"/kiosk/people/{contact.pk}/adopt/").status_code == 404

    def test_choosing_to_whom(self, daniel: Client, contact: Contact, said) -> None:
        assert f"/kiosk/write/{contact.pk}/" in said(daniel, "/kiosk/write/")

    def test_inviting(self, daniel: Client, resident, said) -> None:
        response = daniel.post("/kiosk/people/invite/", {"email": "aunt@family.example"})
        assert (response.status_code, response.url) == (303, "/kiosk/people/")
        assert Invitation.objects.get().email == "aunt@family.example"
        assert "aunt@family.example" in said(daniel, "/kiosk/people/")

    @pytest.mark.parametrize("email", ["", "no address", "a@b@c"])
    def test_inviting_nobody(self, daniel: Client, email: str) -> None:
        response = daniel.post("/kiosk/people/invite/", {"email": email})
        assert response.status_code == 422
        assert not Invitation.objects.exists()


class TestMoney:
    def test_balance_and_history(
        self, daniel: Client, contact: Contact, resident_party: Party, money, said, now
    ) -> None:
        money(resident_party, 150)
        sent = send(
            resident_party, contact_id=contact.pk, subject="", body="One.", client_key=uuid4(), collect=False, now=now
        )
        page = said(daniel, "/kiosk/money/")
        assert "$1.00" in page
        assert "That is 2 letters. One letter costs 50¢." in page
        assert "Money added" in page
        assert "A letter to \u2068Marta Sample\u2069" in page
        assert "+$1.50" in page
        assert "−$0.50" in page
        assert f"/kiosk/letters/{sent.message_id}/" in page
        assert "Money: $1.00" in said(daniel, "/kiosk/letters/")

    def test_money_that_came_in_has_its_receipt_number(
        self, daniel: Client, resident_party: Party, north, settings, said, now
    ) -> None:
        settings.DEMO = True
        given = record_deposit(account=resident_party, amount_cents=500, method="test", client_key=uuid4(), now=now)
        assert f"Receipt {given.receipt}" in said(daniel, "/kiosk/money/")

    def test_held_money_is_said(
        self, daniel: Client, contact: Contact, resident_party: Party, money, said, now, north
    ) -> None:
        delivery.set_policy(facility_id=north.pk, rules=HOLD, now=now)
        money(resident_party, 150)
        send(resident_party, contact_id=contact.pk, subject="", body="One.", client_key=uuid4(), collect=False, now=now)
        assert "$0.50 more is set aside" in said(daniel, "/kiosk/money/")

    def test_prices(self, daniel: Client, said) -> None:
        page = said(daniel, "/kiosk/prices/")
        assert "50¢" in page
        assert "A photo that comes" not in page

    @pytest.mark.parametrize(("cents", "told"), [(30, "30¢"), (0, "free")])
    def test_what_a_photo_costs_where_photos_are_offered(
        self, daniel: Client, north: Facility, said, cents: int, told: str
    ) -> None:
        """MON-9, MSG-9."""
        facilities.change_facility(facility_id=north.pk, changes={"photos_a_letter": 2})
        now = datetime.now(UTC)
        facilities.set_price(agency_id=north.agency_id, cents=55, effective_from=now, now=now, photo_cents=cents)
        row = said(daniel, "/kiosk/prices/").split("A photo that comes with a letter to you")[1].split("</tr>")[0]
        assert told in row

    def test_the_extent_of_monitoring_is_told_before_anything_is_written(self, kiosk_device, north, said) -> None:
        """REC2."""
        assert "Staff can read, search and keep each letter" in said(kiosk_device(north), "/kiosk/")

    def test_phone_is_honest(self, daniel: Client, said) -> None:
        assert "no calls at this facility" in said(daniel, "/kiosk/phone/")


class TestAppeals:
    @pytest.fixture
    def refused(self, contact: Contact, mother_party: Party, money, now, north, officer) -> Message:
        """Her letter to him, refused by an officer."""
        delivery.set_policy(facility_id=north.pk, rules=HOLD, now=now)
        money(mother_party, 50)
        sent = send(
            mother_party, contact_id=contact.pk, subject="Garden", body="Hidden words.", client_key=uuid4(),
            collect=False, now=now,
        )  # fmt: skip
        decide_review.refuse(
            staff=officer, message_id=sent.message_id, reason_code="plan", explanation="It names a plan.", now=now
        )
        return Message.objects.get(pk=sent.message_id)

    def test_he_is_told_and_can_ask_again(self, daniel: Client, refused: Message, said) -> None:
        page = said(daniel, "/kiosk/notices/")
        where = f"/kiosk/letters/{refused.pk}/appeal/"
        assert "was not delivered" in page
        assert where in page
        page = said(daniel, where)
        assert "It plans something unlawful." in page
        assert "It names a plan." in page
        assert "until the end of" in page
        assert "Hidden words." not in page
        assert "Garden" not in page
        response = daniel.post(where, {"text": "It is about tomatoes."})
        assert (response.status_code, response.url) == (303, where)
        appeal = Appeal.objects.get()
        assert (appeal.side, appeal.text) == ("resident", "It is about tomatoes.")
        page = said(daniel, where)
        assert "Another person answers by" in page
        assert "File my appeal" not in page

    def test_not_without_a_word_and_not_twice(self, daniel: Client, refused: Message) -> None:
        where = f"/kiosk/letters/{refused.pk}/appeal/"
        assert daniel.post(where, {"text": "  "}).status_code == 422
        assert not Appeal.objects.exists()
        daniel.post(where, {"text": "Why?"})
        assert daniel.post(where, {"text": "Why again?"}).status_code == 422
        assert Appeal.objects.get().text == "Why?"

    def test_all_his_appeals_with_how_they_stand(self, daniel: Client, refused: Message, said) -> None:
        assert "No appeals." in said(daniel, "/kiosk/appeals/")
        daniel.post(f"/kiosk/letters/{refused.pk}/appeal/", {"text": "It is about tomatoes."})
        page = said(daniel, "/kiosk/appeals/")
        assert "Another person answers by" in page
        assert f'href="/kiosk/letters/{refused.pk}/appeal/"' in page
        assert "Marta Sample" in page

    def test_a_won_appeal_leads_to_the_letter(self, daniel: Client, refused: Message, said, now, supervisor) -> None:
        where = f"/kiosk/letters/{refused.pk}/appeal/"
        daniel.post(where, {"text": "It is about tomatoes."})
        appeals.decide(staff=supervisor, appeal_id=Appeal.objects.get().pk, won=True, answer="Tomatoes it is.", now=now)
        page = said(daniel, where)
        assert "Won: the letter is delivered, free." in page
        assert "Tomatoes it is." in page
        assert f'href="/kiosk/letters/{refused.pk}/"' in page
        assert "Hidden words." in said(daniel, f"/kiosk/letters/{refused.pk}/")

    def test_a_letter_that_was_not_refused_has_no_such_page(
        self, daniel: Client, contact: Contact, money, mother_party: Party, from_mother
    ) -> None:
        money(mother_party, 50)
        assert daniel.get(f"/kiosk/letters/{from_mother().pk}/appeal/").status_code == 404

    def test_reading_notices(self, daniel: Client, refused: Message, said) -> None:
        mine = Notice.objects.get(resident__isnull=False)
        assert "1<span" in said(daniel, "/kiosk/letters/")
        daniel.post("/kiosk/notices/", {"ids": [mine.pk]})
        mine.refresh_from_db()
        assert mine.read_at is not None

    def test_it_leads_to_a_letter_only_while_it_is_there(self, daniel: Client, from_mother, said, now) -> None:
        taken, kept = from_mother("Taken.", collect=True), from_mother("Kept.", collect=True)
        assert f'href="/kiosk/letters/{taken.pk}/"' in said(daniel, "/kiosk/notices/")
        take_back(Party("family", taken.contact.user_id), message_id=taken.pk, now=now)
        page = said(daniel, "/kiosk/notices/")
        assert f"/kiosk/letters/{taken.pk}/" not in page
        assert f'href="/kiosk/letters/{kept.pk}/"' in page

    def test_nobody_elses_notices(self, daniel: Client, refused: Message) -> None:
        hers = Notice.objects.get(user__isnull=False)
        daniel.post("/kiosk/notices/", {"ids": [hers.pk]})
        hers.refresh_from_db()
        assert hers.read_at is None
        assert daniel.post("/kiosk/notices/", {"ids": ["x"]}).status_code == 404
