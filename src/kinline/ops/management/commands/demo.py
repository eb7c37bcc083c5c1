"""`demo`: the sample county jail, and `demo.json` with its sign-ins."""

from typing import Any

from django.core.management.base import BaseCommand

from kinline.core import clock
from kinline.ops import demo


class Command(BaseCommand):
    help = "Build or complete the sample county jail and write demo.json into the data directory."

    def handle(self, *_args: Any, **_options: Any) -> None:
        demo.build(clock.now())
