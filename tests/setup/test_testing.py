"""`./kinline test` about itself: exit codes, what is not run, and that continuous integration skips nothing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """\
import pytest


def test_passes():
    pass


{more}
"""
SKIPS = """\
@pytest.mark.skip(reason="by mark")
def test_marked(): pass


def test_inside(): pytest.skip("inside")
"""

pytestmark = pytest.mark.slow


def _run(folder: Path, more: str, **environment: str) -> tuple[int, str]:
    (folder / "test_sample.py").write_text(TESTS.format(more=more))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KINLINE_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kinline", "test", "-q", str(folder)],
        env=kept | {"PYTHONPATH": str(ROOT / "src")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _without_browser(folder: Path) -> str:
    """A PATH with what setting up needs, and no Chromium."""
    for name in ("sh", "setpriv", "unshare", "true"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return str(folder)


def test_the_summary_of_pytest_is_the_last_line(tmp_path: Path) -> None:
    code, said = _run(tmp_path, "")
    assert code == 0, said
    assert said.rstrip().splitlines()[-1].startswith("1 passed in ")


def test_a_failure_is_in_the_exit_code(tmp_path: Path) -> None:
    code, said = _run(tmp_path, "def test_fails(): assert False")
    assert code == 1, said
    assert said.rstrip().splitlines()[-1].startswith("1 failed, 1 passed in ")


@pytest.mark.parametrize(("fails", "code"), [("", 0), ("src", 1), ("tests/journeys", 1)])
def test_without_a_path_both_halves_run_and_both_must_pass(tmp_path: Path, fails: str, code: int) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n')
    for place in ("src", "tests/money", "tests/journeys"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "test_sample.py").write_text(f"def test_it(): assert {place != fails}\n")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("KINLINE_", "PYTEST_", "DATABASE"))
    }
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kinline", "test"],
        env=kept | {"PYTHONPATH": str(ROOT / "src"), "KINLINE_ROOT": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert len(re.findall(r"^=+ .*(?:passed|failed).* in ", said, re.M)) == 2, said
    if fails:
        assert f"FAILED {fails}/test_sample.py::test_it" in said
    else:
        assert "1 passed in" in said
        assert "2 passed in" in said


def test_skipped_tests_are_told(tmp_path: Path) -> None:
    code, said = _run(tmp_path, SKIPS)
    assert code == 0, said
    assert "1 passed, 2 skipped" in said
    assert "inside" in said


@pytest.mark.parametrize("more", [SKIPS, 'pytest.skip("all of it", allow_module_level=True)'])
def test_continuous_integration_takes_a_skipped_test_as_failed(tmp_path: Path, more: str) -> None:
    code, said = _run(tmp_path, more, KINLINE_TEST_SKIP_NOTHING="1")
    assert code != 0, said
    assert "Nothing may be skipped" in said
    assert "skipped in " not in said.rstrip().splitlines()[-1]


def test_a_machine_without_browser_is_told_what_is_not_run(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    path = _without_browser(programs)
    code, said = _run(tmp_path, "", PATH=path)
    assert code == 0, said
    assert "NOT RUN: the journeys in a real browser" in said
    assert "apt install chromium" in said
    assert "NOT RUN: some or all of the real telephone calls" in said
    assert "apt install sip-tester rtpengine-daemon" in said

    code, said = _run(tmp_path, "", PATH=path, KINLINE_TEST_SKIP_NOTHING="1")
    assert code == 1
    assert "passed" not in said
