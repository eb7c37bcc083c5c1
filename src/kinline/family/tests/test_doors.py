"""Every page of the family portal: its owner gets it, a stranger gets nothing, nobody is led to log in."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.family.tests.conftest import Write
from kinline.family.urls_mail import urlpatterns
from kinline.identity.models import User

OPEN = [
    "home", "people", "people_find", "messages", "compose", "drafts", "credits", "phone", "notices", "appeals", "buy",
    "refund", "top_up",
]  # fmt: skip
OF_A_CONTACT = ["person"]
OF_A_LETTER = ["letter", "letter_print"]
ACTS_ON_A_CONTACT = ["person_block", "person_unblock", "person_always"]
ACTS_ON_A_LETTER = ["letter_accept", "letter_decline", "letter_pay", "letter_take_back"]
ACTS = ["people_add", "people_watch", "messages_tidy", "notices_read", "credits_test"]
# Walked in their own tests.
ELSEWHERE = [
    "bought", "refunded", "gift_undo", "top_up_change", "top_up_stop", "keep", "number", "number_code", "number_prove",
    "number_remove", "draft_save", "draft_drop", "people_watch_end", "people_invitation", "appeal_new", "appeal",
    "attorney", "attorney_withdraw", "photo", "photo_small", "number_calls", "number_calls_csv", "number_block",
    "number_unblock", "number_on_list", "call_me",
]  # fmt: skip


def test_every_address_is_walked() -> None:
    walked = {*OPEN, *OF_A_CONTACT, *OF_A_LETTER, *ACTS_ON_A_CONTACT, *ACTS_ON_A_LETTER, *ACTS, *ELSEWHERE}
    assert {pattern.name for pattern in urlpatterns} == walked


@pytest.mark.parametrize("name", OPEN)
def test_an_empty_page_is_a_page(name: str, elsewhere: Client) -> None:
    assert elsewhere.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", OPEN)
def test_a_full_page_is_a_page(
    name: str,
    at_home: Client,
    mother_party: Party,
    resident_party: Party,
    money: Callable[[Party, int], None],
    from_mother: Write,
    from_daniel: Write,
) -> None:
    money(mother_party, 500)
    money(resident_party, 500)
    from_mother()
    from_daniel()
    from_daniel(collect=True)
    assert at_home.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", OPEN)
def test_who_is_not_signed_in_logs_in_first(name: str, client: Client, db: None) -> None:
    answer = client.get(reverse(name))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login/")


@pytest.mark.parametrize("name", [*OF_A_CONTACT, *ACTS_ON_A_CONTACT])
def test_a_contact_is_its_owners(name: str, contact: Contact, at_home: Client, elsewhere: Client) -> None:
    where = reverse(name, args=[contact.pk])
    ask = "get" if name in OF_A_CONTACT else "post"
    assert getattr(elsewhere, ask)(where).status_code == 404
    assert getattr(at_home, ask)(where).status_code == (200 if ask == "get" else 303)


@pytest.mark.parametrize("name", [*OF_A_LETTER, *ACTS_ON_A_LETTER])
def test_a_letter_is_its_owners(
    name: str,
    at_home: Client,
    elsewhere: Client,
    mother_party: Party,
    money: Callable[[Party, int], None],
    from_mother: Write,
) -> None:
    money(mother_party, 50)
    where = reverse(name, args=[from_mother().message_id])
    ask = "get" if name in OF_A_LETTER else "post"
    assert getattr(elsewhere, ask)(where).status_code == 404
    assert getattr(at_home, ask)(where).status_code == (200 if ask == "get" else 303)


@pytest.mark.parametrize("name", [*ACTS_ON_A_CONTACT, *ACTS_ON_A_LETTER])
def test_acts_are_posts_of_signed_in_people(name: str, client: Client, at_home: Client) -> None:
    where = reverse(name, args=[1])
    assert at_home.get(where).status_code == 405
    answer = client.post(where)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, "/login/")


def test_writing_to_a_strangers_contact_is_not_there(contact: Contact, elsewhere: Client) -> None:
    assert elsewhere.get(f"/messages/new/?to={contact.pk}").status_code == 404
    assert elsewhere.post("/messages/new/", {"to": contact.pk, "body": "Hello"}).status_code == 404


def test_a_staff_session_opens_no_family_page(
    officer: User, family_client: Callable[[User], Client], contact: Contact
) -> None:
    browser = family_client(officer)
    for name in OPEN:
        assert browser.get(reverse(name)).status_code == 302
