"""The laws between the books and what they are about (`flows.proof`, MON-1): each finds what breaks it."""

import io
import random
import uuid
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kinline.core.parties import FAMILY, RESIDENT
from kinline.flows import proof
from tests.money import test_money_histories
from tests.money.luck import verify
from tests.money.money_world import WORD, World

world = test_money_histories.world


@pytest.fixture
def busy(world: Callable[[], World]) -> World:
    """A little of all: cash, a file, two cards, letters of each payer, refunds, a dispute, pay-outs that wait."""
    here, chance = world(), random.Random(7)

    def act(name: str, *values: object) -> None:
        assert here.do(name, *values) == "done", (name, values)

    def key() -> uuid.UUID:
        return uuid.UUID(int=chance.getrandbits(128), version=4)

    act("lobby", 0, 1000, key())
    act("lobby", 2, 500, key())
    act("file", 0, 1000, key())
    act("buy", 0, 0, 1000, key(), False)
    act("buy", 1, 1, 1000, key(), False)
    for _ in range(2):
        act("pay", 0, "ok")
    act("dispute", 1, 100)
    for _ in range(len(here.processor.events)):
        act("hear", 0, False)
    act("time", 1)
    act("write", 0, FAMILY, "now", True, key())
    act("write", 0, FAMILY, WORD, False, key())
    act("grant", 5)
    act("agency_pays", 5000, key())
    act("write", 0, RESIDENT, "now", False, key())
    act("refund", 0, 0, 200, key())
    act("time", 1)
    act("inside", 0, False, 100, key())
    act("lobby", 3, 1000, key())
    act("call", 0, key())
    act("hang_up", 0, 61)
    act("call", 0, key())
    here.check()
    return here


# Each breaks what is written down as only somebody who switches the guards off can.
TAMPERED = {
    "deposits": "UPDATE payments_deposit SET amount_cents = amount_cents + 1 WHERE method = 'cash'",
    "files": "UPDATE payments_depositfile SET total_cents = total_cents + 1",
    "cards": "UPDATE payments_checkout SET amount_cents = amount_cents + 1 WHERE state = 'paid'",
    "earned": "UPDATE messaging_message SET price_cents = 49 WHERE state = 'delivered' AND payer = 'sender'",
    "calls": "UPDATE ledger_entry SET reference = 'call:7' WHERE reference LIKE 'message:%'",
    "call_corrections": "UPDATE telephony_cdr SET payer = 'number:+12125550199:prepaid' WHERE cents > 0",
    "call_prices": "UPDATE telephony_cdr SET seconds = 1 WHERE cents > 0",
    "call_holds": "UPDATE telephony_call SET state = 'ended', ended_at = now() WHERE ended_at IS NULL",
    "photos": "INSERT INTO messaging_photo "
    "(contact_id, message_id, digest, width, height, price_cents, hold_id, added_at) "
    "SELECT contact_id, id, '', 1, 1, 50, 999999, sent_at FROM messaging_message WHERE state = 'delivered' LIMIT 1",
    "set_aside": "UPDATE messaging_message SET state = 'refused' WHERE state = 'review'",
    "replies": "UPDATE messaging_prepaidreply SET state = 'returned', ended_at = now() WHERE state = 'open'",
    "allowances": "UPDATE payments_allowanceuse SET used_at = NULL",
    "refunds": "UPDATE payments_refund SET amount_cents = amount_cents + 1",
    "pay_outs": "UPDATE payments_payout SET amount_cents = amount_cents + 1",
    "payable": "UPDATE payments_payout SET state = 'remitted' WHERE state = 'waiting'",
    "unclaimed": "UPDATE payments_payout SET state = 'unclaimed', payee_region = 'NY' WHERE state = 'waiting'",
    "disputes": "UPDATE payments_dispute SET amount_cents = amount_cents + 1, loss_cents = loss_cents + 1",
    "given_back": "UPDATE payments_deposit SET amount_cents = 1 WHERE method = 'card'",
    "cash": "UPDATE payments_payout SET state = 'waiting', entry_id = NULL WHERE state = 'paid'",
    "guards": "ALTER TABLE ledger_posting DISABLE TRIGGER money_is_earned",
}


@pytest.fixture
def _superuser(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("needs a database superuser, as ./kinline test has: it switches the guards off")


@pytest.mark.usefixtures("busy", "_superuser")
def test_each_law_finds_what_breaks_it() -> None:
    """One world for all: each tampering is undone before the next."""
    assert set(TAMPERED) == set(proof.LAWS)
    assert "The books are right." in verify()
    for law, sql in TAMPERED.items():
        with test_money_histories.undone():
            tamper(sql)
            found = proof.differences()
            assert law in {one.law for one in found}, law
            assert all(one.where for one in found)
            with pytest.raises(CommandError, match="The books are wrong"):
                call_command("ledger", "verify", stdout=io.StringIO())
    assert proof.differences() == []


def tamper(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        assert sql.startswith("ALTER") or cursor.rowcount > 0, "nothing was there to tamper with"
        cursor.execute("SET LOCAL session_replication_role = origin")
