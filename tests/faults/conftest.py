"""Faults need real commits, too: the same database of one's own as the races."""

from tests.races.conftest import db, give, waits

__all__ = ["db", "give", "waits"]
