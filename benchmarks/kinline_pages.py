"""Kinline's side where pages are compared: a signed-in family member at the portal, in process, as postman is."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable

from postman_site import BODY


def _client(user_id: int):
    from django.conf import settings
    from django.test import Client

    from kinline.identity.models import User

    client = Client()
    client.force_login(User.objects.get(pk=user_id), backend=settings.AUTHENTICATION_BACKENDS[0])
    client.cookies["kinline_family"] = client.cookies.pop(settings.SESSION_COOKIE_NAME).value
    return client


def inbox(_number: int, user_id: str) -> Callable[[], None]:
    client = _client(int(user_id))

    def act() -> None:
        answer = client.get("/messages/")
        assert answer.status_code == 200
        assert answer.content.count(b"Sunday") >= 20

    return act


def post(number: int, pairs: str) -> Callable[[], None]:
    """The whole POST of the compose page: form, send, redirect. Pairs: `contact:user,contact:user…`, by thread."""
    mine = [tuple(map(int, pair.split(":"))) for pair in pairs.split(",")]
    contact_id, user_id = mine[number % len(mine)]
    client = _client(user_id)
    turn = itertools.count()

    def act() -> None:
        form = {
            "to": contact_id,
            "subject": f"Sunday {next(turn)}",
            "body": BODY,
            "key": str(uuid.uuid4()),
            "pay": "credits",
        }
        answer = client.post("/messages/new/", form)
        assert answer.status_code == 303, answer.status_code
        assert answer["Location"].startswith("/messages/"), answer["Location"]

    return act
