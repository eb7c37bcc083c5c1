"""P9: what is asked often reads as much of the database with a hundred times the letters as with a hundredth of them.

Each question is asked of its own function; every statement it sends is explained with the pages it read. A mailbox of
300 letters among 300 others, then of 30,000 among 30,000, is compared page by page. With few letters the planner must
go by the indexes, too: it would read such small tables whole, which is no yardstick. With many it may do what it
likes: where an index lacks, the table is read whole. An index that became one level deeper is no growth that anybody
can avoid: for questions that read a few pages, three pages more are let pass.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from kinline.contacts import queries as contacts
from kinline.contacts.models import Contact
from kinline.core import audit
from kinline.core.parties import Party
from kinline.delivery import queries as delivery
from kinline.facilities.models import Facility
from kinline.flows import statements as told
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging import queries
from kinline.messaging.queries import figures, found, printing, record
from kinline.messaging.queries.figures import Span
from kinline.messaging.queries.numbers import collect_between
from kinline.messaging.services.record import due
from kinline.notices import queries as notices
from kinline.payments import queries as payments
from kinline.payments.models import Allowance
from kinline.payments.queries import statements
from kinline.payments.queries.allowances import week
from kinline.payments.queries.given import given
from kinline.payments.queries.statements import Asked
from kinline.residents.models import Resident

pytestmark = pytest.mark.slow
FEW, MANY = 300, 30_000
GROWTH, DEEPER = 1.3, 3

# A letter of the pair and one of strangers for each number, read but for the last five, with all that belongs to it.
# Strangers are spread over three hundred pairs, who need not exist: nobody asks for them.
FILL = """
    CREATE TEMP TABLE letter ON COMMIT DROP AS
        SELECT n * 2 + mine::int + %(base)s AS id, n, mine, (n %% 2 = 0) AS by_family,
               CASE WHEN mine THEN %(user)s ELSE 900000 + n %% 300 END AS user_id,
               CASE WHEN mine THEN %(resident)s ELSE 900000 + n %% 300 END AS resident_id,
               CASE WHEN mine THEN %(contact)s ELSE 900000 + n %% 300 END AS contact_id,
               %(now)s::timestamptz - make_interval(mins => %(most)s - n) AS at
        FROM generate_series(%(first)s, %(last)s) n, (VALUES (true), (false)) AS whose (mine);
    INSERT INTO messaging_message (id, contact_id, sender, facility_id, subject, length, state, price_cents, payer,
            hold_id, decision, client_key, input_hash, sent_at, delivered_at, opened_at)
        SELECT id, contact_id, CASE WHEN by_family THEN 'family' ELSE 'resident' END, %(facility)s, 'Garden ' || n, 60,
               'delivered', 50, 'sender', id, '{{}}', gen_random_uuid(), '\\x00', at, at, at FROM letter;
    INSERT INTO messaging_body (message_id, text)
        SELECT id, 'A letter about the garden and the weather, number ' || n FROM letter;
    INSERT INTO messaging_mailbox (message_id, contact_id, user_id, folder, at, read_at)
        SELECT id, contact_id, user_id, CASE WHEN by_family THEN 'sent' ELSE 'inbox' END, at,
               CASE WHEN by_family OR n <= %(last)s - 10 THEN at END FROM letter;
    INSERT INTO messaging_mailbox (message_id, contact_id, resident_id, folder, at, read_at)
        SELECT id, contact_id, resident_id, CASE WHEN by_family THEN 'inbox' ELSE 'sent' END, at,
               CASE WHEN NOT by_family OR n <= %(last)s - 10 THEN at END FROM letter;
    UPDATE messaging_mailbox SET read_at = at WHERE read_at IS NULL AND message_id <= (%(last)s - 10) * 2 + %(base)s;
    INSERT INTO messaging_searchentry (message_id, user_id, resident_id, words)
        SELECT id, user_id, resident_id, to_tsvector('simple', 'letter garden weather number ' || n ||
               CASE WHEN n <= 40 THEN ' lighthouse' ELSE '' END) FROM letter;
    INSERT INTO messaging_review (message_id, facility_id, since, decision, decided_at, explanation, by_rule)
        SELECT id, %(facility)s, at - interval '60 days', 'release', at - interval '60 days', '', '' FROM letter;
    INSERT INTO notices_notice (user_id, kind, params, created_at, read_at)
        SELECT user_id, 'money_added', '{{"amount_cents": 50, "number": "1"}}', at,
               CASE WHEN n <= %(last)s - 10 THEN at END FROM letter;
    UPDATE notices_notice SET read_at = created_at WHERE read_at IS NULL
        AND created_at < %(now)s::timestamptz - make_interval(mins => %(most)s - %(last)s + 10);
    INSERT INTO ledger_account (id, address, customer, created_at)
        SELECT %(base)s + n, 'family:' || 10 * %(base)s + n || ':messages', true, at FROM letter WHERE NOT mine;
    INSERT INTO ledger_balance (account_id, posted_cents, held_cents)
        SELECT %(base)s + n, 50, 0 FROM letter WHERE NOT mine;
    INSERT INTO ledger_entry (id, key, input_hash, kind, reference, lines, at)
        SELECT id, 'capture:' || id, '\\x00', 'message', 'message:' || id, 2, at FROM letter;
    INSERT INTO ledger_posting (entry_id, line, account_id, cents)
        SELECT id, 1, CASE WHEN mine THEN %(account)s ELSE user_id END, -50 FROM letter;
    INSERT INTO ledger_posting (entry_id, line, account_id, cents) SELECT id, 2, 899999, 50 FROM letter;
    INSERT INTO ledger_resolution (hold_id, kind, entry_id, cents, at) SELECT id, 'capture', id, 50, at FROM letter;
    INSERT INTO messaging_prepaidreply (message_id, account, hold_id, price_cents, days, expires_at, state, ended_at)
        SELECT id, 'family:' || user_id || ':messages', id, 50, 30, at, 'returned', at FROM letter;
    INSERT INTO payments_allowanceuse (resident_id, facility_id, kind, week, count, about, at, used_at)
        SELECT resident_id, %(facility)s, 'messages', date '2000-01-03' + 7 * n, 1, 'message:' || id, at, at
        FROM letter WHERE n %% 10 = 0;
    DELETE FROM ledger_month WHERE account_id = %(account)s;
    INSERT INTO ledger_month (account_id, month, in_cents, out_cents, lines, last_entry_id)
        SELECT %(account)s, month, sum(greatest(cents, 0)), sum(greatest(-cents, 0)), count(*), max(entry_id)
        FROM (SELECT p.entry_id, p.cents, max(ledger_month_of(e.at)) OVER (ORDER BY p.entry_id) AS month
              FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
              WHERE p.account_id = %(account)s) AS booked GROUP BY month;
    INSERT INTO core_audit_event (at, actor, act, object, facility_id, detail)
        SELECT at, 'staff:' || n %% 9, 'message.read', 'message:' || id, %(facility)s, '{{}}' FROM letter;
    DROP TABLE letter
"""


@pytest.fixture(scope="module", autouse=True)
def _as_new(django_db_setup: None, django_db_blocker: Any) -> None:
    """What thousands of tests filled and took back left tables large and empty: no yardstick for pages read."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM FULL")


@pytest.fixture
def fill(
    mother: User, resident: Resident, contact: Contact, north: Facility, money: Callable[[Party, int], None],
    now: datetime,
) -> Callable[[int, int], None]:  # fmt: skip
    """`fill(first, last)`: letters of these numbers. Without triggers: what they would check is made right here."""
    party = Party("family", mother.pk)
    money(party, 2_000_000)
    Allowance.objects.create(facility=north, kind="messages", per_week=5, effective_from=now - timedelta(days=9))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT id FROM ledger_account WHERE address = %s", [chart.messages_of(party)])
        account = cursor.fetchone()[0]
        cursor.execute("SET LOCAL session_replication_role = replica")
    facts = {
        "user": mother.pk, "resident": resident.pk, "contact": contact.pk, "facility": north.pk, "now": now,
        "account": account, "most": MANY, "base": 50_000_000,
    }  # fmt: skip

    def rows(first: int, last: int) -> None:
        for statement in FILL.replace("{{}}", "{}").replace("{{", "{").replace("}}", "}").split(";"):
            run(statement, facts | {"first": first, "last": last})
        run("ANALYZE messaging_message, messaging_body, messaging_mailbox, messaging_searchentry, messaging_review,"
            " notices_notice, ledger_entry, ledger_posting, ledger_account, ledger_balance, ledger_month,"
            " ledger_resolution, messaging_prepaidreply, payments_allowanceuse, core_audit_event")  # fmt: skip

    return rows


def run(statement: str, values: dict[str, Any] | None = None) -> None:
    """As text: the server takes no parameters in what is not a query."""
    with psycopg.ClientCursor(connection.connection) as cursor:
        cursor.execute(statement, values)


def questions(
    family: Party, resident: Party, contact_id: int, place: int, now: datetime
) -> dict[str, Callable[[], Any]]:
    """What pages ask, of both sides where both ask it."""
    both: dict[str, Callable[[Party], Any]] = {
        "inbox": lambda me: queries.page(me, "inbox", now=now),
        "sent": lambda me: queries.page(me, "sent", now=now),
        "empty folder": lambda me: queries.page(me, "archive", now=now),
        "second page": lambda me: queries.page(me, "inbox", now=now, before=queries.page(me, "inbox", now=now).next),
        "inbox of a contact": lambda me: queries.page(me, "inbox", now=now, contact_id=contact_id),
        "conversation": lambda me: queries.conversation(me, contact_id, now=now),
        "last letters": lambda me: queries.last_between(me, [contact_id], now=now),
        "counts": queries.counts,
        "what waits": queries.waiting,
        "drafts": queries.drafts,
        "letter": lambda me: queries.letter(me, queries.page(me, "inbox", now=now).rows[0].id, now=now),
        "search, few hits": lambda me: queries.search(me, "lighthouse", now=now),
        "search, none": lambda me: queries.search(me, "zeppelin", now=now),
        "contact": lambda me: contacts.contact(me, contact_id, now),
        "contacts": lambda me: contacts.contacts_of(me, now),
        "unread notices": lambda me: notices.unread_count(me, now),
        "notices": lambda me: notices.notices_of(me, now=now),
        "balance": lambda me: ledger.balance(chart.messages_of(me)),
        "collect letters that wait": lambda me: collect_between(contact_id, me.side),
        "deposits": lambda me: payments.deposits_of(me, 20),
    }
    money = statements.accounts_of(family)[0]
    asked = {f"{name} ({me.side})": _ask(question, me) for name, question in both.items() for me in (family, resident)}
    return asked | {
        "history of a balance": lambda: ledger.history(chart.messages_of(family), 21),
        "months of a balance": lambda: statements.months(money),
        "month of a balance": lambda: statements.lines_of_month(family, money, _newest(money)),
        "statement in words": lambda: told.month(family, money, _newest(money)),
        "history, deposits": lambda: told.history(family, money, Asked("in")),
        "history, letters": lambda: told.history(family, money, Asked("letters")),
        "history, paid back": lambda: told.history(family, money, Asked("back")),
        "history, an hour": lambda: told.history(family, money, Asked(since=now - timedelta(hours=1))),
        "history, one person": lambda: told.with_contact(family, money, contact_id),
        "given to others": lambda: given(family.id),
        "review queue": lambda: queries.reviews_waiting([place]),
        "appeals": lambda: queries.appeals_open([place]),
        "week of an allowance": lambda: week(resident.id, place, now),
        "replies that are due": lambda: queries.replies_due(now),
        "rules": lambda: delivery.policy_at(place, now),
        "record, few hits": lambda: _searched(place, "lighthouse"),
        "record, none": lambda: _searched(place, "zeppelin"),
        "record, what every letter has": lambda: _searched(place, "garden"),
        "audit log": lambda: audit.entries(place, [1, 2], audit.Asked()),
        "audit log of a letter": lambda: audit.entries(place, [1, 2], audit.Asked(object="message:50000003")),
        "letters that go tonight": lambda: list(due(place, record.kept_by(place, now)[0], now)),
        "who keeps a letter": lambda: record.claims([place], 50_000_003, now),
        "paper": lambda: printing.waiting_for_paper(User(email="sample@staff.example"), place),
        "figures of a day": lambda: _figures(Span(place, *[now.date() - timedelta(days=25)] * 2, "UTC"), now),
    }


def _figures(span: Span, now: datetime) -> None:
    """A day before the letters: however many came later, it costs the same."""
    assert figures.outcomes(span)[0].sent == 0
    assert figures.decided(span)[0].count == 0
    figures.reasons(span), figures.appealed(span, now), figures.decisions(span, limit=200)
    figures.pairs(span, limit=200)


def _searched(place: int, words: str) -> list[found.LetterFound]:
    return found.letters(found.Asked(place, words, None, None, "sample@staff.example"))


def _newest(account: statements.Account) -> ledger.Month:
    return statements.months(account)[0]


def _ask(question: Callable[[Party], Any], me: Party) -> Callable[[], Any]:
    return lambda: question(me)


def pages_read(question: Callable[[], Any]) -> int:
    """How many pages all statements of a question touched."""
    sent: list[tuple[str, Any]] = []

    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        question()
    assert sent
    return sum(_explain(sql, params) for sql, params in sent)


def _explain(sql: str, params: Any) -> int:
    with psycopg.ClientCursor(connection.connection) as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        answer = cursor.fetchone()[0]
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return sum(plan.get(f"{kind} {how} Blocks", 0) for kind in ("Shared", "Temp") for how in ("Hit", "Read"))


def test_what_is_asked_often_does_not_grow(
    fill: Callable[[int, int], None], mother_party: Party, resident_party: Party, contact: Contact, north: Facility,
    now: datetime,
) -> None:  # fmt: skip
    asked = questions(mother_party, resident_party, contact.pk, north.pk, now)
    fill(1, FEW)
    run("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    few = {name: pages_read(question) for name, question in asked.items()}
    run("RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin")
    fill(FEW + 1, MANY)
    many = {name: pages_read(question) for name, question in asked.items()}
    table = "\n".join(f"{few[name]:6} {many[name]:6}  {name}" for name in asked)
    grown = [name for name in asked if many[name] > max(few[name] * GROWTH, few[name] + DEEPER)]
    assert grown == [], f"\n{table}"


def test_the_letters_are_there(
    fill: Callable[[int, int], None], mother_party: Party, resident_party: Party, now: datetime
) -> None:
    """The control: the questions find what was filled in, and a question that reads all is seen to grow."""
    everything = lambda: list(queries.export(mother_party))  # noqa: E731
    fill(1, 50)
    before = pages_read(everything)
    fill(51, 500)
    assert pages_read(everything) > 3 * before
    assert len(queries.page(mother_party, "inbox", now=now).rows) == 20
    assert queries.counts(mother_party).unread == 5
    assert queries.counts(resident_party).unread == 5
    assert len(queries.search(mother_party, "lighthouse", now=now).rows) == 20
    assert len(queries.search(resident_party, "garden", now=now + timedelta(days=1)).rows) == 20
    assert notices.unread_count(mother_party, now) == 10
