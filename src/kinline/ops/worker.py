"""The worker: takes jobs from the table and runs them in threads, a few at a time.

It lives through a restart of the database, and takes over the jobs of workers that died (stack.md, jobs).
"""

import asyncio
import contextlib
import logging
from typing import Any

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.utils import utcnow
from psycopg_pool import PoolTimeout

from kinline.core.jobs import QUEUE
from kinline.ops import handlers

CONCURRENCY = 4
POLL_SECONDS = 1.0  # a letter that is due at four o'clock is delivered at four o'clock
HEARTBEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 20.0
GRACE_SECONDS = 25.0  # longer than an email may take (EMAIL_TIMEOUT)
LONGEST_PAUSE_SECONDS = 5.0

log = logging.getLogger(__name__)
_LOST = (ConnectorException, psycopg.OperationalError, PoolTimeout)


def build_app() -> Any:
    """A procrastinate app of its own pool, with every handler."""
    # Procrastinate checks each connection before use, so those that died with the database are replaced.
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4, timeout=10)
    app = DjangoApp(connector=connector)
    handlers.register(app)
    return app


async def run_worker() -> None:
    """Work until cancelled; then finish what is running. When the database goes away, wait for it to come back."""
    pause = 0.1
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await _work()
        except _LOST as problem:
            if _is_ending():
                return
            log.warning("worker lost the database (%s), trying again", type(problem).__name__)
        long_enough = asyncio.get_running_loop().time() - started > LONGEST_PAUSE_SECONDS
        pause = 0.1 if long_enough else min(pause * 2, LONGEST_PAUSE_SECONDS)
        await asyncio.sleep(pause)


def _is_ending() -> bool:
    """Whether we were asked to end: the loss of the database in that moment takes the place of the cancellation."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _work() -> None:
    app = build_app()
    async with app.open_async():
        rescuer = asyncio.create_task(_rescue_forever(app))
        try:
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                install_signal_handlers=False,
                delete_jobs="successful",
            )
        finally:
            rescuer.cancel()
            with contextlib.suppress(asyncio.CancelledError, *_LOST):
                await rescuer


async def _rescue_forever(app: Any) -> None:
    while True:
        with contextlib.suppress(*_LOST):
            await retry_stalled(app)
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def retry_stalled(app: Any) -> int:
    """Put back the jobs of workers that gave no sign of life for 20 seconds. Returns how many."""
    stalled: list[Job] = list(
        await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=DEAD_AFTER_SECONDS)
    )
    for job in stalled:
        await _put_back(app, job)
    return len(stalled)


async def _put_back(app: Any, job: Job) -> None:
    try:
        await app.job_manager.retry_job(job, retry_at=utcnow())
    except UniqueViolation:  # the same job waits already, under its queueing lock
        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
    except ConnectorException as problem:
        if isinstance(problem.__cause__, psycopg.errors.RaiseException):  # another worker was faster
            return
        raise
    log.warning("job %s (%s) was taken over from a dead worker", job.id, job.task_name)
