"""Home, credits, notices: what waits first, money before and after, and what we told."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.family.greeting import greeting
from kinline.family.tests.conftest import Write
from kinline.flows import collect
from kinline.flows.deposit import record_deposit
from kinline.flows.send_email import send_email
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.models import Mailbox
from kinline.notices.models import Email, Notice
from kinline.notices.services import tell

Money = Callable[[Party, int], None]


@pytest.mark.parametrize(
    ("hour", "words"),
    [(3, "Good evening, Ana"), (4, "Good morning, Ana"), (11, "Good morning, Ana"), (12, "Good afternoon, Ana"),
     (17, "Good afternoon, Ana"), (18, "Good evening, Ana"), (0, "Good evening, Ana")],
)  # fmt: skip
def test_the_greeting_follows_the_clock(hour: int, words: str) -> None:
    assert greeting(datetime(2026, 3, 1, hour, tzinfo=UTC), "Ana") == words


def test_one_thing_waits_first(
    at_home: Client, mother_party: Party, resident_party: Party, money: Money, from_daniel: Write, now: datetime
) -> None:
    def first() -> object:
        shown = at_home.get("/home/").context["first"]
        return shown and (shown.kind, shown.count)

    assert first() is None
    tell(mother_party, "restriction_ended", now, other_name="Daniel")
    assert first() == ("notice", 1)
    from_daniel(collect=True)
    assert first() == ("collect", 1)
    money(resident_party, 50)
    from_daniel()
    assert first() == ("letter", 1)


def test_home_says_where_the_last_letter_is(
    at_home: Client, mother_party: Party, money: Money, from_mother: Write
) -> None:
    money(mother_party, 500)
    from_mother()
    shown = at_home.get("/home/").content.decode()
    assert "Your last letter: Delivered today at" in " ".join(shown.split())
    assert "9 message credits" in shown
    assert "$4.50. No fee of any kind." in shown


def test_test_credits_are_added_once_a_page(
    at_home: Client, contact: Contact, mother_party: Party, settings: Settings
) -> None:
    settings.DEMO = True
    form = {"amount_cents": "500", "key": str(uuid4())}
    for _ in range(2):
        answer = at_home.post("/credits/test/", form)
        assert (answer.status_code, answer["Location"]) == (303, "/credits/")
    assert balance(chart.messages_of(mother_party)).posted_cents == 500
    shown = at_home.get("/credits/").content.decode()
    assert "10 message credits" in shown
    assert "Money added" in shown
    assert "+$5.00" in shown


@pytest.mark.parametrize("amount", ["7", "-500", "x", "", "99999999"])
def test_no_other_amount_is_added(amount: str, at_home: Client, mother_party: Party, settings: Settings) -> None:
    settings.DEMO = True
    at_home.post("/credits/test/", {"amount_cents": amount, "key": str(uuid4())})
    assert balance(chart.messages_of(mother_party)).posted_cents == 0


def test_outside_the_demo_there_is_no_test_money(at_home: Client, mother_party: Party) -> None:
    assert "Add test credits" not in at_home.get("/credits/").content.decode()
    assert at_home.post("/credits/test/", {"amount_cents": "500", "key": str(uuid4())}).status_code == 404
    assert balance(chart.messages_of(mother_party)).posted_cents == 0


def test_the_history_says_each_line_and_leads_to_the_letter(
    at_home: Client, mother_party: Party, money: Money, from_mother: Write
) -> None:
    money(mother_party, 100)
    sent = from_mother()
    page = at_home.get("/credits/")
    assert [(told.sentence, told.line.cents, told.line.balance_cents) for told in page.context["lines"].rows] == [
        ("A letter to \u2068Daniel Sample\u2069", -50, 50),
        ("Money added", 100, 100),
    ]
    assert f'href="/messages/{sent.message_id}/"' in page.content.decode()


def test_a_letter_that_is_gone_has_no_link_in_the_history(
    at_home: Client, mother_party: Party, money: Money, from_mother: Write
) -> None:
    money(mother_party, 50)
    sent = from_mother()
    Mailbox.objects.filter(**mother_party.filter).delete()
    page = at_home.get("/credits/")
    assert page.context["lines"].rows[0].sentence == "One letter"
    assert f"/messages/{sent.message_id}/" not in page.content.decode()


def test_a_receipt_is_its_owners_and_leads_from_history_and_email(
    at_home: Client, elsewhere: Client, client: Client, mother: User, mother_party: Party, north: Facility,
    settings: Settings, now: datetime, mailoutbox: list[EmailMessage],
) -> None:  # fmt: skip
    settings.DEMO = True
    given = record_deposit(account=mother_party, amount_cents=500, method="test", client_key=uuid4(), now=now)
    where = f"/credits/receipts/{given.receipt}/"
    assert f'href="{where}"' in at_home.get("/credits/").content.decode()
    send_email(email_id=Email.objects.get(kind="receipt").pk, now=now)
    assert where in str(mailoutbox[0].body)
    shown = at_home.get(where).content.decode()
    for words in (given.receipt, "$5.00", "Test money", "Marta Sample", "None"):
        assert words in shown
    assert elsewhere.get(where).status_code == 404
    assert client.get(where).status_code == 302
    assert at_home.get("/credits/receipts/R-99999999/").status_code == 404
    mother.language = "es"
    mother.save()
    assert "Dinero de prueba" in at_home.get(where).content.decode()


def test_the_history_goes_on_after_a_page(at_home: Client, mother_party: Party, money: Money) -> None:
    for cents in range(1, 29):
        money(mother_party, cents)
    first = at_home.get("/credits/").context["lines"]
    assert [told.line.cents for told in first.rows] == list(range(28, 3, -1))
    older = at_home.get("/credits/", {"before": first.next}).context["lines"]
    assert ([told.line.cents for told in older.rows], older.next) == ([3, 2, 1], None)


def test_notices_are_marked_as_shown_and_only_ones_own(
    at_home: Client, elsewhere: Client, mother_party: Party, now: datetime
) -> None:
    seen, later = (tell(mother_party, "restriction_ended", now, other_name="Daniel") for _ in range(2))
    assert "You and Daniel can write to each other again." in at_home.get("/notices/").content.decode()
    elsewhere.post("/notices/read/", {"ids": [seen.pk]})
    assert Notice.objects.filter(read_at=None).count() == 2
    at_home.post("/notices/read/", {"ids": [seen.pk]})
    assert list(Notice.objects.filter(read_at=None)) == [later]


def test_a_notice_leads_to_its_letter_only_while_it_is_there(
    at_home: Client, mother_party: Party, resident_party: Party, from_daniel: Write, now: datetime
) -> None:
    taken, declined, kept = (from_daniel(str(n), collect=True).message_id for n in range(3))

    def hrefs() -> list[str]:
        return [told.href for told in at_home.get("/notices/").context["notices"]]

    assert hrefs() == [f"/messages/{one}/" for one in (kept, declined, taken)]
    take_back(resident_party, message_id=taken, now=now)
    collect.decline(mother_party, message_id=declined, now=now)
    assert hrefs() == [f"/messages/{kept}/", "", ""]


def test_home_and_people_take_few_statements(
    at_home: Client, contact_south: Contact, mother_party: Party, resident_party: Party, money: Money,
    from_mother: Write, from_daniel: Write, django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    """However many people and letters there are."""
    money(mother_party, 500)
    money(resident_party, 500)
    from_mother()
    from_daniel()
    with django_assert_num_queries(6):  # session, people, counters, newest unread, last letters, balance
        assert at_home.get("/home/").context["first"].kind == "letter"
    with django_assert_num_queries(6):  # session, people, whom she waits for, invitations, last letters, counters
        at_home.get("/people/")


def test_a_page_of_notices_asks_once_for_all_letters(
    at_home: Client, mother_party: Party, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at_home.get("/notices/")  # the session is noted as seen
    for n in range(20):
        tell(mother_party, "collect_accepted", now, message_id=n, other_name="Daniel")
    with django_assert_num_queries(4):  # session and person, notices, letters, the counter of unread ones
        at_home.get("/notices/")


def test_the_counter_is_in_every_page(at_home: Client, resident_party: Party, money: Money, from_daniel: Write) -> None:
    money(resident_party, 50)
    from_daniel()
    for where in ("/home/", "/people/", "/messages/", "/credits/", "/notices/", "/drafts/", "/phone/"):
        shown = " ".join(at_home.get(where).content.decode().split())
        assert '<span data-live="unread"> <span class="count"><span aria-hidden="true">1</span>' in shown, where


def test_pages_speak_spanish(at_home: Client, mother_party: Party, money: Money, from_mother: Write) -> None:
    money(mother_party, 100)
    sent = from_mother()
    User.objects.update(language="es")
    for where in ("/home/", "/people/", "/people/find/", "/messages/", "/credits/", f"/messages/{sent.message_id}/"):
        shown = at_home.get(where).content.decode()
        assert '<html lang="es"' in shown
    assert "Sus personas" in at_home.get("/people/").content.decode()
