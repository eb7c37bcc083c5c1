"""The yardstick of P4: django-hordak as its documentation sets it up, on the same PostgreSQL. Not part of Kinline."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from urllib.parse import urlsplit

CUSTOMERS = 40
THREADS = 4


def configure() -> None:
    import django
    from django.conf import settings

    place = urlsplit(os.environ["DATABASE_URL"])
    settings.configure(
        SECRET_KEY="benchmark",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "djmoney", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql", "NAME": place.path.lstrip("/"), "USER": place.username,
                "HOST": place.hostname, "PORT": place.port, "OPTIONS": {"pool": {"min_size": 1, "max_size": 12}},
            }
        },
        DEFAULT_CURRENCY="USD", CURRENCIES=["USD"], HORDAK_CURRENCIES=["USD"], HORDAK_INTERNAL_CURRENCY="USD",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True,
    )  # fmt: skip
    django.setup()


def fill(entries: int) -> None:
    """Forty customers' prepaid accounts with so many deposits each, and one account of revenue."""
    from django.db import transaction
    from hordak.models import Account, AccountType, Leg, Transaction
    from moneyed import Money

    if Account.objects.exists():  # two contestants share them
        return

    def account(name: str, kind: AccountType) -> Account:
        return Account.objects.create(name=name, type=kind, currencies=["USD"])

    cash, amount = account("cash", AccountType.asset), Money(10_000, "USD")
    account("revenue", AccountType.income)
    for number in range(CUSTOMERS):
        customer = account(f"customer {number}", AccountType.liability)
        with transaction.atomic():
            for made in Transaction.objects.bulk_create([Transaction() for _ in range(entries)]):
                Leg.objects.create(transaction=made, account=cash, debit=amount)
                Leg.objects.create(transaction=made, account=customer, credit=amount)


def transfer(number: int) -> Callable[[], None]:
    """50 cents from a customer's liability to revenue, in one transaction; nothing asks whether they are there."""
    price, customers, revenue = _cast(number)

    def act() -> None:
        revenue.transfer_to(next(customers), price)

    return act


def guarded(number: int) -> Callable[[], None]:
    """The same, refused below zero as its documentation lets one: the account locked, its balance asked."""
    from django.db import transaction
    from hordak.models import Account

    price, customers, revenue = _cast(number)

    def act() -> None:
        with transaction.atomic():
            customer = Account.objects.select_for_update().get(pk=next(customers).pk)
            assert customer.get_simple_balance().monies()[0] >= price
            revenue.transfer_to(customer, price)

    return act


def _cast(number: int):
    from hordak.models import Account, AccountType
    from moneyed import Money

    customers = list(Account.objects.filter(type=AccountType.liability).order_by("pk"))
    revenue = Account.objects.get(type=AccountType.income)
    return Money("0.50", "USD"), itertools.cycle(customers[number::THREADS]), revenue
