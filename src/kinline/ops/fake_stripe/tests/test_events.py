"""Events are signed, told until they are taken, and told again after a restart; twice or mixed up when asked for."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.tests.running import SECRET, Running
from kinline.ops.fake_stripe.webhooks import Teller
from kinline.payments import processors
from kinline.payments.errors import BadSignature
from kinline.payments.processors import Page


class Listener:
    """Kinline, as far as events go: takes them, unless `answer` says otherwise."""

    def __init__(self) -> None:
        self.answer = 200
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                outer.signatures.append(self.headers["Stripe-Signature"])
                self.send_response(outer.answer)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/stripe/"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for body in self.bodies]

    def end(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.end()


@pytest.fixture
def teller(processor, listener) -> Teller:
    return Teller(processor.machine, listener.url, SECRET)


def _paid(processor: Running) -> processors.Session:
    made = processors.create_page(
        Page("k1", 2000, "Credits", "http://kinline.example/ok/", "http://kinline.example/no/")
    )
    processor.pay(made.url)
    return made


ALL = ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


def test_they_come_in_order_and_prove_themselves(processor, listener, teller):
    made = _paid(processor)
    teller.tick()
    assert listener.kinds() == ALL
    now = datetime.fromtimestamp(processor.clock.at, UTC)
    last = processors.event(listener.bodies[-1], listener.signatures[-1], now)
    assert (last.kind, last.about, last.made_at) == ("checkout.session.completed", made.ref, now)
    assert last.ref.startswith("evt_")
    with pytest.raises(BadSignature):
        processors.event(listener.bodies[-1].replace(b"2000", b"9000"), listener.signatures[-1], now)


def test_one_that_is_not_taken_comes_again_and_again_until_it_is(processor, listener, teller):
    listener.answer = 503
    _paid(processor)
    for _ in range(3):
        teller.tick()
        processor.clock.at += 60
    assert listener.kinds() == ALL * 3
    listener.answer = 200
    teller.tick()
    processor.clock.at += 600
    teller.tick()
    assert listener.kinds() == ALL * 4


def test_nobody_there_is_no_reason_to_stop(processor, listener):
    nowhere = Teller(processor.machine, "http://127.0.0.1:1/", SECRET)
    _paid(processor)
    nowhere.tick()
    processor.clock.at += 60
    Teller(processor.machine, listener.url, SECRET).tick()
    assert listener.kinds() == ALL


def test_each_twice_with_the_same_name(processor, listener, teller):
    processor.switch(duplicates="on")
    _paid(processor)
    teller.tick()
    processor.clock.at += 5
    teller.tick()
    refs = [json.loads(body)["id"] for body in listener.bodies]
    assert len(refs) == 6
    assert len(set(refs)) == 3


def test_in_another_order(processor, listener, teller, monkeypatch):
    waits = iter([3.0, 2.0, 1.0])
    monkeypatch.setattr("kinline.ops.fake_stripe.machine.random.uniform", lambda _low, _high: next(waits))
    processor.switch(reorder="on")
    _paid(processor)
    processor.clock.at += 5
    teller.tick()
    assert listener.kinds() == ALL[::-1]


def test_held_back_until_they_are_let_go(processor, listener, teller):
    processor.switch(webhooks="held")
    _paid(processor)
    teller.tick()
    assert listener.kinds() == []
    processor.switch(webhooks="on")
    teller.tick()
    assert listener.kinds() == ALL


def test_one_is_sent_again_by_hand(processor, listener, teller):
    _paid(processor)
    teller.tick()
    event = processor.machine.store.of("event")[0]["id"]
    assert processor.ask("POST", f"/test/again/{event}", {}).status == 303
    teller.tick()
    assert listener.kinds() == [*ALL, ALL[-1]]


def test_after_a_restart_what_waited_is_told_and_what_was_due_is_done(processor, listener, teller):
    made = processors.create_page(
        Page("k1", 2000, "Credits", "http://kinline.example/ok/", "http://kinline.example/no/")
    )
    processor.pay(made.url, "bank")
    path = processor.machine.store._path
    later = Machine(path, pages=processor.url, now=lambda: processor.clock.at + 1000)
    Teller(later, listener.url, SECRET).tick()
    assert listener.kinds() == [
        "checkout.session.completed",
        "payment_intent.processing",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]
    later.store.close()


def test_the_thread_does_it_by_itself(processor, listener, teller):
    teller.start()
    try:
        _paid(processor)
        for _ in range(500):
            if listener.kinds() == ALL:
                break
            threading.Event().wait(0.01)
        assert listener.kinds() == ALL
    finally:
        teller.end()
