"""A reason leaves the list while somebody else takes the other one off, or gives it to a rule or a list (DEL-5)."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from kinline.core.errors import Refusal
from kinline.delivery import queries as delivery_queries
from kinline.delivery.services import lists, policies
from kinline.facilities import services
from kinline.facilities.models import Facility, RefusalReason
from kinline.flows import reasons
from kinline.flows.set_up import set_rules
from kinline.flows.watch_lists import create_list
from kinline.identity.models import User
from tests.races.together import meeting, together

pytestmark = pytest.mark.usefixtures("db")
RULE = {"id": "no-threats", "then": "refuse", "reason": "threat", "why": {"en": "No threats."}}


@pytest.fixture(params=[False, True], ids=["ours", "control"])
def unlocked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Both have read before either ends; the control waits for nobody before it reads."""
    meet = meeting(2)

    def then_meet(real: Any) -> Any:
        def read(*args: Any, **how: Any) -> Any:
            found = real(*args, **how)
            meet()
            return found

        return read

    monkeypatch.setattr(delivery_queries, "list_refusing_with", then_meet(delivery_queries.list_refusing_with))
    monkeypatch.setattr(policies, "_check", then_meet(policies._check))
    monkeypatch.setattr(lists, "_explain", then_meet(lists._explain))
    if request.param:
        monkeypatch.setattr(reasons, "hold_lists", lambda **_facility: None)
        rows = RefusalReason.objects
        monkeypatch.setattr(services, "_reasons_held", lambda facility_id: rows.filter(facility_id=facility_id))
    return bool(request.param)


def judge(answers: list[Any], unlocked: bool) -> None:
    refused = [one for one in answers if isinstance(one, Refusal)]
    assert [one for one in answers if isinstance(one, Exception) and one not in refused] == []
    assert len(refused) == (0 if unlocked else 1), answers


def test_two_take_the_last_two_off(north: Facility, admin: User, now: datetime, unlocked: bool) -> None:
    acts = [
        partial(reasons.retire_reason, staff=admin, facility_id=north.pk, reason_id=one.pk, now=now)
        for one in north.refusal_reasons.all()
    ]
    judge(together(acts), unlocked)
    assert north.refusal_reasons.filter(retired_at=None).count() == (0 if unlocked else 1)


@pytest.mark.parametrize("what", ["rule", "list"])
def test_it_is_retired_and_given_to_a_rule_or_a_list(
    north: Facility, admin: User, now: datetime, unlocked: bool, what: str
) -> None:
    reason = north.refusal_reasons.get(code="threat")
    values = {
        "name": "Contraband", "purpose": "Finds.", "owner_id": admin.pk, "until": now.date() + timedelta(days=9),
        "reason_code": "threat", "why": {"en": "No."},
    }  # fmt: skip
    give = {
        "rule": partial(set_rules, staff=admin, facility_id=north.pk, rules=[RULE], now=now),
        "list": partial(create_list, staff=admin, place=north, kind="words", values=values, now=now),
    }
    retire = partial(reasons.retire_reason, staff=admin, facility_id=north.pk, reason_id=reason.pk, now=now)
    judge(together([retire, give[what]]), unlocked)
    reason.refresh_from_db()
    given = delivery_queries.refusing_with(north.pk, "threat", now) or lists.WatchList.objects.exists()
    assert bool(given) is (reason.retired_at is None or unlocked)
