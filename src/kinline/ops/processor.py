"""The stand-in of the card processor beside `up`: whether there is one, where it listens, and which key it knows."""

import contextlib
import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kinline.ops import datadir, ports
from kinline.ops.datadir import DataDir
from kinline.ops.obstacles import Obstacle

KEY = "KINLINE_STRIPE_KEY"
LIVE = ("sk_live_", "rk_live_")
# What commands that run beside `up` must know, too.
SHARED = (KEY, "KINLINE_STRIPE_WEBHOOK_SECRET", "KINLINE_STRIPE_API", "KINLINE_STRIPE_PAGE")


@dataclass(frozen=True)
class StandIn:
    """`listening` is kept over its restarts, so that Kinline waits meanwhile and is not refused."""

    listening: socket.socket
    environment: Mapping[str, str]


@contextlib.contextmanager
def standing_in(data: DataDir, host: str, *, demo: bool) -> Iterator[StandIn | None]:
    """None outside the sample, where test money would buy real letters, and where a real processor is set."""
    if demo and os.environ.get(KEY, "").startswith(LIVE):
        raise Obstacle(f"{KEY} takes real money, and this is the sample jail. Unset it, or set a test key (sk_test_…).")
    if not demo or os.environ.get(KEY):
        yield None
        return
    known = datadir.read_json(data.path / "processor.json")
    with _listen(host, known.get("port")) as listening:
        port = int(listening.getsockname()[1])
        facts = {
            "port": port,
            "key": known.get("key") or f"sk_test_{secrets.token_hex(16)}",
            "webhook_secret": known.get("webhook_secret") or f"whsec_{secrets.token_hex(16)}",
        }
        datadir.write(data.path / "processor.json", json.dumps(facts, indent=1) + "\n")
        yield StandIn(listening, _environment(facts, host, port))


def _listen(host: str, port: object) -> socket.socket:
    """Where it was before, if that is free: pages that payers have open go on working."""
    if isinstance(port, int) and 0 < port < 65536:
        with contextlib.suppress(Obstacle):
            return ports.listen(host, port)
    return ports.listen(host, 0)


def _environment(facts: Mapping[str, object], host: str, port: int) -> dict[str, str]:
    here = ports.near(host)
    found = {
        KEY: str(facts["key"]),
        "KINLINE_STRIPE_WEBHOOK_SECRET": str(facts["webhook_secret"]),
        "KINLINE_STRIPE_API": ports.address(here, port),
        "KINLINE_STRIPE_PAGE": os.environ.get("KINLINE_STRIPE_PAGE") or ports.address(host, port),
    }
    for name in ("no_proxy", "NO_PROXY"):  # whatever proxy this machine has, the stand-in is not behind it
        found[name] = ",".join(filter(None, (os.environ.get(name), here)))
    return found
