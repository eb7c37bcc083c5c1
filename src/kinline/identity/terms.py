"""The first Terms of Service, in force until an operator publishes their own version."""

from datetime import UTC, datetime
from pathlib import Path

from kinline.identity.models import Terms

_TEXTS = Path(__file__).parent / "terms_of_service"


def first_terms() -> Terms:
    """Not saved: it becomes a row when the first person accepts it. A line without a full stop is a heading."""
    return Terms(
        version="1",
        text=(_TEXTS / "1.en.txt").read_text("utf-8"),
        text_es=(_TEXTS / "1.es.txt").read_text("utf-8"),
        effective_from=datetime(2025, 1, 1, tzinfo=UTC),
    )
