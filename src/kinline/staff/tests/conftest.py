"""Browsers of staff: signed in by both factors, as at a desk."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from conftest import PASSWORD
from django.test import Client

from kinline.facilities.models import Facility
from kinline.identity import services as identity
from kinline.identity.models import Role, SecondFactor, User
from kinline.identity.services import second_factor
from kinline.staff import desk

Sit = Callable[[User], Client]


def set_up(user: User, now: datetime) -> SecondFactor:
    """The person's app, set up long ago: no code of it is used yet."""
    factor = second_factor.begin(user_id=user.pk, now=now)
    SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=now)
    return factor


@pytest.fixture
def staff_client(db: None) -> Sit:
    """`staff_client(officer)`: a browser that is signed in to the staff face, through its door."""

    def seated(user: User) -> Client:
        now = datetime.now(UTC)
        factor = set_up(user, now)
        client = Client()
        client.post("/staff/login/", {"login": user.username, "password": PASSWORD})
        answer = client.post("/staff/login/code/", {"code": second_factor.usable_code(factor, now)})
        assert answer.status_code == 303, answer.content.decode()
        return client

    return seated


@pytest.fixture
def member(long_ago: datetime) -> Callable[..., User]:
    """`member(Role.FINANCE, north)`: somebody of staff with that role there; more places are more grants."""

    def made(role: Role, *places: Facility) -> User:
        name = f"{role}.{'.'.join(place.slug for place in places)}"[:30]
        known = User.objects.filter(username=name).first()
        user = known or identity.create_staff(
            username=name, email=f"{name}@staff.example", password=PASSWORD,
            first_name="Staff", last_name=role.title(), now=long_ago,
        )  # fmt: skip
        for place in places:
            identity.grant_role(user_id=user.pk, facility_id=place.pk, role=role, now=long_ago)
        return user

    return made


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`clock_at(moment)`: what the staff face reads as now."""
    from kinline.core import clock

    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def idle() -> object:
    return desk.IDLE
