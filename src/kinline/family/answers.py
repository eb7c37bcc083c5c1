"""A family page, for whom it is.

The button beside what was said (`design.answers`), the next step after a refusal or the undo, is in the address:
`?no=no_credit`, `?undo=restore&ids=4-7`. So nothing is stored.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from kinline.core.parties import FAMILY, Party
from kinline.family.next_steps import next_step
from kinline.identity.access import person
from kinline.messaging.queries import counts


def me(request: HttpRequest) -> Party:
    """The signed-in family member as the actor of every query and flow."""
    return Party(FAMILY, person(request).pk)


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Render, with the next step after what was said, if there is one, and the counter of unread letters."""
    context["next_step"] = next_step(request.GET.get("no", ""))
    context.setdefault("unread", SimpleLazyObject(lambda: counts(me(request)).unread))
    return render(request, f"family/{template}", context, status=status)
