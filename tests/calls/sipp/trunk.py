"""The way outside of these tests: one address for the switch, and behind it a SIPp for each number that is called.

It passes packets on and changes none: by the number of an INVITE, then by its Call-ID. The switch's OPTIONS it answers.
"""

import re
import socket
import threading
from dataclasses import dataclass, field
from typing import Self

_USER = re.compile(rb"^INVITE sip:\+?(\d+)@")
_CALL = re.compile(rb"^(?:Call-ID|i)\s*:\s*(\S+)", re.I | re.M)


@dataclass
class Trunk:
    """`outside`: by number (E.164 without its plus) the port of who answers it. `does`: by number what it does instead,
    `refuses` or `ignores`.
    """

    outside: dict[str, int]
    does: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.port: int = self._socket.getsockname()[1]
        self._calls: dict[bytes, tuple[int, int]] = {}  # the switch's port, the outside party's
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._pass_on)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _pass_on(self) -> None:
        while not self._over.is_set():
            try:
                data, (_, port) = self._socket.recvfrom(65535)
            except (TimeoutError, ConnectionError):  # an outside party that is gone already
                continue
            if data.startswith(b"OPTIONS "):
                self._send(_answer(data, "200 OK"), port)
            elif (call := _CALL.search(data)) is not None:
                self._route(call.group(1), data, port)

    def _route(self, call: bytes, data: bytes, port: int) -> None:
        user = _USER.match(data)
        if user and call not in self._calls:
            number = user.group(1).decode()
            if number in self.does:
                if self.does[number] == "refuses":
                    self._send(_answer(data, "503 Service Unavailable"), port)
                return
            if number not in self.outside:
                self.refused.append(number)
                return
            self._calls[call] = (port, self.outside[number])
        switch, outside = self._calls.get(call, (0, 0))
        if switch:
            self._send(data, outside if port == switch else switch)

    def _send(self, data: bytes, port: int) -> None:
        self._socket.sendto(data, ("127.0.0.1", port))


def _answer(request: bytes, words: str) -> bytes:
    head = request.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    same = (b"via", b"from", b"to", b"call-id", b"cseq")
    lines = [line for line in head if line.split(b":")[0].strip().lower() in same]
    return b"\r\n".join([f"SIP/2.0 {words}".encode(), *lines, b"Content-Length: 0", b"", b""])
