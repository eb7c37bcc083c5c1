"""Tells Kinline what happened: signed, again until it is taken, and what is due meanwhile."""

import hashlib
import hmac
import http.client
import json
import logging
import threading
import urllib.error
import urllib.request

from kinline.ops.fake_stripe import disputes, payments, refunds
from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.store import Object

ANSWER_SECONDS = 10
END_SECONDS = 3  # an event in the middle of being told is told again
GIVEN_UP_AFTER_SECONDS = 3 * 24 * 3600
SLOWEST_RETRY_SECONDS = 60
TICK_SECONDS = 0.25
KEPT = 500  # deliveries that are done

log = logging.getLogger(__name__)


def sign(body: bytes, secret: str, at: int) -> str:
    """The header `Stripe-Signature`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Teller:
    """One thread: it does what is due, and posts one event after another, each at least once."""

    def __init__(self, machine: Machine, url: str, secret: str) -> None:
        self._m, self._url, self._secret = machine, url, secret
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._m.woken.set()
        self._thread.join(END_SECONDS)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._m.woken.wait(TICK_SECONDS)
            self._m.woken.clear()
            try:
                self.tick()
            except OSError as problem:  # a full disk
                log.warning("cannot go on for now (%s)", type(problem).__name__)
                self._ended.wait(1)

    def tick(self) -> None:
        """Once: what is due is done, what waits is told."""
        with self._m.lock:
            for timer in self._m.due():
                self._m.store.drop(timer["id"])
                _do(self._m, timer)
            self._m.store.commit()
        if self._m.switch("webhooks") == "held":
            return
        for told in self._waiting():
            if self._ended.is_set():
                return
            self._tell(told)

    def _waiting(self) -> list[Object]:
        with self._m.lock:
            found = [one for one in reversed(self._m.store.of("_delivery")) if one["state"] == "waiting"]
            return sorted((one for one in found if one["at"] <= self._m.now), key=lambda one: float(one["at"]))

    def _tell(self, told: Object) -> None:
        event = self._m.store.get(told["event"])
        answer = self._post(event) if event is not None else "gone"
        with self._m.lock:
            taken, tries = answer.startswith("2") or event is None, told["tries"] + 1
            wait = min(SLOWEST_RETRY_SECONDS, 2**tries)
            late = self._m.now - (event or {}).get("created", 0) > GIVEN_UP_AFTER_SECONDS
            state = "done" if taken else "given_up" if late else "waiting"
            at = told["at"] if taken else self._m.now + wait
            self._m.store.put(told | {"state": state, "tries": tries, "answer": answer, "at": at})
            self._forget()
            self._m.store.commit()

    def _post(self, event: Object) -> str:
        body = json.dumps(event).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(body, self._secret, self._m.now),
            "User-Agent": "Kinline-Fake-Stripe/1.0",
        }
        request = urllib.request.Request(self._url, body, headers, method="POST")  # noqa: S310 (our own address)
        try:
            with _opener.open(request, timeout=ANSWER_SECONDS) as answered:
                return str(answered.status)
        except urllib.error.HTTPError as problem:
            return str(problem.code)
        except (OSError, http.client.HTTPException) as problem:
            return type(problem).__name__

    def _forget(self) -> None:
        done = [one for one in self._m.store.of("_delivery") if one["state"] != "waiting"]
        for old in done[KEPT:]:
            self._m.store.drop(old["id"])


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # Kinline is near, whatever proxy is set


def _do(m: Machine, timer: Object) -> None:
    about = m.store.get(timer["about"])
    if about is None:
        return
    if timer["act"] == "expire":
        payments.expire(m, about)
    elif timer["act"] == "bank":
        payments.settle(m, about)
    elif timer["act"] == "dispute":
        disputes.open_dispute(m, about)
    elif timer["act"] in {"refund_succeeded", "refund_failed"}:
        refunds.end_refund(m, about, succeeded=timer["act"] == "refund_succeeded")
