"""Races need real commits and several connections: each test here gets a database of its own.

`db` is replaced for this folder, so that the fixed cast lives in that database, too. It is a clone of the migrated test
database, which therefore stays as the migrations left it: emptying tables afterwards would lose what they wrote.
"""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg import sql


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
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


def _maintain(statement: str, *names: str) -> None:
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    for unwanted in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(unwanted, None)
    with psycopg.connect(**parameters, autocommit=True) as maintenance:
        maintenance.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
