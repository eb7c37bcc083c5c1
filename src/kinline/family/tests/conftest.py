"""What the tests of the family's pages have in common, on the root's cast."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.family.tests.card_desk import CardDesk
from kinline.flows.send_message import Sent, send
from kinline.identity.models import User
from kinline.payments import processors

Write = Callable[..., Sent]


@pytest.fixture
def at_home(mother: User, family_client: Callable[[User], Client]) -> Client:
    """The mother's browser, signed in."""
    return family_client(mother)


@pytest.fixture
def elsewhere(stranger: User, family_client: Callable[[User], Client]) -> Client:
    """The stranger's browser, signed in."""
    return family_client(stranger)


@pytest.fixture
def from_mother(contact: Contact, mother_party: Party, now: datetime) -> Write:
    """`from_mother("Hello")`: she writes to Daniel and pays, unless `collect`."""

    def write(body: str = "Dear Daniel", *, collect: bool = False, at: datetime = now, **more: object) -> Sent:
        values = {"subject": "Garden", "client_key": uuid4(), **more}
        return send(mother_party, contact_id=contact.pk, body=body, collect=collect, now=at, **values)

    return write


@pytest.fixture
def from_daniel(contact: Contact, resident_party: Party, now: datetime) -> Write:
    """`from_daniel("Hello")`: he writes to his mother and pays, unless `collect`."""

    def write(body: str = "Dear mother", *, collect: bool = False, at: datetime = now, **more: object) -> Sent:
        values = {"subject": "Sunday", "client_key": uuid4(), **more}
        return send(resident_party, contact_id=contact.pk, body=body, collect=collect, now=at, **values)

    return write


@pytest.fixture
def card_desk(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> CardDesk:
    """The card processor, without a network: what it was asked is in it, and what the payer does is told to it."""
    desk = CardDesk()
    settings.STRIPE_KEY = "sk_test_of_nobody"
    for name in ("create_page", "page", "expire_page", "payment"):
        monkeypatch.setattr(processors, name, getattr(desk, name))
    return desk
