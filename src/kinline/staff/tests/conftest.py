"""Staff of every role, and a clock."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from conftest import PASSWORD
from pytest_django.fixtures import Settings

from kinline.facilities.models import Facility
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.staff.tests.calling import Lines, lines_of


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
def lines(north: Facility, now: datetime, settings: Settings, tmp_path: Path) -> Lines:
    """The north's telephones; recordings lie in a folder of this test."""
    settings.RECORDINGS = tmp_path / "recordings"
    return lines_of(north, now)
