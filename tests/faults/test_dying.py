"""Killed between any two statements of a story: it has happened whole or not at all, and the second try makes it whole.

Each story is run once to its end, to see how many steps it has and what it leaves. Then, for every step, another such
letter meets a process that dies there; every law must hold over what it left; then the act is repeated, as the job
or the person would, and must leave exactly what the undisturbed one left: delivered once, charged once, told once.
"""

import contextlib
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import connection

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility
from kinline.flows.close_account import close_account
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.ledger import chart, queries
from kinline.messaging.errors import TooLate
from kinline.messaging.models import Mailbox, Message, PrepaidReply
from kinline.notices.models import Email, Notice
from kinline.payments.models import AllowanceUse, Deposit, Refund
from tests.faults.dying import dies_at, steps_of
from tests.faults.processes import environment
from tests.money.letters import wrongs
from tests.races.world import Waits, World

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.slow]
Trace = tuple[object, ...]


def trace(world: World) -> Trace:
    """What there is of this letter and these two people, without ids: rows counted by kind, states, money."""
    two = {"contact__user_id": world.mother.id}
    names = Counter(Notice.objects.filter(user_id=world.mother.id).values_list("kind", flat=True))
    names += Counter(Notice.objects.filter(resident_id=world.resident.id).values_list("kind", flat=True))
    emails = Counter(Email.objects.filter(user_id=world.mother.id).values_list("kind", flat=True))
    letters = list(Message.objects.filter(**two).values_list("pk", "state", "payer").order_by("pk"))
    ids = [pk for pk, _, _ in letters]
    copies = Counter(Mailbox.objects.filter(message_id__in=ids).values_list("folder", flat=True))
    acts = Counter(AuditEvent.objects.filter(object__in=[f"message:{pk}" for pk in ids]).values_list("act", flat=True))
    money = [queries.balance(chart.messages_of(party)) for party in (world.mother, world.resident)]
    ahead = list(PrepaidReply.objects.filter(message_id__in=ids).order_by("pk").values_list("state", flat=True))
    uses = AllowanceUse.objects.filter(resident_id=world.resident.id).order_by("pk")
    counted = [(bool(use.used_at), bool(use.returned_at)) for use in uses]
    return ([letter[1:] for letter in letters], copies, names, emails, acts, money, ahead, counted, _jobs(ids))


def _jobs(message_ids: list[int]) -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name FROM procrastinate_jobs WHERE (args->>'message_id')::bigint = ANY(%s)", [message_ids]
        )
        return Counter(name for (name,) in cursor.fetchall())


STORIES = [
    ("scheduled", "sender", "deliver"),
    ("scheduled", "recipient", "deliver"),
    ("scheduled", "sender", "take_back"),
    ("review", "sender", "release"),
    ("review", "sender", "refuse"),
    ("review", "sender", "take_back"),
    ("collect", "recipient", "accept"),
    ("collect", "recipient", "decline"),
    ("collect", "recipient", "pay"),
    ("collect", "recipient", "take_back"),
    ("collect", "recipient", "send"),
    ("scheduled", "sender", "send"),
    ("review", "sender", "send"),
    ("collect", "recipient", "send collect"),
    ("collect", "recipient", "open by deposit"),
    ("scheduled", "prepaid", "deliver"),
    ("scheduled", "prepaid", "take_back"),
    ("review", "prepaid", "refuse"),
    ("scheduled", "agency", "deliver"),
    ("review", "agency", "refuse"),
    ("collect", "recipient", "send prepaying"),
    ("scheduled", "prepaid", "answer"),
    ("scheduled", "agency", "answer"),
]


def act_of(world: World, name: str, staff: User, place: Facility) -> Callable[[], Any]:
    """The act with everything a repeat must have in common with the first try: the same key."""
    contact = Contact.objects.get(user_id=world.mother.id)
    if name == "answer":
        take_back(world.mother, message_id=world.message_id, now=world.now)  # so that another may be paid so
        return partial(
            send, world.mother, contact_id=contact.pk, subject="", body="Another", client_key=uuid.uuid4(),
            collect=False, now=world.now, reply_to=Message.objects.get(pk=world.message_id).reply_to_id,
        )  # fmt: skip
    if name.startswith("send"):
        sender = world.mother if name == "send collect" else world.resident
        return partial(
            send, sender, contact_id=contact.pk, subject="", body="Another", client_key=uuid.uuid4(),
            collect=name == "send collect", now=world.now, prepay_reply=name == "send prepaying",
        )  # fmt: skip
    if name == "open by deposit":
        Contact.objects.filter(pk=contact.pk).update(resident_always_accepts=True)
        return partial(
            record_deposit, account=world.resident, amount_cents=100, method="cash", client_key=uuid.uuid4(),
            now=world.now, recorded_by=staff, facility_id=place.pk,
        )  # fmt: skip
    return world.act(name)


@pytest.mark.parametrize(("state", "payer", "name"), STORIES, ids=lambda value: str(value).replace(" ", "-"))
def test_dead_at_every_step(waits: Waits, admin: User, north: Facility, state: str, payer: str, name: str) -> None:
    whole = waits(state, payer)
    steps = steps_of(act_of(whole, name, admin, north))
    assert steps >= 4, "no story is that short: the steps are not counted"
    for step in range(1, steps + 1):
        world = waits(state, payer)
        act, before = act_of(world, name, admin, north), trace(world)
        assert dies_at(act, step), f"it has fewer steps than before: {step} of {steps}"
        left = trace(world)
        assert left in (before, trace(whole)), f"half a story after step {step} of {steps}"
        assert wrongs() == [], f"after step {step} of {steps}"
        _again(act)
        assert trace(world) == trace(whole), f"not made whole after step {step} of {steps}"
    assert wrongs() == []


def _again(act: Callable[[], Any]) -> None:
    """By whoever repeats: a job, or a person who pressed again. Staff hear that their decision stands already."""
    with contextlib.suppress(TooLate):
        act()


def test_control_a_story_without_its_transaction_is_left_in_halves(
    waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same deaths, but each statement commits by itself: the counting finds the halves.

    The database would not take the first half, money that no delivered letter earned (L3): it looks away meanwhile.
    """
    from kinline.flows import deliver_message

    naive = deliver_message.deliver_due.__wrapped__
    monkeypatch.setattr("kinline.messaging.services.locked", _unlocked)
    halves = 0
    with _unguarded():
        for step in range(1, 12):
            world = waits("scheduled", "sender")
            dies_at(partial(naive, message_id=world.message_id, now=world.now), step)
            halves += bool(wrongs())
    assert 0 < halves < 11


@contextlib.contextmanager
def _unguarded() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_posting DISABLE TRIGGER money_is_earned")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE ledger_posting ENABLE TRIGGER money_is_earned")


def _unlocked(message_id: int) -> Message:
    return Message.objects.select_related("contact", "facility").get(pk=message_id)


def test_an_account_that_dies_while_it_is_closed(mother: User, waits: Waits, north: Facility, now: datetime) -> None:
    """Its letters, its price and what is paid back of it: all or nothing, at every step."""
    from conftest import PASSWORD

    steps = steps_of(partial(close_account, _user(waits("scheduled", "sender")), password=PASSWORD, now=now))
    for step in range(1, steps + 1):
        world = waits("scheduled", "sender")
        close = partial(close_account, _user(world), password=PASSWORD, now=now)
        assert dies_at(close, step)
        assert wrongs() == []
        if _user(world).closed_at is None:
            close()
        assert queries.balance(chart.messages_of(world.mother)) == queries.Balance(0, 0)
        refund = Refund.objects.get(account=chart.messages_of(world.mother))
        assert (refund.cause, refund.amount_cents) == ("closure", 50)
        assert Message.objects.get(pk=world.message_id).state == "withdrawn"
    assert wrongs() == []


def _user(world: World) -> User:
    return User.objects.get(pk=world.mother.id)


def test_deposits_are_counted_once(waits: Waits, admin: User, north: Facility) -> None:
    world = waits("collect", "recipient")
    act = act_of(world, "open by deposit", admin, north)
    for step in range(1, 40):
        dies_at(act, step)
    act()
    assert Deposit.objects.count() == 1
    assert Email.objects.filter(kind="receipt").count() == 0, "a resident has no email"
    assert wrongs() == []


# By SIGKILL


@pytest.mark.parametrize("step", [1, 3, 5, 8])
def test_a_real_process_is_killed_in_a_delivery(waits: Waits, step: int) -> None:
    world = waits("scheduled", "sender")
    before = trace(world)
    assert _killed(world, step)
    assert trace(world) == before
    assert wrongs() == []
    world.act("deliver")()
    assert Message.objects.get(pk=world.message_id).state == "delivered"
    assert wrongs() == []


def _killed(world: World, step: int) -> bool:
    """A Python of its own runs the job and kills itself."""
    command = [sys.executable, "-m", "tests.faults.dying", "deliver_due", str(world.message_id), str(step)]
    return subprocess.run(command, env=environment(), check=False).returncode == -signal.SIGKILL
