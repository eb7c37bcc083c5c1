"""The sample county jail: invented, plainly so, and made through the same flows as the real thing.

Building is idempotent: every step may be repeated, so an interrupted build goes on where it must, and a finished one
is left as it is, with whatever visitors did since. `demo.json` is written anew each time, for the address in use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings

from kinline.core.audit import record
from kinline.core.models import AuditEvent
from kinline.identity.hashers import Argon2
from kinline.ops import datadir
from kinline.ops.demo import (
    calls,
    confidential,
    letters,
    lists,
    money,
    paper,
    people,
    places,
    records,
    report,
    requests,
    sittings,
    telephone,
)

MARK = "demo:1"


def build(now: datetime) -> None:
    """Make what is missing of the sample jail and write `demo.json`."""
    if not AuditEvent.objects.filter(object=MARK).exists():
        with _cheap_hashes():
            jail = places.make(now)
            cast = people.make(jail, now)
        lists.make(jail, now)
        lists.make_rules(jail, now)
        letters.make(jail, cast, now)
        lists.judge(jail, now)
        paper.make(jail, cast, now)
        money.make(jail, cast, now)
        confidential.make(jail, cast, now)
        records.make(jail, cast, now)
        requests.make(jail, cast, now)
        telephone.make(jail, cast, now)
        calls.make(jail, cast, now)
        sittings.make(jail, now)
        record("operator", "demo.built", MARK, now=now)
    facts = report.facts(settings.BASE_URL, settings.DATA / "demo.json", now)
    datadir.write(settings.DATA / "demo.json", report.as_text(facts))


@contextmanager
def _cheap_hashes() -> Iterator[None]:
    """Everybody knows these 55 secrets, so hashing them as dearly as real ones would only cost a newcomer 1.5 s."""
    dear = Argon2.time_cost, Argon2.memory_cost
    Argon2.time_cost, Argon2.memory_cost = 1, 64
    try:
        yield
    finally:
        Argon2.time_cost, Argon2.memory_cost = dear
