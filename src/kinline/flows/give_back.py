"""Steps that every refund shares (MON-6): money leaves a balance, is owed as `refunds:payable`, and gets its pay-outs.

A refund takes available money only. Between the lock and the end of the story nobody spends, refunds or disputes it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kinline.core import jobs
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.money import dollars
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.flows import standing_order
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger_queries
from kinline.ledger import services as ledger
from kinline.notices import services as notices
from kinline.payments import errors
from kinline.payments.models import PayOut, Refund, TopUp
from kinline.payments.models.refunds import Cause, Way
from kinline.payments.origin import Origin
from kinline.payments.queries import origins
from kinline.payments.services import refunds as services
from kinline.residents import queries as residents
from kinline.residents.models import Custody, Resident

_BY_A_PERSON = frozenset({Cause.ASKED, Cause.CLOSURE})


@dataclass(frozen=True, slots=True)
class Why:
    """`cause`: of `models.refunds.Cause`. `asked_by`: `family:7`, `resident:3`, `staff:2` or `system`."""

    cause: str
    asked_by: str
    client_key: UUID


def lock(accounts: list[str], now: datetime) -> None:
    """Step: these balances stand still until the story ends. The house's account is opened before: see the ledger."""
    ledger.open_account(chart.REFUNDS_PAYABLE, now)
    ledger.lock(accounts)


def give_back(account: str, found: Origin, amount_cents: int, why: Why, now: datetime) -> Refund:
    """Step: `amount_cents` of `found` goes back to whose it is; the balance is locked.

    Raises NothingToRefund, RefundTooLarge (with what is there).
    """
    if found.cents == 0:
        raise errors.NothingToRefund
    if not 0 < amount_cents <= found.cents:
        raise errors.RefundTooLarge(available=dollars(found.cents))
    refund = _booked(account, amount_cents, why, now)
    kind, key, _purpose = chart.owner(account)
    if kind == RESIDENT and why.cause != Cause.GIFT_UNDONE:
        services.add_residents_pay_out(refund, Resident.objects.get(pk=int(key)), _custody(int(key)), now=now)
    else:
        _pay_out_shares(refund, found, now)
    if kind != "number":
        announce(Party(FAMILY if kind == FAMILY else RESIDENT, int(key)), "money")
    record(
        why.asked_by, "refund.ask", f"refund:{refund.pk}", now=now,
        amount_cents=amount_cents, cause=why.cause, account=audited(account),
    )  # fmt: skip
    _end_top_ups(account, why, now)
    return refund


def _end_top_ups(account: str, why: Why, now: datetime) -> None:
    """What was just given back is not taken from a card again a minute later: not even from another person's."""
    left = ledger_queries.balance(account).available_cents
    low = TopUp.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    low = low.filter(account=account, started_at__isnull=False, stopped_at=None, below_cents__gt=left)
    for top_up in low.order_by("pk"):
        standing_order.end(top_up, "closed" if why.cause == Cause.CLOSURE else "refund", now)


def give_all_back(account: str, why: Why, now: datetime) -> Refund | None:
    """Step: all that is available of a locked balance goes back; None if there is nothing."""
    found = origins.origin_of(account)
    return give_back(account, found, found.cents, why, now) if found.cents else None


def audited(account: str) -> str:
    """An account as the audit names it: a telephone number is personal, so only its end (STF-4)."""
    kind, key, purpose = chart.owner(account)
    return f"number:…{key[-4:]}:{purpose}" if kind == "number" else account


def _booked(account: str, amount_cents: int, why: Why, now: datetime) -> Refund:
    entry_id = ledger.post(
        key=f"refund:{why.client_key}", kind="refund", reference=f"refund:{why.client_key}", now=now,
        lines=[(account, -amount_cents), (chart.REFUNDS_PAYABLE, amount_cents)],
    )  # fmt: skip
    return services.record_refund(
        account=account, cause=why.cause, amount_cents=amount_cents, asked_by=why.asked_by, client_key=why.client_key,
        entry_id=entry_id, now=now,
    )  # fmt: skip


def _pay_out_shares(refund: Refund, found: Origin, now: datetime) -> None:
    """Each other payer is told of theirs, since they did not ask."""
    kind, key, _purpose = chart.owner(refund.account)
    for share in origins.shares(refund.account, found, refund.amount_cents):
        pay_out = services.add_pay_out(refund, share, now=now)
        queue(pay_out)
        payer = f"{FAMILY}:{share.user_id}"
        if refund.cause in _BY_A_PERSON and payer not in {refund.asked_by, f"{kind}:{key}"}:
            tell_payee(pay_out, "refund_of_others", now)


def queue(pay_out: PayOut) -> None:
    """Step: what goes to a card is sent by a job; a cheque waits for finance."""
    if pay_out.way == Way.CARD:
        jobs.defer("send_pay_out", pay_out_id=pay_out.pk)


def tell_payee(pay_out: PayOut, kind: str, now: datetime, **params: Any) -> None:
    """Step: a notice and an email to a family payee, a notice to a resident. Whoever closed their account gets the
    email at the address they left.
    """
    words: dict[str, Any] = {"amount_cents": pay_out.amount_cents, **params}
    if pay_out.resident_id is not None:
        notices.tell(Party(RESIDENT, pay_out.resident_id), kind, now, **words)
        return
    user = User.objects.filter(pk=pay_out.user_id or 0).first()
    if user is None:
        return
    email = services.payee_of(user.pk).email
    if user.closed_at is None:
        notices.tell(Party(FAMILY, user.pk), kind, now, **words)
        announce(Party(FAMILY, user.pk), "money")
    if email:
        notices.mail(to=email, kind=kind, now=now, user=user, language=user.language, **words)


def _custody(resident_id: int) -> Custody | None:
    """Where they are, or where they were last."""
    return next(iter(residents.custody_history(resident_id)), None)
