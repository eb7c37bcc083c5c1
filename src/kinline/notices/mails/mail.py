"""One email as a table has it."""

from typing import NamedTuple

from django.utils.functional import Promise

from kinline.identity.models import Purpose


class Mail(NamedTuple):
    """`path` is where the button leads; `{token}` in it is the secret's, any other name a param's.

    `purpose`: it carries a code made for that. `shows_code`: the typed code is written out beside the link (ACC-4).
    `keeps`: its link keeps the money of its param `account` (MON-6).
    """

    subject: str | Promise
    paragraphs: tuple[str | Promise, ...]
    button: str | Promise = ""
    path: str = ""
    after: tuple[str | Promise, ...] = ()
    purpose: Purpose | None = None
    shows_code: bool = False
    keeps: bool = False
