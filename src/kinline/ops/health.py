"""How the deployment is: `/healthz` (this process lives), `/readyz` (it can serve), `/metrics` (OPS-3).

None of them holds anything personal: names of parts, counts and ages.
"""

import hmac
import os
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client import REGISTRY as PROCESS

from kinline.realtime.hub import hub

_JOBS = "SELECT status::text, task_name, count(*) FROM procrastinate_jobs GROUP BY 1, 2"
_OLDEST_JOB = """
    SELECT coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), 0)
    FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
    WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
"""
_WORKERS = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
_EMAILS = """
    SELECT count(*) FILTER (WHERE sent_at IS NULL AND failed_at IS NULL), count(*) FILTER (WHERE failed_at IS NOT NULL)
    FROM notices_email WHERE sent_at IS NULL
"""
_MESSAGES = """
    SELECT state, count(*), coalesce(extract(epoch FROM now() - min(sent_at)), 0)
    FROM messaging_message WHERE state IN ('review', 'scheduled', 'collect', 'paper') GROUP BY state
"""
_CHECKOUTS = """
    SELECT state, count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)
    FROM payments_checkout WHERE state IN ('new', 'open', 'waiting') GROUP BY state
"""
_PAY_OUTS = """
    SELECT CASE WHEN way = 'card' THEN 'card' ELSE 'finance' END, count(*),
           coalesce(extract(epoch FROM now() - min(at)), 0)
    FROM payments_payout WHERE state IN ('waiting', 'sent') GROUP BY 1
"""
_DIFFERENCES = "SELECT count(*) FROM payments_difference WHERE settled_at IS NULL"


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served. A missing worker is told, but is no reason to take the pages away."""
    parts = {"database": _database(), "migrations": False, "worker": False}
    if parts["database"]:
        parts["migrations"] = migrated()
        parts["worker"] = bool(parts["migrations"] and workers())
    ready = parts["database"] and parts["migrations"]
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """In Prometheus's text format. KINLINE_METRICS_TOKEN, when set, must be sent as a bearer token."""
    token = os.environ.get("KINLINE_METRICS_TOKEN", "")
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(sent.encode(), token.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(PROCESS) + generate_latest(_measured()), content_type=CONTENT_TYPE_LATEST)


def _database() -> bool:
    try:
        return _number("SELECT 1") == 1
    except DatabaseError:
        return False


def migrated() -> bool:
    """The tables are those of this version."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def workers() -> int:
    """How many gave a sign of life in the last half minute."""
    return int(_number(_WORKERS))


def _measured() -> CollectorRegistry:
    """What the database knows, counted now. All of it is answered by indexes or small tables."""
    registry = CollectorRegistry()
    Gauge("kinline_open_pages", "Event streams of this process", registry=registry).set(len(hub))
    up = Gauge("kinline_database_up", "1 when the database answers", registry=registry)
    try:
        _fill(registry)
        up.set(1)
    except DatabaseError:
        up.set(0)
    return registry


def _fill(registry: CollectorRegistry) -> None:
    jobs = Gauge("kinline_jobs", "Jobs by state and name", ["status", "task"], registry=registry)
    for status, task, count in _rows(_JOBS):
        jobs.labels(status, task).set(count)
    oldest = Gauge("kinline_oldest_due_job_seconds", "Age of the oldest job that should run now", registry=registry)
    oldest.set(_number(_OLDEST_JOB))
    Gauge("kinline_workers", "Workers that gave a sign of life", registry=registry).set(workers())
    waiting, failed = next(iter(_rows(_EMAILS)))
    Gauge("kinline_emails_waiting", "Emails that have not left yet", registry=registry).set(waiting)
    Gauge("kinline_emails_failed", "Emails given up (kept for 90 days)", registry=registry).set(failed)
    _fill_waiting(registry, "message", "Messages by what they wait for", "state", _MESSAGES)
    _fill_waiting(registry, "checkout", "Payments by card without an end", "state", _CHECKOUTS)
    _fill_waiting(registry, "pay_out", "Pay-outs for the processor (card) or for finance", "by", _PAY_OUTS)
    Gauge("kinline_differences", "Differences that nobody has explained", registry=registry).set(_number(_DIFFERENCES))


def _fill_waiting(registry: CollectorRegistry, name: str, about: str, label: str, sql: str) -> None:
    """How many of each kind wait, and how long the oldest has."""
    waiting = Gauge(f"kinline_{name}s_waiting", about, [label], registry=registry)
    age = Gauge(f"kinline_oldest_{name}_waiting_seconds", "Age of the oldest of them", [label], registry=registry)
    for kind, count, seconds in _rows(sql):
        waiting.labels(kind).set(count)
        age.labels(kind).set(float(seconds))


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _number(sql: str) -> float:
    return float(_rows(sql)[0][0])


urlpatterns: list[URLPattern] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
