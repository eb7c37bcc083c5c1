"""What nobody needs goes, and nothing else does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from kinline.core.jobs import defer
from kinline.flows.housekeeping import housekeeping
from kinline.identity.models import Attempt, OneTimeCode, Session
from kinline.notices.models import Email
from kinline.payments.models import ProcessorEvent
from kinline.telephony.models import CodeCall

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_jobs(transactional_db):
    """Jobs are not Django's table, so a flush between tests leaves them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_calls_that_spoke_a_code_go_with_the_codes(now):
    """TEL-8: whose number it was, and that somebody asked, is nobody's to know for longer."""
    for days, ended in ((31, True), (29, True), (40, False)):
        at = now - timedelta(days=days)
        CodeCall.objects.create(
            key=uuid4(), number=f"+1813555{days:04d}", code_id=days, language="en", asked_at=at,
            ended_at=at if ended else None, result="spoken" if ended else "",
        )  # fmt: skip
    housekeeping(now=now)
    assert sorted(CodeCall.objects.values_list("code_id", flat=True)) == [29, 40]


def test_old_rows_go_and_young_ones_stay(mother, now):
    for hours in (1, 25):
        Attempt.objects.create(key=b"k" * 32, at=now - timedelta(hours=hours))
    for key, hours in (("live", 1), ("dead", -1)):
        Session.objects.create(
            session_key=key, expire_date=now + timedelta(hours=hours), created_at=now, last_seen_at=now
        )
    for n, days in enumerate((1, 31)):
        OneTimeCode.objects.create(
            user=mother, purpose="reset", token_digest=bytes([n]) * 32, code_digest=b"c" * 32,
            created_at=now - timedelta(days=40), expires_at=now - timedelta(days=days), voided_at=now,
        )  # fmt: skip
    old, young = now - timedelta(days=91), now - timedelta(days=89)
    for at, done in ((old, {"sent_at": old}), (old, {"failed_at": old}), (old, {}), (young, {"sent_at": young})):
        Email.objects.create(to="x@y.example", kind="receipt", created_at=at, **done)
    housekeeping(now=now)
    assert Attempt.objects.get().at == now - timedelta(hours=1)
    assert Session.objects.get().session_key == "live"
    assert OneTimeCode.objects.get().expires_at == now - timedelta(days=1)
    left = set(Email.objects.values_list("created_at", "sent_at"))
    assert left == {(old, None), (young, young)}, "one that has not left yet is never dropped"


def test_events_of_the_processor_stay_a_year_and_unhandled_ones_for_ever(now):
    for ref, days in (("old", 366), ("young", 364), ("open", None)):
        done = None if days is None else now - timedelta(days=days)
        ProcessorEvent.objects.create(ref=ref, kind="k", made_at=now, received_at=now, handled_at=done)
    housekeeping(now=now)
    assert set(ProcessorEvent.objects.values_list("ref", flat=True)) == {"young", "open"}


def test_failed_jobs_stay_three_months_and_waiting_ones_for_ever(now):
    for name in ("failed_long_ago", "failed_lately", "waiting"):
        defer(name, message_id=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name LIKE 'failed%%'")
        cursor.execute(
            "UPDATE procrastinate_events SET at = %s WHERE job_id IN "
            "(SELECT id FROM procrastinate_jobs WHERE task_name IN ('failed_long_ago', 'waiting'))",
            [now - timedelta(days=91)],
        )
    housekeeping(now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs ORDER BY id")
        assert cursor.fetchall() == [("failed_lately",), ("waiting",)]
