"""P2: the inbox page of 20 rows, over HTTP in process, signed in.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/inbox.py [others] [seconds a round]

The page of a person with 100,000 letters among `others` (default 1,000,000; the target is for 10,000,000), against the
same page of a person with 20 letters in an empty system, and against django-postman's inbox of 20.
"""

from __future__ import annotations

import sys
import time
from functools import partial

from common import Actor, compared, database, empty_database, ratio, said
from send import cast

MINE = 100_000
THREADS = 2

# Letters from the resident to the family member, delivered, every third one read; `crowd` is how many pairs share them.
# Guards and foreign keys rest while the rows are made; nothing else differs from rows that were sent.
_LETTERS = """
    INSERT INTO messaging_message (id, contact_id, sender, facility_id, subject, length, state, price_cents, payer,
            decision, client_key, input_hash, sent_at, delivered_at)
        SELECT %(first)s + n, p.contact, 'resident', %(facility)s, 'Sunday ' || n, length(%(body)s), 'delivered', 50,
            'sender', '{}', gen_random_uuid(), sha256(n::text::bytea), at, at
        FROM generate_series(1, %(count)s) n
        JOIN unnest(%(contacts)s::bigint[]) WITH ORDINALITY AS p (contact, place) ON p.place = 1 + n %% %(crowd)s
        CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 second' AS at) t;
    INSERT INTO messaging_body (message_id, text)
        SELECT id, %(body)s FROM messaging_message WHERE id > %(first)s;
    INSERT INTO messaging_mailbox (message_id, contact_id, user_id, resident_id, folder, at, read_at)
        SELECT m.id, m.contact_id, CASE WHEN side = 1 THEN c.user_id END, CASE WHEN side = 2 THEN c.resident_id END,
            CASE WHEN side = 1 THEN 'inbox' ELSE 'sent' END, m.sent_at,
            CASE WHEN side = 2 OR m.id %% 3 = 0 THEN m.sent_at END
        FROM messaging_message m JOIN contacts_contact c ON c.id = m.contact_id CROSS JOIN generate_series(1, 2) side
        WHERE m.id > %(first)s;
"""


def main(others: int = 1_000_000, seconds: float = 3.0, rounds: int = 5) -> None:
    with (
        empty_database("kinline_bench_postman") as postman_url,
        empty_database("kinline_bench_small") as small_url,
        database("kinline_bench_inbox") as url,
    ):
        began = time.monotonic()
        person = filled(MINE, others)
        print(f"  {MINE:,} letters of one person and {others:,} of others made in {time.monotonic() - began:.0f} s")
        _copy_small(small_url)
        actors = {
            "large": Actor(url, "kinline:inbox", str(person)),
            "small": Actor(small_url, "kinline:inbox", str(person)),
            "postman": Actor(postman_url, "postman:inbox", "20"),
        }
        try:
            figures = compared(rounds, **{name: partial(it.rate, THREADS, seconds) for name, it in actors.items()})
        finally:
            for actor in actors.values():
                actor.close()
        said("time of a page, large / small", ratio(figures, "small", "large"), "<= 1.2 (P2)")
        said("pages a second, small / django-postman", ratio(figures, "small", "postman"), ">= 2 (P2)")


def filled(mine: int, others: int) -> int:
    """The id of a person with `mine` letters; `others` letters are spread over the rest of the cast."""
    from django.db import connection
    from postman_site import BODY

    pairs = cast()
    (contact, user, _, facility), rest = pairs[0], [pair[0] for pair in pairs[1:]]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for first, count, contacts in ((0, mine, [contact]), (mine, others, rest)):
            values = {
                "first": first,
                "count": count,
                "contacts": contacts,
                "crowd": len(contacts),
                "facility": facility,
            }
            for statement in _LETTERS.split(";")[:-1]:
                cursor.execute(statement, {**values, "body": BODY})
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SELECT setval(pg_get_serial_sequence('messaging_message', 'id'), %s)", [mine + others + 1])
        cursor.execute("VACUUM ANALYZE")
    return user


def _copy_small(url: str) -> None:
    """The empty system: the same cast with 20 letters, made by the same function in a process of its own."""
    import os
    import subprocess

    code = (
        "import common, inbox, django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0); inbox.filled(20, 0)"
    )
    here = os.path.dirname(os.path.abspath(__file__))
    subprocess.run([sys.executable, "-c", code], cwd=here, env={**os.environ, "DATABASE_URL": url}, check=True)


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:2]], *[float(word) for word in sys.argv[2:3]])
