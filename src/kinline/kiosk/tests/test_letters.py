"""Reading, collect letters, moving letters about (MSG-3, MSG-6, MSG-7, KSK-2)."""

from datetime import timedelta

import pytest
from django.test import Client

from kinline.core.parties import Party
from kinline.flows import emergency
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.models import Mailbox, Message


def available(party: Party) -> int:
    return balance(chart.messages_of(party)).available_cents


class TestReading:
    def test_a_new_letter_is_in_the_list_and_then_read(
        self, daniel: Client, from_mother, money, mother_party: Party, said
    ) -> None:
        money(mother_party, 100)
        letter = from_mother("Tell Daniel <b>the tomatoes</b> came back.")
        page = said(daniel, "/kiosk/letters/")
        assert "Marta Sample" in page
        assert "Garden" in page
        assert ">New<" in page
        page = said(daniel, f"/kiosk/letters/{letter.pk}/")
        assert "Tell Daniel <b>the tomatoes</b> came back." in page
        letter.refresh_from_db()
        assert letter.opened_at is not None
        assert ">New<" not in said(daniel, "/kiosk/letters/")

    def test_its_text_is_escaped(self, daniel: Client, from_mother, money, mother_party: Party) -> None:
        money(mother_party, 100)
        letter = from_mother("<script>alert(1)</script>", subject="<img src=x>")
        text = daniel.get(f"/kiosk/letters/{letter.pk}/").content.decode()
        assert "<script>alert" not in text
        assert "<img src=x>" not in text

    def test_titles_and_addresses_stay_in_the_history_so_they_say_nothing(
        self, daniel: Client, from_mother, money, mother_party: Party, contact
    ) -> None:
        money(mother_party, 100)
        letter = from_mother()
        for path in (f"/kiosk/letters/{letter.pk}/", f"/kiosk/write/{contact.pk}/", f"/kiosk/people/{contact.pk}/"):
            text = daniel.get(path).content.decode()
            title = text[text.index("<title>") : text.index("</title>")]
            assert "Garden" not in title
            assert "Marta" not in title

    def test_search_words_do_not_come_into_the_address(self, daniel: Client) -> None:
        response = daniel.post("/kiosk/letters/search/", {"words": "tomatoes"})
        assert response.status_code == 200
        assert 'method="post"' in response.content.decode()


class TestCollect:
    def test_offered_without_a_word_of_it(
        self, daniel: Client, from_mother, resident_party: Party, money, said
    ) -> None:
        money(resident_party, 150)
        letter = from_mother("A secret until it is paid.", subject="Quiet subject", collect=True)
        page = said(daniel, "/kiosk/letters/")
        assert "Collect letter: one credit (50¢) to open." in page
        assert "You have 3." in page
        assert "Open for 50¢" in page
        assert "Not now" in page
        assert "secret" not in page
        assert "secret" not in said(daniel, f"/kiosk/letters/{letter.pk}/")

    def test_open_for_one_credit_once(self, daniel: Client, from_mother, resident_party: Party, money, said) -> None:
        money(resident_party, 150)
        letter = from_mother("A secret until it is paid.", collect=True)
        for _ in range(3):
            response = daniel.post(f"/kiosk/letters/{letter.pk}/open/")
            assert (response.status_code, response.url) == (303, f"/kiosk/letters/{letter.pk}/")
        assert "A secret until it is paid." in said(daniel, f"/kiosk/letters/{letter.pk}/")
        assert available(resident_party) == 100

    def test_without_money_it_waits(self, daniel: Client, from_mother, resident_party: Party, said) -> None:
        letter = from_mother("A secret until it is paid.", collect=True)
        assert "Open for" not in said(daniel, "/kiosk/letters/")
        page = said(daniel, f"/kiosk/letters/{letter.pk}/")
        assert "You do not have enough money for it now. The letter waits." in page
        response = daniel.post(f"/kiosk/letters/{letter.pk}/open/", follow=True)
        assert "You need one message credit" in response.content.decode()
        letter.refresh_from_db()
        assert letter.state == "collect"

    def test_not_now_asks_first(self, daniel: Client, from_mother, resident_party: Party, money, said) -> None:
        money(resident_party, 50)
        letter = from_mother("A secret until it is paid.", collect=True)
        page = said(daniel, f"/kiosk/letters/{letter.pk}/decline/")
        assert "Leave it for later" in page
        letter.refresh_from_db()
        assert letter.state == "collect"
        daniel.post(f"/kiosk/letters/{letter.pk}/decline/")
        letter.refresh_from_db()
        assert letter.state == "declined"
        assert available(resident_party) == 50

    def test_always_accept(self, daniel: Client, from_mother, resident_party: Party, money, contact, said) -> None:
        money(resident_party, 100)
        daniel.post(f"/kiosk/people/{contact.pk}/always/")
        letter = from_mother("It opens by itself.", collect=True)
        assert letter.state == "delivered"
        assert available(resident_party) == 50
        assert "It opens by itself." in said(daniel, f"/kiosk/letters/{letter.pk}/")
        daniel.post(f"/kiosk/people/{contact.pk}/ask/")
        assert from_mother("It asks.", collect=True).state == "collect"


def test_put_away_remove_and_bring_back(daniel: Client, from_mother, money, mother_party: Party, said) -> None:
    money(mother_party, 100)
    letter = from_mother()
    hers = Mailbox.objects.get(message=letter, user=mother_party.id).folder
    for act, folder in [
        ("archive", "archive"),
        ("unarchive", "inbox"),
        ("remove", "removed"),
        ("restore", "inbox"),
    ]:
        assert daniel.post(f"/kiosk/letters/{letter.pk}/move/", {"to": act}).status_code == 303
        assert Mailbox.objects.get(message=letter, resident__isnull=False).folder == folder
    assert daniel.post(f"/kiosk/letters/{letter.pk}/move/", {"to": "burn"}).status_code == 404
    assert Mailbox.objects.get(message=letter, user=mother_party.id).folder == hers


def test_the_first_page_takes_few_statements(
    daniel: Client, from_mother, money, mother_party: Party, django_assert_num_queries
) -> None:
    """Screen, sitting, its time, the PIN; letters, their first words, counters; balance, price, notices, people."""
    money(mother_party, 100)
    from_mother()
    from_mother()
    with django_assert_num_queries(11):
        daniel.get("/kiosk/letters/")


@pytest.mark.parametrize("has_people", [True, False])
def test_the_first_page_says_that_letters_are_stopped(
    daniel: Client, contact, supervisor, north, now, said, has_people
) -> None:
    """STF-8: read with the people one writes to, and by itself for who has none."""
    if not has_people:
        contact.delete()
    assert "Letters are stopped" not in said(daniel, "/kiosk/letters/")
    emergency.stop_letters(
        staff=supervisor, facility_id=north.pk, told={"en": "A storm."}, until=now + timedelta(hours=2), now=now
    )
    page = said(daniel, "/kiosk/letters/")
    assert "Letters are stopped" in page
    assert "A storm." in page


def test_folders(daniel: Client, said) -> None:
    for folder in ("sent", "archive", "removed"):
        assert "Nothing is here." in said(daniel, f"/kiosk/letters/in/{folder}/")
    assert daniel.get("/kiosk/letters/in/inbox/").status_code == 404


def test_a_letter_taken_back_while_it_waits_is_not_paid(
    daniel: Client, contact, money, mother_party: Party, from_mother, said
) -> None:
    """Collect sent by the resident: his own sheet says where it is, and he takes it back."""
    daniel.post(
        f"/kiosk/write/{contact.pk}/", {"body": "Can you pay for this one?", "pay": "collect", "collect_ok": "1"}
    )
    letter = Message.objects.get()
    assert letter.state == "collect"
    page = said(daniel, f"/kiosk/letters/{letter.pk}/")
    assert "Waits for Marta to accept the charge of 50¢" in page
    daniel.post(f"/kiosk/letters/{letter.pk}/take-back/")
    letter.refresh_from_db()
    assert letter.state == "withdrawn"


def test_pages_are_light(daniel: Client, from_mother, money, mother_party: Party, contact) -> None:
    """KSK-3: a page of twenty letters, uncompressed, is far under 100 KB."""
    money(mother_party, 2000)
    for n in range(25):
        letter = from_mother("word " * 400, subject=f"Letter {n}")
    for path in ("/kiosk/letters/", f"/kiosk/letters/{letter.pk}/", f"/kiosk/write/{contact.pk}/"):
        assert len(daniel.get(path).content) < 60_000, path
    assert "before=" in daniel.get("/kiosk/letters/").content.decode()
