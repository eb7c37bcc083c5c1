"""The yardstick of P1 and P2: django-postman as its own documentation sets it up, on the same PostgreSQL.

An ordinary Django site: sessions, authentication, postman without moderation or notification. Not part of Kinline.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import urlsplit

BODY = "Querido Daniel, the garden came back. " * 20


def configure() -> None:
    import django
    from django.conf import settings

    place = urlsplit(os.environ["DATABASE_URL"])
    settings.configure(
        SECRET_KEY="benchmark",
        ROOT_URLCONF="postman_site",
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.sites", "postman",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql", "NAME": place.path.lstrip("/"), "USER": place.username,
                "HOST": place.hostname, "PORT": place.port, "OPTIONS": {"pool": {"min_size": 1, "max_size": 12}},
            }
        },
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages", "postman.context_processors.inbox",
                    ],
                    "loaders": [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                ("django.template.loaders.locmem.Loader", {"base.html": BASE}),
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                },
            }
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        STATIC_URL="/static/",
        POSTMAN_AUTO_MODERATE_AS=True,
        POSTMAN_DISALLOW_ANONYMOUS=True,
        POSTMAN_DISABLE_USER_EMAILING=True,
        LANGUAGE_CODE="en",
        SITE_ID=1,
    )  # fmt: skip
    django.setup()


BASE = (
    "<!doctype html><html><head><title>{% block title %}{% endblock %}</title>{% block extrahead %}{% endblock %}"
    "</head><body>{{ postman_unread_count }}{% block content %}{% endblock %}</body></html>"
)


def urls() -> list[object]:
    from django.urls import include, path

    return [path("messages/", include("postman.urls", namespace="postman"))]


def people() -> tuple[object, object]:
    from django.contrib.auth.models import User

    return (
        User.objects.get_or_create(username="ana", email="ana@bench.example")[0],
        User.objects.get_or_create(username="daniel", email="daniel@bench.example")[0],
    )


def fill(letters: int) -> None:
    from postman.api import pm_write

    ana, daniel = people()
    for _ in range(letters):
        pm_write(daniel, ana, "Sunday", BODY)


def send() -> Callable[[], None]:
    from postman.api import pm_write

    ana, daniel = people()
    return lambda: pm_write(ana, daniel, "Sunday", BODY)


def inbox() -> Callable[[], None]:
    client = _client()

    def act() -> None:
        answer = client.get("/messages/inbox/")
        assert answer.status_code == 200
        assert answer.content.count(b"Sunday") >= 20

    return act


def post() -> Callable[[], None]:
    client = _client()

    def act() -> None:
        answer = client.post("/messages/write/", {"recipients": "daniel", "subject": "Sunday", "body": BODY})
        assert answer.status_code == 302, answer.content

    return act


def _client():
    from django.test import Client

    client = Client()
    client.force_login(people()[0])
    return client


def __getattr__(name: str) -> object:
    if name == "urlpatterns":  # read by Django when the first page is asked for, after `configure`
        return urls()
    raise AttributeError(name)
