"""The stand-in against Stripe's own library: every call that Kinline makes, and every name either side uses."""

from datetime import UTC, datetime, timedelta

import pytest
import stripe
from stripe import params as typed
from stripe.params import checkout as typed_checkout

from kinline.ops.fake_stripe import api
from kinline.ops.fake_stripe.machine import KEYS_KEPT_SECONDS
from kinline.ops.fake_stripe.webhooks import Teller
from kinline.payments import processors
from kinline.payments.errors import ProcessorRefused
from kinline.payments.processors import Page

SUCCESS = "http://kinline.example/credits/buy/7/?session={CHECKOUT_SESSION_ID}"


def page(key="k1", **more) -> Page:
    facts = {
        "key": key,
        "amount_cents": 2000,
        "words": "Message credits",
        "success_url": SUCCESS,
        "cancel_url": "http://kinline.example/credits/",
        "email": "ana@sample.example",
        "metadata": {"checkout": "7"},
    }
    return Page(**facts | more)


def paid(processor, card="ok", **more) -> processors.Payment:
    """A payment by this card; a bank's is still waiting."""
    session = processors.create_page(page(**more))
    processor.pay(session.url, card)
    return processors.payment(processors.page(session.ref).payment_ref)


# Pages and payments


def test_a_page_is_made_paid_and_found_paid(processor):
    made = processors.create_page(page())
    assert (made.state, made.payment_ref, made.amount_cents, made.currency) == ("open", "", 2000, "usd")
    assert made.url.startswith(processor.url)
    assert made.metadata == {"checkout": "7", "key": "k1"}

    gone = processor.pay(made.url)
    assert (gone.status, gone.location) == (303, SUCCESS.replace("{CHECKOUT_SESSION_ID}", made.ref))

    found = processors.page(made.ref)
    assert (found.state, found.url, found.customer_ref) == ("paid", "", "")
    payment = processors.payment(found.payment_ref)
    assert (payment.state, payment.amount_cents, payment.currency) == ("paid", 2000, "usd")
    assert (payment.card_label, payment.failure) == ("Visa 4242", "")
    assert payment.metadata == {"checkout": "7", "key": "k1"}
    assert processor.events() == ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


@pytest.mark.parametrize(
    ("card", "failure"),
    [
        ("declined", "generic_decline"),
        ("insufficient", "insufficient_funds"),
        ("expired", "expired_card"),
        ("wrong_code", "incorrect_cvc"),
        ("stolen", "stolen_card"),
        ("error", "processing_error"),
    ],
)
def test_after_a_declined_card_the_page_is_open_for_another(processor, card, failure):
    made = processors.create_page(page())
    assert processor.pay(made.url, card).status == 402
    found = processors.page(made.ref)
    assert found.state == "open"
    payment = processors.payment(found.payment_ref)
    assert (payment.state, payment.failure) == ("failed", failure)
    processor.pay(made.url)
    assert processors.page(made.ref).state == "paid"
    assert processors.payment(found.payment_ref).state == "paid"
    assert len(processor.machine.store.of("balance_transaction")) == 1


@pytest.mark.parametrize(
    ("card", "state", "event"), [("bank", "paid", "succeeded"), ("bank_fails", "failed", "failed")]
)
def test_a_bank_ends_it_a_day_later(processor, card, state, event):
    processor.switch(bank_seconds=24 * 3600)
    made = processors.create_page(page())
    assert processor.pay(made.url, card).status == 303
    waiting = processors.page(made.ref)
    assert (waiting.state, processors.payment(waiting.payment_ref).state) == ("waiting", "waiting")
    processor.clock.at += 24 * 3600 + 1
    _tick(processor)
    assert processors.page(made.ref).state == state
    assert processors.payment(waiting.payment_ref).state == state
    assert f"checkout.session.async_payment_{event}" in processor.events()


def test_a_payer_who_does_not_confirm_has_not_paid(processor):
    made = processors.create_page(page())
    asked = processor.pay(made.url, "confirm")
    assert asked.location.endswith("/confirm")
    assert processors.page(made.ref).state == "open"
    assert processor.ask("POST", asked.location, {"answer": "no"}).status == 402
    payment = processors.payment(processors.page(made.ref).payment_ref)
    assert (payment.state, payment.failure) == ("failed", "payment_intent_authentication_failure")
    asked = processor.pay(made.url, "confirm")
    assert processor.ask("POST", asked.location, {"answer": "yes"}).status == 303
    assert processors.page(made.ref).state == "paid"


def test_an_expired_page_takes_no_money(processor):
    made = processors.create_page(page(expires_at=datetime.now(UTC) + timedelta(hours=1)))
    assert processors.expire_page(made.ref).state == "expired"
    assert processor.pay(made.url).status == 410
    assert processors.page(made.ref).payment_ref == ""
    other = processors.create_page(page("k2", expires_at=datetime.now(UTC) + timedelta(hours=1)))
    processor.clock.at += 3601
    _tick(processor)
    assert processors.page(other.ref).state == "expired"
    assert processor.events() == ["checkout.session.expired"] * 2


def test_a_paid_page_does_not_expire(processor):
    made = processors.create_page(page())
    processor.pay(made.url)
    assert processors.expire_page(made.ref).state == "paid"


def test_the_same_key_makes_the_same_page_and_another_amount_is_refused(processor):
    made = processors.create_page(page())
    assert processors.create_page(page()) == made
    with pytest.raises(ProcessorRefused) as refused:
        processors.create_page(page(amount_cents=5000))
    assert refused.value.reason == "idempotency_error"
    assert len(processor.machine.store.of("checkout.session")) == 1


def test_less_than_the_processor_takes_is_refused(processor):
    with pytest.raises(ProcessorRefused) as refused:
        processors.create_page(page(amount_cents=processors.SMALLEST_CENTS - 1))
    assert refused.value.reason == "amount_too_small"
    assert processors.create_page(page(amount_cents=processors.SMALLEST_CENTS)).state == "open"


@pytest.mark.parametrize(("language", "words"), [("en", "Pay by card"), ("es", "Pagar con tarjeta")])
def test_the_page_speaks_the_payers_language(processor, language, words):
    assert words in processor.ask("GET", processors.create_page(page(language=language)).url).body


# Kept cards


def test_a_kept_card_is_charged_again_once_a_key(processor):
    first = paid(processor, keep_card=True)
    assert first.customer_ref.startswith("cus_")
    again = processors.pay_again(first.customer_ref, first.method_ref, 1500, "t1", {"checkout": "8"})
    assert (again.state, again.amount_cents, again.card_label) == ("paid", 1500, "Visa 4242")
    assert again.metadata == {"checkout": "8", "key": "t1"}
    assert processors.pay_again(first.customer_ref, first.method_ref, 1500, "t1", {"checkout": "8"}) == again
    assert len(processor.machine.store.of("payment_intent")) == 2


def test_a_key_that_the_processor_forgot_still_charges_once(processor):
    first = paid(processor, keep_card=True)
    again = processors.pay_again(first.customer_ref, first.method_ref, 1500, "t1", {})
    back = processors.refund(first.ref, 500, "r1")
    processor.clock.at += 3 * KEYS_KEPT_SECONDS
    assert processors.pay_again(first.customer_ref, first.method_ref, 1500, "t1", {}) == again
    assert processors.refund(first.ref, 500, "r1") == back
    assert len(processor.machine.store.of("payment_intent")) == 2
    assert len(processor.machine.store.of("refund")) == 1


@pytest.mark.parametrize(
    ("card", "failure"), [("later_declined", "generic_decline"), ("confirm", "authentication_required")]
)
def test_a_kept_card_that_is_declined_is_an_answer(processor, card, failure):
    session = processors.create_page(page(keep_card=True))
    asked = processor.pay(session.url, card)
    if card == "confirm":
        processor.ask("POST", asked.location, {"answer": "yes"})
    first = processors.payment(processors.page(session.ref).payment_ref)
    for _ in range(2):  # also when it is asked again
        found = processors.pay_again(first.customer_ref, first.method_ref, 1500, "t1", {})
        assert (found.state, found.failure) == ("failed", failure)
    assert len(processor.machine.store.of("payment_intent")) == 2


def test_a_card_that_was_not_kept_cannot_be_charged(processor):
    first = paid(processor)
    other = paid(processor, key="k2", keep_card=True)
    with pytest.raises(ProcessorRefused):
        processors.pay_again(other.customer_ref, first.method_ref, 1500, "t1", {})


def test_a_card_that_is_forgotten_is_charged_no_more(processor):
    first = paid(processor, keep_card=True)
    for _ in range(2):  # also when the first answer was lost
        processors.forget_card(first.method_ref)
    processors.forget_card("pm_unknown")
    with pytest.raises(ProcessorRefused):
        processors.pay_again(first.customer_ref, first.method_ref, 1500, "t1", {})
    assert processors.refund(first.ref, 2000, "r1").state == "paid", "what it paid still goes back to it"


def test_a_bank_account_cannot_be_kept(processor):
    session = processors.create_page(page(keep_card=True))
    assert processor.pay(session.url, "bank").status == 422
    assert processors.page(session.ref).payment_ref == ""


# Refunds


def test_refunds_in_parts_up_to_what_was_paid(processor):
    payment = paid(processor)
    first = processors.refund(payment.ref, 500, "r1")
    assert (first.state, first.amount_cents, first.payment_ref) == ("paid", 500, payment.ref)
    assert processors.refund(payment.ref, 500, "r1") == first
    assert processors.refund(payment.ref, 1501, "r2").state == "failed"
    assert processors.refund(payment.ref, 1500, "r3").state == "paid"
    nothing_left = processors.refund(payment.ref, 1, "r4")
    assert (nothing_left.ref, nothing_left.state, nothing_left.failure) == ("", "failed", "charge_already_refunded")
    assert sum(one["amount"] for one in processor.machine.store.of("refund")) == 2000


def test_a_refund_that_takes_a_while(processor):
    back = processors.refund(paid(processor, "refund_waits").ref, 500, "r1")
    assert back.state == "waiting"
    processor.clock.at += 10
    _tick(processor)
    assert processors.refund_state(back.ref).state == "paid"


def test_a_refund_that_the_card_refuses_later(processor):
    payment = paid(processor, "refund_fails")
    back = processors.refund(payment.ref, 500, "r1")
    assert back.state == "paid"
    processor.clock.at += 10
    _tick(processor)
    found = processors.refund_state(back.ref)
    assert (found.state, found.failure) == ("failed", "expired_or_canceled_card")
    assert "refund.failed" in processor.events()


def test_a_payment_of_another_account_is_our_fault_and_no_cards(processor):
    with pytest.raises(ProcessorRefused) as refused:
        processors.refund("pi_of_somebody_else", 500, "r1")
    assert refused.value.reason == "resource_missing"


def test_what_is_not_paid_is_not_refunded(processor):
    made = processors.create_page(page())
    processor.pay(made.url, "bank")
    back = processors.refund(processors.page(made.ref).payment_ref, 500, "r1")
    assert (back.ref, back.state) == ("", "failed")


# Disputes


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_from_its_beginning_to_its_end(processor, outcome):
    payment = paid(processor, "disputed")
    processor.clock.at += 5
    _tick(processor)
    ref = processor.machine.store.of("dispute")[0]["id"]
    found = processors.dispute(ref)
    assert (found.state, found.amount_cents, found.payment_ref) == ("open", 2000, payment.ref)
    assert processors.refund(payment.ref, 500, "r1").failure == "charge_disputed"
    processor.ask("POST", f"/test/end/{ref}", {"outcome": outcome})
    assert processors.dispute(ref).state == outcome
    processor.ask("POST", f"/test/end/{ref}", {"outcome": "won"})
    assert processors.dispute(ref).state == outcome
    assert processor.events()[-1] == "charge.dispute.closed"


# Its list


def test_every_movement_is_listed_however_many_there_are(processor, monkeypatch):
    monkeypatch.setattr(processors, "PER_LIST", 2)
    start = datetime.fromtimestamp(processor.clock.at, UTC)
    payment = paid(processor)
    disputed = paid(processor, "disputed", key="k2")
    back = processors.refund(payment.ref, 500, "r1")
    processor.clock.at += 5
    _tick(processor)
    dispute = processor.machine.store.of("dispute")[0]["id"]
    processor.ask("POST", f"/test/end/{dispute}", {"outcome": "won"})
    processor.ask("POST", "/test/payout", {})
    payout = processor.machine.store.of("payout")[0]

    lines = list(processors.movements(start, start + timedelta(minutes=1)))
    assert [(line.kind, line.amount_cents, line.about) for line in reversed(lines)] == [
        ("payment", 2000, payment.ref),
        ("payment", 2000, disputed.ref),
        ("refund", -500, back.ref),
        ("dispute", -2000, dispute),
        ("dispute_won", 2000, dispute),
        ("payout", -payout["amount"], payout["id"]),
    ]
    assert {line.payment_ref for line in lines} == {payment.ref, disputed.ref, ""}
    assert sum(line.amount_cents - line.fee_cents for line in lines) == 0
    assert list(processors.movements(start - timedelta(days=1), start)) == []
    assert list(processors.movements(start + timedelta(minutes=1), start + timedelta(days=1))) == []


# Names


TYPED = [
    (typed_checkout.SessionCreateParams, api.SESSION),
    (typed.PaymentIntentCreateParams, api.INTENT),
    (typed.PaymentIntentListParams, api.INTENTS),
    (typed.RefundCreateParams, api.REFUND),
    (typed.RefundListParams, api.REFUNDS),
    (typed.BalanceTransactionListParams, api.LINES),
]


@pytest.mark.parametrize(("known", "names"), TYPED, ids=lambda value: getattr(value, "__name__", ""))
def test_the_stand_in_takes_nothing_that_the_library_does_not_send(known, names):
    assert names <= known.__annotations__.keys() | {"expand"}


def test_the_stand_in_refuses_a_name_that_it_does_not_know(processor):
    """So a mistake in `payments.processors` fails here and not in production."""
    client = stripe.StripeClient("sk_test_sample", base_addresses={"api": processor.url})
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: amont"):
        client.v1.refunds.create({"payment_intent": "pi_x", "amont": 5})


OBJECTS = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "customer": stripe.Customer,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "balance_transaction": stripe.BalanceTransaction,
    "payout": stripe.Payout,
    "event": stripe.Event,
}


def test_every_field_that_the_stand_in_shows_is_one_of_the_librarys(processor):
    _a_full_life(processor)
    shown = {kind: {name for one in processor.machine.store.of(kind) for name in one} for kind in OBJECTS}
    assert all(shown.values()), "each kind must have been seen"
    strange = {
        kind: {name for name in names if not name.startswith("_")} - _fields(OBJECTS[kind])
        for kind, names in shown.items()
    }
    assert {kind: names for kind, names in strange.items() if names} == {}


def test_every_event_is_one_of_the_librarys(processor):
    _a_full_life(processor)
    known = str(stripe.Event.__annotations__["type"])
    assert {kind for kind in processor.events() if f"'{kind}'" not in known} == set()


def _fields(known: type) -> set[str]:
    return {name for one in known.__mro__ for name in getattr(one, "__annotations__", {})}


def _a_full_life(processor) -> None:
    first = paid(processor, "refund_fails", keep_card=True)
    processors.refund(first.ref, 500, "r1")
    processors.pay_again(first.customer_ref, first.method_ref, 1500, "t1", {})
    paid(processor, "disputed", key="k2")
    paid(processor, "bank", key="k3")
    paid(processor, "bank_fails", key="k4")
    processors.expire_page(processors.create_page(page("k5")).ref)
    processor.clock.at += 1000
    _tick(processor)
    dispute = processor.machine.store.of("dispute")[0]["id"]
    processor.ask("POST", f"/test/end/{dispute}", {"outcome": "won"})
    processor.ask("POST", "/test/payout", {})


def _tick(processor) -> None:
    """What is due is done; nobody is told."""
    processor.switch(webhooks="held")
    Teller(processor.machine, "http://127.0.0.1:1/", "x").tick()
