"""When the card processor is slow, down, confused or does not know us; which webhooks are believed (MON-7, PCI3)."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kinline.ops.fake_stripe.tests.running import KEY, SECRET, Running, running
from kinline.ops.fake_stripe.webhooks import sign
from kinline.payments import processors
from kinline.payments.errors import BadSignature, ProcessorDown, ProcessorOff, ProcessorRefused
from kinline.payments.processors import Page, door

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
PAGE = Page("k1", 2000, "Credits", "http://kinline.example/ok/", "http://kinline.example/no/")


@pytest.fixture
def processor(tmp_path, settings) -> Iterator[Running]:
    with running(tmp_path, time.time()) as found:
        settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API = KEY, SECRET, found.url
        yield found


def nothing_happened(processor: Running) -> bool:
    return processor.machine.store.of("checkout.session") == []


# No answer


@pytest.mark.parametrize("answers", ["down", "limit", "garbage"])
def test_no_answer_that_can_be_understood_is_no_answer(processor, answers):
    processor.switch(answers=answers)
    with pytest.raises(ProcessorDown) as down:
        processors.create_page(PAGE)
    assert not isinstance(down.value, ProcessorOff)
    assert nothing_happened(processor)
    processor.switch(answers="normal")
    assert processors.create_page(PAGE).state == "open"


def test_nobody_there(settings):
    settings.STRIPE_KEY, settings.STRIPE_API = "sk_test_x", "http://127.0.0.1:1"
    with pytest.raises(ProcessorDown):
        processors.create_page(PAGE)


def test_one_that_takes_too_long_is_waited_for_no_longer(processor, monkeypatch):
    monkeypatch.setattr(door, "ANSWER_SECONDS", 0.2)
    door._client.cache_clear()
    processor.switch(answers="slow", slow_seconds=2)  # whoever waited would have a page
    try:
        with pytest.raises(ProcessorDown):
            processors.create_page(PAGE)
    finally:
        door._client.cache_clear()


def test_a_lost_answer_is_found_again_with_the_same_key_and_nothing_is_twice(processor):
    made = processors.create_page(PAGE)
    processor.pay(made.url)
    payment = processors.page(made.ref).payment_ref
    processor.switch(answers="lost")
    with pytest.raises(ProcessorDown):
        processors.refund(payment, 500, "r1")
    processor.switch(answers="normal")
    assert processors.refund(payment, 500, "r1").state == "paid"
    assert len(processor.machine.store.of("refund")) <= 1


def test_the_refund_itself_may_be_what_is_lost(processor, monkeypatch):
    """Between the look for the key and the refund: the answer to the latter never comes."""
    made = processors.create_page(PAGE)
    processor.pay(made.url)
    payment = processors.page(made.ref).payment_ref
    asked = door.ask
    calls = iter(["normal", "lost"])

    def ask(asking):
        processor.switch(answers=next(calls))
        return asked(asking)

    monkeypatch.setattr(processors, "ask", ask)
    with pytest.raises(ProcessorDown):
        processors.refund(payment, 500, "r1")
    assert len(processor.machine.store.of("refund")) == 1
    monkeypatch.setattr(processors, "ask", asked)
    processor.switch(answers="normal")
    assert processors.refund(payment, 500, "r1").ref == processor.machine.store.of("refund")[0]["id"]
    assert len(processor.machine.store.of("refund")) == 1


def test_a_slow_processor_holds_a_few_threads_and_no_more(processor, monkeypatch):
    monkeypatch.setattr(door, "TURN_SECONDS", 0.05)
    processor.switch(answers="slow", slow_seconds=4)
    inside = [threading.Thread(target=processors.create_page, args=(PAGE,)) for _ in range(door.CALLS_AT_ONCE)]
    for thread in inside:
        thread.start()
    until = time.monotonic() + 5
    while door._turns._value and time.monotonic() < until:
        time.sleep(0.01)
    with pytest.raises(ProcessorDown):
        processors.create_page(PAGE)
    assert all(thread.is_alive() for thread in inside), "it waited for those before it"
    for thread in inside:
        thread.join()
    assert door._turns._value == door.CALLS_AT_ONCE


# No


def test_a_key_that_is_not_known_turns_payments_off(processor, settings, caplog):
    settings.STRIPE_KEY = "sk_test_of_somebody_else"
    with caplog.at_level(logging.WARNING), pytest.raises(ProcessorOff):
        processors.create_page(PAGE)
    assert "KINLINE_STRIPE_KEY" in caplog.text
    assert settings.STRIPE_KEY not in caplog.text
    assert nothing_happened(processor)


def test_without_a_key_nobody_is_asked(processor, settings):
    settings.STRIPE_KEY = ""
    with pytest.raises(ProcessorOff):
        processors.create_page(PAGE)
    assert nothing_happened(processor)


def test_a_no_is_no_and_logs_name_nobody(processor, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(ProcessorRefused) as refused:
        processors.create_page(Page("k1", 2000, "Credits", "", "", email="ana@sample.example"))
    assert refused.value.reason == "parameter_missing"
    assert "ana@sample.example" not in caplog.text
    with pytest.raises(ProcessorRefused) as refused:
        processors.page("cs_test_none")
    assert refused.value.reason == "resource_missing"


def test_each_no_has_a_sentence():
    for refusal in (ProcessorDown(), ProcessorOff(), ProcessorRefused("x")):
        assert str(refusal).endswith(".")


def test_nothing_of_the_library_is_loaded_before_it_is_needed():
    """A quarter of a second and 13 MB that most commands have no use for."""
    import subprocess
    import sys

    code = "import sys; import kinline.payments.processors; print('stripe' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_environment())
    assert done.stdout.strip() == "False"


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "DJANGO_SETTINGS_MODULE": "kinline.project.settings", "KINLINE_ALLOW_TEST_SECRETS": "1"}


# Events


def told(**more: object) -> bytes:
    facts = {"id": "evt_1", "type": "refund.updated", "created": 1_800_000_000, "data": {"object": {"id": "re_1"}}}
    return json.dumps(facts | more).encode()


def test_what_is_signed_now_is_believed(settings):
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    found = processors.event(told(), sign(told(), SECRET, int(NOW.timestamp())), NOW)
    assert (found.ref, found.kind, found.about) == ("evt_1", "refund.updated", "re_1")
    assert found.made_at == datetime.fromtimestamp(1_800_000_000, UTC)


@pytest.mark.parametrize("minutes", [-60, -6, 6, 60])
def test_what_was_signed_long_ago_or_for_later_is_not(settings, minutes):
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    at = int((NOW + timedelta(minutes=minutes)).timestamp())
    with pytest.raises(BadSignature):
        processors.event(told(), sign(told(), SECRET, at), NOW)


@pytest.mark.parametrize("minutes", [-4, 4])
def test_clocks_may_differ_a_little(settings, minutes):
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    at = int((NOW + timedelta(minutes=minutes)).timestamp())
    assert processors.event(told(), sign(told(), SECRET, at), NOW).ref == "evt_1"


@pytest.mark.parametrize(
    "signature",
    ["", "t=1", "v1=abc", "nonsense", "t=x,v1=abc", f"t={int(NOW.timestamp())},v1=", "t=1,t=2,v1=\x00", "," * 5000],
)
def test_a_signature_that_is_none(settings, signature):
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    with pytest.raises(BadSignature):
        processors.event(told(), signature, NOW)


def test_a_signature_by_somebody_else_or_of_something_else(settings):
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    at = int(NOW.timestamp())
    with pytest.raises(BadSignature):
        processors.event(told(), sign(told(), "whsec_other", at), NOW)
    with pytest.raises(BadSignature):
        processors.event(told(id="evt_2"), sign(told(), SECRET, at), NOW)


def test_without_a_secret_nothing_is_believed(settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    with pytest.raises(BadSignature):
        processors.event(told(), sign(told(), "", int(NOW.timestamp())), NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{" * 500,
        told(data=None),
        told(data={"object": []}),
        told(created="now"),
        told(created=10**20),
        b"x" * 1_000_000,
    ],
)
def test_nonsense_that_is_signed_is_nonsense(settings, body):
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    with pytest.raises(BadSignature):
        processors.event(body, sign(body, SECRET, int(NOW.timestamp())), NOW)
