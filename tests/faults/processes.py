"""What a process of its own needs to work on the test's database."""

import os
import sys
from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    database = connection.settings_dict
    host, port = database["HOST"] or "127.0.0.1", database["PORT"] or "5432"
    who = f"{quote(database['USER'])}:{quote(database['PASSWORD'] or '')}"
    return f"postgresql://{who}@/{database['NAME']}?host={quote(host)}&port={port}"


def environment() -> dict[str, str]:
    return {
        **os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "kinline.project.settings",
        "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path]), "KINLINE_ALLOW_TEST_SECRETS": "1",
    }  # fmt: skip
