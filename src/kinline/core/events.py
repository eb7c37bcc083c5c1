"""What the open pages are told: ids only, once, after the commit.

A notice inside the transaction costs a third of the send's throughput under load (stack.md), so it leaves in
`on_commit`. A lost one costs a reload: each page asks for its counters when it (re)connects.
"""

import json
from functools import partial

from django.db import connection, transaction

from kinline.core.parties import Party

CHANNEL = "kinline_events"


def announce(party: Party, kind: str, **ids: int) -> None:
    """After the commit, tell `party`'s open pages that `kind` ("message", "status", "notice", "money") happened."""
    payload = json.dumps({"to": party.channel, "kind": kind, **ids}, separators=(",", ":"))
    transaction.on_commit(partial(_notify, payload))


def _notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
