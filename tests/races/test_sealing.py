"""STF-4: two sealing jobs at once make one chain; beside it the control that forks, and is refused by the database."""

import time
from datetime import datetime
from functools import partial

import pytest
from django.db import IntegrityError

from kinline.core import sealing
from kinline.core.audit import record
from kinline.core.models import AuditSeal
from kinline.flows.seal_audit import seal_some
from tests.races.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(now: datetime) -> list[object]:
    for n in range(200):
        record("system", "sample.act", f"thing:{n}", now=now)
    return together([partial(seal_some, now=now)] * 4)


def test_control_without_the_lock_chains_collide(now: datetime, monkeypatch: pytest.MonkeyPatch):
    """Each has read the same head: the place of a link can be taken once only, so the others fail."""
    plain = sealing._head

    def slowly() -> tuple[int, bytes]:
        found = plain()
        time.sleep(0.3)
        return found

    monkeypatch.setattr(sealing, "_head", slowly)
    monkeypatch.setattr(sealing, "_LOCK", "SELECT true, %s::bigint")
    answers = at_once(now)
    assert sum(isinstance(one, IntegrityError) for one in answers) >= 1
    assert sealing.verify().broken is None


def test_jobs_that_come_together_make_one_chain(now: datetime):
    answers = at_once(now)
    assert sorted(map(str, answers))[-1] == "200"
    assert sum(answers) == 200
    assert AuditSeal.objects.count() == 200
    assert sealing.verify().broken is None
