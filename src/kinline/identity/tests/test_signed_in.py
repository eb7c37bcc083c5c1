"""A session opens the portal only while all of it verifies: its person, its secret mark, the account (ACC-5, ACC-7)."""

from collections.abc import Callable

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kinline.core import clock
from kinline.identity.models import Session, User
from kinline.identity.sessions import SessionStore

PAGE = "/notices/"


@pytest.fixture
def browser(mother: User, family_client: Callable[[User], Client]) -> Client:
    return family_client(mother)


def is_in(browser: Client) -> bool:
    return browser.get(PAGE).status_code == 200


def rewritten(browser: Client, **changes: str) -> None:
    """The stored session with other words, its row otherwise as it was: what no browser can do by itself."""
    store = SessionStore(browser.cookies["kinline_family"].value)
    words = {**store.load(), **changes}
    Session.objects.update(session_data=store.encode(words))


def test_session_and_person_are_one_statement(
    browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert is_in(browser)
    with django_assert_num_queries(2):  # and the counter in the header
        browser.get("/account/password/")


def test_a_password_changed_behind_its_back_ends_it(browser: Client, mother: User) -> None:
    assert is_in(browser)
    mother.password = "another hash"
    mother.save()
    assert not is_in(browser)
    assert not Session.objects.exists()


def test_a_closed_account_is_out(browser: Client, mother: User) -> None:
    User.objects.filter(pk=mother.pk).update(closed_at=clock.now())
    assert not is_in(browser)


def test_an_expired_session_is_none(browser: Client) -> None:
    Session.objects.update(expire_date=clock.now())
    assert not is_in(browser)


@pytest.mark.parametrize(
    "changes", [{HASH_SESSION_KEY: ""}, {HASH_SESSION_KEY: "0" * 64}, {BACKEND_SESSION_KEY: "some.other.Backend"}]
)
def test_every_mark_must_be_right(changes: dict[str, str], browser: Client) -> None:
    rewritten(browser, **changes)
    assert not is_in(browser)


def test_another_persons_name_in_it_opens_neither_account(browser: Client, stranger: User) -> None:
    rewritten(browser, **{SESSION_KEY: str(stranger.pk)})
    assert not is_in(browser)


def test_a_new_secret_key_keeps_who_is_in_while_the_old_one_is_still_known(browser: Client, settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret of the operator, long enough to be one"
    assert is_in(browser)
    settings.SECRET_KEY_FALLBACKS = []
    assert is_in(browser)  # it was written anew under the new one
