"""Tries that come at once are counted one by one: first the control that loses without the lock, then the lock."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection
from django.db.models import QuerySet

from kinline.core.errors import Refusal
from kinline.flows import activate, create_account, sign_in
from kinline.identity import services as identity
from kinline.identity.models import Attempt, OneTimeCode, User
from kinline.identity.services import attempts, codes
from tests.races.together import PATIENCE, meeting

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 9


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """What each act returned, or the code of its refusal; they begin together."""
    gate, came = threading.Barrier(len(acts), timeout=PATIENCE), [None] * len(acts)

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait()
            came[number] = acts[number]()
        except Refusal as no:
            came[number] = no.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def person(username: str, activated: bool = False) -> User:
    return identity.create_family_user(
        username=username, email="race@family.example", password="x", first_name="R", last_name="Sample",
        now=datetime.now(UTC), activated=activated,
    )  # fmt: skip


def guess_codes(user: User, monkeypatch: pytest.MonkeyPatch) -> OneTimeCode:
    """Many wrong codes at once, compared when all are read. Returns the code's row after them."""
    now = datetime.now(UTC)
    _, right = identity.issue_code(user_id=user.pk, purpose="activate", now=now)
    wrong = f"{(int(right) + 1) % 10**8:08d}"

    meet = meeting(AT_ONCE)

    def slowly(*_: object) -> bool:
        meet()
        return False

    monkeypatch.setattr(codes, "constant_time_compare", slowly)
    guess = partial(activate._by_code, "race.sample", wrong, now)
    at_once([guess] * AT_ONCE)
    return OneTimeCode.objects.get(user=user)


def test_acc4_control_without_the_lock_wrong_codes_are_lost(monkeypatch):
    user = person("race.sample")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    assert guess_codes(user, monkeypatch).voided_at is None, "nine tries, and the code still lives"


def test_acc4_wrong_codes_at_once_end_the_code_at_the_fifth(monkeypatch):
    code = guess_codes(person("race.sample"), monkeypatch)
    assert (code.wrong_tries, code.voided_at is not None) == (codes.WRONG_TRIES, True)


def guess_passwords(monkeypatch: pytest.MonkeyPatch) -> int:
    """Many wrong passwords at once. Returns how many were looked at."""
    person("race.sample", activated=True)
    looked: list[str] = []
    meet = meeting(AT_ONCE)

    def slowly(raw: str, _stored: str) -> bool:
        looked.append(raw)
        meet()
        return False

    monkeypatch.setattr(sign_in.passwords, "matches", slowly)
    now = datetime.now(UTC)
    guess = partial(sign_in._try, "race.sample", "wrong", "192.0.2.1", now)
    at_once([guess] * AT_ONCE)
    return len(looked)


def test_acc6_control_without_the_lock_more_passwords_are_looked_at(monkeypatch):
    monkeypatch.setattr(attempts, "hold", lambda *_: None)
    assert guess_passwords(monkeypatch) > 5


def test_acc6_of_many_passwords_at_once_five_are_looked_at(monkeypatch):
    assert guess_passwords(monkeypatch) == 5
    assert Attempt.objects.filter(key=attempts._key("login", User.objects.get().pk)).count() == 5


def test_acc2_of_two_who_ask_for_one_username_at_once_one_gets_it():
    def ask(email: str) -> Callable[[], object]:
        return lambda: create_account.create_account(
            username="race.sample", email=email, password="seven green lanterns", address="192.0.2.1", language="en",
            profile={"first_name": "R", "last_name": "Sample"}, now=datetime.now(UTC),
        )  # fmt: skip

    came = at_once([ask(f"{n}@family.example") for n in range(4)])
    assert sorted(map(str, came)) == ["None", *["username_taken"] * 3]
    assert User.objects.count() == 1


def test_acc3_of_two_who_prove_one_address_at_once_one_has_it():
    now = datetime.now(UTC)
    tokens = [
        identity.issue_code(user_id=person(name).pk, purpose="activate", now=now)[0] for name in ("one", "two", "three")
    ]
    came = at_once([lambda token=token: activate.activate_by_link(token=token, now=now) for token in tokens])
    assert sorted(one for one in came if isinstance(one, str)) == ["email_taken"] * 2
    assert User.objects.exclude(activated_at=None).count() == 1


def test_acc4_one_link_pressed_at_once_works_once():
    now = datetime.now(UTC)
    token, _ = identity.issue_code(user_id=person("race.sample").pk, purpose="activate", now=now)
    came = at_once([lambda: activate.activate_by_link(token=token, now=now)] * 4)
    assert [one for one in came if isinstance(one, str)] == ["dead_link"] * 3


def test_acc4_two_jobs_that_issue_at_once_leave_one_live_code():
    user, now = person("race.sample"), datetime.now(UTC)
    at_once([lambda: identity.issue_code(user_id=user.pk, purpose="activate", now=now)] * 4)
    assert OneTimeCode.objects.filter(user=user, voided_at=None).count() == 1
