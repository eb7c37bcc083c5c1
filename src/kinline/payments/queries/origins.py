"""Which deposits a balance consists of (MON-6), who may ask for it, and to whom each part of it goes back."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import Deposit, Dispute, PayOut, PrepaidNumber
from kinline.payments.models.deposits import Method
from kinline.payments.models.refunds import PayOutState, Way
from kinline.payments.origin import Origin, Part, Put, origin, take

PAGE = 20  # deposits read at a time; a balance is rarely made of more

# What did not leave a deposit: a card that could not take it (another pay-out does), or money that its bank took first.
_NOT_GIVEN = Q(state__in=[PayOutState.FAILED, PayOutState.RECALLED]) | Q(replaced_by__isnull=False)


def origin_of(account: str) -> Origin:
    """The deposits that the available money of a balance consists of, newest first; nothing that open holds reserve.

    For a flow: lock the balance before (`ledger.services.lock`), and it stays true until the story ends.
    """
    available = ledger.balance(account).available_cents
    return origin(_puts(account, available), available)


def _puts(account: str, enough_cents: int) -> Iterator[Put]:
    """Newest first, and no more of them than make up `enough_cents`: an account may have thousands behind it."""
    left, read = enough_cents, 0
    while left > 0:
        page = list(_with_returned(account)[read : read + PAGE])
        for deposit in page:
            put = Put(*deposit)
            left -= put.rest_cents
            yield put
        if len(page) < PAGE:
            return
        read += PAGE


def _with_returned(account: str) -> QuerySet[Deposit, tuple[int, int | None, int, int]]:
    """The facts of a `Put`, newest first."""
    deposits = Deposit.objects.filter(account=account).order_by("-at", "-pk")
    returned = _summed(PayOut.objects.exclude(_NOT_GIVEN)) + _summed(Dispute.objects.exclude(state="won"))
    return deposits.annotate(returned_cents=returned).values_list("pk", "payer_id", "amount_cents", "returned_cents")


def _summed(rows: QuerySet[PayOut] | QuerySet[Dispute]) -> Coalesce:
    of_one = rows.filter(deposit=OuterRef("pk")).order_by().values("deposit").annotate(cents=Sum("amount_cents"))
    return Coalesce(Subquery(of_one.values("cents"), output_field=IntegerField()), 0)


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody's right to ask for a balance. `payer_id`: only what this payer put in, else all of it."""

    account: str
    payer_id: int | None = None

    def of(self, found: Origin) -> Origin:
        return found if self.payer_id is None else found.of(self.payer_id)


def claim_of(party: Party, account: str) -> Claim | None:
    """MON-6's table: who may ask for what. None: not theirs, or there is no such balance."""
    try:
        kind, key, _purpose = chart.owner(account)
    except chart.UnknownAddress:
        return None
    if kind in {FAMILY, RESIDENT}:
        return Claim(account) if (kind, key) == (party.side, str(party.id)) else None
    if party.side != FAMILY:
        return None
    holder_id = holder_of(account)
    if holder_id is not None:
        return Claim(account) if holder_id == party.id else None
    has_paid = Deposit.objects.filter(account=account, payer_id=party.id).exists()
    return Claim(account, party.id) if has_paid else None


def holder_of(account: str) -> int | None:
    """Who proved control of the number of a Prepaid Collect balance; None of nobody, and of other balances."""
    kind, key, _purpose = chart.owner(account)
    if kind != "number":
        return None
    return PrepaidNumber.objects.filter(number=key).values_list("holder_id", flat=True).first()


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a refund: to one payee in one way. `user_id`: None if nobody with an account is known to have paid it.

    `label` is what the payee recognises a card by ("Visa 4242").
    """

    cents: int
    way: str
    deposit_id: int | None
    user_id: int | None
    label: str = ""
    facility_id: int | None = None
    payer_name: str = ""


def shares(account: str, found: Origin, amount_cents: int) -> tuple[Share, ...]:
    """Where `amount_cents` of a family member's or a number's balance go: cards that paid, newest deposit first.

    What did not come by card goes by cheque. What came with no deposit goes to the owner.
    """
    kind, key, _purpose = chart.owner(account)
    owner_id = int(key) if kind == FAMILY else holder_of(account)
    parts = take(found, amount_cents)
    deposits = Deposit.objects.in_bulk([part.deposit_id for part in parts])
    found_shares = [_share(deposits[part.deposit_id], part, owner_id, own=kind == FAMILY) for part in parts]
    rest = amount_cents - sum(part.cents for part in parts)
    if rest > 0:
        found_shares.append(Share(rest, Way.CHEQUE, None, owner_id))
    return tuple(found_shares)


def _share(deposit: Deposit, part: Part, owner_id: int | None, *, own: bool) -> Share:
    by_card = deposit.method == Method.CARD and deposit.payment_ref != ""
    # A card is its payer's. A cheque for somebody's own credits is theirs, whoever brought the cash to the lobby.
    to_payer = deposit.payer_id is not None and (by_card or not own)
    return Share(
        cents=part.cents,
        way=Way.CARD if by_card else Way.CHEQUE,
        deposit_id=deposit.pk,
        user_id=deposit.payer_id if to_payer else owner_id,
        label=deposit.card_label,
        facility_id=deposit.facility_id,
        payer_name=deposit.payer_name,
    )


def is_disputed(deposit_id: int | None) -> bool:
    """Whether a bank is asking for this deposit back: it goes nowhere until then, and what it took is gone."""
    return deposit_id is not None and bool(disputed_deposits({deposit_id}))


def disputed_deposits(ids: Collection[int]) -> set[int]:
    """Those of the deposits that a bank is asking for, or took while we had not recalled all that waits of them."""
    standing = Dispute.objects.filter(deposit_id__in=ids).filter(Q(state="open") | Q(state="lost", loss_cents__gt=0))
    return set(standing.values_list("deposit_id", flat=True))


def unspent_of_payer(user_id: int) -> dict[str, int]:
    """What somebody has unspent in each number that nobody proved, by account in order, in cents: it is theirs."""
    numbers = PrepaidNumber.objects.filter(holder=None).values_list("number", flat=True)
    given = Deposit.objects.filter(payer_id=user_id, account__startswith="number:").order_by("account")
    accounts = given.values_list("account", flat=True).distinct()
    free = {chart.number_prepaid(number) for number in numbers.filter(number__in=[a.split(":")[1] for a in accounts])}
    found = {account: origin_of(account).of(user_id).cents for account in accounts if account in free}
    return {account: cents for account, cents in found.items() if cents > 0}


def held_numbers(user_id: int) -> list[str]:
    """The accounts of the numbers that somebody proved, in order."""
    numbers = PrepaidNumber.objects.filter(holder_id=user_id).order_by(F("number"))
    return [chart.number_prepaid(number) for number in numbers.values_list("number", flat=True)]
