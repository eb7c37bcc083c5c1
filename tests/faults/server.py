"""A database server of a test's own, as `./kinline up` runs it (and as durable), that may be killed."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from django.db import connection

from kinline.ops import datadir, postgres

PATIENCE_SECONDS = 90


class Server:
    """The embedded database of a data directory of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = datadir.open_data(folder)
        self.binaries = postgres.ensure(self.data)
        self.url = self.start()

    def start(self) -> str:
        """Up and taking connections. After a kill of the first process alone, its children must be gone before."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            plan = postgres.server(self.data, self.binaries)
            with (self.data.logs / "database.log").open("ab") as log:
                self.process = subprocess.Popen(
                    plan.command,
                    env=plan.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    process_group=0,
                )
            while self.process.poll() is None:
                if postgres.is_ready(plan.folder, self.process.pid):
                    return plan.url
                time.sleep(0.01)
            assert time.monotonic() < until, postgres.tail(self.data.logs / "database.log")
            time.sleep(0.1)

    def kill(self, *, all_at_once: bool) -> None:
        """The first process, or all of them: each of its children leads a session of its own."""
        children = self._children() if all_at_once else ()
        self.process.kill()
        for one in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.process.wait()

    def _children(self) -> list[int]:
        return [
            int(one) for one in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def stop(self) -> None:
        postgres.stop(self.process)

    def copy(self, url: str) -> None:
        """Have what another database has: much faster than to migrate. Raises CalledProcessError."""
        dumped = str(self.data.path / "copy.sql")
        subprocess.run([self.binaries["pg_dump"], "--no-owner", "--file", dumped, url], check=True)
        load = [self.binaries["psql"], "--quiet", "--set=ON_ERROR_STOP=1", "--file", dumped, self.url]
        subprocess.run(load, check=True, stdout=subprocess.DEVNULL)

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Django's database is the one of this server. It is empty."""
        parts = urlsplit(self.url)
        query = dict(parse_qsl(parts.query))
        ours = {
            "NAME": parts.path.lstrip("/"), "USER": parts.username, "PASSWORD": "", "HOST": query["host"],
            "PORT": query["port"],
        }  # fmt: skip
        connection.close()
        settings = connection.settings_dict
        others = {name: settings[name] for name in ours}
        settings.update(ours)
        try:
            yield
        finally:
            connection.close()
            settings.update(others)
