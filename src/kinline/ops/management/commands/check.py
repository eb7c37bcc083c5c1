"""`check`: what a real installation still lacks, and what to do about it (OPS-1). Django's own checks come first."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kinline.core import clock
from kinline.ops.checks import findings

_MARKS = {"ok": "ok     ", "missing": "MISSING", "advice": "note   "}


class Command(BaseCommand):
    help = "Say what a real installation still lacks. Exit code 1 if something is missing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        missing = 0
        for finding in findings(clock.now()):
            missing += finding.state == "missing"
            self.stdout.write(f"{_MARKS[finding.state]} {finding.about}: {finding.says}")
        if missing:
            raise CommandError(f"{missing} of these keep the service from working as it should.")
        self.stdout.write(self.style.SUCCESS("Nothing is missing."))
