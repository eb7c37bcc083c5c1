"""STF-1: codes that come at once are taken one by one; each first beside the control that loses."""

from datetime import UTC, datetime
from functools import partial

import pytest
from conftest import second_factor_of

from kinline.flows import staff_sign_in
from kinline.identity.errors import FactorUsed
from kinline.identity.models import SecondFactor, User
from kinline.identity.services import attempts, second_factor
from tests.races.test_identity import at_once
from tests.races.together import meeting

pytestmark = pytest.mark.django_db(transaction=True)


def same_code(officer: User) -> list[object]:
    """One code of the app, typed into four browsers at once."""
    now = datetime.now(UTC)
    code = second_factor.usable_code(second_factor_of(officer, now), now)
    return at_once([partial(staff_sign_in.check_factor, user=officer, code=code, now=now)] * 4)


def test_control_a_code_that_is_read_then_marked_lets_several_in(officer: User, monkeypatch: pytest.MonkeyPatch):
    meet = meeting(4)

    def read_then_mark(*, factor: SecondFactor, code: str, now: datetime) -> None:
        step = int(now.timestamp()) // second_factor.STEP_SECONDS
        used = SecondFactor.objects.get(pk=factor.pk).last_step >= step
        meet()
        if used:
            raise FactorUsed
        SecondFactor.objects.filter(pk=factor.pk).update(last_step=step)

    monkeypatch.setattr(second_factor, "use_code", read_then_mark)
    monkeypatch.setattr(attempts, "hold", lambda *_: None)
    assert same_code(officer).count(None) > 1


def test_one_code_lets_one_in(officer: User):
    assert sorted(map(str, same_code(officer))) == ["None", "factor_used", "factor_used", "factor_used"]


def test_one_code_lets_one_in_also_by_its_own_mark(officer: User, monkeypatch: pytest.MonkeyPatch):
    """Without the line of tries, the statement that marks the code still takes it once."""
    monkeypatch.setattr(attempts, "hold", lambda *_: None)
    assert same_code(officer).count(None) == 1


def guess(officer: User, monkeypatch: pytest.MonkeyPatch) -> int:
    """Nine wrong codes at once; how many were looked at."""
    now, looked = datetime.now(UTC), []
    second_factor_of(officer, now)
    plain, meet = second_factor.is_app_code, meeting(9)

    def slowly(typed: str) -> bool:
        looked.append(typed)
        meet()
        return plain(typed)

    monkeypatch.setattr(second_factor, "is_app_code", slowly)
    at_once([partial(staff_sign_in.check_factor, user=officer, code="no-such-code", now=now)] * 9)
    return len(looked)


def test_control_without_the_lock_more_than_five_guesses_are_looked_at(officer: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(attempts, "hold", lambda *_: None)
    assert guess(officer, monkeypatch) > 5


def test_of_nine_guesses_at_once_five_are_looked_at(officer: User, monkeypatch: pytest.MonkeyPatch):
    assert guess(officer, monkeypatch) == 5
