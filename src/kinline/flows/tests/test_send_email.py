"""Emails over real SMTP on the loopback: they leave once, survive an outage, and their codes are made on the way."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy

import pytest
from aiosmtpd.controller import Controller

from kinline.flows.send_email import GIVE_UP_AFTER, NotSentYet, send_email
from kinline.identity.models import OneTimeCode, Purpose
from kinline.identity.services import use_code, use_token
from kinline.notices.models import Email
from kinline.notices.services import mail


@dataclass
class Server:
    """A mail server: `answer` is what it says to the content, `to_recipient` to an address; empty is yes."""

    answer: str = ""
    to_recipient: str = ""
    kept: list[EmailMessage] = field(default_factory=list)
    during: threading.Event | None = None

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.to_recipient:
            return self.to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.during is not None:
            await asyncio.to_thread(self.during.wait, 5)
        if self.answer:
            return self.answer
        self.kept.append(message_from_bytes(envelope.original_content, policy=policy))
        return "250 OK"


@pytest.fixture
def server(settings) -> Iterator[Server]:
    kept = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield kept
    controller.stop()


@pytest.fixture
def sending(transactional_db):
    """Stories of a send are durable transactions of their own."""


def written(user, now, kind="password_changed", **more) -> Email:
    return mail(to=user.email, kind=kind, now=now, user=user, **more)


def test_it_leaves_once_however_often_the_job_runs(sending, server, mother, now):
    email = written(mother, now)
    for minutes in range(3):
        send_email(email_id=email.pk, now=now + timedelta(minutes=minutes))
    (sent,) = server.kept
    assert sent["To"] == mother.email
    assert sent["Subject"] == "Your password was changed"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert {part.get_content_type() for part in sent.walk()} >= {"text/plain", "text/html"}
    email.refresh_from_db()
    assert (email.sent_at, email.tries, email.failed_at) == (now, 1, None)


def test_an_email_nobody_wrote_is_nothing_to_do(sending, server, now):
    send_email(email_id=1_000_000, now=now)
    assert server.kept == []


def test_it_speaks_the_readers_language(sending, server, mother, now):
    send_email(email_id=written(mother, now, language="es").pk, now=now)
    assert server.kept[0]["Subject"] == "Se cambió su contraseña"


def test_a_server_that_is_away_for_an_hour_loses_nothing(sending, server, settings, mother, now):
    email = written(mother, now)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1  # nobody listens there
    for minutes in (0, 1, 59):
        with pytest.raises(NotSentYet, match="ConnectionRefusedError"):
            send_email(email_id=email.pk, now=now + timedelta(minutes=minutes))
    email.refresh_from_db()
    assert (email.sent_at, email.failed_at, email.tries) == (None, None, 3)
    settings.EMAIL_PORT = port
    send_email(email_id=email.pk, now=now + timedelta(minutes=60))
    assert len(server.kept) == 1
    email.refresh_from_db()
    assert (email.sent_at, email.error) == (now + timedelta(minutes=60), "")


@pytest.mark.parametrize("said", ["450 later", "421 closing"])
def test_later_means_later(sending, server, mother, now, said):
    email = written(mother, now)
    server.to_recipient = said
    with pytest.raises(NotSentYet) as raised:
        send_email(email_id=email.pk, now=now)
    assert mother.email not in str(raised.value)
    email.refresh_from_db()
    assert (email.sent_at, email.failed_at) == (None, None)


@pytest.mark.parametrize(("recipient", "answer"), [("550 no such person", ""), ("", "554 not this")])
def test_a_no_for_good_ends_it(sending, server, mother, now, recipient, answer):
    email = written(mother, now)
    server.to_recipient, server.answer = recipient, answer
    send_email(email_id=email.pk, now=now)
    server.to_recipient = server.answer = ""
    send_email(email_id=email.pk, now=now)
    assert server.kept == []
    email.refresh_from_db()
    assert (email.sent_at, email.failed_at) == (None, now)
    assert mother.email not in email.error


def test_after_three_days_it_is_given_up(sending, settings, mother, now):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    email = written(mother, now)
    too_late = now + GIVE_UP_AFTER + timedelta(seconds=1)
    send_email(email_id=email.pk, now=too_late)
    email.refresh_from_db()
    assert (email.failed_at, email.error) == (too_late, "ConnectionRefusedError")


def test_link_and_code_are_made_on_the_way_and_work(sending, server, mother, now):
    """ACC-4: the row holds neither; both come from the same email."""
    mother.activated_at = None
    mother.save()
    email = written(mother, now, kind="activation", username=mother.username)
    assert not OneTimeCode.objects.exists()
    send_email(email_id=email.pk, now=now)
    text = server.kept[0].get_body(("plain",)).get_content()
    token = re.search(r"/activate/([\w-]+)/", text).group(1)
    code = re.search(r"^ +(\d{8})\s*$", text, re.MULTILINE).group(1)
    stored = str(Email.objects.values().get())
    assert token not in stored
    assert code not in stored
    assert use_code(user_ids=[mother.pk], purpose=Purpose.ACTIVATE, code=code, now=now) is not None
    assert use_token(token=token, purpose=Purpose.ACTIVATE, now=now) is None, "one use, by whichever way"


def test_a_second_try_carries_a_code_that_works(sending, server, mother, now):
    email = written(mother, now, kind="password_reset")
    server.answer = "451 later"
    with pytest.raises(NotSentYet):
        send_email(email_id=email.pk, now=now)
    server.answer = ""
    send_email(email_id=email.pk, now=now)
    token = re.search(r"/password/reset/([\w-]+)/", server.kept[0].get_body(("plain",)).get_content()).group(1)
    assert use_token(token=token, purpose=Purpose.RESET, now=now) is not None


def test_an_older_email_with_a_code_gives_way_to_a_newer_one(sending, server, mother, now):
    """Sent late, it would carry the only code that works, and make the newer one useless."""
    older, newer = written(mother, now, kind="password_reset"), written(mother, now, kind="password_reset")
    send_email(email_id=newer.pk, now=now)
    send_email(email_id=older.pk, now=now)
    assert len(server.kept) == 1
    token = re.search(r"/password/reset/([\w-]+)/", server.kept[0].get_body(("plain",)).get_content()).group(1)
    assert use_token(token=token, purpose=Purpose.RESET, now=now) is not None


@pytest.mark.parametrize("change", ["closed_at", "activated_at"])
def test_no_activation_for_who_needs_none(sending, server, mother, now, change):
    mother.activated_at = None
    setattr(mother, change, now)
    mother.save()
    email = written(mother, now, kind="activation")
    send_email(email_id=email.pk, now=now)
    assert server.kept == []
    assert not OneTimeCode.objects.exists()
    email.refresh_from_db()
    assert email.failed_at == now


def test_nothing_is_locked_while_the_mail_server_takes_its_time(sending, server, mother, now):
    """A provider is never called inside a story: the row can be changed by others meanwhile."""
    email = written(mother, now)
    server.during = threading.Event()
    worker = threading.Thread(target=_send_in_thread, args=(email.pk, now))
    worker.start()
    try:
        for _ in range(100):
            if Email.objects.filter(pk=email.pk, tries=1).exists():
                break
        assert Email.objects.select_for_update(nowait=True).filter(pk=email.pk).update(error="") == 1
    finally:
        server.during.set()
        worker.join()
    assert len(server.kept) == 1


def _send_in_thread(email_id, now) -> None:
    from django.db import connection

    try:
        send_email(email_id=email_id, now=now)
    finally:
        connection.close()
