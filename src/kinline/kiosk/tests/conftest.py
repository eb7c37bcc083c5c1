"""Helpers of the kiosk's tests: letters between Daniel and his mother, and what a page says."""

import html
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.flows.send_message import send
from kinline.messaging.models import Message
from kinline.residents.models import Resident

Send = Callable[..., Message]


@pytest.fixture
def from_mother(mother_party: Party, contact: Contact, now: datetime) -> Send:
    """`from_mother("text", collect=True)`: a letter that she sent, delivered or offered at once in the north."""

    def sent(body: str = "The tomatoes came back.", *, subject: str = "Garden", collect: bool = False) -> Message:
        made = send(
            mother_party,
            contact_id=contact.pk,
            subject=subject,
            body=body,
            client_key=uuid4(),
            collect=collect,
            now=now,
        )
        return Message.objects.get(pk=made.message_id)

    return sent


@pytest.fixture
def daniel(kiosk_client: Callable[[Resident], Client], resident: Resident) -> Client:
    """Daniel at the kiosk."""
    return kiosk_client(resident)


@pytest.fixture
def said() -> Callable[..., str]:
    """`said(client, path)`: the text of a page that opened."""

    def text(client: Client, path: str) -> str:
        response = client.get(path, follow=True)
        assert response.status_code == 200, path
        return html.unescape(response.content.decode())

    return text
