"""What the benchmarks share: a database of their own, the cast, threads that start together, medians with spread."""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinline.project.settings")
os.environ.setdefault("KINLINE_ALLOW_TEST_SECRETS", "1")
os.environ["KINLINE_POOL"] = "1"


@contextmanager
def database(name: str) -> Iterator[str]:
    """A fresh database with Kinline's tables, Django set up on it in this process: its address."""
    with empty_database(name) as url:
        os.environ["DATABASE_URL"] = url
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        try:
            yield url
        finally:
            connections.close_all()
            for pool in getattr(connections["default"], "_connection_pools", {}).values():
                pool.close()


def throughput(work: Callable[[int], Callable[[], None]], *, threads: int, seconds: float) -> float:
    """Calls a second of `work(i)()` by `threads` threads that start together and stop after `seconds`."""
    from django.db import connections

    counts = [0] * threads
    failures: list[BaseException] = []
    start = threading.Barrier(threads + 1)
    stop = threading.Event()

    def run(number: int) -> None:
        try:
            act = work(number)
            act()  # connections and plans are warm before the clock runs
            start.wait()
            while not stop.is_set():
                act()
                counts[number] += 1
        except BaseException as error:
            failures.append(error)
            start.abort()
        finally:
            connections.close_all()  # back to the pool, as at the end of a request

    crew = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in crew:
        thread.start()
    try:
        start.wait()
    except threading.BrokenBarrierError:
        raise failures[0] from None
    began = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in crew:
        thread.join()
    took = time.perf_counter() - began
    if failures:
        raise failures[0]
    return sum(counts) / took


def compared(rounds: int, **contestants: Callable[[], float]) -> dict[str, list[float]]:
    """Each contestant once a round, the order turning, so that a drift of the machine hits all alike."""
    figures: dict[str, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            figures[name].append(contestants[name]())
            print(f"  round {turn + 1}: {name}: {figures[name][-1]:.1f}", flush=True)
    return figures


def ratio(figures: dict[str, list[float]], ours: str, yardstick: str) -> tuple[float, float, float]:
    """Median, smallest and largest of the ratios round by round."""
    ratios = [a / b for a, b in zip(figures[ours], figures[yardstick], strict=True)]
    return statistics.median(ratios), min(ratios), max(ratios)


def difference(figures: dict[str, list[float]], ours: str, yardstick: str) -> tuple[float, float, float]:
    """Median, smallest and largest of the differences round by round."""
    differences = [a - b for a, b in zip(figures[ours], figures[yardstick], strict=True)]
    return statistics.median(differences), min(differences), max(differences)


def said(name: str, found: tuple[float, float, float], target: str) -> None:
    print(f"{name}: {found[0]:.2f} (from {found[1]:.2f} to {found[2]:.2f}), target {target}")


class Actor:
    """A contestant in a process of its own (actor.py), on the database of `url`."""

    def __init__(self, url: str, *words: str) -> None:
        here = Path(__file__).resolve().parent
        environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{here.parent / 'src'}{os.pathsep}{here}"}
        self.process = subprocess.Popen(
            [sys.executable, str(here / "actor.py"), *words], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._line() == "ready"

    def rate(self, threads: int, seconds: float) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{threads} {seconds}\n")
        self.process.stdin.flush()
        return float(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            raise RuntimeError("the contestant ended; its own words are above")
        return line

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """A database without tables beside the one of DATABASE_URL: its address. Dropped afterwards."""
    import psycopg

    url = os.environ["DATABASE_URL"]
    base, _, query = url.partition("?")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
