"""Telephone numbers on somebody's page. Balance and history of one are its holder's only (MON-6, TEL-8)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet

from kinline.contacts.models import Contact
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import ListedNumber, NumberCode, PrepaidNumber
from kinline.payments.telephone import spoken
from kinline.residents.models import Custody

ASKED_LATELY = timedelta(days=30)  # how long somebody who asked for a code is shown to staff
MOST_WAITING = 200


@dataclass(frozen=True, slots=True)
class NumberView:
    """A number on my page. `id` is the listing's. `balance`, `proved_at`: only when I proved control; else None."""

    id: int
    number_id: int
    number: str
    shown: str
    label: str
    mine: bool
    balance: ledger.Balance | None
    code_until: datetime | None
    proved_at: datetime | None = None

    @property
    def account(self) -> str:
        return chart.number_prepaid(self.number)

    @property
    def name(self) -> str:
        """How its owner calls it: the label, else the number itself."""
        return self.label or self.shown


def numbers_of(user_id: int, now: datetime) -> list[NumberView]:
    """My numbers in the order in which I added them. Three statements, however many."""
    return _views(user_id, _listed(user_id), now)


def number(user_id: int, listed_id: int, now: datetime) -> NumberView | None:
    """One number of my page; None if it is another's or was taken off."""
    return next(iter(_views(user_id, _listed(user_id).filter(pk=listed_id), now)), None)


def _listed(user_id: int) -> QuerySet[ListedNumber]:
    return ListedNumber.objects.select_related("number").filter(user_id=user_id, removed_at=None).order_by("pk")


def _views(user_id: int, rows: QuerySet[ListedNumber], now: datetime) -> list[NumberView]:
    listed = list(rows)
    held = [chart.number_prepaid(one.number.number) for one in listed if one.number.holder_id == user_id]
    balances = ledger.balances(held) if held else {}
    codes = _codes(user_id, [one.number_id for one in listed if one.number.holder_id != user_id], now)
    return [
        NumberView(
            id=one.pk,
            number_id=one.number_id,
            number=one.number.number,
            shown=spoken(one.number.number, settings.COUNTRY),
            label=one.label,
            mine=one.number.holder_id == user_id,
            balance=balances.get(chart.number_prepaid(one.number.number)),
            code_until=codes.get(one.number_id),
            proved_at=one.number.proved_at if one.number.holder_id == user_id else None,
        )
        for one in listed
    ]


def _codes(user_id: int, number_ids: list[int], now: datetime) -> dict[int, datetime]:
    """Until when a code of mine can be typed, by number."""
    if not number_ids:
        return {}
    rows = NumberCode.objects.filter(user_id=user_id, number_id__in=number_ids, used_at=None, voided_at=None)
    return dict(rows.filter(expires_at__gt=now).values_list("number_id", "expires_at"))


def live_code(user_id: int, number_id: int, now: datetime) -> NumberCode | None:
    """The code that can be typed now, for whoever speaks it (`services.numbers.code_to_speak`)."""
    rows = NumberCode.objects.filter(
        user_id=user_id, number_id=number_id, used_at=None, voided_at=None, expires_at__gt=now
    )
    return rows.first()


def code_by_id(code_id: int, now: datetime) -> NumberCode | None:
    """A code that can be typed now."""
    return NumberCode.objects.filter(pk=code_id, used_at=None, voided_at=None, expires_at__gt=now).first()


def holder_of(number: str) -> int | None:
    """Who proved that this E.164 number is theirs (TEL-8)."""
    return PrepaidNumber.objects.filter(number=number).values_list("holder_id", flat=True).first()


def ids_of(accounts: Iterable[str]) -> dict[str, int]:
    """The rows of the numbers with these balances, by ledger address: an address of a page must name no number (R8)."""
    wanted = {account.split(":")[1]: account for account in accounts}
    rows = PrepaidNumber.objects.filter(number__in=list(wanted)).values_list("number", "pk")
    return {wanted[number]: pk for number, pk in rows}


# For staff, after their permission was asked for


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who asked to confirm a number and has not yet."""

    number: str
    shown: str
    user_id: int
    username: str
    name: str
    asked_at: datetime


def waiting_for_proof(now: datetime, facility_ids: Collection[int] | None = None) -> list[Waiting]:
    """Who asked for a code in the last 30 days and did not prove control, newest first; one row a person and number.

    `facility_ids`: only families with a contact at one of these places; None: the operator, who sees all.
    """
    rows = NumberCode.objects.select_related("user", "number").filter(created_at__gt=now - ASKED_LATELY, used_at=None)
    if facility_ids is not None:
        here = Custody.objects.filter(facility_id__in=facility_ids, ended_at=None).values("resident_id")
        rows = rows.filter(user_id__in=Contact.objects.filter(resident_id__in=here).values("user_id"))
    asked = rows.filter(user__closed_at=None).exclude(number__holder_id=F("user_id")).order_by("-created_at", "-pk")
    newest: dict[tuple[int, int], Waiting] = {}
    for row in asked[:MOST_WAITING]:
        shown = spoken(row.number.number, settings.COUNTRY)
        waiting = Waiting(row.number.number, shown, row.user_id, row.user.username, row.user.name, row.created_at)
        newest.setdefault((row.user_id, row.number_id), waiting)
    return list(newest.values())


def listed_by(user_id: int, number: str) -> bool:
    """Whether this person has this number (E.164) on their page."""
    return ListedNumber.objects.filter(user_id=user_id, number__number=number, removed_at=None).exists()


def by_id(number_id: int) -> str:
    """How a number is written here."""
    return spoken(PrepaidNumber.objects.get(pk=number_id).number, settings.COUNTRY)


def prepaid(number: str) -> PrepaidNumber | None:
    """The row of an E.164 number with its holder; None when nobody named it yet."""
    return PrepaidNumber.objects.select_related("holder").filter(number=number).first()
