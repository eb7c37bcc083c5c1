"""MSG-2, MSG-3, MON-8 through the door of the portal: a reply paid ahead, and letters that the agency pays for."""

import html
import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.family.tests.conftest import Write
from kinline.family.tests.test_writing import Money, cents, letter
from kinline.identity.models import User
from kinline.messaging.models import Message, PrepaidReply
from kinline.payments.models import Allowance


def said(client: Client, path: str) -> str:
    """The words of a page, as one line."""
    response = client.get(path, follow=True)
    assert response.status_code == 200
    words = re.sub(r"<[^>]+>", "", html.unescape(response.content.decode()))
    return re.sub(r"[\s\u2066-\u2069]+", " ", words)


def offer(client: Client, contact: Contact, more: str = "") -> str:
    return client.get(f"/messages/new/?to={contact.pk}{more}").content.decode()


def test_the_reply_can_be_paid_with_the_letter(
    at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 200)
    page = said(at_home, f"/messages/new/?to={contact.pk}")
    assert "Pay for Daniel's reply, too: 50¢ more. You have 2 credits left then." in page
    assert "If no reply comes in 30 days, it comes back to you." in page
    answer = at_home.post("/messages/new/", letter(contact, price="50", prepay_reply="on"))
    assert (answer.status_code, cents(mother_party)) == (303, (150, 50))
    assert "You paid for Daniel's reply: 50¢ is set aside for it until" in said(at_home, answer["Location"])


def test_what_is_not_there_is_not_offered(
    at_home: Client, contact: Contact, mother_party: Party, money: Money, north: Facility
) -> None:
    money(mother_party, 99)
    assert "prepay_reply" not in offer(at_home, contact)
    money(mother_party, 1)
    assert "prepay_reply" in offer(at_home, contact)
    Facility.objects.update(reply_days=0)
    assert "prepay_reply" not in offer(at_home, contact)


def test_a_refused_page_keeps_the_wish(at_home: Client, contact: Contact, mother_party: Party, money: Money) -> None:
    money(mother_party, 100)
    page = at_home.post("/messages/new/", letter(contact, "", prepay_reply="on")).content.decode()
    assert re.search(r'name="prepay_reply"[^>]* checked', page)
    assert not re.search(r'name="prepay_reply"[^>]* checked', offer(at_home, contact))


def test_enough_for_the_letter_only(at_home: Client, contact: Contact, mother_party: Party, money: Money) -> None:
    """The money went elsewhere while the page was open."""
    money(mother_party, 60)
    page = at_home.post("/messages/new/", letter(contact, price="50", prepay_reply="on")).content.decode()
    assert "You do not have enough credits to pay for the reply, too." in page
    assert "Dear Daniel" in page
    assert (Message.objects.count(), cents(mother_party)) == (0, (60, 0))


@pytest.fixture
def asked(from_daniel: Write, resident_party: Party, money: Money) -> int:
    """A letter of Daniel who paid for its answer."""
    money(resident_party, 100)
    return from_daniel(prepay_reply=True).message_id


def test_an_answer_that_daniel_paid_for(at_home: Client, contact: Contact, asked: int, mother_party: Party) -> None:
    page = said(at_home, f"/messages/{asked}/")
    assert "Daniel paid for your reply. It costs you nothing until" in page
    assert "Answer for" not in page
    page = said(at_home, f"/messages/new/?to={contact.pk}&reply={asked}")
    assert "Daniel paid for this reply. It costs you nothing." in page
    assert 'name="price" value="0"' in offer(at_home, contact, f"&reply={asked}")
    answer = at_home.post("/messages/new/", letter(contact, price="0", reply=asked))
    message = Message.objects.get(sender="family")
    assert (message.payer, cents(mother_party)) == ("prepaid", (0, 0))
    assert "Daniel paid for this reply." in said(at_home, answer["Location"])
    assert "paid for your reply" not in said(at_home, f"/messages/{asked}/")


def test_what_was_shown_as_paid_is_never_charged(
    at_home: Client, contact: Contact, asked: int, mother_party: Party, money: Money, now: datetime
) -> None:
    """MSG-2: its time ended while she wrote."""
    money(mother_party, 100)
    PrepaidReply.objects.update(expires_at=now - timedelta(minutes=1))
    page = at_home.post("/messages/new/", letter(contact, price="0", reply=asked)).content.decode()
    assert "Nobody else pays for this letter any more: it costs 50¢ now." in page
    assert 'name="price" value="50"' in page
    assert (Message.objects.filter(sender="family").count(), cents(mother_party)) == (0, (100, 0))


# The agency


@pytest.fixture
def two_a_week(north: Facility, now: datetime) -> Allowance:
    then = now - timedelta(days=10)
    return Allowance.objects.create(facility=north, kind="messages", per_week=2, effective_from=then)


def test_the_agency_pays_while_the_week_has_letters_left(
    at_home: Client, contact: Contact, two_a_week: Allowance, mother_party: Party, money: Money
) -> None:
    """MON-8: no wallet is asked of anybody; then it costs again, and the page says so before."""
    for _ in range(2):
        page = said(at_home, f"/messages/new/?to={contact.pk}")
        assert "Sample County pays for this letter. It costs you nothing." in page
        assert "a week" not in page, "how many letters others have written is not hers to know"
        answer = at_home.post("/messages/new/", letter(contact, price="0", key=str(uuid4())))
        assert "Sample County pays for this letter." in said(at_home, answer["Location"])
    money(mother_party, 50)
    assert "50¢ for this letter" in said(at_home, f"/messages/new/?to={contact.pk}")
    late = at_home.post("/messages/new/", letter(contact, price="0")).content.decode()
    assert "Nobody else pays for this letter any more" in late
    assert (Message.objects.count(), cents(mother_party)) == (2, (50, 0))


def test_buttons_name_no_price_where_the_agency_may_pay(
    at_home: Client, contact: Contact, two_a_week: Allowance, from_daniel: Write
) -> None:
    sent = from_daniel()
    for path in ("/people/", f"/people/{contact.pk}/", f"/messages/{sent.message_id}/"):
        page = said(at_home, path)
        assert "for 50¢" not in page, path
    assert "Sample County pays for this letter." in said(at_home, f"/messages/{sent.message_id}/")


def test_in_spanish(
    at_home: Client, contact: Contact, two_a_week: Allowance, mother_party: Party, money: Money
) -> None:
    money(mother_party, 100)
    User.objects.update(language="es")
    page = said(at_home, f"/messages/new/?to={contact.pk}")
    assert "Sample County paga esta carta. A usted no le cuesta nada." in page
    assert "Pagar también la respuesta de Daniel: 50¢ más. Después le queda 1 crédito." in page
