"""Races need real commits and several connections: each test here gets a database of its own.

`db` is replaced for this folder, so that the fixed cast lives in that database, too. It is a clone of the migrated test
database, which therefore stays as the migrations left it: emptying tables afterwards would lose what they wrote.
"""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import datetime

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from kinline.core.transaction import story
from kinline.facilities.models import Facility
from kinline.identity.models import User
from tests.races.world import Money, Waits, waiting


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock(), cloned():
        yield


@contextlib.contextmanager
def cloned() -> Iterator[None]:
    """Work on a clone of the test's database, which is gone afterwards."""
    connection.close()
    settings = connection.settings_dict
    template, clone = settings["NAME"], f"test_race_{uuid.uuid4().hex[:12]}"
    _maintain("CREATE DATABASE {} TEMPLATE {}", clone, template)
    settings["NAME"] = clone
    try:
        yield
    finally:
        connection.close()
        settings["NAME"] = template
        _maintain("DROP DATABASE {} WITH (FORCE)", clone)


@pytest.fixture
def give(money: Money) -> Money:
    """As `money`, committed at once."""
    return story(money)


@pytest.fixture
def waits(north: Facility, officer: User, supervisor: User, give: Money, now: datetime) -> Waits:
    return waiting(north, officer, supervisor, give, now)


def _maintain(statement: str, *names: str) -> None:
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    for unwanted in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(unwanted, None)
    with psycopg.connect(**parameters, autocommit=True) as maintenance:
        maintenance.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
