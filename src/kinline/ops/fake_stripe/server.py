"""The HTTP server: `/v1/` for Kinline, `/c/pay/…` for payers, `/test/` for whoever tries things out."""

import base64
import hmac
import json
import logging
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kinline.ops import lean
from kinline.ops.fake_stripe import api, pages, testing
from kinline.ops.fake_stripe.machine import Machine
from kinline.ops.fake_stripe.pages import Answer

LARGEST_BYTES = 64_000
IDLE_SECONDS = 30
STYLE = Path(__file__).with_name("pay.css")


log = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """On a socket that somebody has opened: `up` keeps it over a restart of this process."""

    daemon_threads = True

    def __init__(self, listening: socket.socket, machine: Machine, key: str) -> None:
        super().__init__(listening.getsockname()[:2], Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.machine, self.key = machine, key

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):  # somebody hung up: no event
            log.exception("a request failed")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: Server

    def version_string(self) -> str:
        return "Kinline-Fake-Stripe"

    def log_message(self, *_args: Any) -> None:
        """Nothing: lines of a log would name sessions."""

    def do_GET(self) -> None:
        self._serve("GET", "")

    def do_POST(self) -> None:
        try:
            length = int(self.headers.get("Content-Length", "0"))
        except ValueError:
            length = -1
        if not 0 <= length <= LARGEST_BYTES or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._send(Answer(413, b"", "text/plain"))
            return
        self._serve("POST", self.rfile.read(length).decode("utf-8", "replace"))

    def _serve(self, method: str, body: str) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/v1/"):
            self._api(method, parts.path, body if method == "POST" else parts.query)
            return
        if method == "POST" and not self._is_own():
            self._send(Answer(403, b"", "text/plain"))
            return
        if parts.path == "/pay.css":
            self._send(Answer(200, STYLE.read_bytes(), "text/css; charset=utf-8"))
        elif parts.path.startswith("/c/pay/"):
            lean.settle()
            self._send(pages.answer(self.server.machine, method, parts.path, body))
        elif parts.path.startswith("/test/"):
            language = self.headers.get("Accept-Language", "")
            lean.settle()
            self._send(testing.answer(self.server.machine, method, parts.path, body, language))
        else:
            self._send(Answer(303, location="/test/") if parts.path == "/" else Answer(404, b"", "text/plain"))

    def _is_own(self) -> bool:
        """A form of another site must not press our buttons."""
        origin = self.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc == self.headers.get("Host")

    # The API, and how it may fail

    def _api(self, method: str, path: str, text: str) -> None:
        m = self.server.machine
        mood = m.switch("answers")
        if mood == "slow":
            time.sleep(m.switch("slow_seconds"))
        if mood == "down":
            self._send(Answer(503, b"", "text/plain"))
        elif mood == "garbage":
            self._send(Answer(200, b"<html>It works!", "text/html"))
        elif mood == "limit":
            self._tell(429, {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "Too fast."}})
        elif not self._knows_key():
            self._tell(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided."}})
        else:
            self._answer(m, method, path, text, lost=mood == "lost")

    def _answer(self, m: Machine, method: str, path: str, text: str, *, lost: bool) -> None:
        with m.act():
            m.version = self.headers.get("Stripe-Version", m.version)
            status, found = api.answer(m, method, path, text, self.headers.get("Idempotency-Key", ""))
        if lost:
            self.close_connection = True  # done, and nobody will know
            return
        self._tell(status, found)

    def _knows_key(self) -> bool:
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            given = base64.b64decode(given.encode(), validate=False).decode("utf-8", "replace").partition(":")[0]
        return hmac.compare_digest(given.encode(), self.server.key.encode())

    def _tell(self, status: int, found: dict[str, Any]) -> None:
        self._send(Answer(status, json.dumps(found).encode(), "application/json"))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {
            "Content-Type": answer.kind,
            "Content-Length": str(len(answer.body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Content-Security-Policy": answer.policy,
        }
        if answer.location:
            headers["Location"] = answer.location
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
