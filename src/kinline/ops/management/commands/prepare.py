"""Brings a database up to date: tables, hashed static files, and the sample jail. One process, so one start-up."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from kinline.ops import structure


class Command(BaseCommand):
    help = "Bring the database and the static files up to date; with --demo also the sample county jail."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="build or refresh the sample county jail")

    def handle(self, *_args: Any, **options: Any) -> None:
        structure.load()
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
        if options["demo"]:
            call_command("demo", verbosity=0)
