"""A card number typed into a wrong field is nowhere afterwards: on no page, in no row, in no log (PCI1)."""

import itertools
import logging
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client

from kinline.contacts.models import Contact
from kinline.facilities.models import Facility
from kinline.identity.models import User
from kinline.payments.models import ListedNumber, PrepaidNumber
from tests.money.processor import FakeProcessor

# A test number that card networks publish, as people type it.
TYPED = ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242 12/30 123"]

FORMS = {
    "/credits/buy/": ("amount", "suggested", "for", "key", "look"),
    "/credits/refund/": ("amount", "account", "for", "key"),
    "/credits/topup/": ("below", "amount", "cap", "for", "key"),
    "/phone/": ("number", "label", "key"),
    "/phone/{listed}/prove/": ("code",),
    "/credits/test/": ("amount_cents", "key"),
}
USUAL = {"for": "me", "amount": "25.00", "below": "5.00", "cap": "50.00", "number": "813 555 0143", "label": "Home"}


@pytest.fixture
def listed(mother: User, now: datetime) -> int:
    number = PrepaidNumber.objects.create(number="+18135550142", created_at=now)
    return ListedNumber.objects.create(user=mother, number=number, created_at=now).pk


def rows_with_a_card_number() -> list[str]:
    """Tables in which 4242 stands at least twice in a row, grouped or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        found = []
        for (table,) in cursor.fetchall():
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {name} t WHERE t::text ~ '4242[^0-9a-z]?4242'")
            if cursor.fetchone()[0]:
                found.append(table)
        return found


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("path", FORMS)
def test_signed_in(
    family_client: Callable[[User], Client], mother: User, contact: Contact, listed: int, processor: FakeProcessor,
    caplog: pytest.LogCaptureFixture, path: str, typed: str,
) -> None:  # fmt: skip
    """In each field, with each button there may be."""
    caplog.set_level(logging.DEBUG)
    client = family_client(mother)
    for field, button in itertools.product(FORMS[path], ("", "look", "pay", "confirm")):
        fields = {**USUAL, **({button: "1"} if button else {}), field: typed}
        answer = client.post(path.format(listed=listed), fields)
        assert answer.status_code in {200, 303, 404}, answer.status_code
        assert typed not in answer.content.decode(), field
        assert "4242" not in answer.headers.get("Location", ""), "addresses are logged"
    assert rows_with_a_card_number() == []
    assert "4242" not in caplog.text


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("path", ["/credits/buy/", "/credits/refund/", "/phone/"])
def test_when_the_session_was_lost(north: Facility, caplog: pytest.LogCaptureFixture, path: str, typed: str) -> None:
    """What was typed is kept until after the log-in; this is not."""
    caplog.set_level(logging.DEBUG)
    answer = Client().post(path, {"amount": typed, "number": typed, "label": "Home"})
    assert answer.status_code == 303
    assert rows_with_a_card_number() == []
    assert "4242" not in caplog.text + answer.headers["Location"]


@pytest.mark.parametrize("typed", TYPED)
def test_when_the_form_was_too_old(family_client: Callable[[User], Client], mother: User, typed: str) -> None:
    """The page that gives back what was typed does not give this back."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = family_client(mother).cookies
    answer = client.post("/credits/buy/", {"amount": typed, "for": "me"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert typed not in answer.content.decode()
    assert 'value="me"' in answer.content.decode(), "all else is"


def test_the_search_finds_what_it_looks_for(mother: User) -> None:
    """The tests above must not pass because nothing is ever found."""
    User.objects.filter(pk=mother.pk).update(city=TYPED[1])
    assert rows_with_a_card_number() == ["identity_user"]
