"""History, monthly statements and receipts of the family (MON-5, MON-6), through the door."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.flows.deposit import record_deposit
from kinline.flows.refund import ask
from kinline.flows.send_message import send
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import services as books
from kinline.payments.models import PrepaidNumber
from kinline.payments.queries import statements
from kinline.residents.models import Resident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
Browser = Callable[[User], Client]


@pytest.fixture
def demo(settings) -> None:
    settings.DEMO = True


@pytest.fixture
def put(mother: User) -> Callable[..., str]:
    """`put(account, cents, at, payer=…)`: the receipt's number."""

    def give(account: Party | str, cents: int, at: datetime, payer: User | None = None) -> str:
        deposit = record_deposit(
            account=account, amount_cents=cents, method="test", client_key=uuid4(), now=at, payer=payer or mother
        )
        return deposit.receipt

    return give


def write(mother: User, contact: Contact, at: datetime, body: str = "Hello") -> int:
    sent = send(Party("family", mother.pk), contact_id=contact.pk, subject="", body=body, client_key=uuid4(),
                collect=False, now=at)  # fmt: skip
    return sent.message_id


@pytest.fixture
def busy(mother, mother_party, contact, put, now) -> dict[str, object]:
    """Last month $5.00 came in; this month a letter was paid, $3.00 came and $1.00 went back."""
    first = timezone.localtime(now).replace(day=1, hour=12, minute=0)
    last_month = first - timedelta(days=10)
    early = put(mother_party, 500, last_month)
    letter = write(mother, contact, now)
    late = put(mother_party, 300, now)
    ask(user=mother, account=chart.messages_of(mother_party), amount_cents=100, client_key=uuid4(), now=now)
    return {"early": early, "late": late, "letter": letter, "last": f"{last_month:%Y-%m}", "this": f"{first:%Y-%m}"}


def words(answer) -> str:
    return answer.content.decode()


def test_mon5_the_history_shows_each_line_with_its_balance(family_client: Browser, mother, busy) -> None:
    text = words(family_client(mother).get("/credits/history/"))
    for line in (
        "Paid back",
        "−$1.00",
        "$6.50",
        "+$3.00",
        "$7.50",
        "A letter to \u2068Daniel Sample\u2069",
        "−$0.50",
        "$4.50",
        "+$5.00",
    ):
        assert line in text, line
    assert text.index("−$1.00") < text.index("+$3.00") < text.index("−$0.50") < text.index("+$5.00")
    assert f"/messages/{busy['letter']}/" in text
    assert f"/credits/receipts/{busy['early']}/" in text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("kind=in", ("+$5.00", "+$3.00"), ("−$0.50", "−$1.00")),
        ("kind=letters", ("−$0.50",), ("+$5.00", "−$1.00")),
        ("kind=back", ("−$1.00",), ("+$5.00", "−$0.50")),
        ("kind=other", (), ("+$5.00", "−$0.50", "−$1.00")),
    ],
)
def test_mon5_the_history_by_kind(family_client: Browser, mother, busy, query, shown, hidden) -> None:
    text = words(family_client(mother).get(f"/credits/history/?{query}"))
    assert all(one in text for one in shown)
    assert not any(one in text for one in hidden)
    assert ("Nothing fits" in text) is not bool(shown)


def test_what_is_rare_is_looked_for_in_so_many_lines_a_page(
    family_client: Browser, mother, mother_party, put, now, monkeypatch
) -> None:
    """A balance of many lines and one correction, far back: no page reads them all."""
    monkeypatch.setattr(statements, "BATCH", 2)
    monkeypatch.setattr(statements, "MOST_READ", 4)
    books.post(key="sorry", kind="goodwill", lines=[(chart.GOODWILL, -99), (chart.messages_of(mother_party), 99)],
               now=now)  # fmt: skip
    for n in range(9):
        put(mother_party, 101 + n, now)
    browser, query, pages = family_client(mother), "kind=other", []
    while query:
        answer = browser.get(f"/credits/history/?{query}")
        lines = answer.context["lines"]
        pages.append([told.line.cents for told in lines.rows])
        assert ("Look at older ones" in words(answer)) is (not lines.rows and bool(lines.next))
        query = lines.next and f"kind=other&before={lines.next}"
    assert pages == [[], [], [99]]


def test_mon5_the_history_by_days(family_client: Browser, mother, busy, now) -> None:
    browser, today = family_client(mother), timezone.localdate(now).isoformat()
    since = words(browser.get(f"/credits/history/?since={today}"))
    assert "+$3.00" in since
    assert "+$5.00" not in since
    until = words(browser.get(f"/credits/history/?until={busy['last']}-28"))
    assert "+$3.00" not in until
    assert "+$5.00" in words(browser.get(f"/credits/history/?until={today}"))


def test_mon5_the_history_with_one_person(family_client: Browser, mother, busy, contact, contact_south, now) -> None:
    browser = family_client(mother)
    write(mother, contact_south, now)  # waits: nothing was taken yet
    assert "−$0.50" in words(browser.get(f"/credits/history/?person={contact.pk}"))
    assert "+$5.00" not in words(browser.get(f"/credits/history/?person={contact.pk}"))
    assert "−$0.50" not in words(browser.get(f"/credits/history/?person={contact_south.pk}"))


@pytest.mark.parametrize(
    "query",
    ["since=yesterday", "since=2026-02-30", "since=2026-03-02&until=2026-03-01", "kind=rubbish", "person=99999",
     "since=9999-12-31", "until=9999-12-31", "until=0001-01-01", "before=abc", "before=99999999999999999999"],
)  # fmt: skip
def test_odd_filters_get_a_sentence_and_lose_nothing(family_client: Browser, mother, busy, query) -> None:
    assert family_client(mother).get(f"/credits/history/?{query}").status_code == 200


def test_the_history_is_paged(family_client: Browser, mother, mother_party, put, now) -> None:
    for n in range(30):
        put(mother_party, 101 + n, now)
    browser = family_client(mother)
    first = browser.get("/credits/history/?kind=in")
    second = browser.get(f"/credits/history/?kind=in&before={first.context['lines'].next}")
    cents = [told.line.cents for page in (first, second) for told in page.context["lines"].rows]
    assert cents == [130 - n for n in range(30)]
    assert second.context["lines"].next is None


def test_f21_a_month_opens_and_closes(family_client: Browser, mother, busy) -> None:
    browser = family_client(mother)
    last = browser.get(f"/credits/statements/{busy['last']}/").context["month"]
    this = browser.get(f"/credits/statements/{busy['this']}/").context["month"]
    assert (last.opening_cents, last.in_cents, last.out_cents, last.closing_cents) == (0, 500, 0, 500)
    assert (this.opening_cents, this.in_cents, this.out_cents, this.closing_cents) == (500, 300, 150, 650)
    lines = browser.get(f"/credits/statements/{busy['this']}/").context["lines"].rows
    assert [(told.line.cents, told.line.balance_cents) for told in lines] == [(-100, 650), (300, 750), (-50, 450)]
    text = words(browser.get("/credits/statements/"))
    assert text.index(f"/{busy['this']}/") < text.index(f"/{busy['last']}/")


def test_the_balance_goes_on_over_the_pages_of_a_month(family_client: Browser, mother, mother_party, put, now) -> None:
    for _n in range(60):
        put(mother_party, 100, now)
    browser, month, before, seen = family_client(mother), f"{timezone.localtime(now):%Y-%m}", "", []
    while before is not None:
        lines = browser.get(f"/credits/statements/{month}/?before={before}").context["lines"]
        seen += [told.line.balance_cents for told in lines.rows]
        before = lines.next
    assert seen == [100 * n for n in range(60, 0, -1)]


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "1999-01", "9999-12", "26-3", "rubbish", "2026-3", "2026-03-01"]
)
def test_no_statement_of_a_month_that_is_not_there(family_client: Browser, mother, busy, month) -> None:
    browser = family_client(mother)
    for end in ("/", ".pdf", ".csv"):
        assert browser.get(f"/credits/statements/{month}{end}").status_code == 404


def test_a_quiet_month_has_a_statement(family_client: Browser, mother, mother_party, put, now) -> None:
    long_ago = now - timedelta(days=100)
    put(mother_party, 500, long_ago)
    quiet = timezone.localtime(now - timedelta(days=50))
    month = family_client(mother).get(f"/credits/statements/{quiet:%Y-%m}/").context["month"]
    assert (month.opening_cents, month.lines, month.closing_cents) == (500, 0, 500)


def test_mon5_the_csv_has_every_line_oldest_first(family_client: Browser, mother, busy) -> None:
    answer = family_client(mother).get(f"/credits/statements/{busy['this']}.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"kinline-credits-{busy['this']}.csv" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(words(answer).removeprefix("\ufeff"), newline="")))
    assert [row[4:] for row in rows[1:]] == [
        ["", "5.00"], ["-0.50", "4.50"], ["3.00", "7.50"], ["-1.00", "6.50"], ["", "6.50"]
    ]  # fmt: skip
    assert rows[2][1] == "A letter to Daniel Sample"
    assert rows[3][3] == busy["late"]


def test_mon5_the_pdf_says_the_same_and_can_be_followed(family_client: Browser, mother, busy) -> None:
    answer = family_client(mother).get(f"/credits/statements/{busy['this']}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    found = PdfReader(io.BytesIO(answer.content))
    root = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    text = " ".join(page.extract_text() for page in found.pages)
    for word in ("Statement for", "Marta Sample", "Balance at the beginning: $5.00", "Balance at the end: $6.50",
                 "Daniel Sample", "−$0.50", "$7.50", "no fee of any kind"):  # fmt: skip
        assert word in " ".join(text.split()), word


def test_the_files_speak_spanish(family_client: Browser, mother, busy) -> None:
    mother.language = "es"
    mother.save()
    browser = family_client(mother)
    browser.cookies["kinline_language"] = "es"
    found = PdfReader(
        io.BytesIO(browser.get(f"/credits/statements/{busy['this']}.pdf", headers={"Accept-Language": "es"}).content)
    )
    assert found.trailer["/Root"]["/Lang"] == "es"
    assert "Saldo al comienzo" in " ".join(" ".join(page.extract_text() for page in found.pages).split())


def test_no_name_becomes_a_formula(family_client: Browser, mother, busy, resident: Resident) -> None:
    resident.first_name, resident.last_name = "=HYPERLINK(1)", "@x"
    resident.save()
    text = words(family_client(mother).get(f"/credits/statements/{busy['this']}.csv"))
    assert "A letter to =HYPERLINK(1) @x" in text  # not at the beginning of its cell
    assert not any(cell.startswith(("=", "@")) for row in csv.reader(io.StringIO(text)) for cell in row)


# Whose statements


def test_mon6_nobody_sees_anothers(family_client: Browser, mother, stranger, busy) -> None:
    browser = family_client(stranger)
    assert "$" not in words(browser.get("/credits/history/")).split("<main")[1].split("</main")[0]
    assert browser.get(f"/credits/statements/{busy['last']}/").status_code == 404
    assert browser.get(f"/credits/receipts/{busy['early']}/").status_code == 404
    assert browser.get(f"/credits/receipts/{busy['early']}.pdf").status_code == 404
    for key in ("calls", "number-1", "credits-1", "family:1:messages", "../x"):
        assert browser.get("/credits/history/", {"account": key}).status_code == 404
        assert browser.get("/credits/statements/", {"account": key}).status_code == 404


@pytest.mark.parametrize("path", ["history/", "given/", "statements/", "statements/2026-01/", "statements/2026-01.pdf",
                                  "statements/2026-01.csv", "receipts/1.pdf"])  # fmt: skip
def test_nobody_without_signing_in(client: Client, db: None, path: str) -> None:
    answer = client.get(f"/credits/{path}")
    assert answer.status_code in (302, 303)
    assert "/login/" in answer["Location"]


def test_mon6_a_number_shows_its_history_to_its_holder_only(
    family_client: Browser, mother, stranger, put, now
) -> None:  # fmt: skip
    """Another payer sees their own deposit, without a balance; the holder sees no payer's name or receipt."""
    number = PrepaidNumber.objects.create(
        number="+12025550142", holder=mother, proved_at=now, proved_by="code", created_at=now
    )
    receipt = put(chart.number_prepaid(number.number), 700, now, payer=stranger)
    hers = words(family_client(mother).get(f"/credits/history/?account=number-{number.pk}"))
    assert "+$7.00" in hers
    assert receipt not in hers
    assert "Steve" not in hers
    browser = family_client(stranger)
    assert browser.get(f"/credits/history/?account=number-{number.pk}").status_code == 404
    assert (
        browser.get(f"/credits/statements/{timezone.localtime(now):%Y-%m}/?account=number-{number.pk}").status_code
        == 404
    )
    theirs = words(browser.get("/credits/given/"))
    assert "$7.00" in theirs
    assert "(202) 555-0142" in theirs


def test_a_gift_is_listed_for_its_giver_alone(
    family_client: Browser, mother, stranger, resident, contact, put, now
) -> None:  # fmt: skip
    receipt = put(chart.resident_messages(resident.pk), 900, now)
    text = words(family_client(mother).get("/credits/given/"))
    assert "Message credits of \u2068Daniel Sample\u2069" in text
    assert "$9.00" in text
    assert "$9.00" not in words(family_client(stranger).get("/credits/given/"))
    assert "$9.00" not in words(family_client(mother).get("/credits/history/"))
    page = words(family_client(mother).get(f"/credits/receipts/{receipt}/"))
    assert "Daniel Sample" in page
    assert "None" in page


def test_the_receipt_as_pdf(family_client: Browser, mother, busy) -> None:
    answer = family_client(mother).get(f"/credits/receipts/{busy['early']}.pdf")
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())
    for word in (f"Receipt {busy['early']}", "$5.00", "Message credits of", "Marta Sample", "Test money", "Fee: None"):
        assert word in text, word


def test_a_pdf_that_cannot_be_made_is_said_and_the_page_stays(family_client, mother, busy, monkeypatch) -> None:
    from kinline.design.documents import pdf

    def fails(*_args, **_facts) -> bytes:
        raise pdf.NotTypeset("no")

    monkeypatch.setattr(pdf, "make", fails)
    browser = family_client(mother)
    for path in (f"statements/{busy['this']}.pdf", f"receipts/{busy['early']}.pdf"):
        answer = browser.get(f"/credits/{path}", follow=True)
        assert answer.status_code == 200
        assert "could not be made just now" in words(answer)


def test_the_pages_ask_little(family_client: Browser, mother, busy, django_assert_max_num_queries) -> None:
    browser = family_client(mother)
    for path in ("history/", "history/?kind=in", f"statements/{busy['this']}/", "statements/", "given/"):
        browser.get(f"/credits/{path}")
        with django_assert_max_num_queries(16):
            browser.get(f"/credits/{path}")
