from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from kinline.design import errors

View = Callable[[HttpRequest], HttpResponse]
LETTER = "Dear Daniel,\n\nthe garden came back. <b>&</b>"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "There is no page here"), ("es", "Aquí no hay ninguna página")])
def test_what_is_not_there_says_so_in_both_languages(client: Client, language: str, words: str) -> None:
    answer = client.get("/no/such/page/", headers={"accept-language": language})
    assert answer.status_code == 404
    assert words in answer.content.decode()
    assert f'lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("view", "status", "english", "spanish"),
    [
        (errors.bad_request, 400, "We could not read that", "No pudimos leer eso"),
        (errors.forbidden, 403, "You cannot open this page", "No puede abrir esta página"),
        (errors.not_found, 404, "There is no page here", "Aquí no hay ninguna página"),
        (errors.server_error, 500, "Something went wrong here", "Algo salió mal aquí"),
        (errors.csrf_failure, 403, "This page was open too long", "Esta página estuvo abierta demasiado tiempo"),
    ],
)
@pytest.mark.parametrize("face", ["", "kiosk/", "staff/"])
def test_each_error_in_each_face(view: View, status: int, english: str, spanish: str, face: str) -> None:
    """None of them touches the database: pytest-django would stop it."""
    for language, words in (("en", english), ("es", spanish)):
        with translation.override(language):
            answer = view(RequestFactory().get(f"/{face}x/"))
        assert answer.status_code == status
        assert words in answer.content.decode()
        if view is not errors.csrf_failure:
            assert f'href="/{face}"' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}])
def test_a_stale_form_gives_back_what_was_typed(headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True, headers=headers)
    answer = client.post("/language/", {"body": LETTER, "subject": "Garden", "password": "secret words", "pin": "4711"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "the garden came back. &lt;b&gt;&amp;&lt;/b&gt;" in page
    assert 'name="subject" value="Garden"' in page
    assert "Try again with what I typed" in page
    assert "secret words" not in page
    assert "4711" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_another_site_cannot_borrow_the_button(headers: dict[str, str]) -> None:
    """What was typed can be read and copied, but no form of ours carries it on."""
    answer = Client(enforce_csrf_checks=True, headers=headers).post("/language/", {"body": LETTER})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "the garden came back." in page
    assert 'name="body"' not in page
    assert "Try again" not in page


@pytest.mark.django_db
def test_trying_again_sends_exactly_what_was_typed() -> None:
    client = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
    page = client.post("/language/", {"language": "es", "next": "/help/"}).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]
    typed = {"csrfmiddlewaretoken": token, "language": "es", "next": "/help/"}
    answer = client.post("/language/", typed)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/help/"
