"""The whole thing as a newcomer has it: `kinline up` in a process of its own, a real browser, mail over SMTP.

`site` is started once. Journeys change it, each with people of its own, so none depends on another's order.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from kinline.ops import running
from kinline.ops.datadir import DataDir

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
KIOSK = {"width": 1024, "height": 768}
PATIENCE_SECONDS = 90  # of a machine that does much else
# How long a page may take to show what it must: journeys prove that it comes, benchmarks how fast (quality.md).
expect.set_options(timeout=15_000)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A running `up`: `demo` is its demo.json."""

    url: str
    data: Path
    demo: dict[str, Any]

    def command(self, *words: str) -> str:
        """A management command beside it, as an operator types it; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "kinline", *words, "--data", str(self.data)], env=_environment(),
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def mail(self, to: str, subject: str = "", *, says: str = "", seconds: float = 30) -> dict[str, str]:
        """The newest email to that address with `subject` in its subject, and `says` in its text; waits for it."""
        until = time.monotonic() + seconds
        while not (found := [one for one in self.mails(to, subject) if re.search(says, one["text"])]):
            assert time.monotonic() < until, f"no email to {to} about {subject!r} that says {says!r}"
            time.sleep(0.1)
        return found[0]

    def mails(self, to: str, subject: str = "") -> list[dict[str, str]]:
        """All that came so far, newest first."""
        with urllib.request.urlopen(f"{self.url}/dev/mail/messages.json") as answer:
            letters = json.load(answer)
        return [one for one in letters if one["to"] == to and subject.lower() in one["subject"].lower()]

    def link(self, to: str, path: str) -> str:
        """The link below `path` in the newest email to that address that has one."""
        link = re.escape(path) + r"[\w-]+/"
        found = re.search(link, self.mail(to, says=link)["text"])
        assert found is not None
        return self.url + found.group()

    def code(self, to: str) -> str:
        """The code that the newest email to that address says to type, as it stands there."""
        found = re.search(r"^ {4}(\S.*?)\s*$", self.mail(to)["text"], re.M)
        assert found is not None, self.mail(to)["text"]
        return found.group(1)

    def resident(self, place: str) -> dict[str, str]:
        return next(one for one in self.demo["residents"] if one["facility"] == place)


def _environment() -> dict[str, str]:
    names = ("DATABASE_URL", "PYTEST_VERSION", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KINLINE_") and name not in names}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "KINLINE_ROOT": str(ROOT)}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A fresh `up`; with KINLINE_TEST_UP=<its data directory>, one that runs already (while writing journeys)."""
    if there := os.environ.get("KINLINE_TEST_UP"):
        demo = json.loads((Path(there) / "demo.json").read_text())
        yield Site(demo["portal"].rstrip("/"), Path(there), demo)
        return
    data = tmp_path_factory.mktemp("site")
    log = (data / "up.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "kinline", "up", "--port", "0", "--data", str(data)], env=_environment(),
        stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        url = _ready_at(process, data)
        yield Site(url, data, json.loads((data / "demo.json").read_text()))
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE_SECONDS)
        log.close()


def _ready_at(process: "subprocess.Popen[bytes]", data: Path) -> str:
    """The address of that `up`, once all of it runs."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, (data / "up.log").read_text()
        facts = running.found(DataDir(data)) or {}
        if facts.get("ready"):
            with suppress(OSError), urllib.request.urlopen(facts["url"] + "/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return str(facts["url"])
        time.sleep(0.1)
    raise AssertionError((data / "up.log").read_text())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("KINLINE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("there is no Chromium on this machine (Debian: apt install chromium)")
    # Playwright keeps an event loop in this thread: journeys may use the database beside it, and no other module's
    # tests find a loop running.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """`visit("/home/")`: a new browser at that page; `script=False` without JavaScript, `size=` of the window.

    A page that throws or is refused something by the content policy fails the journey.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(
        path: str = "/", *, script: bool = True, size: dict[str, int] | None = None, locale: str = "en-US"
    ) -> Page:
        context = chromium.new_context(
            java_script_enabled=script,
            viewport=size or PHONE,
            locale=locale,
            base_url=site.url,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if _is_policy(said.text) else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def _is_policy(text: str) -> bool:
    return "Content Security Policy" in text
