"""Whoever reads a letter says whether a list was right to fire in it (STF-6): on the review desk, and at the list."""

from functools import partial

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kinline.design.answers import attempt
from kinline.design.http import number
from kinline.flows.watch_lists import judge_hit
from kinline.staff.desk import here

_PRESSED = {"right": "right", "false": "false", "no": ""}


def judge(request: HttpRequest, list_id: int | None) -> None:
    """Do what was pressed, and say what came of it."""
    desk, place = here(request)
    message_id, judged = number(request.POST.get("message", "")), _PRESSED.get(request.POST.get("judged", ""))
    if list_id is None or message_id is None or judged is None:
        raise BadRequest
    act = partial(
        judge_hit, staff=desk.user, place=place, list_id=list_id, message_id=message_id, judged=judged, now=desk.now
    )
    attempt(request, act, _("Noted. The list's share of false hits counts it."))
