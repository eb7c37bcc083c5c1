"""The demo's mail server and its pages: whatever comes is kept and shown, bounded, and harmless."""

import asyncio
import json
import smtplib
import socket
import threading
from email.message import EmailMessage

import pytest
from django.test import Client

from kinline.ops import mailsink
from kinline.ops.mailsink import Store, read, run_mailsink


def sample(subject="Hello", text="Plain *text*", html="<p>Rich</p>", to="maria@family.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Kinline <letters@kinline.example>", to, subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "mail")


@pytest.fixture
def client(settings, store) -> Client:
    settings.DEMO, settings.DATA = True, store.folder.parent
    return Client()


def test_by_smtp_and_read_as_json_newest_first(store, client):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    loop = asyncio.new_event_loop()
    task = loop.create_task(run_mailsink("127.0.0.1", port, store.folder))
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([task])))
    thread.start()
    try:
        for subject in ("First", "Zweite ü"):
            with _connected(port) as smtp:
                smtp.send_message(sample(subject=subject))
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()
    newest, oldest = client.get("/dev/mail/messages.json").json()
    assert set(newest) == {"id", "to", "from", "subject", "text", "html", "at"}
    assert (newest["subject"], oldest["subject"]) == ("Zweite ü", "First")
    assert newest["to"] == "maria@family.example"
    assert newest["from"] == "Kinline <letters@kinline.example>"
    assert newest["text"].strip() == "Plain *text*"
    assert newest["html"].strip() == "<p>Rich</p>"
    assert [mail.id for mail in Store(store.folder).all()] == [newest["id"], oldest["id"]], "it survives a restart"


def _connected(port: int) -> smtplib.SMTP:
    for _ in range(200):
        try:
            return smtplib.SMTP("127.0.0.1", port, timeout=5)
        except OSError:
            threading.Event().wait(0.02)
    raise AssertionError("the mail sink did not come up")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe garbage",
        b"Subject: =?utf-8?q?=ED=A0=80?=\r\n\r\nx",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<b>",
        b"Content-Type: multipart/alternative\r\n\r\nno boundary",
        b"From: <<<>>>\r\nSubject: a\r\n b\r\n\r\ntext",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
    ],
)
def test_garbage_is_kept_too(store, client, content):
    mail = store.put(content, "a@b.example", ["c@d.example"])
    assert store.get(mail.id) == mail
    assert client.get(f"/dev/mail/{mail.id}/").status_code == 200
    assert client.get("/dev/mail/").status_code == 200
    json.dumps(mail.as_json()).encode()


def test_only_the_newest_are_kept(store, monkeypatch):
    monkeypatch.setattr(mailsink, "KEPT", 3)
    ids = [store.put(sample(subject=str(n)).as_bytes(), "", []).id for n in range(5)]
    assert [mail.id for mail in store.all()] == ids[:1:-1]


def test_a_long_part_is_cut():
    assert len(read("x", sample(text="y" * 300_000).as_bytes(), "", []).text) == mailsink.LONGEST_PART


@pytest.mark.parametrize("name", ["../secrets", "..%2fsecrets", "0" * 16, "", "x" * 21, "0000000000000000-000/"])
def test_an_id_is_no_path(store, name):
    store.folder.mkdir(parents=True)
    (store.folder.parent / "secrets.json").write_text("{}")
    assert store.get(name) is None


def test_a_damaged_file_is_passed_over(store, client):
    mail = store.put(sample().as_bytes(), "", [])
    (store.folder / f"{mail.id}.json").write_text("{")
    assert client.get("/dev/mail/messages.json").json() == []
    assert client.get(f"/dev/mail/{mail.id}/").status_code == 404


def test_the_html_part_is_shut_in(store, client):
    mail = store.put(sample(html="<script>alert(1)</script><b>hi</b>").as_bytes(), "", [])
    policy = client.get(f"/dev/mail/{mail.id}/html/").headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    page = client.get(f"/dev/mail/{mail.id}/").content.decode()
    assert "<script>alert" not in page


def test_links_of_the_text_can_be_followed(store, client):
    mail = store.put(sample(text="http://127.0.0.1:8000/activate/abc/").as_bytes(), "", [])
    assert 'href="http://127.0.0.1:8000/activate/abc/"' in client.get(f"/dev/mail/{mail.id}/").content.decode()


def test_outside_the_demo_there_is_no_mailbox(store, client, settings):
    mail = store.put(sample().as_bytes(), "", [])
    settings.DEMO = False
    for path in ("/dev/mail/", "/dev/mail/messages.json", f"/dev/mail/{mail.id}/", f"/dev/mail/{mail.id}/html/"):
        assert client.get(path).status_code == 404
        assert mail.subject not in client.get(path).content.decode()


def test_reading_only(client, store):
    assert client.post("/dev/mail/").status_code == 405
