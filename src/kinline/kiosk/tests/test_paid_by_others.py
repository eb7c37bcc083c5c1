"""MSG-3, MON-8 at the kiosk: a reply that is paid, one that he pays for, and what is left of the week."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows.send_message import send
from kinline.kiosk.tests.test_writing import form
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.models import Message
from kinline.payments.models import Allowance


@pytest.fixture
def words(said):
    """The words of a page, as one line."""

    def plain(client: Client, path: str) -> str:
        return re.sub(r"[\s\u2066-\u2069]+", " ", re.sub(r"<[^>]+>", "", said(client, path)))

    return plain


def cents(party: Party) -> tuple[int, int]:
    found = balance(chart.messages_of(party))
    return found.posted_cents, found.held_cents


def test_his_reply_is_paid(
    daniel: Client, contact: Contact, mother_party: Party, resident_party: Party, money, words, now: datetime
) -> None:
    money(mother_party, 100)
    hers = send(
        mother_party, contact_id=contact.pk, subject="Garden", body="Write soon.", client_key=form()["key"],
        collect=False, now=now, prepay_reply=True,
    ).message_id  # fmt: skip
    page = words(daniel, f"/kiosk/letters/{hers}/")
    assert "Your reply is paid by Marta. You pay nothing until" in page
    assert "Answer for" not in page
    page = words(daniel, f"/kiosk/write/{contact.pk}/?reply={hers}")
    assert "Marta paid for this reply. You pay nothing." in page
    response = daniel.post(f"/kiosk/write/{contact.pk}/", form(reply=str(hers), price="0"))
    assert response.status_code == 303
    assert Message.objects.get(sender="resident").payer == "prepaid"
    assert (cents(resident_party), cents(mother_party)) == ((0, 0), (0, 0))
    assert "Marta paid for this reply." in words(daniel, response.url)


def test_he_pays_for_her_reply(daniel: Client, contact: Contact, resident_party: Party, money, words) -> None:
    money(resident_party, 150)
    page = words(daniel, f"/kiosk/write/{contact.pk}/")
    assert "Pay for the reply of Marta, too: 50¢ more. You have $0.50 then." in page
    assert "No reply in 30 days: the money comes back." in page
    response = daniel.post(f"/kiosk/write/{contact.pk}/", form(prepay_reply="on", price="50"))
    assert cents(resident_party) == (100, 50)
    assert "You paid for Marta's reply: 50¢ is set aside for it until" in words(daniel, response.url)


def test_what_is_left_of_the_week(
    daniel: Client, contact: Contact, north: Facility, words, now: datetime, resident_party: Party, money
) -> None:
    """MON-8: he sees it where he writes and with his money; his own credits are the next to pay."""
    Allowance.objects.create(
        facility=north, kind="messages", per_week=2, effective_from=now - timedelta(days=9)
    )  # fmt: skip
    money(resident_party, 50)
    page = words(daniel, f"/kiosk/write/{contact.pk}/")
    assert "Sample County pays for this letter. You pay nothing." in page
    assert "Sample County pays for 2 more letters this week, from you or to you." in page
    daniel.post(f"/kiosk/write/{contact.pk}/", form(price="0"))
    assert "Sample County pays for 1 more letter this week" in words(daniel, "/kiosk/money/")
    daniel.post(f"/kiosk/write/{contact.pk}/", form(price="0"))
    assert "Sample County pays for 2 letters a week, from you or to you. This week they are used." in words(
        daniel, "/kiosk/money/"
    )
    assert "50¢ for this letter" in words(daniel, f"/kiosk/write/{contact.pk}/")
    assert cents(resident_party) == (50, 0)


def test_without_an_allowance_nothing_is_said_of_one(daniel: Client, contact: Contact, words) -> None:
    for path in (f"/kiosk/write/{contact.pk}/", "/kiosk/money/"):
        assert "this week" not in words(daniel, path)
