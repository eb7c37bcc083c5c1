"""The script that makes a new database's tables says what the migrations say (P8).

After a new migration, write it anew: KINLINE_WRITE_STRUCTURE=1 ./kinline test tests/setup/test_structure.py
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from kinline.ops import postgres, structure

pytestmark = pytest.mark.slow
NewDatabase = Callable[[str], str]


@pytest.fixture
def new_database() -> Iterator[NewDatabase]:
    """The URL of an empty database of that name, gone after the test."""
    server = settings.DATABASES["default"]
    place = f"host={quote(server['HOST'])}&port={server['PORT']}&user={server['USER']}"
    made: list[str] = []
    with psycopg.connect(f"postgresql:///postgres?{place}", autocommit=True) as owner:

        def make(name: str) -> str:
            made.append(name)
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
            return f"postgresql:///{name}?{place}"

        yield make
        for name in made:
            owner.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def _kinline(url: str, data: Path, *words: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "KINLINE_DATA": str(data)}
    subprocess.run([sys.executable, "-P", "-m", "kinline", *words], env=environment, check=True)


def _alike(text: str) -> str:
    """Without brackets and the casts of a list: PostgreSQL writes them in another way once it has read its own dump."""
    texts = re.sub(r"'::character varying\)?::text|'::character varying", "'", text.replace("]))::text[]", "]))"))
    return re.sub(r"::text\[\]|[()]", "", texts)


def test_the_script_is_all_migrations(new_database: NewDatabase, tmp_path: Path) -> None:
    migrated, loaded = new_database("structure_migrated"), new_database("structure_loaded")
    _kinline(migrated, tmp_path, "migrate", "--verbosity=0")
    text = structure.dumped(migrated)
    if os.environ.get("KINLINE_WRITE_STRUCTURE"):
        structure.FILE.write_text(text)
    assert text == structure.FILE.read_text(), "a migration is new: see above how to write the script"
    _kinline(loaded, tmp_path, "prepare")
    assert _alike(structure.dumped(loaded)) == _alike(text)


@pytest.mark.django_db
def test_only_an_empty_database_of_its_own_postgresql_takes_it(tmp_path: Path) -> None:
    assert not structure.load(), "this one has tables"
    other = tmp_path / "structure.sql"
    other.write_text(structure.FILE.read_text().replace(f"PostgreSQL {postgres.find_binaries().major}", "PostgreSQL 9"))
    assert not structure.load(other)
