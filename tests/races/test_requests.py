"""Two at one request: two of staff, or staff and its resident (KSK-5).

Each row makes the dangerous order; the control is the same without the row locks, and loses.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility
from kinline.flows import requests as asking
from kinline.identity.models import User
from kinline.requests.models import Request, RequestForm, Step
from kinline.residents.models import Resident
from tests.races.steps import FIRST_WRITE, crossing, without_row_locks
from tests.races.test_review import codes

pytestmark = pytest.mark.usefixtures("db")
VALUES = {
    "code": "grievance", "kind": "grievance", "name": "Grievance", "answer_days": 5, "levels": 2,
    "ask_again_days": 3, "emergency_hours": 48, "emergency_days": 5,
    "questions": [{"kind": "text", "label": {"en": "What?"}}],
}  # fmt: skip
SAID = [{"kind": "text", "label": {"en": "What?"}, "text": "The lock."}]
Acts = dict[str, Callable[[], Any]]
World = Callable[[], tuple[int, Acts]]


@pytest.fixture
def filed(north: Facility, admin: User, officer: User, supervisor: User, resident: Resident, now: datetime) -> World:
    """A new emergency each time, and everybody who can do something about it."""

    def make() -> tuple[int, Acts]:
        form = RequestForm.objects.filter(code="grievance").first()
        form_id = form.pk if form else asking.save_form(
            staff=admin, facility_id=north.pk, form_id=None, values=VALUES, now=now
        )  # fmt: skip
        request_id = asking.file(
            resident_id=resident.pk, form_id=form_id, answers=SAID, emergency=True, client_key=uuid.uuid4(), now=now
        )
        late = now + timedelta(days=6)  # so that the resident may go on without an answer
        own, his = {"request_id": request_id, "now": late}, {"request_id": request_id, "resident_id": resident.pk}
        return request_id, {
            "officer": partial(asking.answer, staff=officer, outcome="denied", text="No.", **own),
            "supervisor": partial(asking.answer, staff=supervisor, outcome="granted", text="Yes.", **own),
            "first": partial(asking.first_answer, staff=officer, serious=True, text="We come.", **own),
            "first_other": partial(asking.first_answer, staff=supervisor, serious=False, text="No.", **own),
            "withdraw": partial(asking.withdraw, now=late, **his),
            "again": partial(asking.ask_again, text="Hello?", now=late, **his),
        }

    return make


# First, second, what each hears, the state, the level, who answered the first level.
ENDS = [
    ("officer", "supervisor", ["NoneType", "not_open"], "answered", 1, "denied"),
    ("officer", "withdraw", ["NoneType", "not_open"], "answered", 1, "denied"),
    ("withdraw", "officer", ["NoneType", "not_open"], "withdrawn", 1, ""),
    ("again", "withdraw", ["NoneType", "NoneType"], "withdrawn", 2, ""),
    ("first", "first_other", ["NoneType", "no_first_answer"], "open", 1, ""),
    ("again", "again", ["NoneType", "no_more_levels"], "open", 2, ""),
]


def misses(filed: World) -> list[tuple[str, str]]:
    """The rows that did not end as they say, or left more than one trace of what happened once."""
    found = []
    for first, second, hears, state, level, outcome in ENDS:
        request_id, acts = filed()
        heard = codes(crossing(acts[first], FIRST_WRITE, acts[second]))
        request, step = Request.objects.get(pk=request_id), Step.objects.get(request_id=request_id, level=1)
        done = AuditEvent.objects.filter(object=f"request:{request_id}").exclude(act="request.file").count()
        right = heard.count("NoneType") == done and (request.state, request.level, step.outcome) == (
            state, level, outcome,
        )  # fmt: skip
        if heard != hears or not right:
            found.append((first, second))
    return found


def test_one_of_two_answers_stands_and_an_answer_meets_its_resident(filed: World) -> None:
    assert misses(filed) == []


def test_control_without_the_lock_every_row_loses(filed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    without_row_locks(monkeypatch)
    assert misses(filed) == [(first, second) for first, second, *_ in ENDS]
