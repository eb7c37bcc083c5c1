"""Default deny: every address is in the short public list below, or is closed to who has not signed in (STF-1, R4)."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

# Names of addresses that anybody may open, with the reason of the whole group.
PUBLIC = {
    # What this service is
    "front", "facilities", "facility", "prices", "terms", "privacy", "accessibility", "help", "language", "theme",
    "robots", "favicon",
    # Getting in; none of them says whether an account exists
    "signup", "activate", "activate_resend", "activate_link", "login", "login_help", "logout", "password_reset",
    "password_reset_link", "username_remind", "account_closed",
    # The link of a reminder: it works for whoever holds it, and only keeps money where it is
    "keep",
    # For the operator's machines; they hold numbers, no people
    "healthz", "readyz", "metrics",
    # The card processor's events: nothing without its signature, and then only ids
    "webhook_stripe",
    # Describes the API of switches; no data
    "api_openapi",
    # Says that this browser is no kiosk, or shows the sign-in of one
    "kiosk",
    # Getting into the staff face, by two factors
    "staff_login", "staff_code", "staff_setup",
}  # fmt: skip
CLOSED = {302, 303, 401, 403, 404, 405}
SAMPLE = {"int": 7, "str": "x", "slug": "x", "uuid": "7d0fb2b4-5c6b-4b61-9a5a-2f8f0a6f5b11", "path": "x"}


def addresses() -> Iterator[tuple[str, str]]:
    """(name, a sample path) of every address of the project."""
    yield from _walk(get_resolver().url_patterns, "/")


def _walk(patterns: list[URLPattern | URLResolver], base: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, base + str(pattern.pattern))
        else:
            yield pattern.name or "", _sample(base, pattern)


def _sample(base: str, pattern: URLPattern) -> str:
    values = {name: SAMPLE[_kind(converter)] for name, converter in pattern.pattern.converters.items()}
    path = base + str(pattern.pattern)
    for name, value in values.items():
        path = path.replace(next(part for part in _parts(path) if part.endswith(f":{name}>")), str(value))
    return path


def _kind(converter: object) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


def _parts(path: str) -> list[str]:
    return ["<" + part.split(">")[0] + ">" for part in path.split("<")[1:]]


ALL = sorted(set(addresses()))


def test_the_walk_finds_what_there_is():
    names = {name for name, _ in ALL}
    assert {"home", "letter", "account", "login"} <= names
    assert names - {""} >= PUBLIC - {"healthz", "readyz", "metrics"}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path"), ALL)
def test_an_address_is_public_by_name_or_closed(name, path):
    assert resolve(path).url_name == (name or None)
    if name in PUBLIC:
        return
    for method in ("get", "post"):
        answer = getattr(Client(), method)(path)
        assert answer.status_code in CLOSED, f"{method.upper()} {path} ({name}) answered {answer.status_code}"
        if answer.status_code in (302, 303):
            assert answer["Location"].startswith(("/login/", "/kiosk/", "/staff/login/")), path


@pytest.mark.django_db
def test_public_pages_never_fail_on_an_empty_system():
    for name, path in ALL:
        if name in PUBLIC:
            assert Client().get(path).status_code < 500, path
