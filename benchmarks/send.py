"""P1: letters a second by the send flow, against the same rows written by bare psycopg, statement by statement.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/send.py [seconds a round]

Both write the letter that goes at once: contact check, decision, hold with line, entry with two postings, resolution,
balance, message, body, two mailbox rows, job, audit; durable, 4 connections, 40 senders, one facility.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from common import Actor, compared, database, empty_database, ratio, said, throughput

if TYPE_CHECKING:
    from psycopg import Connection

Ask = Callable[..., Any]
SENDERS = 40
THREADS = 4
BODY = "Querido Daniel, the garden came back. " * 20


def main(seconds: float = 4.0, rounds: int = 5) -> None:
    with empty_database("kinline_bench_postman") as postman_url, database("kinline_bench_send") as url:
        pairs = cast()
        actors = {
            "postman_send": Actor(postman_url, "postman:send"),
            "postman_post": Actor(postman_url, "postman:post"),
            "http_post": Actor(url, "kinline:post", ",".join(f"{contact}:{user}" for contact, user, _, _ in pairs)),
        }
        try:
            figures = compared(
                rounds,
                flow=lambda: throughput(lambda n: flow(pairs, n), threads=THREADS, seconds=seconds),
                bare=lambda: throughput(lambda n: bare(pairs, n), threads=THREADS, seconds=seconds),
                **{name: partial(actor.rate, THREADS, seconds) for name, actor in actors.items()},
            )
        finally:
            for actor in actors.values():
                actor.close()
        said("send flow / bare psycopg, same rows", ratio(figures, "flow", "bare"), ">= 1.0, floor 0.6 (P1)")
        said("send flow / django-postman's send", ratio(figures, "flow", "postman_send"), ">= 3 (P1)")
        said("whole POST / django-postman's POST", ratio(figures, "http_post", "postman_post"), ">= 2 (P1)")


def cast() -> list[tuple[int, int, int, int]]:
    """(contact, user, resident, facility) of 40 pairs, each with money for a million letters."""
    from kinline.contacts.models import Contact
    from kinline.core.parties import Party
    from kinline.delivery import services as delivery
    from kinline.facilities import services as facilities
    from kinline.identity.models import User
    from kinline.ledger import chart
    from kinline.ledger import services as ledger
    from kinline.residents import services as residents

    now = datetime(2026, 1, 1, tzinfo=UTC)
    agency = facilities.create_agency(name="Bench", slug="bench", now=now)
    place = facilities.create_facility(agency_id=agency.pk, name="Bench", slug="bench", region="NY", city="", now=now)
    unit = facilities.add_unit(facility_id=place.pk, name="A")
    delivery.set_policy(facility_id=place.pk, rules=[{"id": "go", "then": "deliver"}], now=now)
    pairs = []
    for n in range(SENDERS):
        user = User.objects.create(
            username=f"bench{n}", email=f"bench{n}@bench.example", first_name="B", last_name=str(n), created_at=now,
            activated_at=now,
        )  # fmt: skip
        person = residents.create(agency_id=agency.pk, number=str(n), first_name="R", last_name=str(n), now=now)
        residents.book(resident_id=person.pk, facility_id=place.pk, unit_id=unit.pk, now=now)
        contact = Contact.objects.create(user=user, resident=person, created_at=now)
        lines = [
            (chart.facility_cash(place.pk), -50_000_000),
            (chart.messages_of(Party("family", user.pk)), 50_000_000),
        ]
        ledger.post(key=f"bench:{n}", kind="deposit", lines=lines, now=now)
        pairs.append((contact.pk, user.pk, person.pk, place.pk))
    return pairs


def flow(pairs: list[tuple[int, int, int, int]], number: int) -> Callable[[], None]:
    from kinline.core.parties import Party
    from kinline.flows.send_message import send

    mine = itertools.cycle(pairs[number::THREADS])

    def act() -> None:
        contact, user, _, _ = next(mine)
        sent = send(
            Party("family", user), contact_id=contact, subject="Sunday", body=BODY, client_key=uuid.uuid4(),
            collect=False, now=datetime.now(UTC),
        )  # fmt: skip
        assert sent.state == "delivered"

    return act


def bare(pairs: list[tuple[int, int, int, int]], number: int) -> Callable[[], None]:
    """The same rows, each by its own statement, on one psycopg connection; the ledger's triggers keep the balance."""
    import psycopg
    from django.db import connection as django_connection

    connection = psycopg.connect(**_parameters(django_connection.settings_dict))
    mine = itertools.cycle(pairs[number::THREADS])

    def act() -> None:
        write_bare(connection, *next(mine))

    return act


def _parameters(settings: dict[str, object]) -> dict[str, object]:
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {name: settings[key] for name, key in names.items() if settings[key]}


def write_bare(connection: Connection, contact: int, user: int, resident: int, facility: int) -> None:
    now = datetime.now(UTC)
    key, price = uuid.uuid4(), 50
    ask = connection.execute
    with connection.transaction():
        ask("SELECT * FROM contacts_contact WHERE id = %s AND user_id = %s", [contact, user]).fetchone()
        ask("SELECT * FROM residents_custody WHERE resident_id = %s AND ended_at IS NULL", [resident]).fetchone()
        ask("SELECT * FROM delivery_policy WHERE facility_id = %s ORDER BY version DESC LIMIT 1", [facility]).fetchone()
        account = ask(
            "SELECT a.id FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id "
            "WHERE a.address = %s AND b.posted_cents - b.held_cents >= %s FOR UPDATE OF b",
            [f"family:{user}:messages", price],
        ).fetchone()[0]
        revenue = ask("SELECT id FROM ledger_account WHERE address = %s", [f"facility:{facility}:revenue"]).fetchone()[
            0
        ]
        message = ask("SELECT nextval(pg_get_serial_sequence('messaging_message', 'id'))").fetchone()[0]
        hold = ledger_rows(ask, message, account, revenue, price=price, now=now)
        ask(
            "INSERT INTO messaging_message (id, contact_id, sender, facility_id, subject, length, state, price_cents, "
            "payer, hold_id, decision, client_key, input_hash, sent_at, delivered_at) VALUES "
            "(%s, %s, 'family', %s, %s, %s, 'delivered', %s, 'sender', %s, %s, %s, %s, %s, %s)",
            [message, contact, facility, "Sunday", len(BODY), price, hold, json.dumps({"outcome": "deliver"}), key,
             random.randbytes(32), now, now],
        )  # fmt: skip
        ask("INSERT INTO messaging_body (message_id, text) VALUES (%s, %s)", [message, BODY])
        copy = (
            "INSERT INTO messaging_mailbox (message_id, contact_id, user_id, resident_id, folder, at, read_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)"
        )
        ask(copy, [message, contact, user, None, "sent", now, now])
        ask(copy, [message, contact, None, resident, "inbox", now, None])
        ask(
            "INSERT INTO core_audit_event (at, actor, act, object, facility_id, detail) "
            "VALUES (%s, %s, %s, %s, %s, '{}')",
            [now, f"family:{user}", "message.send", f"message:{message}", facility],
        )
        ask(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) "
            "VALUES ('kinline', 'after_delivery', 0, %s)",
            [json.dumps({"message_id": message})],
        )


def ledger_rows(ask: Ask, message: int, account: int, revenue: int, *, price: int, now: datetime) -> int:
    """Hold, line, entry, two postings, resolution. The triggers of the tables move the balance, as for the flow."""
    reference = f"message:{message}"
    hold = ask(
        "INSERT INTO ledger_hold (key, input_hash, purpose, cents, lines, at) VALUES (%s, %s, 'message', %s, 1, %s) "
        "RETURNING id",
        [reference, random.randbytes(32), price, now],
    ).fetchone()[0]
    entry = ask(
        "INSERT INTO ledger_entry (key, input_hash, kind, reference, lines, at) VALUES (%s, %s, 'message', %s, 2, %s) "
        "RETURNING id",
        [f"capture:{hold}", random.randbytes(32), reference, now],
    ).fetchone()[0]
    ask(
        "INSERT INTO ledger_resolution (hold_id, kind, entry_id, cents, at) VALUES (%s, 'capture', %s, %s, %s)",
        [hold, entry, price, now],
    )
    ask("INSERT INTO ledger_holdline (hold_id, line, account_id, cents) VALUES (%s, 1, %s, %s)", [hold, account, price])
    posting = "INSERT INTO ledger_posting (entry_id, line, account_id, cents) VALUES (%s, %s, %s, %s)"
    ask(posting, [entry, 1, account, -price])
    ask(posting, [entry, 2, revenue, price])
    return int(hold)


if __name__ == "__main__":
    main(*[float(word) for word in sys.argv[1:2]])
