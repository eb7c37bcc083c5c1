"""All tables as one script, for a database that is new (P8).

Django builds the models anew for each step of a migration, which is most of a first start. So a new database gets what
all migrations come to from one file, and `migrate` finds nothing left to do. `tests/setup/test_structure.py` makes the
file from the migrations and holds both equal. It counts only for a superuser, with the PostgreSQL that wrote it, in a
database with nothing in it, as `up` has it the first time: everybody else migrates.
"""

import re
import subprocess
from pathlib import Path
from typing import Final

from django.db import connection

from kinline.ops import postgres

FILE: Final = Path(__file__).with_name("structure.sql")
_HEAD: Final = "-- All migrations, for PostgreSQL {major}. Made by tests/setup/test_structure.py: do not edit.\n\n"
_MAJOR: Final = re.compile(r"-- All migrations, for PostgreSQL (\d+)\.")
# What a dump says about itself, a random word in it, and remarks that only the owner of an extension may make.
_NOISE: Final = re.compile(r"^--\n-- .*\n--\n|^-- Dumped .*\n|^\\.*\n|^COMMENT ON EXTENSION .*\n", re.M)
_MIGRATIONS: Final = "INSERT INTO public.django_migrations"
_MOMENT: Final = re.compile(r"'\d{4}-\d\d-\d\d [\d:.]+\+\d\d'\)")
_HERE: Final = """
    SELECT current_setting('server_version_num')::int / 10000,
           (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
           NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""


def load(file: Path = FILE) -> bool:
    """Make the tables of a new database. False, and nothing was done, where the file is not for this one."""
    text = file.read_text()
    written_by = _MAJOR.match(text)
    with connection.cursor() as cursor:
        cursor.execute(_HERE)
        major, superuser, empty = cursor.fetchone()
        if written_by is None or int(written_by[1]) != major or not superuser or not empty:
            return False
        cursor.connection.execute(text)  # psycopg's own: a whole script, one transaction
    connection.close()  # what the script set for its session ends with it
    return True


def dumped(url: str) -> str:
    """The database at `url` as the file would hold it."""
    tools = postgres.find_binaries()
    how = ("--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=500")
    done = subprocess.run([tools["pg_dump"], *how, f"--dbname={url}"], capture_output=True, text=True, check=True)
    before, rows, after = _NOISE.sub("", done.stdout).partition(_MIGRATIONS)
    text = before + rows + _MOMENT.sub("now())", after)
    return _HEAD.format(major=tools.major) + re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
