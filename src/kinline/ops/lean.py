"""What keeps memory small: parts that know no table run without the domains, and nobody loads colours for logs."""

import importlib
import logging
import os
import sys
import threading
from collections.abc import Sequence
from typing import Any

COMMANDS = frozenset({"phone"})
APPS = ["kinline.design", "kinline.ops"]  # templates, words, commands
_settling = threading.Lock()


def load_logs() -> None:
    """structlog loads rich and pygments if they are there, for colours that our logs have not: 7 MB a process."""
    modules: dict[str, Any] = sys.modules
    if "rich" in modules or "structlog" in modules:
        return
    modules["rich"] = None
    try:
        importlib.import_module("structlog")
    finally:
        del modules["rich"]


def begin_logs() -> None:
    """For a part without the framework: lines as all others write them, naming nobody."""
    load_logs()
    from kinline.core import logs

    handler = logging.StreamHandler()
    handler.setFormatter(logs.formatter())
    logging.basicConfig(level=os.environ.get("KINLINE_LOG_LEVEL", "WARNING"), handlers=[handler])
    logging.getLogger("mail.log").setLevel("ERROR")  # aiosmtpd names addresses


def run(words: Sequence[str]) -> int:
    """The command with all of our settings except what is installed."""
    from django.core.management import load_command_class

    settle()
    load_command_class("kinline.ops", words[0]).run_from_argv(["kinline", *words])
    return 0


def settle() -> None:
    """Templates, words and settings, for parts that begin without them. Any thread may ask, more than once."""
    with _settling:
        import django
        from django.apps import apps
        from django.conf import settings

        if apps.ready:
            return
        everything = importlib.import_module("kinline.project.settings")
        chosen = {name: getattr(everything, name) for name in dir(everything) if name.isupper()}
        settings.configure(**chosen | {"INSTALLED_APPS": APPS, "MIDDLEWARE": [], "DATABASES": {}})
        django.setup(set_prefix=False)
