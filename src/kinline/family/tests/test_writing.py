"""MSG-1 to MSG-3 through the door: writing, its refusals, its price, its repeats, its drafts."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities import services as facilities
from kinline.family.tests.conftest import Write
from kinline.flows import contacts as contact_story
from kinline.flows.send_message import send
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.models import Draft, Message
from kinline.residents.models import Resident

Money = Callable[[Party, int], None]


def letter(contact: Contact, body: str = "Dear Daniel", **more: object) -> dict[str, object]:
    return {"to": contact.pk, "subject": "Garden", "body": body, "key": str(uuid4()), "pay": "credits", **more}


def cents(party: Party) -> tuple[int, int]:
    now = balance(chart.messages_of(party))
    return now.posted_cents, now.held_cents


def test_a_letter_is_sent_and_its_page_says_so(
    at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 450)
    shown = at_home.get(f"/messages/new/?to={contact.pk}").content.decode()
    assert "50¢ for this letter" in shown
    assert "9 credits, then 8" in shown
    assert "Send for 50¢" in shown
    answer = at_home.post("/messages/new/", letter(contact))
    message = Message.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/messages/{message.pk}/")
    after = at_home.get(answer["Location"]).content.decode()
    assert "Sent and delivered." in after
    assert "Dear Daniel" in after
    assert cents(mother_party) == (400, 0)


def test_30_000_characters_go_and_30_001_come_back_whole(
    at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 100)
    text = "ä" * 29_999 + "\U0001f9d1"
    refused = at_home.post("/messages/new/", letter(contact, text + "z"))
    shown = refused.content.decode()
    assert refused.status_code == 200
    assert "Your letter has 30,001 characters. The longest letter has 30,000." in shown
    assert text + "z" in shown
    assert (Message.objects.count(), cents(mother_party)) == (0, (100, 0))
    assert at_home.post("/messages/new/", letter(contact, text)).status_code == 303
    assert Message.objects.get().length == 30_000


@pytest.mark.parametrize("nothing", ["", "   \n\n  ", "\u200b\u200d\ufeff", "\0\0"])
def test_an_empty_letter_is_not_sent(
    nothing: str, at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 100)
    answer = at_home.post("/messages/new/", letter(contact, nothing))
    assert "Your letter is empty. Write something, then send it." in answer.content.decode()
    assert (Message.objects.count(), cents(mother_party)) == (0, (100, 0))


def test_too_long_a_subject_keeps_everything(at_home: Client, contact: Contact, mother_party: Party) -> None:
    shown = at_home.post("/messages/new/", letter(contact, subject="s" * 201)).content.decode()
    assert "The subject has 201 characters. The longest subject has 200." in shown
    assert "s" * 201 in shown
    assert "Dear Daniel" in shown
    assert Message.objects.count() == 0


def test_nul_and_right_to_left_arrive_as_text(
    at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 50)
    answer = at_home.post("/messages/new/", letter(contact, "a\0b\u202eסוף <script>alert(1)</script>"))
    shown = at_home.get(answer["Location"]).content.decode()
    assert "ab\u202eסוף &lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert 'dir="auto"' in shown


def test_two_tabs_send_one_letter(at_home: Client, contact: Contact, mother_party: Party, money: Money) -> None:
    money(mother_party, 200)
    form = letter(contact)
    first, second = at_home.post("/messages/new/", form), at_home.post("/messages/new/", form)
    assert first["Location"] == second["Location"]
    assert "It was sent once and costs once." in at_home.get(second["Location"]).content.decode()
    assert (Message.objects.count(), cents(mother_party)) == (1, (150, 0))


def test_the_same_page_with_other_words_asks_again_with_a_fresh_key(
    at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 200)
    form = letter(contact)
    at_home.post("/messages/new/", form)
    answer = at_home.post("/messages/new/", {**form, "body": "Other words"})
    shown = answer.content.decode()
    assert "This page was already used to send another text." in shown
    assert "Other words" in shown
    fresh = answer.context["form"]["key"].value()
    assert fresh != form["key"]
    assert Message.objects.count() == 1
    assert at_home.post("/messages/new/", {**form, "body": "Other words", "key": fresh}).status_code == 303
    assert (Message.objects.count(), cents(mother_party)) == (2, (100, 0))


def test_without_credits_the_page_offers_collect_before_sending(
    at_home: Client, contact: Contact, mother_party: Party
) -> None:
    shown = at_home.get(f"/messages/new/?to={contact.pk}").content.decode()
    assert "You have no message credit for this letter." in shown
    assert 'name="pay" value="collect"' in shown
    assert "Send collect" in shown
    answer = at_home.post("/messages/new/", letter(contact, pay="collect"))
    message = Message.objects.get()
    assert (message.state, message.payer, cents(mother_party)) == ("collect", "recipient", (0, 0))
    assert "It waits for them to accept the charge." in at_home.get(answer["Location"]).content.decode()


def test_credits_that_went_meanwhile_refuse_and_offer_collect(
    at_home: Client, contact: Contact, mother_party: Party
) -> None:
    answer = at_home.post("/messages/new/", letter(contact, pay="credits"))
    shown = answer.content.decode()
    assert "You have no message credit left, so this letter was not sent. Your text is still here." in shown
    assert "Dear Daniel" in shown
    assert "Send collect" in shown
    assert (Message.objects.count(), cents(mother_party)) == (0, (0, 0))


def test_the_last_credit_asks_what_to_do_if_it_goes(
    at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 50)
    assert 'name="collect_ok"' in at_home.get(f"/messages/new/?to={contact.pk}").content.decode()
    money(mother_party, 50)
    assert 'name="collect_ok"' not in at_home.get(f"/messages/new/?to={contact.pk}").content.decode()


def test_only_the_agreed_names_are_needed(at_home: Client, contact: Contact, mother_party: Party, money: Money) -> None:
    money(mother_party, 50)
    assert at_home.post("/messages/new/", {"to": contact.pk, "body": "Hello"}).status_code == 303
    assert (Message.objects.get().payer, cents(mother_party)) == ("sender", (0, 0))


def test_who_cannot_be_written_to_is_said_before_composing(
    at_home: Client, contact: Contact, mother_party: Party, money: Money, now: datetime
) -> None:
    money(mother_party, 50)
    contact_story.block(mother_party, contact.pk, now)
    shown = at_home.get(f"/messages/new/?to={contact.pk}").content.decode()
    assert "You cannot write to" in shown
    assert "You blocked Daniel" in shown
    assert "<textarea" not in shown
    answer = at_home.post("/messages/new/", letter(contact)).content.decode()
    assert "You blocked Daniel" in answer
    assert "Dear Daniel" in answer
    assert (Message.objects.count(), cents(mother_party)) == (0, (50, 0))


def test_an_answer_names_its_letter(
    at_home: Client, contact: Contact, resident_party: Party, mother_party: Party, money: Money, from_daniel: Write
) -> None:
    money(resident_party, 50)
    money(mother_party, 50)
    received = from_daniel("Mamá", subject="Sunday")
    shown = at_home.get(f"/messages/new/?to={contact.pk}&reply={received.message_id}").content.decode()
    assert "You answer “<bdi>Sunday</bdi>”" in shown
    assert 'value="Re: Sunday"' in shown
    at_home.post("/messages/new/", letter(contact, reply=received.message_id))
    assert Message.objects.get(sender="family").reply_to_id == received.message_id


# Drafts


def test_a_draft_is_kept_found_and_sent_with_its_key(
    at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 50)
    form = letter(contact, "Half a")
    assert at_home.post("/drafts/save/", form).status_code == 204
    assert "Half a" in at_home.get("/drafts/").content.decode()
    back = at_home.get(f"/messages/new/?to={contact.pk}")
    assert "Half a" in back.content.decode()
    assert str(back.context["form"]["key"].value()) == form["key"]
    at_home.post("/messages/new/", {**form, "body": "Half a and the rest"})
    assert (Draft.objects.count(), Message.objects.count()) == (0, 1)


def test_a_late_save_does_not_bring_a_sent_letter_back(
    at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 50)
    form = letter(contact)
    at_home.post("/messages/new/", form)
    assert at_home.post("/drafts/save/", form).status_code == 409
    assert Draft.objects.count() == 0


def test_a_page_without_a_word_leaves_no_draft(at_home: Client, contact: Contact) -> None:
    at_home.post("/drafts/save/", letter(contact, "Something"))
    assert at_home.post("/drafts/save/", letter(contact, " \n", subject="")).status_code == 204
    assert Draft.objects.count() == 0


def test_a_draft_may_be_too_long_to_send(at_home: Client, contact: Contact) -> None:
    assert at_home.post("/drafts/save/", letter(contact, "x" * 31_000)).status_code == 204
    assert len(Draft.objects.get().text) == 31_000


def test_the_button_saves_without_script(at_home: Client, contact: Contact) -> None:
    answer = at_home.post("/messages/new/", letter(contact, "Half a", save="1"))
    assert (answer.status_code, answer["Location"]) == (303, "/drafts/")
    assert (Draft.objects.get().text, Message.objects.count()) == ("Half a", 0)


def test_drafts_are_their_owners(at_home: Client, elsewhere: Client, client: Client, contact: Contact) -> None:
    at_home.post("/drafts/save/", letter(contact, "Mine"))
    assert elsewhere.post("/drafts/save/", letter(contact, "Theirs")).status_code == 404
    assert client.post("/drafts/save/", letter(contact, "Nobody's")).status_code == 401
    assert elsewhere.post(f"/drafts/{contact.pk}/drop/").status_code == 303
    assert "Mine" not in elsewhere.get("/drafts/").content.decode()
    assert Draft.objects.get().text == "Mine"
    assert at_home.post(f"/drafts/{contact.pk}/drop/").status_code == 303
    assert Draft.objects.count() == 0


def test_a_lost_session_gives_the_letter_back_after_logging_in(
    client: Client, contact: Contact, mother: object
) -> None:
    form = letter(contact, "Typed for an hour")
    lost = client.post("/messages/new/", form)
    assert (lost.status_code, Message.objects.count()) == (303, 0)
    client.get(lost["Location"])
    there = client.post(lost["Location"], {"login": "mother", "password": "a long sample password"})
    back = client.get(there["Location"])
    assert "Typed for an hour" in back.content.decode()
    assert back.context["form"]["key"].value() == form["key"]
    assert "Typed for an hour" not in client.get("/messages/new/").content.decode()


def test_another_person_at_the_same_browser_does_not_see_it(client: Client, contact: Contact, stranger: object) -> None:
    lost = client.post("/messages/new/", letter(contact, "Typed for an hour"))
    there = client.post(lost["Location"], {"login": "stranger", "password": "a long sample password"})
    back = client.get(there["Location"])
    assert back.status_code == 200
    assert "Typed for an hour" not in back.content.decode()


def test_msg2_another_price_than_the_one_on_the_page_is_asked_for_again(
    at_home: Client, contact: Contact, mother_party: Party, money: Money, now: datetime
) -> None:
    money(mother_party, 450)
    assert 'name="price" value="50"' in at_home.get(f"/messages/new/?to={contact.pk}").content.decode()
    facilities.set_price(agency_id=contact.resident.agency_id, cents=75, effective_from=now, now=now)
    typed = letter(contact, price="50")
    shown = at_home.post("/messages/new/", typed).content.decode()
    assert "The price of a letter has changed: it is 75¢ now." in shown
    assert "Send for 75¢" in shown
    assert 'name="price" value="75"' in shown
    assert "Dear Daniel" in shown
    assert (Message.objects.count(), cents(mother_party)) == (0, (450, 0))
    assert at_home.post("/messages/new/", typed | {"price": "75"}).status_code == 303
    assert cents(mother_party) == (375, 0)
    # Sent already: the same page again is the same letter, whatever it costs by now.
    later = datetime.now(UTC)
    facilities.set_price(agency_id=contact.resident.agency_id, cents=0, effective_from=later, now=later)
    assert at_home.post("/messages/new/", typed | {"price": "75"}).status_code == 303
    assert (Message.objects.count(), cents(mother_party)) == (1, (375, 0))


@pytest.mark.parametrize("price", ["0", "49", "-50", "50.0", "٥٠", "x", "9" * 5000])
def test_msg2_a_price_that_was_never_shown_sends_nothing(
    price: str, at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 450)
    assert "has changed: it is 50¢ now" in at_home.post("/messages/new/", letter(contact, price=price)).content.decode()
    assert (Message.objects.count(), cents(mother_party)) == (0, (450, 0))


def test_an_answer_is_to_a_letter_between_the_two(
    at_home: Client, contact: Contact, mother_party: Party, money: Money, stranger: User, resident: Resident,
    long_ago: datetime, now: datetime,
) -> None:  # fmt: skip
    """Somebody else's letter, or none, is answered by nothing: neither told apart nor an error."""
    money(mother_party, 450)
    theirs = Contact.objects.create(user=stranger, resident=resident, created_at=long_ago)
    other = Party("family", stranger.pk)
    money(other, 50)
    foreign = send(
        other, contact_id=theirs.pk, subject="", body="Not yours", client_key=uuid4(), collect=False, now=now
    ).message_id
    for number in (foreign, 999_999_999, 2**62):
        typed = letter(contact, reply=number)
        assert at_home.post("/drafts/save/", typed).status_code == 204
        assert Draft.objects.get().reply_to_id is None
        assert at_home.post("/messages/new/", typed).status_code == 303
    assert list(Message.objects.exclude(pk=foreign).values_list("reply_to_id", flat=True)) == [None] * 3
