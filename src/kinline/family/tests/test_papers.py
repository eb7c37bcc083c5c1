"""Everything to read and keep (ACC-7): letters and money of one person as PDF, through the door."""

import io
import json
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.test import Client
from pypdf import PdfReader

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.design.documents import pdf
from kinline.flows import papers
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.payments.models import PrepaidNumber

pytestmark = pytest.mark.django_db
PATH = "/account/download/"


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    settings.DEMO = True


@pytest.fixture
def her(family_client: Callable[[User], Client], mother: User) -> Client:
    return family_client(mother)


@pytest.fixture
def write(
    mother_party: Party, contact: Contact, money: Callable[[Party, int], None], now: datetime
) -> Callable[..., int]:
    def sent(body: str, subject: str = "Garden") -> int:
        money(mother_party, 50)
        return send(mother_party, contact_id=contact.pk, subject=subject, body=body, client_key=uuid4(), collect=False,
                    now=now).message_id  # fmt: skip

    return sent


def taken(client: Client, what: str):
    answer = client.post(PATH, {"what": what})
    return answer, b"".join(answer.streaming_content)


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_the_letters_as_pdf(her: Client, write) -> None:
    write("First line.\nSecond line.\n\nNew paragraph with #panic() and *stars*.", "Ünïcode")
    answer, content = taken(her, "letters")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith('-letters.pdf"')
    root = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    text = words(content)
    for part in ("Your letters", "Marta Sample", "To \u2068Daniel Sample", "Ünïcode", "First line. Second line.",
                 "#panic() and *stars*", "Delivered"):  # fmt: skip
        assert part.replace("\u2068", "") in text.replace("\u2068", "").replace("\u2069", ""), part


def test_a_thick_mailbox_is_divided_and_nothing_is_missing(her: Client, write, monkeypatch) -> None:
    monkeypatch.setattr(papers, "PART_LETTERS", 2)
    for n in range(5):
        write(f"letter{n}")
    answer, content = taken(her, "letters")
    assert answer["Content-Type"] == "application/zip"
    bundle = ZipFile(io.BytesIO(content))
    assert bundle.namelist() == ["letters-001.pdf", "letters-002.pdf", "letters-003.pdf"]
    texts = [words(bundle.read(name)) for name in bundle.namelist()]
    assert [[n for n in range(5) if f"letter{n}" in text] for text in texts] == [[0, 1], [2, 3], [4]]
    assert "part 2" in texts[1]


def test_parts_are_bounded_by_their_text(write, mother: User, monkeypatch, now: datetime) -> None:
    monkeypatch.setattr(papers, "PART_CHARACTERS", 1000)
    for _n in range(3):
        write("x" * 600)
    file = papers.letters(mother, now)
    bundle = ZipFile(io.BytesIO(b"".join(file.pieces)))
    assert len(bundle.namelist()) == 3


def test_a_part_that_fails_comes_as_text(her: Client, write, monkeypatch) -> None:
    monkeypatch.setattr(papers, "PART_LETTERS", 1)
    write("letter0")
    write("letter1")
    make, calls = pdf.make, []

    def sometimes(*args, **facts) -> bytes:
        calls.append(1)
        if len(calls) == 2:
            raise pdf.NotTypeset("no")
        return make(*args, **facts)

    monkeypatch.setattr(pdf, "make", sometimes)
    _answer, content = taken(her, "letters")
    bundle = ZipFile(io.BytesIO(content))
    assert bundle.namelist() == ["letters-001.pdf", "letters-002.txt"]
    assert b"letter1" in bundle.read("letters-002.txt")


def test_what_is_not_paid_is_not_in_it(family_client, mother, contact, resident_party, now) -> None:
    send(resident_party, contact_id=contact.pk, subject="Secret", body="Not paid yet", client_key=uuid4(), collect=True,
         now=now)  # fmt: skip
    text = words(taken(family_client(mother), "letters")[1])
    assert "sent collect and is not opened" in text
    assert "Not paid yet" not in text
    assert "Secret" not in text


def test_nobody_gets_anothers_letters_or_money(family_client, stranger: User, write, mother_party) -> None:
    write("For Daniel alone")
    client = family_client(stranger)
    letters = words(taken(client, "letters")[1])
    assert "You have no letters." in letters
    assert "Daniel" not in letters
    money = words(taken(client, "money")[1])
    assert "Nothing was added or paid yet." in money
    assert "$" not in money


def test_the_statement_of_all_money(her: Client, write, mother: User, resident, now: datetime) -> None:
    write("Hello")
    number = PrepaidNumber.objects.create(number="+12025550142", holder=mother, proved_at=now, proved_by="code",
                                          created_at=now)  # fmt: skip
    for account in (chart.number_prepaid(number.number), chart.resident_messages(resident.pk)):
        record_deposit(account=account, amount_cents=700, method="test", client_key=uuid4(), now=now, payer=mother)
    answer, content = taken(her, "money")
    assert answer["Content-Disposition"].endswith('-money.pdf"')
    text = words(content)
    for part in ("Statement of your money", "Message credits", "A letter to", "−$0.50", "(202) 555-0142", "+$7.00",
                 "What you gave to others"):  # fmt: skip
        assert part in text, part


def test_the_data_has_all_balances(her: Client, write, mother: User, resident, now: datetime) -> None:
    write("Hello")
    account = chart.resident_messages(resident.pk)
    record_deposit(account=account, amount_cents=700, method="test", client_key=uuid4(), now=now, payer=mother)
    whole = json.loads(taken(her, "")[1])
    assert [one["cents"] for one in whole["given_to_others"]] == [700]
    assert (whole["prepaid_numbers"], whole["refunds"]) == ([], [])


def test_making_documents_is_limited(her: Client, monkeypatch) -> None:
    monkeypatch.setattr(pdf, "make", lambda *_a, **_k: b"%PDF-")
    statuses = [her.post(PATH, {"what": "money"}).status_code for _n in range(11)]
    assert statuses == [200] * 10 + [303]


def test_a_document_that_cannot_be_made_is_said(her: Client, write, monkeypatch) -> None:
    def fails(*_args, **_facts) -> bytes:
        raise pdf.NotTypeset("no")

    monkeypatch.setattr(pdf, "make", fails)
    for what in ("letters", "money"):
        answer = her.post(PATH, {"what": what}, follow=True)
        assert "could not be made just now" in answer.content.decode()
