"""The sample county jail: invented, plainly so, and made through the same flows as the real thing.

Building is idempotent: every step may be repeated, so an interrupted build goes on where it must, and a finished one
is left as it is, with whatever visitors did since. `demo.json` is written anew each time, for the address in use.
"""

from datetime import datetime

from django.conf import settings

from kinline.core.audit import record
from kinline.core.models import AuditEvent
from kinline.ops import datadir
from kinline.ops.demo import letters, people, places, report

MARK = "demo:1"


def build(now: datetime) -> None:
    """Make what is missing of the sample jail and write `demo.json`."""
    if not AuditEvent.objects.filter(object=MARK).exists():
        jail = places.make(now)
        cast = people.make(jail, now)
        letters.make(jail, cast, now)
        record("operator", "demo.built", MARK, now=now)
    facts = report.facts(settings.BASE_URL, settings.DATA / "demo.json", now)
    datadir.write(settings.DATA / "demo.json", report.as_text(facts))
