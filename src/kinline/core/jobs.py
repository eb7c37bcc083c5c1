"""Jobs are rows written in the story's transaction; a worker is woken after the commit.

A job carries ids only. Every handler runs at least once, so is idempotent; the table of names and handlers is
`kinline.ops.handlers`. Procrastinate's own insert trigger would notify inside the transaction (a global lock on
commit under load): `core` migration 0002 drops it and `defer` wakes the workers after the commit instead.
"""

import json
from datetime import datetime

from django.db import connection

from kinline.core.events import notify_after_commit

QUEUE = "kinline"

# Where procrastinate 3.10's workers listen when they are given one queue, and what they expect to read there.
WAKE_CHANNEL = f"procrastinate_queue_v1#{QUEUE}"
_WAKE = json.dumps({"type": "job_inserted", "job_id": 0})

# The only unique index that a waiting job can hit is that of its queueing lock, so a conflict means "it waits already".
_DEFER = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, scheduled_at, queueing_lock)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING
"""


def defer(
    name: str, *, at: datetime | None = None, once: str | None = None, priority: int = 0, **ids: int | str
) -> None:
    """Queue the job `name` with `ids`, at once or not before `at`; higher `priority` goes first.

    `once`: while a job with this lock waits, another one is not queued.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DEFER, [QUEUE, name, priority, json.dumps(ids), at, once])
    if at is None:
        wake()


def wake() -> None:
    """After the commit, tell idle workers that there is work. They poll as well: a lost notice costs a second."""
    notify_after_commit(WAKE_CHANNEL, _WAKE)
