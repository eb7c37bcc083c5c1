"""Prices and the rules of money are public, and those that count (MON-9, F22)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from kinline.facilities import services as facilities
from kinline.facilities.models import Agency, Facility
from kinline.payments.models import Allowance, DormancyRule


def words(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


@pytest.mark.parametrize("path", ["/prices/", "/facilities/sample-north/"])
def test_mon9_each_place_says_what_it_charges(client: Client, north: Facility, now: datetime, path: str) -> None:
    page = words(client, path)
    assert "A letter: 50¢, paid when it is delivered" in page
    assert "The answer paid ahead: 50¢, yours again after 30 days without an answer" in page
    for balance in (
        "your own message credits",
        "message credits of a person inside",
        "(Prepaid Collect, PPC)",
        "(PIN Debit)",
    ):
        assert balance in page
    assert "letters a week" not in page


@pytest.mark.parametrize("path", ["/prices/", "/facilities/sample-north/"])
def test_mon9_they_follow_the_rows(client: Client, agency: Agency, north: Facility, now: datetime, path: str) -> None:
    facilities.set_price(
        agency_id=agency.pk, cents=35, effective_from=now - timedelta(hours=1), now=now - timedelta(hours=2)
    )
    Facility.objects.filter(pk=north.pk).update(
        reply_days=7, resident_deposits=False, prepaid_numbers=False, pin_debit=False
    )
    for days, per_week in ((-9, 2), (-1, 5), (1, 99)):
        Allowance.objects.create(
            facility=north, kind="messages", per_week=per_week, effective_from=now + timedelta(days=days)
        )
    page = words(client, path)
    assert "A letter: 35¢" in page
    assert "The answer paid ahead: 35¢, yours again after 7 days" in page
    assert "Sample County pays for 5 letters a week" in page
    assert "99 letters" not in page
    for balance in ("message credits of a person inside", "Prepaid Collect", "PIN Debit"):
        assert balance not in page.split("You can add money for:")[1].split("</li>")[0]


def test_mon8_where_letters_are_free_nothing_is_sold(
    client: Client, agency: Agency, north: Facility, now: datetime
) -> None:
    facilities.set_price(
        agency_id=agency.pk, cents=0, effective_from=now - timedelta(hours=1), now=now - timedelta(hours=2)
    )
    page = words(client, "/prices/")
    assert "Letters are free: the agency pays" in page
    assert "paid ahead" not in page


def test_f22_the_rules_of_refunds_are_those_of_the_settings(client: Client, north: Facility, settings) -> None:
    settings.GIFT_UNDO_HOURS, settings.RELEASE_REFUND_HOURS, settings.INACTIVE_DAYS = 5, 73, 191
    settings.REMINDER_DAYS, settings.DEPOSIT_LIMIT_CENTS = (61, 31), 70_000
    page = words(client, "/prices/")
    for rule in ("up to $700.00 at a time", "For 5 hours you can take back", "from 73 hours after the release",
                 "nobody touches for 191 days", "61, 31 days before", "It never becomes ours"):  # fmt: skip
        assert rule in page


def test_e3_a_place_says_when_its_state_takes_unclaimed_money(client: Client, north: Facility, now: datetime) -> None:
    day = now.date()
    DormancyRule.objects.filter(region="NY").delete()
    for region, months, when in (
        ("NY", 24, day - timedelta(days=9)),
        ("NY", 99, day + timedelta(days=9)),
        ("CA", 7, day),
    ):
        DormancyRule.objects.create(
            region=region, months=months, notice_cents=5000, notice_days=60, source="a sample", effective_from=when
        )
    assert "goes to the state of NY after 24 months" in words(client, "/facilities/sample-north/")


def test_help_tells_how_money_comes_and_goes(client: Client, db: None) -> None:
    page = words(client, "/help/")
    for address in (
        "/credits/buy/",
        "/credits/history/",
        "/credits/statements/",
        "/credits/refund/",
        "/prices/#refunds",
    ):
        assert f'href="{address}"' in page
