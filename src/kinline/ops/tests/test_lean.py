"""Memory of the parts: what is not needed is not loaded, and what was left out can still be had."""

import os
import subprocess
import sys

import pytest

from kinline.ops import lean


def _says(code: str) -> list[str]:
    environment = {**os.environ, "KINLINE_ALLOW_TEST_SECRETS": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split()


def test_logs_load_no_colours_and_those_who_want_them_still_get_them():
    code = """
import sys
from kinline.ops import lean
lean.load_logs()
print("structlog" in sys.modules, "rich" in sys.modules, "pygments" in sys.modules)
import rich.console
print(rich.console.Console is not None)
"""
    assert _says(code) == ["True", "False", "False", "True"]


@pytest.mark.parametrize("command", sorted(lean.COMMANDS))
def test_parts_that_know_no_table_load_none(command):
    code = f"""
import sys
from kinline.ops import lean
try:
    lean.run(["{command}", "--version"])
except SystemExit:
    pass
print([name for name in sys.modules if name.startswith("kinline.") and name.endswith(".models")])
"""
    assert _says(code)[-1] == "[]"


@pytest.mark.parametrize(
    ("module", "without"),
    [
        ("kinline.ops.mailsink", "django"),
        ("kinline.ops.outside.command", "django"),
        ("kinline.ops.fake_stripe.command", "django.db"),  # its pages need templates and words, and load them then
    ],
)
def test_parts_that_show_no_page_load_no_framework(module, without):
    code = f"""
import importlib, sys
from kinline.ops import lean
lean.begin_logs()
importlib.import_module("{module}")
print("{without}" in sys.modules)
"""
    assert _says(code)[-1] == "False"
