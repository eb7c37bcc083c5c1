"""The one place that reads the clock. Faces and jobs read it and pass it on as `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
