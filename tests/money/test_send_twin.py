"""`send_letter` (SQL, one statement) and its plain-Python twin write the same rows, down to the ids (quality.md, P1).

The twin is the story as every other flow would tell it: the domains' verbs, one after the other. Both run from the
same state with the same sequences; then every row of every table is compared, and what each answered.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from kinline.contacts import queries as contacts
from kinline.contacts.models import Contact
from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.delivery.rules import Facts, decide_for
from kinline.facilities.models import Facility, MessagePrice
from kinline.flows.send_message import send
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.messaging import errors, services
from kinline.messaging.models import Folder, Message, State
from kinline.messaging.services import Letter
from kinline.messaging.text import normalise, one_line
from tests.money.books import SEED
from tests.money.letters import wrongs

EXAMPLES = int(os.environ.get("KINLINE_HISTORIES", "40"))
RULES = {
    "delivered": [{"id": "at-once", "then": "deliver"}],
    "scheduled": [{"id": "wait", "then": "wait", "minutes": 30, "why": {"en": "Half an hour."}}],
    "review": [{"id": "held", "then": "review"}],
}

Rows = list[tuple[str, str]]


def twin(party: Party, contact_id: int, letter: Letter, now: datetime) -> tuple[str, str] | None:
    """The send by verbs. State and payer; None, and nothing written, when the credits do not suffice."""
    contact = contacts.contact(party, contact_id, now)
    assert contact is not None
    decision = decide_for(
        Facts(
            direction=party.side, first_of_contact=not contact.written_before(party.side), contact_class=contact.kind,
            length=len(letter.text), text=f"{letter.subject}\n{letter.text}", now=now, time_zone=contact.time_zone,
        ),
        contact.policy,
    )  # fmt: skip
    state = {"deliver": State.DELIVERED, "delay": State.SCHEDULED, "review": State.REVIEW}[decision.outcome]
    message = services.store(
        party, letter, contact_id=contact.id, facility_id=contact.facility_id, price_cents=contact.price_cents,
        state=State.COLLECT if state == State.DELIVERED else state, deliver_at=decision.deliver_at, hold_id=None,
        payer="sender" if contact.price_cents else "nobody", decision=decision.as_json(), now=now,
    )  # fmt: skip
    if contact.price_cents and not _paid(party, message, now, at_once=state == State.DELIVERED):
        return None
    if state == State.DELIVERED:
        services.put_copy(message, services.recipient_of(message), folder=Folder.INBOX, at=now)
        services.move(message, state, delivered_at=now)
    record(party.channel, "message.send", f"message:{message.pk}", now=now, facility_id=contact.facility_id)
    jobs.defer("after_delivery", message_id=message.pk)
    if state == State.SCHEDULED:
        jobs.defer("deliver_due", at=decision.deliver_at, message_id=message.pk)
    return message.state, message.payer


def _paid(party: Party, message: Message, now: datetime, *, at_once: bool) -> bool:
    key = f"message:{message.pk}"
    if at_once:
        ledger.open_account(chart.facility_revenue(message.facility_id), now)
    hold_id = ledger.try_hold(
        key=key, purpose="message", lines=[(chart.messages_of(party), message.price_cents)], now=now
    )
    if hold_id is None:
        return False
    if at_once:
        ledger.capture(hold_id=hold_id, to=chart.facility_revenue(message.facility_id), now=now, reference=key)
    services.move(message, message.state, hold_id=hold_id)
    return True


def sent(party: Party, contact_id: int, letter: Letter, now: datetime) -> tuple[str, str] | None:
    """Ours, asked as the face asks."""
    try:
        answer = send(
            party, contact_id=contact_id, subject=letter.subject, body=letter.text, client_key=letter.client_key,
            collect=False, now=now, reply_to=letter.reply_to,
        )  # fmt: skip
    except errors.NoCredit:
        return None
    return answer.state, answer.payer


# The comparison


def everything() -> Rows:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^django_'")
        tables = sorted(row[0] for row in cursor.fetchall())
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', to_jsonb(t)::text FROM {name} t" for name in tables))
        return sorted(cursor.fetchall())


def unused() -> int:
    """A number that no sequence has reached."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_value) FROM pg_sequences")
        return cursor.fetchone()[0] + 1


def rewind(number: int) -> None:
    """All sequences to one number: both ways give the same ids then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, %s) FROM pg_sequences", [number]
        )


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back. A story may be told inside, as in any test's own transaction."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"]), min_size=1, max_size=60
)


@pytest.fixture
def cast(
    mother_party: Party, resident_party: Party, contact: Contact, north: Facility, now: datetime
) -> tuple[dict[str, Party], Contact, Facility, int]:
    """Both sides, and an earlier letter that may be answered."""
    MessagePrice.objects.update(cents=0)
    earlier = send(
        mother_party, contact_id=contact.pk, subject="", body="Earlier", client_key=uuid.uuid4(), collect=False, now=now
    )
    return {"family": mother_party, "resident": resident_party}, contact, north, earlier.message_id


@seed(SEED)
@settings(
    max_examples=EXAMPLES, database=None, deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    side=st.sampled_from(["family", "resident"]), state=st.sampled_from(list(RULES)),
    price=st.sampled_from([0, 1, 50, 999]), more=st.sampled_from([-1, 0, 1, 1000]), subject=st.just("") | texts,
    body=texts, draft=st.sampled_from(["none", "this", "another"]), is_reply=st.booleans(),
)  # fmt: skip
def test_the_same_rows(cast, now, side, state, price, more, subject, body, draft, is_reply) -> None:
    """Delivered, scheduled or held; free or not; enough credits or a cent too few; with this draft or another."""
    parties, contact, place, earlier = cast
    party = parties[side]
    letter = Letter(one_line(subject), normalise(body), uuid.uuid4(), earlier if is_reply else None)
    with undone():
        delivery.set_policy(facility_id=place.pk, rules=RULES[state], now=now - timedelta(hours=1))
        MessagePrice.objects.update(cents=price)
        if price + more > 0:
            lines = [(chart.facility_cash(place.pk), -price - more), (chart.messages_of(party), price + more)]
            ledger.post(key="deposit", kind="deposit", lines=lines, now=now)
        if draft != "none":
            key = letter.client_key if draft == "this" else uuid.uuid4()
            services.save_draft(party, contact_id=contact.pk, subject="", text="…", client_key=key, now=now)
        before = everything()
        number = unused()
        ours, by_sql = _run(sent, party, contact, letter, now, number)
        theirs, by_verbs = _run(twin, party, contact, letter, now, number)
    assert ours == theirs == ((state, "sender" if price else "nobody") if more >= 0 or not price else None)
    if ours is None:
        assert _without_new_account(by_sql, number) == before
    else:
        assert by_sql == by_verbs
        assert len(by_sql) > len(before)


def _run(way, party, contact, letter, now, number) -> tuple[tuple[str, str] | None, Rows]:
    """What it answered and every row after it; then it is undone."""
    with undone():
        rewind(number)
        answer = way(party, contact.pk, letter, now)
        assert way is twin or wrongs() == []
        return answer, everything()


def _without_new_account(rows: Rows, number: int) -> Rows:
    """A place's account may have been opened on the way: that is no money (ledger migration 0003)."""
    return [row for row in rows if not (row[0] == "ledger_account" and f'"id": {number + 1},' in row[1])]


def test_the_comparison_sees_one_cent_and_one_word(cast, now) -> None:
    """The control: a twin that is a little wrong is found."""
    parties, contact, place, _ = cast
    party, letter, number = parties["family"], Letter("", "Words", uuid.uuid4()), unused()
    _, right = _run(twin, party, contact, letter, now, number)
    assert _run(twin, party, contact, letter, now, number)[1] == right
    wrong_word = Letter("", "Wordz", letter.client_key)
    assert _run(twin, party, contact, wrong_word, now, number)[1] != right
    lines = [(chart.facility_cash(place.pk), -9), (chart.messages_of(party), 9)]
    ledger.post(key="deposit", kind="deposit", lines=lines, now=now)
    number = unused()
    _, before = _run(twin, party, contact, letter, now, number)
    MessagePrice.objects.update(cents=1)
    assert _run(twin, party, contact, letter, now, number)[1] != before
