"""What people type as an amount (MON-3), and that a card number goes nowhere (PCI1)."""

import re

import pytest
from django import forms
from django.utils.translation import override

from kinline.core.cards import looks_like_card
from kinline.payments.forms import AmountField
from kinline.payments.wording import CARD_FAILURES, failure_in_both, failure_sentence


class Form(forms.Form):
    amount = AmountField()


# Test numbers that card networks publish: nobody's.
CARD_NUMBERS = [
    "4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "5555555555554444", "378282246310005",
    "6011 1111 1111 1117", "4242424242424242 12/30 123", "$4242424242424242", "4242424242424242.00",
    "４２４２４２４２４２４２４２４２", "card 4000 0000 0000 0002 please", "6200000000000000003", "4222222222222",
]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("25", 2500), ("25.00", 2500), ("25.5", 2550), ("$25.50", 2550), ("$ 25", 2500), ("25,50", 2550),
        (" 7 ", 700), (".50", 50), ("25.", 2500), ("0.01", 1), ("500", 50_000), ("500.00", 50_000),
        ("20 USD", 2000), ("US$ 20", 2000), ("20 dólares", 2000), ("5 $", 500), ("007", 700), ("２５", 2500),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(typed: str, cents: int) -> None:
    form = Form({"amount": typed})
    assert form.is_valid()
    assert form.cleaned_data["amount"] == cents


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"), ("   ", "required"),
        ("0", "zero"), ("0.00", "zero"), ("-0", "zero"),
        ("-5", "negative"), ("−5.00", "negative"), ("($5)", "negative"), ("$-5", "negative"),
        ("10.005", "fraction"), ("1.000", "fraction"), ("0.001", "fraction"),
        ("500.01", "too_large"), ("1,000", "too_large"), ("99999999", "too_large"), ("9" * 5000, "invalid"),
        ("9" * 30, "too_large"),
        ("€20", "currency"), ("20 EUR", "currency"), ("£5", "currency"), ("MXN 200", "currency"), ("¥500", "currency"),
        ("abc", "invalid"), ("$", "invalid"), (".", "invalid"), ("1e5", "invalid"), ("NaN", "invalid"),
        ("Infinity", "invalid"), ("12 34", "invalid"), ("1,00,0", "invalid"), ("1.2.3", "invalid"), ("\x00", "invalid"),
        ("٣٠", "invalid"), ("0x10", "invalid"), ("25.5O", "invalid"), ("-", "invalid"), ("\ud800", "invalid"),
    ],
)  # fmt: skip
def test_what_is_no_amount_says_why(typed: str, code: str) -> None:
    form = Form({"amount": typed})
    assert not form.is_valid()
    assert [error.code for error in form.errors["amount"].as_data()] == [code]


def test_each_mistake_has_a_sentence_of_its_own_in_both_languages() -> None:
    mistakes = ["", "0", "-5", "10.005", "900", "€20", "abc", CARD_NUMBERS[0]]
    said = {}
    for language in ("en", "es"):
        with override(language):
            said[language] = [Form({"amount": typed}).errors["amount"][0] for typed in mistakes]
    assert len(set(said["en"])) == len(set(said["es"])) == len(mistakes)
    assert not set(said["en"]) & set(said["es"])


@pytest.mark.parametrize("typed", CARD_NUMBERS)
def test_a_card_number_is_refused_and_never_given_back(typed: str) -> None:
    form = Form({"amount": typed})
    assert [error.code for error in form.errors["amount"].as_data()] == ["card"]
    page = form.as_p()
    digits = re.sub(r"\D", "", page)
    assert typed not in page
    assert "424242" not in digits
    assert "value=" not in page


def test_a_long_number_with_a_typing_mistake_is_not_given_back_either() -> None:
    form = Form({"amount": "1234567812345678"})
    assert [error.code for error in form.errors["amount"].as_data()] == ["too_large"]
    assert "1234" not in form.as_p()


def test_an_ordinary_mistake_is_given_back() -> None:
    assert 'value="10.005"' in Form({"amount": "10.005"}).as_p()


def test_a_first_value_in_cents_is_shown_in_dollars() -> None:
    assert 'value="25.00"' in Form(initial={"amount": 2500}).as_p()


@pytest.mark.parametrize(
    "typed", ["25.00", "8135550142", "0000000000000000", "2026-11-23 03:15", "1234567812345678", ""]
)
def test_what_is_no_card_number(typed: str) -> None:
    assert not looks_like_card(typed)


def test_every_decline_has_its_sentence_in_both_languages() -> None:
    for code in CARD_FAILURES:
        both = failure_in_both(code)
        assert both["en"] != both["es"]
        assert both["en"].endswith(".")


def test_what_its_owner_can_do_nothing_about_is_not_told() -> None:
    """Whoever holds a stolen card learns nothing from us."""
    assert failure_sentence("stolen_card") == failure_sentence("lost_card") == failure_sentence("card_declined")
    assert failure_sentence("a code of tomorrow") == failure_sentence("card_declined")
    assert (
        failure_sentence("expired_card") != failure_sentence("insufficient_funds") != failure_sentence("card_declined")
    )
