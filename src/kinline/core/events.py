"""What the open pages and the workers are told: ids only, once, after the commit.

A notice inside the transaction costs a third of the send's throughput under load (stack.md), so all notices of one
transaction leave together in one statement when it has committed. A lost one costs a reload: each page asks for its
counters when it (re)connects, and workers poll as well.
"""

import json
from dataclasses import dataclass, field

from django.db import connection, transaction

from kinline.core.parties import Party

CHANNEL = "kinline_events"

# A commit that only notifies would wait for the disk like any other; there is nothing in it to keep.
_SEND = """
    SELECT set_config('synchronous_commit', 'off', true), pg_notify(channel, payload)
    FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS notice (channel, payload, place) ORDER BY place
"""


@dataclass
class _Outbox:
    """The notices of one transaction (or of one savepoint in it, which may still be rolled back), each once, in order.

    A file of deposits tells tens of thousands, so that they are looked up, not searched.
    """

    notices: dict[tuple[str, str], None] = field(default_factory=dict)

    def __call__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SEND, [[channel for channel, _ in self.notices], [payload for _, payload in self.notices]])


def announce(party: Party, kind: str, **ids: int) -> None:
    """After the commit, tell `party`'s open pages that `kind` ("message", "status", "notice", "money") happened."""
    notify_after_commit(CHANNEL, json.dumps({"to": party.channel, "kind": kind, **ids}, separators=(",", ":")))


def notify_after_commit(channel: str, payload: str) -> None:
    """Send `payload` to the listeners of `channel` once the open transaction has committed; the same one only once."""
    outbox = _open_outbox()
    if outbox is None:
        transaction.on_commit(_Outbox({(channel, payload): None}))
    else:
        outbox.notices.setdefault((channel, payload))


def _open_outbox() -> _Outbox | None:
    """The outbox of exactly this savepoint: one of another could be rolled back without us, or be kept despite it."""
    here = set(connection.savepoint_ids)
    entries = reversed(connection.run_on_commit)
    return next((entry[1] for entry in entries if isinstance(entry[1], _Outbox) and entry[0] == here), None)
