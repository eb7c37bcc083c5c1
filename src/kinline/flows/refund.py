"""Somebody asks for unused money back (MON-6): at once, free, without anybody's help; and a gift that is taken back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.core.transaction import story
from kinline.flows.give_back import Why, give_back, lock
from kinline.identity import services as identity
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.notices import services as notices
from kinline.payments import errors
from kinline.payments.models import Deposit, PrepaidNumber, Refund
from kinline.payments.models.refunds import Cause
from kinline.payments.origin import Origin
from kinline.payments.queries import origins
from kinline.payments.services import refunds as services


@story
def ask(*, user: User, account: str, amount_cents: int, client_key: UUID, now: datetime) -> Refund:
    """A family member wants `amount_cents` of a balance back; the same key again gives the same refund.

    Whose balance it may be is MON-6's table. Raises NotYourMoney, NothingToRefund, RefundTooLarge, RefundKeyReused.
    """
    identity.keep_open(user_id=user.pk)
    return _ask(Party(FAMILY, user.pk), account, amount_cents, client_key, now)


@story
def ask_resident(*, resident_id: int, account: str, amount_cents: int, client_key: UUID, now: datetime) -> Refund:
    """A resident wants money of theirs paid out: it goes on the list that finance settles. Raises as `ask`."""
    return _ask(Party(RESIDENT, resident_id), account, amount_cents, client_key, now)


def _ask(party: Party, account: str, amount_cents: int, client_key: UUID, now: datetime) -> Refund:
    if party.side == FAMILY and not User.objects.filter(pk=party.id, closed_at=None).exists():
        raise errors.NotYourMoney
    hold_number(account)
    claim = origins.claim_of(party, account)
    if claim is None:
        raise errors.NotYourMoney
    lock([account], now)
    known = services.earlier_refund(
        client_key=client_key, account=account, amount_cents=amount_cents, asked_by=party.channel
    )
    if known is not None:
        return known
    found = claim.of(origins.origin_of(account))
    refund = give_back(account, found, amount_cents, Why(Cause.ASKED, party.channel, client_key), now)
    tell_asker(party, refund, now)
    return refund


def hold_number(account: str) -> None:
    """Step: who proved control of this number stays as it is until the story ends. Before the balance's lock."""
    if account.startswith("number:"):
        list(PrepaidNumber.objects.select_for_update(no_key=True).filter(number=account.split(":")[1]))


def tell_asker(party: Party, refund: Refund, now: datetime) -> None:
    """Step: what was asked for is on its way; a family member has it in writing."""
    notices.tell(party, "refund_asked", now, amount_cents=refund.amount_cents)
    if party.side == FAMILY:
        user = User.objects.get(pk=party.id)
        notices.mail(
            to=user.email, kind="refund_asked", now=now, user=user, language=user.language,
            amount_cents=refund.amount_cents,
        )  # fmt: skip


@story
def undo_gift(*, user: User, deposit_id: int, client_key: UUID, now: datetime) -> Refund:
    """Take back what is unspent of a gift to a resident within a day (`GIFT_UNDO_HOURS`); it goes back to the payer.

    Raises NotYourMoney, GiftTooLate, GiftSpent, RefundKeyReused.
    """
    identity.keep_open(user_id=user.pk)
    deposit = Deposit.objects.filter(pk=deposit_id, payer_id=user.pk, account__startswith=f"{RESIDENT}:").first()
    if deposit is None or not User.objects.filter(pk=user.pk, closed_at=None).exists():
        raise errors.NotYourMoney
    asker = Party(FAMILY, user.pk)
    lock([deposit.account], now)
    known = services.earlier_refund(
        client_key=client_key, account=deposit.account, amount_cents=None, asked_by=asker.channel
    )
    if known is not None:
        return known
    if now >= deposit.at + timedelta(hours=settings.GIFT_UNDO_HOURS):
        raise errors.GiftTooLate(hours=settings.GIFT_UNDO_HOURS)
    rest = tuple(part for part in origins.origin_of(deposit.account).parts if part.deposit_id == deposit.pk)
    if not rest:
        raise errors.GiftSpent
    why = Why(Cause.GIFT_UNDONE, asker.channel, client_key)
    refund = give_back(deposit.account, Origin(rest, 0), rest[0].cents, why, now)
    tell_asker(asker, refund, now)
    notices.tell(_resident(deposit.account), "gift_undone", now, amount_cents=refund.amount_cents)
    return refund


def _resident(account: str) -> Party:
    return Party(RESIDENT, int(chart.owner(account)[1]))
