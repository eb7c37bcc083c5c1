"""`kinline worker`: run jobs until told to end."""

from typing import Any

from django.core.management.base import BaseCommand

from kinline.ops.service import run
from kinline.ops.worker import run_worker


class Command(BaseCommand):
    help = "Run jobs: emails, deliveries that are due, housekeeping. Ends in order on SIGTERM."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        run(run_worker)
