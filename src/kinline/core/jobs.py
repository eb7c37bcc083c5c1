"""Jobs are rows written in the story's transaction; a worker is woken after the commit.

A job carries ids only. Every handler runs at least once, so is idempotent; the table of names and handlers is
`kinline.ops.handlers`. Procrastinate's own insert trigger would notify inside the transaction (a global lock on
commit under load): `core` migration 0002 drops it and `defer` wakes the workers after the commit instead.
"""

import json
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Trouble:
    """Jobs of one name that need a look. `what`: `failed`, given up within a week; `again`, tried four times and more;
    `late`, due for a quarter of an hour, and nobody took them. `since`: of the first of them, where that is known."""

    name: str
    what: str
    count: int
    since: datetime | None


# Jobs that were done are deleted, so this reads what waits and what went wrong, not what ever was.
_TROUBLES = """
    SELECT j.task_name, t.what, count(*), min(t.since)
    FROM procrastinate_jobs j JOIN LATERAL (
        SELECT 'failed' AS what, max(e.at) AS since FROM procrastinate_events e
            WHERE j.status = 'failed' AND e.job_id = j.id AND e.type = 'failed' AND e.at > %(now)s - interval '7 days'
            HAVING count(*) > 0
        UNION ALL SELECT 'again', NULL WHERE j.status = 'todo' AND j.attempts >= 4
        UNION ALL SELECT 'late', due.at FROM (
            SELECT coalesce(j.scheduled_at, (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)) AS at
        ) due WHERE j.status = 'todo' AND j.attempts < 4 AND due.at < %(now)s - interval '15 minutes'
    ) t ON true
    WHERE j.queue_name = %(queue)s AND j.status IN ('todo', 'failed')
    GROUP BY 1, 2 ORDER BY 3 DESC, 1
"""


def troubles(now: datetime) -> list[Trouble]:
    """What whoever runs this must know: names and counts only, never what a job is about."""
    with connection.cursor() as cursor:
        cursor.execute(_TROUBLES, {"now": now, "queue": QUEUE})
        return [Trouble(*row) for row in cursor.fetchall()]
