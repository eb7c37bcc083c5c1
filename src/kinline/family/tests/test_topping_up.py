"""The automatic top-up, through the door (MON-3)."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kinline.contacts.models import Contact
from kinline.family.tests.card_desk import CardDesk
from kinline.identity.models import User
from kinline.payments.models import Checkout, TopUp

TERMS = {"for": "me", "below": "2.50", "amount": "10.00", "cap": "30.00"}


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def agree(browser: Client, *, pay: bool = True, **other: str) -> Any:
    form = {**TERMS, "key": str(uuid4()), **({"pay": "1"} if pay else {}), **other}
    return browser.post("/credits/topup/", form, follow=not pay)


def begun(browser: Client, desk: CardDesk) -> None:
    agree(browser)
    desk.pay()
    browser.get(f"/credits/buy/{Checkout.objects.latest('pk').pk}/")


def test_it_is_off_until_somebody_agrees_and_pays(at_home: Client, contact: Contact, card_desk: CardDesk) -> None:
    assert "Off. If you like" in words(at_home.get("/credits/"))
    look = words(agree(at_home, pay=False))
    assert "there is less than $2.50" in look
    assert "$30.00 in a calendar month" in look
    assert not TopUp.objects.exists()
    gone = agree(at_home)
    assert (gone.status_code, gone["Location"]) == (303, card_desk.sessions[card_desk.last].url)
    assert card_desk.pages[card_desk.last].keep_card
    assert TopUp.objects.get().started_at is None
    assert "Off. If you like" in words(at_home.get("/credits/"))
    card_desk.pay()
    page = words(at_home.get(f"/credits/buy/{Checkout.objects.get().pk}/"))
    assert "Automatic top-up is on from now." in page
    assert "On: adds $10.00 when there is less than $2.50." in words(at_home.get("/credits/"))
    page = words(at_home.get("/credits/topup/"))
    assert "$10.00 is added from Visa 4242." in page
    assert "$10.00 of at most $30.00 this month." in page


def test_it_is_turned_off_with_one_button_by_its_owner(
    at_home: Client, elsewhere: Client, contact: Contact, card_desk: CardDesk
) -> None:
    begun(at_home, card_desk)
    account = TopUp.objects.get().account
    elsewhere.post("/credits/topup/stop/", {"account": account})
    assert TopUp.objects.get().stopped_at is None
    assert account not in words(elsewhere.get("/credits/topup/"))
    for _ in range(2):
        answer = at_home.post("/credits/topup/stop/", {"account": account})
        assert (answer.status_code, answer["Location"]) == (303, "/credits/topup/")
    assert TopUp.objects.get().stop_reason == "asked"
    assert "Off. If you like" in words(at_home.get("/credits/"))


def test_it_is_changed_by_its_owner_and_goes_on_with_the_same_card(
    at_home: Client, elsewhere: Client, contact: Contact, card_desk: CardDesk
) -> None:
    other = {"for": "me", "below": "5", "amount": "20", "cap": "40", "key": str(uuid4())}
    assert at_home.get("/credits/topup/change/?for=me").status_code == 404
    begun(at_home, card_desk)
    assert "/credits/topup/change/?for=me" in words(at_home.get("/credits/topup/"))
    there = words(at_home.get("/credits/topup/change/?for=me"))
    assert 'value="2.50"' in there
    assert "It goes on with Visa 4242; $10.00 were added this month." in there
    assert elsewhere.post("/credits/topup/change/", other).status_code == 404
    assert Client().post("/credits/topup/change/", other)["Location"].startswith("/login/")
    refused = at_home.post("/credits/topup/change/", {**other, "cap": "19.99"})
    assert "The most for a month must be at least what is added each time." in words(refused)
    assert 'value="19.99"' in words(refused)
    before = TopUp.objects.get()
    assert (before.below_cents, before.amount_cents, before.month_cap_cents) == (250, 1000, 3000)
    answer = at_home.post("/credits/topup/change/", other)
    assert (answer.status_code, answer["Location"]) == (303, "/credits/topup/")
    after = TopUp.objects.get()
    assert (after.below_cents, after.amount_cents, after.month_cap_cents) == (500, 2000, 4000)
    assert (after.pk, after.method_ref) == (before.pk, before.method_ref)
    assert "When there is less than $5.00, $20.00 is added from Visa 4242." in words(at_home.get("/credits/topup/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"cap": "9.99"}, "The most for a month must be at least what is added each time."), ({"amount": "0"}, "zero"),
     ({"amount": "-1"}, "below zero"), ({"amount": "500.01"}, "largest amount"), ({"below": "x"}, "not an amount"),
     ({"cap": ""}, "Type an amount"), ({"amount": "0.20"}, "smallest amount"),
     ({"for": "letters-1"}, "Choose for whom"), ({"below": "4242424242424242"}, "looks like a card number")],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(
    at_home: Client, contact: Contact, card_desk: CardDesk, typed: dict[str, str], sentence: str
) -> None:
    for pay in (True, False):
        answer = agree(at_home, pay=pay, **typed)
        assert answer.status_code == 200
        assert sentence in words(answer)
        assert "4242424242424242" not in words(answer)
    assert not TopUp.objects.exists()
    assert not card_desk.pages


def test_only_balances_that_one_sees_can_be_watched(at_home: Client, contact: Contact, card_desk: CardDesk) -> None:
    """When it adds money would tell how much there is in a balance of somebody else."""
    for kind in ("letters", "calls"):
        assert agree(at_home, **{"for": f"{kind}-{contact.pk}"}).status_code == 200
    assert not TopUp.objects.exists()


def test_a_processor_that_does_not_answer(at_home: Client, contact: Contact, card_desk: CardDesk) -> None:
    card_desk.down = True
    answer = agree(at_home)
    assert answer.status_code == 200
    assert "does not answer at the moment" in words(answer)


def test_the_pages_speak_spanish(at_home: Client, mother: User, contact: Contact, card_desk: CardDesk) -> None:
    User.objects.update(language="es")
    assert "Recarga automática" in words(at_home.get("/credits/topup/"))
    assert "$30.00 en un mes" in words(agree(at_home, pay=False))
    begun(at_home, card_desk)
    assert "se agregan $10.00 de Visa 4242" in words(at_home.get("/credits/topup/"))
