"""Money that staff find at their places: deposits and pay-outs (STF-3). The caller has noted who asks, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from kinline.ledger import chart
from kinline.payments.models import Deposit, PayOut
from kinline.payments.queries.given import whose_are
from kinline.payments.refund_wording import pay_out_sentence
from kinline.residents import queries as residents

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class MoneyFound:
    """`kind`: deposit or pay_out. `code`: its receipt or its number. `who`: who paid, or is paid. `detail`: whose
    balance it went into, or how far the pay-out is."""

    kind: str
    id: int
    at: datetime
    code: str
    cents: int
    who: str
    detail: str


def money(
    place_ids: Sequence[int], words: str, since: datetime | None, until: datetime | None, *, limit: int = 50
) -> list[MoneyFound]:
    """By receipt, reference, payer or payee, or a resident's name or ID number; newest first."""
    held = {one.resident_id for place in place_ids for one in residents.ever_held(place, words)}
    accounts = [account for pk in held for account in (chart.resident_messages(pk), chart.resident_calls(pk))]
    deposits = Deposit.objects.select_related("payer").filter(
        Q(facility_id__in=place_ids),
        Q(receipt__iexact=words)
        | Q(reference__iexact=words)
        | Q(payer_name__icontains=words)
        | Q(account__in=accounts),
    )
    pay_outs = PayOut.objects.filter(
        Q(facility_id__in=place_ids),
        Q(payee_name__icontains=words) | Q(reference__iexact=words) | Q(resident_id__in=held),
    )
    paid_in = _newest(deposits, since, until, limit)
    whose = whose_are(one.account for one in paid_in)
    rows = [_deposit(one, whose[one.account].name) for one in paid_in]
    rows += [_pay_out(one) for one in _newest(pay_outs, since, until, limit)]
    return sorted(rows, key=lambda one: one.at, reverse=True)[:limit]


def _newest(rows: QuerySet[M], since: datetime | None, until: datetime | None, limit: int) -> list[M]:
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    return list(rows.order_by("-at", "-pk")[:limit])


def _deposit(one: Deposit, into: str) -> MoneyFound:
    payer = one.payer.name if one.payer else one.payer_name
    return MoneyFound("deposit", one.pk, one.at, one.receipt, one.amount_cents, payer, into)


def _pay_out(one: PayOut) -> MoneyFound:
    sentence = pay_out_sentence(one.state, one.way, has_address=bool(one.payee_address))
    return MoneyFound("pay_out", one.pk, one.at, str(one.pk), one.amount_cents, one.payee_name, sentence)
