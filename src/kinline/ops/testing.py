"""`./kinline test`: a throwaway database, then pytest over everything this machine can run.

Where there are two cores everything runs in two halves at once, each with a database of its own: unit, HTTP and races
in one, browser, telephone, faults and set-up in the other, whose output comes first. What cannot run is named before,
with how to install it; with KINLINE_TEST_SKIP_NOTHING=1 (continuous integration) it is a failure instead.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from kinline.ops import datadir, postgres
from kinline.ops.obstacles import Obstacle

LAST = ("journeys", "calls", "faults", "setup")  # in this order, after all other folders of tests/
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TELEPHONES = {"sipp": "sip-tester", "rtpengine": "rtpengine-daemon"}  # program: Debian's package
NOTHING_SKIPPED = "KINLINE_TEST_SKIP_NOTHING"


def main(arguments: Sequence[str], _data: Path) -> int:
    """Run pytest with `arguments`, or with all tests; its exit code. Its own summary is the last line."""
    root = Path(os.environ.get("KINLINE_ROOT") or Path(__file__).resolve().parents[3])
    if not arguments and "DATABASE_URL" not in os.environ and (os.cpu_count() or 1) > 1:
        return _in_two(root)
    environment = _environment()
    _announce_missing(environment)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through the clean-up below
    with tempfile.TemporaryDirectory(prefix="kinline-test-", ignore_cleanup_errors=True) as folder:
        data = datadir.open_data(Path(folder))
        environment["KINLINE_DATA"] = folder
        with _database(data) as url:
            environment["DATABASE_URL"] = url
            command = [sys.executable, "-P", "-m", "pytest", "-p", "kinline.ops.nothing_skipped"]
            command += [f"--rootdir={root}", "-c", str(root / "pyproject.toml"), *(arguments or parts(root))]
            return _run(command, environment, Path.cwd() if arguments else root)


def _in_two(root: Path) -> int:
    """Both halves at once; 0 if both passed. What the second says waits until the first has ended."""
    quick, slow = halves(root)
    if not quick or not slow:
        return main([*quick, *slow], root)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    command = [sys.executable, "-P", "-m", "kinline", "test"]
    with tempfile.TemporaryFile() as said:
        behind = subprocess.Popen([*command, *quick], cwd=root, stdout=said, stderr=subprocess.STDOUT)
        try:
            code = _run([*command, *slow], dict(os.environ), root)
            sys.stdout.write("\nThe other half, meanwhile:\n")
            sys.stdout.flush()
            code = behind.wait() or code
        finally:
            if behind.poll() is None:
                behind.terminate()
                behind.wait()
            said.seek(0)
            shutil.copyfileobj(said, sys.stdout.buffer)
    return code


def _run(command: list[str], environment: dict[str, str], folder: Path) -> int:
    process = subprocess.Popen(command, env=environment, cwd=folder)
    try:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # pytest heard it too: it tells what ran, then ends
                continue
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def parts(root: Path) -> list[str]:
    """All tests, in the order they run."""
    quick, slow = halves(root)
    return [*quick, *slow]


def halves(root: Path) -> tuple[list[str], list[str]]:
    """All tests, about as long each."""
    folders = sorted(each.name for each in (root / "tests").iterdir() if each.is_dir() and each.name != "__pycache__")
    quick, slow = [name for name in folders if name not in LAST], [name for name in LAST if name in folders]
    return ["src", *(f"tests/{name}" for name in quick)], [f"tests/{name}" for name in slow]


def _environment() -> dict[str, str]:
    """Ours, with nothing that a running installation would lend the tests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KINLINE_")}
    kept = ("KINLINE_ROOT", "KINLINE_CHROMIUM", NOTHING_SKIPPED)
    environment |= {name: os.environ[name] for name in kept if name in os.environ}
    environment["DJANGO_SETTINGS_MODULE"] = "kinline.project.settings"
    browser = environment.get("KINLINE_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser:
        environment["KINLINE_CHROMIUM"] = browser
    return environment


def _announce_missing(environment: dict[str, str]) -> None:
    notices = [*_no_browser(environment), *_no_telephones()]
    if not notices:
        return
    if os.environ.get(NOTHING_SKIPPED) == "1":
        raise Obstacle("\n".join([f"{NOTHING_SKIPPED} is set, and a part cannot run.", *notices]))
    sys.stdout.write("\n" + "".join(f"{notice}\n\n" for notice in notices))
    sys.stdout.flush()


def _no_browser(environment: dict[str, str]) -> Iterator[str]:
    if "KINLINE_CHROMIUM" not in environment:
        yield (
            "NOT RUN: the journeys in a real browser (tests/journeys): there is no Chromium on this machine.\n"
            "         Install it (Debian: apt install chromium), or name it: KINLINE_CHROMIUM=/path/to/chromium"
        )


def _no_telephones() -> Iterator[str]:
    missing = [package for program, package in TELEPHONES.items() if shutil.which(program) is None]
    if missing:
        yield (
            "NOT RUN: some or all of the real telephone calls (tests/calls): a program is missing on this machine.\n"
            f"         Install it (Debian: apt install {' '.join(missing)})"
        )
    if os.geteuid() != 0:
        yield "NOT RUN: the real telephone calls (tests/calls): they need raw sockets, which only root may open."


@contextlib.contextmanager
def _database(data: datadir.DataDir) -> Iterator[str]:
    """DATABASE_URL if it is set, else an embedded database of its own that forgets: nothing is synced to disk."""
    if "DATABASE_URL" in os.environ:
        yield os.environ["DATABASE_URL"]
        return
    refusal = Obstacle(f"Something else uses {data.path}.")
    with (
        datadir.locked(data.path / "database.lock", seconds=0, refusal=lambda: refusal) as lock,
        postgres.serving(data, lock, postgres.THROWAWAY) as url,
    ):
        yield url
