"""L3, MON-2: no money of a customer becomes ours without a delivered letter or a call, whoever tries and from where.

The database refuses at the commit (flows migrations 0002 and 0004); each try leaves the books as they were. What a call
earns: test_earned_calls.py.
"""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.flows.send_message import send
from kinline.flows.take_back import take_back
from kinline.ledger import chart, queries
from kinline.ledger import services as ledger
from kinline.messaging.models import Message
from tests.money.books import picture, settle

Try = Callable[[], None]


class World:
    """The mother has $2.00; one letter of 50 cents was delivered, one waits, one was taken back, one was free."""

    def __init__(self, mother: Party, contact: Contact, north: Facility, south: Facility, now: datetime) -> None:
        self.mother, self.contact, self.north, self.south, self.now = mother, contact, north, south, now
        self.account = chart.messages_of(mother)
        self.revenue, self.elsewhere = chart.facility_revenue(north.pk), chart.facility_revenue(south.pk)
        self.delivered = self.letter()
        delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now)
        self.waiting, self.returned = self.letter(), self.letter()
        take_back(mother, message_id=self.returned.pk, now=now)
        self.free = Message.objects.create(
            contact=contact, sender="family", facility=north, length=1, state="delivered", sent_at=now,
            delivered_at=now, price_cents=0, payer="nobody", decision={}, client_key=uuid.uuid4(), input_hash=b"x",
        )  # fmt: skip
        ledger.open_account(self.elsewhere, now)

    def letter(self) -> Message:
        sent = send(
            self.mother, contact_id=self.contact.pk, subject="", body="A letter", client_key=uuid.uuid4(), now=self.now,
            collect=False,
        )  # fmt: skip
        return Message.objects.get(pk=sent.message_id)

    def post(
        self, *lines: tuple[str, int], reference: str = "", key: str = "attack", corrects: int | None = None
    ) -> Try:
        def act() -> None:
            ledger.post(key=key, kind="attack", lines=lines, now=self.now, reference=reference, corrects=corrects)

        return act

    def take(self, reference: str, cents: int = 50, **more: object) -> Try:
        """From the balance straight into revenue."""
        return self.post((self.account, -cents), (more.pop("to", self.revenue), cents), reference=reference, **more)

    def capture(self, reference: str, cents: int = 50, purpose: str = "message", to: str = "") -> Try:
        """By a hold of one's own."""

        def act() -> None:
            hold = ledger.hold(key="attack", purpose=purpose, lines=[(self.account, cents)], now=self.now)
            ledger.capture(hold_id=hold, to=to or self.revenue, now=self.now, reference=reference)

        return act

    def sql(self, statement: str, **more: object) -> Try:
        values = {
            "done": self.delivered.pk, "hold": self.delivered.hold_id, "waiting": self.waiting.pk, "now": self.now,
            "account": self.account, "revenue": self.revenue,
        }  # fmt: skip

        def act() -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement, values | more)

        return act


@pytest.fixture
def world(
    mother_party: Party, contact: Contact, north: Facility, south: Facility, now: datetime, money: Callable[..., None]
) -> World:
    money(mother_party, 250)
    found = World(mother_party, contact, north, south, now)
    settle()
    return found


_RAW = """
    WITH entry AS (
        INSERT INTO ledger_entry (id, key, input_hash, kind, reference, lines, at)
        VALUES (900000, %(key)s, '', 'message', %(reference)s, 2, %(now)s)
    )
    INSERT INTO ledger_posting (entry_id, line, account_id, cents)
        SELECT 900000, n, a.id, cents FROM (VALUES (1, %(account)s, -50), (2, %(revenue)s, 50)) l (n, address, cents)
        JOIN ledger_account a ON a.address = l.address
"""


def attacks(world: World) -> dict[str, list[Try]]:
    done, waiting = f"message:{world.delivered.pk}", f"message:{world.waiting.pk}"
    gone, free = f"message:{world.returned.pk}", f"message:{world.free.pk}"
    owed, state = chart.REFUNDS_PAYABLE, chart.unclaimed("NY")
    return {
        "for nothing": [world.take("")],
        "for something that is no letter": [world.take("message:x"), ],
        "for a letter that is not there": [world.take("message:99999999")],
        "for a letter that waits": [world.take(waiting)],
        "for a letter that was taken back": [world.take(gone)],
        "for a free letter": [world.take(free)],
        "for a letter that is paid already": [world.take(done)],
        "as if the agency paid": [world.take(done, key=f"allowance:{done}")],
        "as a capture by name": [world.take(done, key=f"capture:{world.delivered.hold_id + 999}")],
        "by a hold of one's own": [world.capture(done)],
        "by a hold for a letter that waits": [world.capture(waiting)],
        "by the letter's own hold, before it is delivered": [
            lambda: ledger.capture(hold_id=world.waiting.hold_id, to=world.revenue, now=world.now, reference=waiting)
        ],
        "by its hold, for another letter": [
            lambda: ledger.capture(hold_id=world.waiting.hold_id, to=world.revenue, now=world.now, reference=done)
        ],
        "for a call, without a hold": [world.take("call:1")],
        "for a call, by a hold of something else": [world.capture("call:1")],
        "for a call that is not there, by a hold for one": [world.capture("call:1", purpose="call")],
        "at another place": [world.take(done, to=world.elsewhere)],
        "by way of refunds": [world.post((world.account, -50), (owed, 50)),
                              world.post((owed, -50), (world.revenue, 50), key="second")],
        "by way of a state's": [world.post((owed, -50), (state, 50)),
                                world.post((state, -50), (world.revenue, 50), key="second")],
        "by way of goodwill": [world.post((world.account, -50), (chart.GOODWILL, 50))],
        "by way of a loss": [world.post((world.account, -50), (chart.LOSS_DISPUTES, 50))],
        "for the agency": [world.post((world.account, -50), (chart.agency_funding(1), 50))],
        "as a tax": [world.post((world.account, -50), (chart.TAX_PAYABLE, 50))],
        "as the facility's part": [world.post((world.account, -50), (chart.additive(1), 50))],
        "of what is owed": [world.post((owed, -50), (chart.GOODWILL, 50))],
        "as a correction of nothing like it": [
            world.post((world.account, -50), (chart.GOODWILL, 50), corrects=first_entry())
        ],
        "beside a refund": [world.post((world.account, -100), (owed, 50), (world.revenue, 50))],
        "breakage, from cash": [world.post((chart.facility_cash(world.north.pk), -50), (world.revenue, 50))],
        "by bare statements": [world.sql(_RAW, key="x", reference="")],
        "by bare statements, with the letter": [world.sql(_RAW, key="x", reference=done)],
        "by bare statements, as a capture": [world.sql(_RAW, key="capture:900000", reference=done)],
    }  # fmt: skip


def first_entry() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM ledger_entry")
        return int(cursor.fetchone()[0])


_NAMES = (
    "for nothing", "for something that is no letter", "for a letter that is not there", "for a letter that waits",
    "for a letter that was taken back", "for a free letter", "for a letter that is paid already",
    "as if the agency paid", "as a capture by name", "by a hold of one's own", "by a hold for a letter that waits",
    "by the letter's own hold, before it is delivered", "by its hold, for another letter",
    "for a call, without a hold", "for a call, by a hold of something else",
    "for a call that is not there, by a hold for one", "at another place", "by way of refunds",
    "by way of a state's", "by way of goodwill", "by way of a loss", "for the agency", "as a tax",
    "as the facility's part", "of what is owed", "as a correction of nothing like it", "beside a refund",
    "breakage, from cash", "by bare statements", "by bare statements, with the letter",
    "by bare statements, as a capture",
)  # fmt: skip


@pytest.mark.parametrize("name", _NAMES)
def test_no_money_becomes_ours_for_nothing(world: World, name: str) -> None:
    before = picture()
    with pytest.raises(DatabaseError) as caught:
        _try(attacks(world)[name])
    assert caught.value.__cause__.sqlstate == "KL014"
    assert picture() == before
    assert queries.replay() == []


def _try(acts: list[Try]) -> None:
    """What a commit would check is checked."""
    with transaction.atomic():
        for act in acts:
            act()
        settle()


def test_no_attack_is_left_out(world: World) -> None:
    assert set(attacks(world)) == set(_NAMES)


# The other side: what was paid for stays delivered

UNDONE = {
    "not delivered after all": "UPDATE messaging_message SET state = 'returned' WHERE id = %(done)s",
    "delivered at no time": "UPDATE messaging_message SET delivered_at = NULL WHERE id = %(done)s",
    "for another price": "UPDATE messaging_message SET price_cents = 49 WHERE id = %(done)s",
    "for nothing": "UPDATE messaging_message SET price_cents = 0, payer = 'nobody' WHERE id = %(done)s",
    "by another": "UPDATE messaging_message SET payer = 'agency' WHERE id = %(done)s",
    "by no hold": "UPDATE messaging_message SET hold_id = NULL WHERE id = %(done)s",
    "elsewhere": "UPDATE messaging_message SET facility_id = (SELECT max(id) FROM facilities_facility)"
    " WHERE id = %(done)s",
    "gone": "DELETE FROM messaging_message WHERE id = %(done)s",
}


@pytest.mark.parametrize("name", UNDONE)
def test_what_was_paid_for_stays_delivered(world: World, name: str) -> None:
    before = list(Message.objects.order_by("pk").values())
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        world.sql(UNDONE[name])()
    assert caught.value.__cause__.sqlstate == "KL014"
    assert list(Message.objects.order_by("pk").values()) == before


# What is allowed: otherwise the refusals above would prove nothing


def test_a_delivered_letter_earns_its_price(world: World) -> None:
    assert queries.totals()[world.revenue] == 50
    assert queries.balance(world.account) == queries.Balance(200, 50)


def test_the_agency_pays_for_a_delivered_letter_once(world: World) -> None:
    """MON-8: by its own entry, which its key makes the only one."""
    Message.objects.filter(pk=world.free.pk).update(payer="agency", price_cents=50)
    reference = f"message:{world.free.pk}"
    funding = chart.agency_funding(world.north.agency_id)
    world.post((funding, -50), (world.revenue, 50), reference=reference, key=f"allowance:{reference}")()
    settle()
    assert queries.totals()[world.revenue] == 100


def test_a_gift_of_the_house_can_be_corrected(world: World) -> None:
    """Goodwill given by mistake goes back to where it came from, and nowhere else."""
    world.post((chart.GOODWILL, -50), (world.account, 50), key="gift")()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_entry WHERE key = 'gift'")
        gift = int(cursor.fetchone()[0])
    world.post((world.account, -50), (chart.GOODWILL, 50), corrects=gift)()
    settle()
    assert chart.GOODWILL in queries.totals()
    assert queries.totals()[chart.GOODWILL] == 0


def test_money_that_goes_back_is_no_service(world: World) -> None:
    """Refunds, disputes, corrections of a mistyped deposit, remittance: none of them earns, all of them pass."""
    owed, state, clearing = chart.REFUNDS_PAYABLE, chart.unclaimed("NY"), chart.processor_clearing("stripe")
    steps = [
        ((world.account, -100), (owed, 100)),
        ((owed, -60), (clearing, 60)),
        ((owed, -40), (state, 40)),
        ((state, -40), (chart.BANK, 40)),
        ((world.account, -50), (chart.LOSS_DISPUTES, -10), (clearing, 60)),
        ((clearing, -60), (world.account, 50), (chart.LOSS_DISPUTES, 10)),
        ((world.account, -20), (chart.facility_cash(world.north.pk), 20)),
    ]
    for number, lines in enumerate(steps):
        world.post(*lines, key=f"step{number}")()
        settle()
    assert queries.replay() == []
