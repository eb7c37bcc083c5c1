"""Bad input everywhere (R5): every address, its query and every form on it, with what no page would ever send.

Nothing is ever answered with an error of ours, and what is refused has changed nothing. The seed is printed on failure;
KINLINE_FUZZ_SEED repeats a run, KINLINE_FUZZ_ROUNDS makes it longer.
"""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from kinline.contacts.models import ArrivalWatch, Contact, Invitation
from kinline.flows import recover, sign_in
from kinline.flows.contacts import invite
from kinline.flows.decide_review import refuse
from kinline.flows.mailbox import save_draft
from kinline.flows.refund import ask_resident
from kinline.flows.send_message import send
from kinline.identity import limits
from kinline.identity.models import OneTimeCode, TermsAcceptance, User
from kinline.ledger import chart
from kinline.ledger.models import Entry, Hold, Posting
from kinline.messaging.models import Appeal, Body, Mailbox, Message, Review
from kinline.payments.models import Allowance, Deposit, Difference, PayOut, Refund
from kinline.residents.models import Custody, Resident
from tests.architecture.test_doors import addresses

SEED = int(os.environ.get("KINLINE_FUZZ_SEED", "20270101"))
ROUNDS = int(os.environ.get("KINLINE_FUZZ_ROUNDS", "3"))
URLENCODED = "application/x-www-form-urlencoded"

# Bytes, as a hostile sender would put them on the wire; some are no text at all.
NASTY: tuple[bytes, ...] = (
    b"", b" ", b"\x00", b"1\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xed\xa0\xbd\xed\xb8\x80", b"%ED%A0%80", b"%zz", b"%",
    b"0", b"-1", b"1.5", b"1e400", b"NaN", b"0x10", b"1_000", b"9" * 19, b"9223372036854775807", b"9223372036854775808",
    b"9" * 5000, "٣".encode(), "१२३४".encode(), "\uff11\uff12\uff13\uff14".encode(), "²".encode(), b"12 34", b"true",
    b"None", b"[]", b"{}", b"0000-00-00", b"10000-01-01", b"9999-12-31", b"0001-01-01", b"2027-02-30",
    b"1975-03-28T25:61", b"00000000-0000-0000-0000-00000000000g", b"{7d0fb2b4-5c6b-4b61-9a5a-2f8f0a6f5b11}",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3fd".encode(), "\u200b\u200d\ufeff".encode(),
    "\u202eevil".encode(), "\u2028\u2029\x85".encode(), "\ufdfa".encode() * 500, "\u0130\u0131\u017f\u00df".encode(),
    "e\u0301".encode() * 300, b"a" * 40_000, b"a" * 31, b"\r\nSet-Cookie: a=b", b"a@b", b"a@" + b"b." * 130 + b"c",
    b"<script>alert(1)</script>", b"{{ 7|add:7 }}{% now %}", b"%(name)s %s %d {0}", b"' OR 1=1; --", b"\\",
    b"*:* & !(", b"../../etc", b"//evil.example/", b"/\\evil.example", b"http://[", b"javascript:alert(1)",
    b"/login/?next=/login/",
)  # fmt: skip
QUERY = (
    "before",
    "folder",
    "q",
    "to",
    "reply",
    "region",
    "facility",
    "no",
    "undo",
    "ids",
    "next",
    "for",
    "amount",
    "look",
    "cap",
    "sent",
    "ended",
    "idle",
)
METHODS = ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND")

# What a refusal may not change. Drafts, sessions, tries, notices of a pause and seen times are no acts.
ACTS = (
    Allowance, Appeal, ArrivalWatch, Body, Contact, Custody, Deposit, Difference, Entry, Hold, Invitation, Mailbox,
    Message, OneTimeCode, PayOut, Posting, Refund, Resident, Review, TermsAcceptance, User,
)  # fmt: skip


def counted() -> dict[str, int]:
    """How many rows each table of acts has, in one statement."""
    each = " UNION ALL ".join(f"SELECT '{m._meta.db_table}', count(*) FROM {m._meta.db_table}" for m in ACTS)
    with connection.cursor() as cursor:
        cursor.execute(each)
        return dict(cursor.fetchall())


@dataclass
class Form:
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The posting forms of a page with their fields and the values that stand in them."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.found, self.inside = path, [], False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = values.get("method", "get").lower() == "post"
            if self.inside:
                self.found.append(Form(values.get("action") or self.path))
        elif self.inside and values.get("name") and tag in {"input", "textarea", "select", "button"}:
            self.found[-1].fields.append((values["name"], values.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def forms_of(client: Client, path: str) -> list[Form]:
    answer = client.get(path)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html") or answer.streaming:
        return []
    parser = Forms(path)
    parser.feed(answer.content.decode())
    return parser.found


def body_of(form: Form, chance: random.Random) -> tuple[bytes, str]:
    """The form with some of its fields spoilt: replaced, twice there, or missing; now and then not a form at all."""
    if chance.random() < 0.05:
        return chance.choice([b'{"to": 1, "body": ["x"]}', b"\xff" * 500, b"&=&==&;;", b"--B\r\n\r\n"]), chance.choice(
            ["application/json", URLENCODED, "multipart/form-data; boundary=B", "multipart/form-data", "text/\xe9", ""]
        )
    pairs = [(name.encode(), value.encode()) for name, value in form.fields if chance.random() > 0.05]
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(form.fields)[0].encode() if form.fields else b"x"
        if chance.random() < 0.8:
            pairs = [pair for pair in pairs if pair[0] != name]
        pairs.append((name, chance.choice(NASTY)))
    parts = [(name, value) for name, value in pairs if name != b"csrfmiddlewaretoken"]
    if chance.random() < 0.2:
        head = b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        kind = "multipart/form-data; boundary=B" + chance.choice(["", "; charset=utf-16", "; charset=hex"])
        return b"".join(head % pair for pair in parts) + b"--B--\r\n", kind
    return b"&".join(quote_from_bytes(n).encode() + b"=" + quote_from_bytes(v).encode() for n, v in parts), URLENCODED


Browser = Callable[[], Client]


@pytest.fixture(autouse=True)
def a_processor_that_does_not_answer(settings: Settings) -> None:
    """The pages of cards are there, and nobody behind them."""
    settings.STRIPE_KEY, settings.STRIPE_API = "sk_test_of_nobody", "http://127.0.0.1:9"


@pytest.fixture
def paths(contact, mother, mother_party, resident_party, officer, north, money, now) -> dict[str, str]:
    """A path for every address by name, with the ids of things that are there, one in each state."""
    money(mother_party, 5000)
    money(resident_party, 5000)
    earlier = now - timedelta(hours=1)

    def letter(party, body: str, **more: object) -> int:
        values = {"contact_id": contact.pk, "subject": "Hi", "body": body, "collect": False, "now": earlier, **more}
        return send(party, client_key=uuid4(), **values).message_id

    received = letter(resident_party, "Read me")
    letter(mother_party, "For the kiosk")
    north.policies.all().delete()
    held, refused = letter(mother_party, "In review"), letter(mother_party, "Refused")
    refuse(staff=officer, message_id=refused, reason_code="threat", explanation="So.", now=earlier)
    save_draft(mother_party, contact_id=contact.pk, subject="", text="Begun", client_key=uuid4(), now=now)
    invite(resident_id=contact.resident_id, email="somebody@family.example", now=now)
    ids = {"contact_id": contact.pk, "message_id": received, "appeal_id": 1, "invitation_id": 1, "watch_id": 1}
    account = chart.resident_messages(resident_party.id)
    asked = ask_resident(
        resident_id=resident_party.id, account=account, amount_cents=100, client_key=uuid4(), now=earlier
    )
    differs = Difference.objects.create(day=earlier.date(), ref="pi_1", kind="amount", found_at=earlier)
    ids |= {"pay_out_id": asked.pay_outs.get().pk, "difference_id": differs.pk}
    return _paths(ids | {"held": held, "refused": refused})


def _paths(ids: dict[str, int]) -> dict[str, str]:
    special = {"letter_take_back": ids["held"], "appeal_new": ids["refused"], "kiosk_appeal": ids["refused"]}
    found = {}
    for name, sample in addresses():
        number = special.get(name)
        for words in ({}, {"message_id": number or ids["message_id"]}, *({key: ids[key]} for key in ids)):
            try:
                found[name or sample] = reverse(name, kwargs=words)
                break
            except NoReverseMatch:
                found[name or sample] = sample
    return found


@pytest.fixture
def browsers(
    family_client, kiosk_client, kiosk_device, staff_client, mother, resident, north, admin
) -> dict[str, Browser]:
    """Who sits before the page. Each page begins anew: what the one before did must not close the next."""

    def quiet(make: Browser) -> Browser:
        def made() -> Client:
            client = make()
            client.raise_request_exception = False
            return client

        return made

    return {
        "nobody": quiet(Client),
        "the mother": quiet(lambda: family_client(mother)),
        "a kiosk": quiet(lambda: kiosk_device(north)),
        "the resident": quiet(lambda: kiosk_client(resident)),
        "the staff": quiet(lambda: staff_client(admin)),
    }


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody naps, and no limit ends the run before its end."""
    monkeypatch.setattr(sign_in, "SLOW_SECONDS", {})
    monkeypatch.setattr(recover, "SAME_SECONDS", 0)
    for name, limit in limits.LIMITS.items():
        monkeypatch.setitem(limits.LIMITS, name, limit._replace(times=100_000))


def check_at_once() -> None:
    """A wrong id is found by the statement that writes it, not only at a commit that a test never makes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(conname) FROM pg_constraint WHERE contype = 'f' AND condeferrable")
        cursor.execute(f"SET CONSTRAINTS {', '.join(name for (name,) in cursor.fetchall())} IMMEDIATE")


def whole(answer: object, what: str) -> None:
    """Never an error of ours; and what it is always goes out with the headers that keep it safe."""
    status = answer.status_code
    assert status < 500, f"seed {SEED}: {what} answered {status}"
    assert answer.has_header("Content-Security-Policy"), what
    assert answer.has_header("Cache-Control"), what


def own(who: str, path: str) -> bool:
    if who == "the staff":
        return path.startswith("/staff/")
    return path.startswith("/kiosk/") == (who in {"a kiosk", "the resident"})


@pytest.mark.django_db
def test_r5_every_form_spoilt(browsers: dict[str, Browser], paths: dict[str, str]) -> None:
    check_at_once()
    chance, tried = random.Random(SEED), set()
    for who, browser in browsers.items():
        for path in sorted({path for path in paths.values() if own(who, path)}):
            for form in forms_of(browser(), path):
                key = (who, form.action, tuple(name for name, _ in form.fields))
                if key not in tried:  # the same form is at the foot of every page
                    tried.add(key)
                    spoil(who, browser(), form, chance)
    assert len(tried) > 40, "the forms were not found"
    assert {who for who, _, _ in tried} == browsers.keys()


def spoil(who: str, client: Client, form: Form, chance: random.Random) -> None:
    for _ in range(ROUNDS):
        body, kind = body_of(form, chance)
        before = counted()
        answer = client.generic("POST", form.action, body, kind)
        what = f"{who}: POST {form.action} {kind} {body[:300]!r}"
        whole(answer, what)
        if answer.status_code not in {302, 303}:
            assert counted() == before, f"seed {SEED}: {what} was refused and changed something"


@pytest.mark.django_db
def test_r5_every_address_with_queries_ids_and_methods_of_nobody(
    browsers: dict[str, Browser], paths: dict[str, str]
) -> None:
    check_at_once()
    chance = random.Random(SEED)
    for who, browser in browsers.items():
        client = browser()
        for path in sorted({path for path in paths.values() if own(who, path)}):
            for method, address in _spoilt(path, chance):
                before = counted()
                answer = client.generic(method, address)
                whole(answer, f"{who}: {method} {address[:300]}")
                if method != "POST":
                    assert counted() == before, f"seed {SEED}: {who}: {method} {address[:300]} changed something"


def _spoilt(path: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    asked = "&".join(f"{key}={quote_from_bytes(chance.choice(NASTY))}" for key in chance.sample(QUERY, 5))
    yield "GET", f"{path}?{asked}"
    if chance.random() < 0.5:
        yield chance.choice(METHODS), path
        return
    parts = path.strip("/").split("/")
    parts[chance.randrange(len(parts))] = quote_from_bytes(chance.choice(NASTY), safe="") or "x"
    yield chance.choice(("GET", "POST")), "/" + "/".join(parts) + chance.choice(("/", ""))
