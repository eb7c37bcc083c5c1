"""Jobs are rows written in the story's transaction; a worker is woken after the commit.

A job carries ids only. Every handler runs at least once, so is idempotent; the table of names and handlers is
`kinline.ops.handlers`. Procrastinate's own insert trigger would notify inside the transaction (a global lock on
commit under load): `core` migration 0002 drops it and `defer` wakes the workers after the commit instead.
"""

import json
from datetime import datetime

from django.db import connection, transaction

QUEUE = "kinline"
WAKE_CHANNEL = "procrastinate_any_queue_v1"

_DEFER = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, scheduled_at, queueing_lock)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING
"""


def defer(
    name: str, *, at: datetime | None = None, once: str | None = None, priority: int = 0, **ids: int | str
) -> None:
    """Queue the job `name` with `ids`, at once or not before `at`.

    `once`: while a job with this lock waits, another one is not queued.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DEFER, [QUEUE, name, priority, json.dumps(ids), at, once])
    if at is None:
        transaction.on_commit(wake)


def wake() -> None:
    """Tell idle workers that there is work. They poll as well, so a lost notice costs seconds, not a letter."""
    payload = json.dumps({"type": "job_inserted", "job_id": 0})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [WAKE_CHANNEL, payload])
