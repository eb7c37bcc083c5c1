""" "Keep my money" (MON-6, F16): somebody shows interest in a balance, and its clock starts anew.

By the button of a page, by the link of a reminder without logging in, and by logging in at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import connection

from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.identity.models import Session, User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments import errors
from kinline.payments.models import PrepaidNumber
from kinline.payments.queries import dormant, origins
from kinline.payments.services import refunds as services

SALT = "kinline.keep"
LINK_LIVES = timedelta(days=400)
ONCE_IN = timedelta(days=1)  # a balance whose owner comes every day needs no row a visit


@dataclass(frozen=True, slots=True)
class Kept:
    """What a link is about. `cents`: what its reader may see of the balance."""

    account: str
    user_id: int
    cents: int


def token_for(account: str, user_id: int) -> str:
    """What the link of a reminder carries: signed, of no use for anything else, and nothing personal in it, since
    addresses of pages get into logs: a telephone number goes by its row.
    """
    kind, key, _purpose = chart.owner(account)
    number_id = PrepaidNumber.objects.get(number=key).pk if kind == "number" else 0
    return signing.dumps([user_id, number_id], salt=SALT)


def look(token: str) -> Kept | None:
    """What a link is about, changing nothing (mail programs open links); None: forged, too old, or not theirs now."""
    try:
        user_id, number_id = signing.loads(token, salt=SALT, max_age=LINK_LIVES)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    account = _account(user_id, number_id)
    claim = origins.claim_of(Party(FAMILY, user_id), account)
    if claim is None or not User.objects.filter(pk=user_id, closed_at=None).exists():
        return None
    whole = ledger.balance(account).posted_cents
    return Kept(account, user_id, whole if claim.payer_id is None else claim.of(origins.origin_of(account)).cents)


def _account(user_id: int, number_id: int) -> str:
    if not number_id:
        return chart.family_messages(user_id)
    number = PrepaidNumber.objects.filter(pk=number_id).values_list("number", flat=True).first()
    return chart.number_prepaid(number) if number else ""


@story
def keep_by_link(*, token: str, now: datetime) -> Kept:
    """The button behind the link. Raises NotYourMoney."""
    kept = look(token)
    if kept is None:
        raise errors.NotYourMoney
    services.keep(account=kept.account, by=f"{FAMILY}:{kept.user_id}", now=now)
    return kept


@story
def keep_mine(*, user: User, account: str, now: datetime) -> None:
    """The same button after logging in. Raises NotYourMoney."""
    party = Party(FAMILY, user.pk)
    if origins.claim_of(party, account) is None:
        raise errors.NotYourMoney
    services.keep(account=account, by=party.channel, now=now)


def note_interest(user_id: int, now: datetime) -> None:
    """Step: a family member logged in, so every balance of theirs is one that somebody cares about."""
    _note([user_id], [now], ONCE_IN)


@story
def note_sessions(*, now: datetime) -> None:
    """By the clock: whoever stays logged in for months shows interest as well, though they never log in."""
    since = now - timedelta(days=2)
    seen = Session.objects.filter(last_seen_at__gte=since, user__kind="family", user__closed_at=None)
    pairs = list(seen.order_by("user_id").values_list("user_id", "last_seen_at"))
    _note([user_id for user_id, _at in pairs], [at for _user_id, at in pairs], timedelta(days=7))


def _note(ids: list[int], ats: list[datetime], unless: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute(dormant.INTEREST, {"ids": ids, "ats": ats, "unless_seconds": unless.total_seconds()})
