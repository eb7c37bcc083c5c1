"""What the tests of accounts share: a person who signs up, and the mail that reaches them."""

import re
from datetime import UTC, datetime
from typing import Any

from django.core import mail
from django.test import Client

from kinline.flows.send_email import send_email
from kinline.notices.models import Email

PASSWORD = "seven green lanterns"


def person(**other: Any) -> dict[str, Any]:
    """The fields of the sign-up page, filled in by a sample person."""
    fields = {
        "username": "rosa.sample",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "first_name": "Rosa",
        "last_name": "Sample",
        "address_line1": "1 Sample Street",
        "address_line2": "",
        "city": "Sample City",
        "region": "NY",
        "postal_code": "10001",
        "date_of_birth": "1975-03-28",
        "gender": "prefer_not_to_say",
        "email": "rosa@family.example",
        "email2": "rosa@family.example",
        "agree_terms": "on",
    }
    return {**fields, **other}


def sign_up(client: Client | None = None, **other: Any) -> Any:
    return (client or Client()).post("/signup/", person(**other))


def log_in(client: Client, login: str, password: str = PASSWORD, **other: Any) -> Any:
    return client.post("/login/", {"login": login, "password": password, **other})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def kinds() -> list[tuple[str, str]]:
    """Every email that was asked for, oldest first: (to, kind)."""
    return list(Email.objects.order_by("pk").values_list("to", "kind"))


def text_of_newest(now: datetime | None = None) -> str:
    """Send what waits and read the newest email."""
    for row in Email.objects.filter(sent_at=None).order_by("pk"):
        send_email(email_id=row.pk, now=now or datetime.now(UTC))
    return str(mail.outbox[-1].body)


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/\S*/)", text)
    assert found is not None, text
    return found[1]


def code_in(text: str) -> str:
    found = re.search(r"\b\d{8}\b", text)
    assert found is not None, text
    return found[0]


def active(client: Client | None = None, **other: Any) -> dict[str, Any]:
    """Sign up and activate; returns what was typed."""
    sign_up(client, **other)
    assert Client().post(link_in(text_of_newest())).status_code == 303
    return person(**other)
