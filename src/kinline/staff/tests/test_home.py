"""The page that says how staff work until their portal exists."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_names_the_commands(client: Client):
    page = client.get("/staff/")
    assert page.status_code == 200
    assert "./kinline review" in page.content.decode()


def test_in_spanish(client: Client):
    page = client.get("/staff/", headers={"accept-language": "es"})
    assert '<html lang="es"' in page.content.decode()
    assert "El portal del personal llega más adelante" in page.content.decode()


def test_only_reading(client: Client):
    assert client.post("/staff/").status_code in {403, 405}
