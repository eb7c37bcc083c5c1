"""Money that nobody used for half a year (MON-6, F16, F17): its owner is asked twice, then it goes back to them."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings

from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.flows.give_back import Why, give_all_back, lock
from kinline.flows.keep import note_sessions
from kinline.flows.refund import hold_number
from kinline.flows.sweeping import each
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.notices import services as notices
from kinline.payments.models import Reminder
from kinline.payments.models.refunds import Cause
from kinline.payments.queries import dormant, origins
from kinline.payments.queries.dormant import Idle
from kinline.payments.rules import idle_step


def sweep_idle(*, now: datetime) -> None:
    """Every night. A resident in custody is never inactive; who left it is refunded by `release_refund`."""
    note_sessions(now=now)
    first = max((*settings.REMINDER_DAYS, 0))
    since = now - timedelta(days=settings.INACTIVE_DAYS - first)
    each("idle", dormant.idle(since), lambda one: _look_after(one, now))


@story
def _look_after(idle: Idle, now: datetime) -> None:
    step = idle_step(
        idle.active_at, idle.reminded, now,
        inactive_days=settings.INACTIVE_DAYS, reminder_days=settings.REMINDER_DAYS,
    )  # fmt: skip
    if step is None:
        return
    hold_number(idle.account)
    lock([idle.account], now)
    if _used_meanwhile(idle):
        return
    if step:
        _remind(idle, step, now)
    else:
        _refund(idle.account, now)


def _used_meanwhile(idle: Idle) -> bool:
    """Read again under the lock. What a letter or a call reserves is in use, however long it waits."""
    return ledger.balance(idle.account).held_cents > 0 or not dormant.is_idle(idle.account, idle.active_at)


def _remind(idle: Idle, days_left: int, now: datetime) -> None:
    Reminder.objects.create(account=idle.account, days_left=days_left, active_at=idle.active_at, at=now)
    for user, cents in _owners(idle.account):
        until = (now + timedelta(days=days_left)).date().isoformat()
        notices.tell(Party(FAMILY, user.pk), "keep_reminder", now, amount_cents=cents, refund_on=until)
        notices.mail(
            to=user.email, kind="keep_reminder", now=now, user=user, language=user.language,
            account=idle.account, amount_cents=cents, refund_on=until,
        )  # fmt: skip


def _refund(account: str, now: datetime) -> None:
    owners = _owners(account)
    refund = give_all_back(account, Why(Cause.INACTIVE, "system", uuid.uuid4()), now)
    if refund is None:
        return
    for user, cents in owners:
        notices.tell(Party(FAMILY, user.pk), "refund_inactive", now, amount_cents=cents)
        notices.mail(
            to=user.email, kind="refund_inactive", now=now, user=user, language=user.language, amount_cents=cents
        )


def _owners(account: str) -> list[tuple[User, int]]:
    """Whose money it is, and how much: one's own balance, the holder's number, else each payer's own part."""
    found = origins.origin_of(account)
    kind, key, _purpose = chart.owner(account)
    owner_id = int(key) if kind == FAMILY else origins.holder_of(account)
    shares: dict[int, int] = {owner_id: found.cents} if owner_id else {}
    if owner_id is None:
        for part in found.parts:
            if part.payer_id is not None:
                shares[part.payer_id] = shares.get(part.payer_id, 0) + part.cents
    people = User.objects.filter(closed_at=None).in_bulk(list(shares))
    return [(people[one], cents) for one, cents in shares.items() if one in people]
