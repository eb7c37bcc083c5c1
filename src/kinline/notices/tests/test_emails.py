"""Emails: every kind in both languages, and nothing in them that others should not read (experience.md, rule 9)."""

import re

import pytest
from django.urls import resolve

from kinline.notices.emails import EMAILS, Secret, render

FACILITY, BODY, OTHER = "Sample North Jail", "Dear mum, the soup was good", "Daniel Sample"
PARAMS = {
    "username": "maria.s",
    "other_name": OTHER,
    "facility_name": FACILITY,
    "body": BODY,
    "subject": BODY,
    "number": "R-1",
    "appeal_until_on": "2031-03-22",
    "amount_cents": 2500,
    "owed_cents": 150,
    "refund_on": "2031-05-01",
    "account": "family:7:messages",
    "balance_cents": 2500,
    "whose": {"en": "your message credits", "es": "sus créditos de mensaje"},
    "paid": {"en": "Cash", "es": "Efectivo"},
    "balance": {"en": "The balance after it is $25.00.", "es": "El saldo después es de $25.00."},
    "recovered_cents": 2000,
    "month_cents": 5000,
    "cap_cents": 7500,
    "payment_id": 7,
    "list_id": 7,
    "day": "2031-03-22",
    "count": 3,
    "hours": 48,
    "card": "Visa 4242",
    "again_at": "2031-03-22T12:00:00+00:00",
    "why": {"en": "The card has expired.", "es": "La tarjeta está vencida."},
}
SECRET = Secret(token="tokentokentoken", code="12345678")
LANGUAGES = ["en", "es"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EMAILS)
def test_no_email_names_a_facility_or_quotes_a_message(kind, language):
    email = render(kind, PARAMS, language, SECRET)
    everything = email.subject + email.text + email.html
    assert FACILITY not in everything
    assert BODY not in everything
    assert (OTHER in everything) == (kind == "invitation")
    for text in (email.subject, email.text):
        assert "%(" not in text
        assert "…" not in text


@pytest.mark.parametrize("kind", EMAILS)
def test_no_email_says_a_sentence_twice(kind):
    said = [line for line in render(kind, PARAMS, "en", SECRET).text.splitlines() if line]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("kind", EMAILS)
def test_every_email_is_written_in_spanish_too(kind):
    english, spanish = render(kind, PARAMS, "en", SECRET), render(kind, PARAMS, "es", SECRET)
    assert english.subject != spanish.subject
    assert 'lang="es"' in spanish.html
    ours = {line for line in english.text.splitlines() if len(line) > 20 and "http" not in line}
    assert not ours & set(spanish.text.splitlines())


@pytest.mark.parametrize("kind", [kind for kind, mail in EMAILS.items() if mail.purpose])
@pytest.mark.parametrize("language", LANGUAGES)
def test_link_and_code_stand_in_both_parts_and_only_where_they_belong(kind, language, settings):
    email = render(kind, PARAMS, language, SECRET)
    link = f"{settings.BASE_URL}{EMAILS[kind].path.format(token=SECRET.token)}"
    for part in (email.text, email.html):
        assert link in part
        assert (SECRET.code in part) == EMAILS[kind].shows_code
    assert SECRET.token not in email.subject


def test_activation_carries_link_and_code_the_sender_and_the_spam_hint(settings):
    """ACC-4."""
    settings.DEFAULT_FROM_EMAIL = "Kinline <letters@sample.example>"
    text = render("activation", PARAMS, "en", SECRET).text
    assert f"/activate/{SECRET.token}/" in text
    assert re.search(r"^\s+12345678$", text, re.MULTILINE)
    assert "letters@sample.example" in text
    assert "spam" in text


def test_a_name_cannot_break_out_of_the_subject_or_into_the_html():
    email = render("invitation", {"other_name": "Eve\r\nBcc: x@y.example <script>alert(1)</script>"}, "en")
    assert "\n" not in email.subject
    assert "\r" not in email.subject
    assert "<script>" not in email.html
    assert "&lt;script&gt;" in email.html


def test_the_html_fetches_nothing():
    for kind in EMAILS:
        html = render(kind, PARAMS, "en", SECRET).html
        assert not re.search(r"<(img|link|script|iframe|style)\b|url\(", html)


@pytest.mark.parametrize("kind", [kind for kind, mail in EMAILS.items() if mail.path])
def test_every_button_leads_to_a_page(kind):
    path = EMAILS[kind].path.format(token="sample-token", number="R-1", payment_id=7, list_id=7)
    assert resolve(path).func is not None
