"""What keeps memory small: parts that know no table run without the domains, and nobody loads colours for logs."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any

COMMANDS = frozenset({"mailsink", "fake-stripe", "phone"})
APPS = ["kinline.design", "kinline.ops"]  # templates, words, commands


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


def run(words: Sequence[str]) -> int:
    """The command with all of our settings except what is installed."""
    import django
    from django.conf import settings
    from django.core.management import load_command_class

    everything = importlib.import_module("kinline.project.settings")
    chosen = {name: getattr(everything, name) for name in dir(everything) if name.isupper()}
    settings.configure(**chosen | {"INSTALLED_APPS": APPS, "MIDDLEWARE": [], "DATABASES": {}})
    django.setup(set_prefix=False)
    load_command_class("kinline.ops", words[0]).run_from_argv(["kinline", *words])
    return 0
