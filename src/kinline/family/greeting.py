"""Good morning, good afternoon, good evening. Pure but for the words."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# From this hour on, until the next line's.
HOURS: list[tuple[int, str | Promise]] = [
    (18, _("Good evening, %(name)s")),
    (12, _("Good afternoon, %(name)s")),
    (4, _("Good morning, %(name)s")),
    (0, _("Good evening, %(name)s")),
]


def greeting(local: datetime, name: str) -> str:
    """`local`: this moment where the person is."""
    sentence = next(words for hour, words in HOURS if local.hour >= hour)
    return str(sentence) % {"name": name}
