"""The newcomer's mail server: takes every email and keeps the newest ones as files, to be read at /dev/mail/.

Only for the demo: it delivers nothing to anybody. Letters survive a restart; what cannot be understood is kept as text.
No framework: half the memory.
"""

import argparse
import asyncio
import contextlib
import email
import itertools
import json
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default as policy
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Connection

from kinline.ops import lean
from kinline.ops.datadir import write
from kinline.ops.obstacles import Obstacle
from kinline.ops.service import run

KEPT = 500
BIGGEST_BYTES = 512_000
LONGEST_PART = 100_000  # characters
_NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{4}")

log = logging.getLogger(__name__)
_count = itertools.count()


@dataclass(frozen=True, slots=True)
class Mail:
    """One email as `/dev/mail/messages.json` shows it (experience.md)."""

    id: str
    to: str
    sender: str
    subject: str
    text: str
    html: str
    at: str

    def as_json(self) -> dict[str, str]:
        fields = asdict(self)
        return {("from" if name == "sender" else name): value for name, value in fields.items()}


class Store:
    """Files in one folder, named so that their order is their age."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes, sender: str, recipients: Sequence[str]) -> Mail:
        """Keep one email, and drop the oldest beyond what is kept. Raises OSError when the disk is full."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{time.time_ns():016x}-{next(_count) % 0x10000:04x}"
        mail = read(name, content, sender, recipients)
        write(self.folder / f"{name}.json", json.dumps(asdict(mail), ensure_ascii=False))
        for old in self._names()[KEPT:]:
            (self.folder / f"{old}.json").unlink(missing_ok=True)
        return mail

    def all(self) -> list[Mail]:
        """Newest first."""
        return [mail for name in self._names() if (mail := self.get(name))]

    def get(self, name: str) -> Mail | None:
        """The mail of this id; None if there is none, or if the id is no id (a path, for example)."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return Mail(**json.loads((self.folder / f"{name}.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def _names(self) -> list[str]:
        with contextlib.suppress(OSError):
            return sorted((p.stem for p in self.folder.glob("*.json") if _NAME.fullmatch(p.stem)), reverse=True)
        return []


def read(name: str, content: bytes, sender: str, recipients: Sequence[str]) -> Mail:
    """Understand as much of an email as can be; whatever it is, there is something to show."""
    message = email.message_from_bytes(content, policy=policy)
    return Mail(
        id=name,
        to=", ".join(recipients),
        sender=_header(message, "From") or sender,
        subject=_header(message, "Subject"),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return _clean(str(message.get(name, "")))[:1000]
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError):  # the parser meets garbage
        return ""


def _part(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        text = part.get_content() if part is not None else ""
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, KeyError):
        text = message.get_payload(decode=False) if kind == "plain" else ""
    return _clean(text if isinstance(text, str) else "")[:LONGEST_PART]


def _clean(text: str) -> str:
    """With plain line ends, and without lone surrogates, which neither files nor JSON take."""
    return text.encode("utf-8", "replace").decode().replace("\0", "").replace("\r\n", "\n")


class Sink:
    """What aiosmtpd asks: every sender and recipient is welcome."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Connection, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        try:
            await asyncio.to_thread(
                self.store.put, content, str(envelope.mail_from or ""), [str(one) for one in envelope.rcpt_tos]
            )
        except OSError as problem:
            log.warning("mail sink cannot write (%s)", type(problem).__name__)
            return "452 No room at the moment"
        return "250 Kept"


async def run_mailsink(host: str, port: int, folder: Path) -> None:
    """Take mail until cancelled. Raises OSError when the port is taken."""
    make: Any = partial(SMTP, Sink(Store(folder)), data_size_limit=BIGGEST_BYTES, enable_SMTPUTF8=True, ident="Kinline")
    server = await asyncio.get_running_loop().create_server(make, host, port)
    async with server:
        await server.serve_forever()


def main(words: Sequence[str], path: Path) -> int:
    """`kinline mailsink`, until it is asked to end. Raises Obstacle when the port is taken."""
    found = choices(words)
    lean.begin_logs()
    try:
        run(partial(run_mailsink, found.host, found.port, path / "mail"))
    except OSError as problem:
        reason = f"Cannot listen on {found.host} port {found.port}: {problem.strerror}. Choose another --port."
        raise Obstacle(reason) from problem
    return 0


def choices(words: Sequence[str]) -> argparse.Namespace:
    """What the command was given; ends the process with a sentence where that cannot be."""
    parser = argparse.ArgumentParser(
        prog="./kinline mailsink",
        description="Take every email and keep the newest for /dev/mail/. For the demo: nobody gets any.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1025)
    return parser.parse_args(words)
