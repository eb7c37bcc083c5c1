"""Unused money back, and gifts undone, through the door (MON-6)."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kinline.contacts.models import Contact
from kinline.family.tests.card_desk import CardDesk
from kinline.flows import numbers
from kinline.flows.keep import token_for
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.payments.models import Checkout, Deposit, Keep, PayOut, PrepaidNumber, Refund
from kinline.payments.services.numbers import code_to_speak

Paid = Callable[..., Deposit]
NUMBER = "number:+18135550142:prepaid"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def mine(user: User) -> str:
    return chart.family_messages(user.pk)


@pytest.fixture
def paid(card_desk: CardDesk) -> Paid:
    """`paid(browser, "25.00", "me")`: that much came by card, for whom that code says."""

    def pay(browser: Client, amount: str, whom: str = "me") -> Deposit:
        browser.post("/credits/buy/", {"for": whom, "amount": amount, "key": str(uuid4()), "pay": "1"})
        card_desk.pay()
        browser.get(f"/credits/buy/{Checkout.objects.latest('pk').pk}/")
        return Deposit.objects.latest("pk")

    return pay


def code_of(account: str) -> str:
    """How the form names a balance of one's own."""
    if account.startswith("family:"):
        return "me"
    row = PrepaidNumber.objects.filter(number=account.split(":")[1]).first() if account == NUMBER else None
    return f"number-{row.pk}" if row else account


def ask(browser: Client, account: str, amount: str, button: str = "ask", key: str = "") -> Any:
    form = {"for": code_of(account), "amount": amount, "key": key or str(uuid4()), **({button: "1"} if button else {})}
    return browser.post("/credits/refund/", form, follow=not button)


def test_the_way_of_a_refund(at_home: Client, mother: User, contact: Contact, paid: Paid) -> None:
    paid(at_home, "25.00")
    page = words(at_home.get("/credits/refund/"))
    assert "You can have back $25.00 now." in page
    assert 'value="25.00"' in page, "all of it is what most people come for"
    look = words(ask(at_home, mine(mother), "20", button=""))
    assert "$25.00 now, then $5.00" in look
    assert "$20.00 to the card that paid: Visa 4242" in look
    assert not Refund.objects.exists()
    done = ask(at_home, mine(mother), "20.00")
    refund = Refund.objects.get()
    assert (done.status_code, done["Location"]) == (303, f"/credits/refund/{refund.pk}/")
    state = words(at_home.get(done["Location"]))
    assert "$20.00" in state
    assert "It is being sent to the card." in state
    assert balance(mine(mother)).posted_cents == 500
    assert f"/credits/refund/{refund.pk}/" in words(at_home.get("/credits/refund/"))


def test_pressed_twice_goes_back_once(at_home: Client, mother: User, contact: Contact, paid: Paid) -> None:
    paid(at_home, "25.00")
    key = str(uuid4())
    first, second = (ask(at_home, mine(mother), "10.00", key=key) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert balance(mine(mother)).posted_cents == 1_500


@pytest.mark.parametrize("button", ["", "ask"])
@pytest.mark.parametrize(
    ("amount", "sentence"),
    [("25.01", "This is more than can be sent back. $25.00 can be sent back now."), ("0", "above zero"),
     ("-1", "An amount cannot be below zero."), ("1.005", "A cent is the smallest"), ("", "Type an amount"),
     ("€5", "Only US dollars"), ("9" * 30, "largest amount"), ("4242424242424242", "This looks like a card number")],
)  # fmt: skip
def test_an_amount_that_is_not_there_stays(
    at_home: Client, mother: User, contact: Contact, paid: Paid, amount: str, sentence: str, button: str
) -> None:
    paid(at_home, "25.00")
    answer = ask(at_home, mine(mother), amount, button)
    assert answer.status_code == 200
    assert sentence in words(answer)
    assert "4242424242424242" not in words(answer)
    assert not Refund.objects.exists()
    assert balance(mine(mother)).posted_cents == 2_500


def test_of_money_that_is_not_mine_there_is_nothing_to_ask(
    at_home: Client, elsewhere: Client, mother: User, stranger: User, contact: Contact, paid: Paid
) -> None:
    paid(at_home, "25.00")
    paid(at_home, "10.00", f"letters-{contact.pk}")
    others = [mine(mother), chart.resident_messages(contact.resident_id), "facility:1:revenue", "x", ""]
    for account in others:
        answer = ask(elsewhere, account, "5.00")
        assert answer.status_code == 200
    assert "There is no unused money to send back." in words(elsewhere.get("/credits/refund/"))
    for account in others[1:]:
        assert ask(at_home, account, "5.00").status_code == 200
    assert not Refund.objects.exists()
    assert ask(at_home, mine(mother), "5.00").status_code == 303


def test_a_refund_is_seen_by_who_asked(
    at_home: Client, elsewhere: Client, client: Client, mother: User, contact: Contact, paid: Paid
) -> None:
    paid(at_home, "25.00")
    where = ask(at_home, mine(mother), "5.00")["Location"]
    assert elsewhere.get(where).status_code == 404
    assert client.get(where).status_code == 302
    assert at_home.get("/credits/refund/99999/").status_code == 404


def test_a_number_that_nobody_proved_gives_each_payer_their_own(
    at_home: Client, elsewhere: Client, mother: User, stranger: User, paid: Paid, contact: Contact, now: Any
) -> None:
    listed = {one.pk: numbers.list_number(one, number="813 555 0142", now=now) for one in (mother, stranger)}
    paid(at_home, "25.00", f"number-{listed[mother.pk]}")
    paid(elsewhere, "10.00", f"number-{listed[stranger.pk]}")
    page = words(at_home.get(f"/phone/{listed[mother.pk]}/"))
    assert "$25.00 of what you put in is not used." in page
    assert "$35.00" not in page
    assert ask(at_home, NUMBER, "25.01").status_code == 200
    assert ask(at_home, NUMBER, "25.00").status_code == 303
    assert balance(NUMBER).posted_cents == 1_000
    assert PayOut.objects.get().user_id == mother.pk


def test_a_number_that_is_proved_is_its_holders(
    at_home: Client, elsewhere: Client, mother: User, stranger: User, paid: Paid, contact: Contact, now: Any
) -> None:
    theirs = numbers.list_number(stranger, number="813 555 0142", now=now)
    paid(elsewhere, "10.00", f"number-{theirs}")
    listed = numbers.list_number(mother, number="813 555 0142", now=now)
    code = numbers.ask_code(mother, listed_id=listed, now=now)
    assert code is not None
    numbers.prove(mother, listed_id=listed, code=code_to_speak(code), now=now)
    assert ask(elsewhere, NUMBER, "10.00").status_code == 200
    looked = ask(at_home, NUMBER, "10.00", button="")
    assert "8135550142" not in looked.request["QUERY_STRING"], "addresses of pages get into logs"
    look = words(looked)
    assert "to the card of another person who paid it in" in look
    assert "Visa" not in look
    assert ask(at_home, NUMBER, "10.00").status_code == 303
    assert PayOut.objects.get().user_id == stranger.pk


def test_a_gift_is_undone_within_a_day(at_home: Client, mother: User, contact: Contact, paid: Paid) -> None:
    gift = paid(at_home, "10.00", f"letters-{contact.pk}")
    for where in ("/credits/", "/credits/"):
        page = words(at_home.get(where))
    assert f"/credits/gifts/{gift.pk}/undo/" in page
    key = str(uuid4())
    for _ in range(2):
        done = at_home.post(f"/credits/gifts/{gift.pk}/undo/", {"key": key})
        assert (done.status_code, done["Location"]) == (303, f"/credits/refund/{Refund.objects.get().pk}/")
    assert balance(chart.resident_messages(contact.resident_id)).posted_cents == 0
    assert "undo" not in words(at_home.get("/credits/"))


def test_a_gift_of_another_or_of_long_ago_stays(
    at_home: Client, elsewhere: Client, mother: User, contact: Contact, paid: Paid, long_ago: Any
) -> None:
    gift = paid(at_home, "10.00", f"calls-{contact.pk}")
    assert f"/credits/gifts/{gift.pk}/undo/" in words(at_home.get("/phone/"))
    assert elsewhere.post(f"/credits/gifts/{gift.pk}/undo/", {}).status_code == 303
    assert elsewhere.post("/credits/gifts/99999/undo/", {}).status_code == 303
    Deposit.objects.filter(pk=gift.pk).update(at=long_ago)
    assert f"/credits/gifts/{gift.pk}/undo/" not in words(at_home.get("/phone/"))
    assert at_home.post(f"/credits/gifts/{gift.pk}/undo/", {}).status_code == 303
    assert not Refund.objects.exists()
    assert balance(chart.resident_calls(contact.resident_id)).posted_cents == 1_000


def test_the_link_of_a_reminder_keeps_money_by_its_button_alone(
    client: Client, mother: User, contact: Contact, at_home: Client, paid: Paid
) -> None:
    paid(at_home, "25.00")
    Keep.objects.all().delete()
    where = f"/credits/keep/{token_for(mine(mother), mother.pk)}/"
    page = words(client.get(where))
    assert "$25.00 has not been used for a long time." in page
    assert not Keep.objects.exists()
    assert "$25.00 is kept for you." in words(client.post(where))
    assert list(Keep.objects.values_list("account", flat=True)) == [mine(mother)]


@pytest.mark.parametrize("token", ["x", "x:y:z", "é"])
def test_a_forged_link_keeps_nothing(client: Client, db: None, token: str) -> None:
    for ask_for in (client.get, client.post):
        answer = ask_for(f"/credits/keep/{token}/")
        assert answer.status_code == 410
        assert "Your money is not lost." in words(answer)
    assert not Keep.objects.exists()


def test_the_pages_speak_spanish(at_home: Client, mother: User, contact: Contact, paid: Paid) -> None:
    paid(at_home, "25.00")
    User.objects.update(language="es")
    assert "Ahora puede pedir de vuelta $25.00." in words(at_home.get("/credits/refund/"))
    assert "a la tarjeta que pagó: Visa 4242" in words(ask(at_home, mine(mother), "5.00", button=""))
    assert "$5.00 devueltos" in words(at_home.get(ask(at_home, mine(mother), "5.00")["Location"]))
