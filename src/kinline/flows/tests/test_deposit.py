"""Money comes in (MON-3): by whom, for whom, once, with a receipt, and to the cent."""

import io
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kinline.contacts.models import Contact
from kinline.core.errors import Refusal
from kinline.core.models import AuditEvent
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.facilities.models import Facility
from kinline.flows import proof
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging.models import Message, State
from kinline.notices.models import Email, Notice
from kinline.payments import errors, queries
from kinline.payments.models import Deposit
from kinline.residents.models import Resident

KEY = uuid.UUID("0b1f8a52-6d1e-4a53-9d5c-3c3a6b1f0001")


@pytest.fixture
def cashier(north: Facility, long_ago: datetime) -> User:
    user = identity.create_staff(
        username="cashier", email="cashier@staff.example", password="a long sample password",
        first_name="Staff", last_name="Cashier", now=long_ago,
    )  # fmt: skip
    identity.grant_role(user_id=user.pk, facility_id=north.pk, role=Role.FINANCE, now=long_ago)
    return user


@pytest.fixture
def put_in(mother_party: Party, cashier: User, north: Facility, now: datetime) -> Callable[..., Deposit]:
    """$25.00 of lobby cash for the mother, unless told otherwise."""
    usual: dict[str, Any] = {
        "account": mother_party, "amount_cents": 2500, "method": "cash", "client_key": KEY, "now": now,
        "recorded_by": cashier, "facility_id": north.pk,
    }  # fmt: skip
    return lambda **other: record_deposit(**usual | other)


def all_rows() -> tuple[int, ...]:
    return (
        Deposit.objects.count(), Email.objects.count(), Notice.objects.count(), AuditEvent.objects.count(),
        len(ledger.totals()),
    )  # fmt: skip


def refused(refusal: type[Refusal], act: Callable[[], Any]) -> None:
    before = all_rows(), ledger.totals()
    with pytest.raises(refusal):
        act()
    assert (all_rows(), ledger.totals()) == before


def test_what_comes_in_is_what_is_added(
    put_in: Callable[..., Deposit], mother: User, mother_party: Party, cashier: User, north: Facility, now: datetime
) -> None:
    """MON-2, MON-3: $25.00 in is $25.00 of balance, owed to the person, no fee and no revenue."""
    deposit = put_in(payer_name=" An aunt ")
    account = chart.messages_of(mother_party)
    assert ledger.totals() == {account: 2500, chart.facility_cash(north.pk): -2500}
    assert ledger.balance(account).available_cents == 2500
    assert (deposit.account, deposit.amount_cents, deposit.payer_name) == (account, 2500, "An aunt")
    assert deposit.receipt == f"R-{deposit.entry_id:08d}"
    mail = Email.objects.get()
    assert (mail.to, mail.kind, mail.user) == (mother.email, "receipt", mother)
    assert mail.params == {
        "number": deposit.receipt, "amount_cents": 2500,
        "whose": {"en": "your message credits", "es": "sus créditos de mensaje"},
        "paid": {"en": "Cash, from An aunt", "es": "Efectivo, de An aunt"},
        "balance": {"en": "The balance after it is $25.00.", "es": "El saldo después es de $25.00."},
    }  # fmt: skip
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (mother, "money_added")
    act = AuditEvent.objects.get(act="deposit.record")
    assert (act.actor, act.object, act.facility_id) == (f"staff:{cashier.pk}", f"deposit:{deposit.pk}", north.pk)
    assert proof.differences() == []


def test_once(put_in: Callable[..., Deposit], mother_party: Party, now: datetime) -> None:
    """The same key again, later, gives the same deposit; nothing is booked, mailed or told twice."""
    first = put_in()
    before = all_rows(), ledger.totals()
    assert put_in(now=now + timedelta(hours=1)) == first
    assert (all_rows(), ledger.totals()) == before


@pytest.mark.parametrize("other", [{"amount_cents": 2501}, {"method": "money_order"}, {"payer_name": "Other"}])
def test_the_same_key_with_other_details(put_in: Callable[..., Deposit], other: dict[str, Any]) -> None:
    put_in()
    refused(errors.KeyReused, lambda: put_in(**other))


def test_the_same_key_for_somebody_else(put_in: Callable[..., Deposit], stranger: User) -> None:
    put_in()
    refused(errors.KeyReused, lambda: put_in(account=Party(FAMILY, stranger.pk)))


@pytest.mark.parametrize(
    ("cents", "refusal"),
    [
        (-2500, errors.AmountTooSmall),
        (0, errors.AmountTooSmall),
        (49, errors.AmountTooSmall),
        (50, None),
        (5_000, None),
        (50_000, None),
        (50_001, errors.AmountTooLarge),
    ],
)
def test_any_amount_from_one_credit(put_in: Callable[..., Deposit], cents: int, refusal: type[Refusal] | None) -> None:
    """MON-3: one message credit is 50 cents here; $50.00 must always succeed."""
    if refusal is None:
        assert put_in(amount_cents=cents).amount_cents == cents
    else:
        refused(refusal, lambda: put_in(amount_cents=cents))


def test_only_staff_who_may(
    put_in: Callable[..., Deposit], officer: User, cashier: User, admin: User, mother: User, south: Facility
) -> None:
    """STF-1: not listed is denied; a grant is for one facility."""
    from kinline.identity.permissions import NotPermitted

    refused(NotPermitted, lambda: put_in(recorded_by=officer))
    refused(NotPermitted, lambda: put_in(recorded_by=mother))
    refused(NotPermitted, lambda: put_in(recorded_by=None))
    refused(NotPermitted, lambda: put_in(facility_id=None))
    refused(NotPermitted, lambda: put_in(facility_id=south.pk))
    assert put_in(recorded_by=admin).recorded_by == admin


def test_a_balance_that_cannot_take_money(
    put_in: Callable[..., Deposit], mother: User, cashier: User, outsider: Resident, now: datetime
) -> None:
    refused(errors.NoSuchBalance, lambda: put_in(account=Party(FAMILY, 0)))
    refused(errors.NoSuchBalance, lambda: put_in(account=Party(FAMILY, cashier.pk)))
    refused(errors.NoSuchBalance, lambda: put_in(account=Party(RESIDENT, 0)))
    refused(errors.NoSuchBalance, lambda: put_in(account=Party(RESIDENT, outsider.pk)))
    User.objects.filter(pk=mother.pk).update(closed_at=now)
    refused(errors.NoSuchBalance, put_in)


def test_test_money_only_in_a_demo(
    put_in: Callable[..., Deposit], mother: User, mother_party: Party, settings: Any
) -> None:
    settings.DEMO = False
    test = {"method": "test", "recorded_by": None, "facility_id": None, "payer": mother}
    refused(errors.TestMoneyOff, lambda: put_in(**test))
    settings.DEMO = True
    put_in(**test)
    assert ledger.totals() == {chart.messages_of(mother_party): 2500, chart.processor_clearing("test"): -2500}
    assert Email.objects.count() == 1, "who pays for oneself gets one receipt"


def test_a_gift_to_a_resident(
    put_in: Callable[..., Deposit], mother: User, mother_party: Party, resident_party: Party, stranger: User
) -> None:
    """The giver gets the receipt, the resident the notice; each sees it, a stranger does not."""
    deposit = put_in(account=resident_party, payer=mother)
    assert Email.objects.get().to == mother.email
    assert Notice.objects.get().resident_id == resident_party.id
    mine = queries.receipt(mother_party, deposit.receipt)
    theirs = queries.receipt(resident_party, deposit.receipt)
    assert mine is not None
    assert theirs is not None
    assert (mine.own, theirs.own, theirs.payer_name, mine.amount_cents) == (False, True, mother.name, 2500)
    assert queries.receipt(Party(FAMILY, stranger.pk), deposit.receipt) is None
    assert queries.deposits_of(Party(FAMILY, stranger.pk)) == []
    assert queries.deposits_of(resident_party) == [theirs]
    assert ledger.balance(chart.messages_of(mother_party)).posted_cents == 0


def test_what_waited_for_credits_is_opened(
    put_in: Callable[..., Deposit], contact: Contact, resident_party: Party, mother_party: Party, now: datetime
) -> None:
    """MSG-3: collect letters of an always-accept contact open by themselves, oldest first, while credits last."""
    Contact.objects.filter(pk=contact.pk).update(family_always_accepts=True)
    sent = [
        send(
            resident_party, contact_id=contact.pk, subject="", body=f"Letter {number}", client_key=uuid.uuid4(),
            collect=True, now=now + timedelta(minutes=number),
        ).message_id
        for number in range(3)
    ]  # fmt: skip
    put_in(amount_cents=120, now=now + timedelta(hours=1))
    states = dict(Message.objects.values_list("pk", "state"))
    assert [states[pk] for pk in sent] == [State.DELIVERED, State.DELIVERED, State.COLLECT]
    assert ledger.balance(chart.messages_of(mother_party)).available_cents == 20
    assert ledger.replay() == []


# By command


def command(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_lobby_prints_a_receipt(cashier: User, mother: User, mother_party: Party, north: Facility) -> None:
    printed = command(
        "deposit", "cash", "--as", "cashier", "--to", "family:mother", "--amount", "10.00", "--facility", north.slug,
        "--payer", "An aunt",
    )  # fmt: skip
    deposit = Deposit.objects.get()
    assert (deposit.amount_cents, deposit.account) == (1000, chart.messages_of(mother_party))
    for words in (deposit.receipt, "$10.00", "An aunt", "Sample North", "cashier", "none"):
        assert words in printed


def test_the_lobby_takes_a_money_order_for_a_resident_once(
    cashier: User, resident: Resident, resident_party: Party, north: Facility
) -> None:
    words = ["deposit", "money-order", "--as", "cashier", "--to", f"resident:{resident.number}", "--amount", "5",
             "--facility", north.slug, "--key", str(KEY)]  # fmt: skip
    assert command(*words) == command(*words)
    assert Deposit.objects.get().method == "money_order"
    assert ledger.balance(chart.messages_of(resident_party)).available_cents == 500


@pytest.mark.usefixtures("cashier", "mother", "officer", "resident")
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"--amount": "10.005"}, "not an amount"),
        ({"--amount": "ten"}, "not an amount"),
        ({"--amount": "NaN"}, "not an amount"),
        ({"--amount": "0.10"}, "amount_too_small"),
        ({"--amount": "-5"}, "amount_too_small"),
        ({"--to": "family:nobody"}, "no family account nobody"),
        ({"--to": "resident:9"}, "nobody with the number 9"),
        ({"--to": "mother"}, "nobody's balance"),
        ({"--as": "nobody"}, "no staff member"),
        ({"--as": "mother"}, "no staff member"),
        ({"--as": "officer"}, "not_permitted"),
        ({"--facility": "nowhere"}, "no facility"),
    ],
)
def test_the_lobby_refuses(north: Facility, changed: dict[str, str], says: str) -> None:
    words = {"--as": "cashier", "--to": "family:mother", "--amount": "10.00", "--facility": north.slug} | changed
    before = all_rows()
    with pytest.raises(CommandError, match=says):
        command("deposit", "cash", *(f"{name}={value}" for name, value in words.items()))
    assert all_rows() == before


def test_verify_says_what_holds(put_in: Callable[..., Deposit]) -> None:
    put_in()
    said = command("ledger", "verify")
    assert "BROKEN" not in said
    assert "The books are right." in said


def test_verify_finds_a_deposit_that_was_never_booked(put_in: Callable[..., Deposit]) -> None:
    put_in()
    Deposit.objects.update(amount_cents=9900)
    with pytest.raises(CommandError, match="wrong in 2 places"):
        command("ledger", "verify")


def test_balances_and_history_by_command(put_in: Callable[..., Deposit], mother_party: Party) -> None:
    put_in()
    account = chart.messages_of(mother_party)
    assert f'"{account}": 2500' in command("ledger", "balances", "--json")
    assert "$0.00  all together" in command("ledger", "balances")
    assert "$25.00  deposit" in command("ledger", "history", account)
    with pytest.raises(CommandError, match="no account"):
        command("ledger", "history", "family:1:slush")
