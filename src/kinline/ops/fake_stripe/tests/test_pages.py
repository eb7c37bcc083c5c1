"""The pages: test cards only, nothing kept of what was typed, nothing done twice, and what may be switched."""

import json

import pytest

from kinline.ops.fake_stripe.cards import CARDS, by_number
from kinline.payments import processors
from kinline.payments.processors import Page

REAL = "4111 1111 1111 1111"  # passes as a card's number, and is no test card of ours


@pytest.fixture
def page(processor) -> processors.Session:
    return processors.create_page(
        Page("k1", 2050, "Credits <b>for</b> you", "http://kinline.example/ok/", "http://kinline.example/back/")
    )


def typed(number: str, expiry: str = "12 / 34", code: str = "123") -> dict[str, str]:
    return {"cardNumber": number, "cardExpiry": expiry, "cardCvc": code}


def test_it_says_what_for_how_much_and_how_to_get_away(processor, page):
    shown = processor.ask("GET", page.url)
    assert shown.status == 200
    assert "$20.50" in shown.body
    assert "Credits &lt;b&gt;for&lt;/b&gt; you" in shown.body
    assert 'href="http://kinline.example/back/"' in shown.body
    assert "form-action 'self' http://kinline.example;" in shown.policy
    assert "<script" not in shown.body
    assert "style=" not in shown.body
    assert all(card.shown in shown.body for card in CARDS)


@pytest.mark.parametrize("number", ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242"])
def test_a_test_card_may_be_typed(processor, page, number):
    assert processor.ask("POST", page.url, typed(number)).status == 303
    assert processors.page(page.ref).state == "paid"


@pytest.mark.parametrize(
    "fields",
    [
        typed(REAL),
        typed(""),
        typed("4242424242424242", expiry="13 / 34"),
        typed("4242424242424242", expiry="12 / 20"),
        typed("4242424242424242", expiry=""),
        typed("4242424242424242", code="12"),
        typed("4242424242424242", code="abc"),
        {},
        {"sample": "no-such-card"},
    ],
)
def test_anything_else_is_refused_and_nothing_is_charged(processor, page, fields):
    refused = processor.ask("POST", page.url, fields)
    assert refused.status == 422
    assert 'role="alert"' in refused.body
    assert processors.page(page.ref).payment_ref == ""
    assert processor.events() == []


def test_a_number_is_not_given_back_and_not_kept(processor, page):
    refused = processor.ask("POST", page.url, typed(REAL, code="9876"))
    processor.ask("POST", page.url, typed("4242424242424242", code="9876"))
    journal = processor.machine.store._path.read_text()
    for text in (refused.body, journal):
        assert REAL not in text
        assert REAL.replace(" ", "") not in text
        assert "9876" not in text
    assert "4242424242424242" not in journal


def test_pressing_twice_pays_once(processor, page):
    assert [processor.pay(page.url).status for _ in range(3)] == [303, 303, 303]
    assert len(processor.machine.store.of("balance_transaction")) == 1


def test_a_page_that_is_not_there(processor):
    for path in ("/c/pay/cs_test_000", "/c/pay/", "/c/pay/../../etc/passwd", "/c/pay/cs_test_000/confirm"):
        assert processor.ask("GET", path).status == 404


def test_a_question_that_was_not_asked_leads_back(processor, page):
    assert processor.ask("GET", f"{page.url}/confirm").location == f"/c/pay/{page.ref}"
    assert processors.page(page.ref).payment_ref == ""


def test_another_site_cannot_press_a_button(processor, page):
    assert processor.ask("POST", page.url, {"sample": "ok"}, Origin="http://elsewhere.example").status == 403
    assert processors.page(page.ref).payment_ref == ""
    assert processor.ask("POST", page.url, {"sample": "ok"}, Origin=processor.url).status == 303


def test_the_test_page_shows_and_does_what_a_bank_would(processor, page):
    processor.pay(page.url, "bank")
    intent = processors.page(page.ref).payment_ref
    shown = processor.ask("GET", "/test/").body
    assert intent in shown
    assert "processing" in shown
    assert processor.ask("POST", f"/test/bank/{intent}", {"outcome": "failed"}).location == "/test/"
    assert processors.page(page.ref).state == "failed"
    processor.ask("POST", f"/test/bank/{intent}", {"outcome": "paid"})
    assert processors.page(page.ref).state == "failed", "a bank answers once"


def test_the_test_page_in_spanish(processor):
    assert "Lo que pasó aquí" in processor.ask("GET", "/test/", **{"Accept-Language": "es-MX,es;q=0.9"}).body


def test_its_state_can_be_read_by_programs(processor, page):
    processor.pay(page.url)
    state = json.loads(processor.ask("GET", "/test/state.json").body)
    assert [one["id"] for one in state["checkout.session"]] == [page.ref]
    assert state["switches"]["answers"] == "normal"
    assert not [name for one in state["checkout.session"] for name in one if name.startswith("_")]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/test/switches", {"answers": "sideways"}),
        ("/test/switches", {"bank_seconds": "-1"}),
        ("/test/switches", {"bank_seconds": "soon"}),
        ("/test/switches", {"password": "1"}),
        ("/test/dispute/pi_none", {}),
        ("/test/explode", {}),
        ("/test/again/switches", {}),
    ],
)
def test_what_it_does_not_know_changes_nothing(processor, page, path, fields):
    before = processor.machine.store.get("switches")
    assert processor.ask("POST", path, fields).status == 404
    assert processor.machine.store.get("switches") == before


@pytest.mark.parametrize("path", ["/", "/pay.css", "/favicon.ico", "/test/x", "/v2/none"])
def test_every_address_answers(processor, path):
    assert processor.ask("GET", path).status in {200, 303, 404}


def test_a_body_that_is_too_long_is_not_read(processor):
    assert processor.ask("POST", "/v1/refunds", {"x": "y" * 70_000}).status == 413


@pytest.mark.parametrize(
    "headers", [{"Content-Length": "x"}, {"Content-Length": "-1"}, {"Transfer-Encoding": "chunked"}]
)
def test_a_body_of_unknown_length_is_not_read(processor, headers):
    assert processor.ask("POST", "/v1/refunds", None, **headers).status == 413


def test_a_button_needs_no_body(processor):
    assert processor.ask("POST", "/test/payout").status == 303


def test_numbers_of_test_cards_are_all_different():
    assert len({card.number for card in CARDS}) == len({card.name for card in CARDS}) == len(CARDS)
    assert by_number(REAL) is None
