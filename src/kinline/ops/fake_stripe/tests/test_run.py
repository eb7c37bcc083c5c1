"""The process: it tells where it listens, ends when it is asked to, and is alone on its data."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


class Process:
    def __init__(self, data: Path, *words: str, **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KINLINE_", "PYTEST_"))}
        facts = {"KINLINE_STRIPE_KEY": "sk_test_x", "KINLINE_STRIPE_WEBHOOK_SECRET": "whsec_x"}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kinline", "fake-stripe", "--port", "0", "--data", str(data), *words],
            env=kept | facts | {"PYTHONUNBUFFERED": "1"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def url(self) -> str:
        """Where it listens; it serves as soon as it has read its journal."""
        assert self.process.stdout is not None
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found is not None
        return found.group()

    def end(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=30)[0]


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    found: list[Process] = []
    yield found
    for one in found:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def _switches(url: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{url}/test/state.json", timeout=30) as answer:
        found: dict[str, object] = json.load(answer)["switches"]
    return found


def test_it_serves_ends_in_order_and_starts_where_it_was(tmp_path, processes):
    processes.append(Process(tmp_path / "new", "--bank-seconds", "7"))
    assert _switches(processes[0].url())["bank_seconds"] == 7
    assert "Traceback" not in processes[0].end()
    assert processes[0].process.returncode == 0
    processes.append(Process(tmp_path / "new"))
    assert _switches(processes[1].url())["bank_seconds"] == 7


def test_a_second_one_waits_until_the_first_has_gone(tmp_path, processes):
    processes.append(Process(tmp_path))
    _switches(processes[0].url())
    processes.append(Process(tmp_path))
    url = processes[1].url()
    with pytest.raises(TimeoutError), urllib.request.urlopen(f"{url}/test/", timeout=1):
        pass
    processes[0].process.kill()
    assert _switches(url)["answers"] == "normal"


def test_a_taken_port_and_a_missing_key_are_told(tmp_path, processes):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        processes.append(Process(tmp_path, "--port", str(port)))
        assert f"Port {port} is taken" in processes[0].process.communicate(timeout=30)[0]
    processes.append(Process(tmp_path, KINLINE_STRIPE_KEY=""))
    said = processes[1].process.communicate(timeout=30)[0]
    assert "KINLINE_STRIPE_KEY" in said
    assert "Traceback" not in said
    assert [one.process.returncode for one in processes] == [1, 1]
