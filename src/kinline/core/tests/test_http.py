"""Headers that every answer carries."""

from django.test import Client


def test_a_page_seen_over_tls_asks_the_browser_to_stay_with_it(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert Client().get("/healthz", secure=True)["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in Client().get("/healthz")


def test_a_newcomer_without_tls_is_not_locked_out(settings):
    settings.SECURE_HSTS_SECONDS = 0
    assert "Strict-Transport-Security" not in Client().get("/healthz", secure=True)
