"""Money that came for a balance that takes none any more (MON-6, MON-7): booked, as it is here, and sent back at once.

An account may be closed, or a resident released, while a bank still confirms a payment. Refusing to book it would lose
sight of money that the processor holds; so it is a deposit like any other, and its refund stands beside it.
"""

from datetime import datetime
from uuid import UUID, uuid5

from kinline.core.parties import FAMILY, RESIDENT
from kinline.flows.give_back import Why, give_back, lock, tell_payee
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.payments import services
from kinline.payments.models import Deposit
from kinline.payments.models.refunds import Cause
from kinline.payments.origin import Origin, Part
from kinline.payments.services import Facts
from kinline.residents import queries as residents


def takes_money(account: str) -> bool:
    """Step: whether the owner of this balance is still there: an open account, a resident in custody, a number."""
    kind, key, _purpose = chart.owner(account)
    if kind == FAMILY:
        open_accounts = User.objects.select_for_update(no_key=True).filter(closed_at=None)
        return open_accounts.filter(pk=int(key)).first() is not None
    return kind != RESIDENT or residents.open_custody(int(key)) is not None


def book_and_send_back(facts: Facts, source: str, *, client_key: UUID, now: datetime) -> Deposit:
    """Step: a deposit and its refund to the card that paid, in one story."""
    lock([facts.account], now)
    lines = [(source, -facts.amount_cents), (facts.account, facts.amount_cents)]
    entry_id = ledger.post(key=f"deposit:{client_key}", kind="deposit", lines=lines, now=now)
    deposit, new = services.record(facts, client_key=client_key, entry_id=entry_id, now=now)
    if new:
        _send_back(deposit, deposit.amount_cents, uuid5(client_key, "sent back"), now)
    return deposit


def send_back_again(deposit: Deposit, amount_cents: int, *, about: str, now: datetime) -> None:
    """Step: what came back to a balance that takes none any more, as after a won dispute, goes to its payer."""
    lock([deposit.account], now)
    _send_back(deposit, amount_cents, uuid5(deposit.client_key, about), now)


def _send_back(deposit: Deposit, amount_cents: int, client_key: UUID, now: datetime) -> None:
    cause = Cause.CLOSURE if deposit.account.startswith(f"{FAMILY}:") else Cause.GIFT_UNDONE
    found = Origin((Part(deposit.pk, deposit.payer_id, amount_cents),), 0)
    refund = give_back(deposit.account, found, amount_cents, Why(cause, "system", client_key), now)
    for pay_out in refund.pay_outs.all():
        tell_payee(pay_out, "payment_sent_back", now)
