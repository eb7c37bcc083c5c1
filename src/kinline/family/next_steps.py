"""No dead end: what a person can do after each refusal (experience.md 6). A table, not a chain of ifs."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Step(NamedTuple):
    label: str | Promise
    page: str


_CREDITS = Step(_("Add credits"), "buy")
_PEOPLE = Step(_("See your people"), "people")
_LETTERS = Step(_("See your letters"), "messages")

STEPS: dict[str, Step] = {
    "no_credit": _CREDITS,
    "no_credit_to_open": _CREDITS,
    "collect_limit": _CREDITS,
    "insufficient_funds": _CREDITS,
    "cannot_write": _PEOPLE,
    "key_reused": _LETTERS,
    "not_found": _LETTERS,
}


def next_step(code: str) -> dict[str, str] | None:
    """The button beside a refusal: `{"label", "href"}`; None when the page itself holds the next step."""
    step = STEPS.get(code)
    return {"label": str(step.label), "href": reverse(step.page)} if step else None
