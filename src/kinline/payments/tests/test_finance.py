"""STF-5, MON-2: what finance sees is what the books hold, of its own places; the export balances each day."""

from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from kinline.core.parties import FAMILY, Party
from kinline.facilities.models import Facility
from kinline.flows.send_message import send
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.payments.queries import finance

pytestmark = pytest.mark.django_db
ZONE = "America/New_York"


@pytest.fixture
def post(now):
    def move(kind, *lines, days=0):
        books.post(key=f"test:{uuid4()}", kind=kind, lines=list(lines), now=now - timedelta(days=days))

    return move


@pytest.fixture
def history(post, north, south, mother, resident, resident_south, contact, now):
    """Three days of a small county."""
    family, credits_ = chart.family_messages(mother.pk), chart.resident_messages(resident.pk)
    calls = chart.resident_calls(resident_south.pk)
    card = chart.processor_clearing("stripe")
    post("deposit", (chart.facility_cash(north.pk), -2500), (credits_, 2500), days=2)
    post("deposit", (chart.facility_cash(south.pk), -1000), (calls, 1000), days=2)
    post("deposit", (card, -5000), (family, 5000), days=1)
    post("refund", (family, -700), (chart.REFUNDS_PAYABLE, 700), days=1)
    post("refund", (credits_, -300), (chart.REFUNDS_PAYABLE, 300), days=1)
    post("pay_out", (chart.REFUNDS_PAYABLE, -700), (card, 700))
    post("unclaimed", (chart.REFUNDS_PAYABLE, -300), (chart.unclaimed("NY"), 300))
    post("banked", (chart.BANK, -2000), (chart.facility_cash(north.pk), 2000))
    send(
        Party(FAMILY, mother.pk), contact_id=contact.pk, subject="", body="Hello", client_key=uuid4(), collect=False,
        now=now,
    )  # fmt: skip
    return [timezone.localdate(now - timedelta(days=n)) for n in (2, 1, 0)]


def all_ids():
    return list(Facility.objects.values_list("pk", flat=True))


def days_of(history):
    return finance.by_day(all_ids(), history[0], history[-1], ZONE)


def test_by_day_and_place(history, north, south):
    rows = {(row.day, row.facility_id): (row.in_cents, row.out_cents, row.earned_cents) for row in days_of(history)}
    first, second, third = history
    assert rows == {
        (first, north.pk): (2500, 0, 0),
        (first, south.pk): (1000, 0, 0),
        (second, None): (5000, 0, 0),
        (third, None): (0, 700, 0),
        (third, north.pk): (0, 0, 50),
    }


def test_in_less_out_is_what_the_assets_grew_by(history, post, agency):
    post("agency_payment", (chart.BANK, -900), (chart.agency_funding(agency.pk), 900))
    post("dispute", (chart.processor_clearing("stripe"), 400), (chart.LOSS_DISPUTES, -400))
    post("loss_recovered", (chart.processor_clearing("stripe"), -100), (chart.LOSS_DISPUTES, 100))
    rows = days_of(history)
    grew = -sum(cents for address, cents in ledger.totals().items() if is_asset(address))
    assert sum(row.in_cents - row.out_cents for row in rows) == grew == 8500 + 900 - 700 - 300


def is_asset(address):
    return address == "bank" or address.endswith((":cash", ":clearing"))


def test_of_one_place_only_its_own(history, north, south, far):
    rows = finance.by_day([north.pk], history[0], history[-1], ZONE)
    assert {row.facility_id for row in rows} == {north.pk}
    assert finance.by_day([far.pk], history[0], history[-1], ZONE) == []
    assert finance.by_day([], history[0], history[-1], ZONE) == []


def test_owed_by_kind_is_what_the_books_hold(history):
    owed = {one.kind: one.owed_cents for one in finance.liabilities(all_ids())}
    assert owed == {
        "liability:family-credits": 5000 - 700 - 50,
        "liability:resident-credits": 2200,
        "liability:pin-debit": 1000,
        "liability:unclaimed:NY": 300,
    }
    assets = sum(cents for address, cents in ledger.totals().items() if not finance_liability(address))
    assert sum(owed.values()) == -assets


def finance_liability(address):
    return chart.is_customer(address) or address.startswith(("refunds:", "unclaimed:"))


def test_owed_at_one_place_is_of_who_is_there(history, north, south, far):
    assert {one.kind: one.owed_cents for one in finance.liabilities([north.pk])} == {"liability:resident-credits": 2200}
    assert {one.kind: one.owed_cents for one in finance.liabilities([south.pk])} == {"liability:pin-debit": 1000}
    assert finance.liabilities([far.pk]) == []


def test_held_is_shown(mother, post, north, now):
    family = chart.family_messages(mother.pk)
    post("deposit", (chart.facility_cash(north.pk), -500), (family, 500))
    books.hold(key="test:held", purpose="message", lines=[(family, 50)], now=now)
    (row,) = finance.liabilities(all_ids())
    assert (row.owed_cents, row.held_cents, row.accounts) == (500, 50, 1)


def test_each_day_balances_and_the_days_sum_to_the_totals(history):
    sums: Counter[str] = Counter()
    for day in history:
        lines = finance.journal(all_ids(), day, ZONE)
        assert lines
        assert sum(one.debit_cents for one in lines) == sum(one.credit_cents for one in lines) > 0
        for one in lines:
            assert not one.account.startswith("unknown")
            sums[one.account] += one.credit_cents - one.debit_cents
    totals = ledger.totals()
    assert sum(sums.values()) == 0
    assert sums["asset:clearing:stripe"] == totals["processor:stripe:clearing"]
    assert sums["liability:family-credits"] == sum(v for k, v in totals.items() if k.startswith("family:"))
    assert sums["asset:bank"] == totals["bank"]
    assert sum(map(abs, (v for k, v in sums.items() if k.startswith("asset:cash")))) == 500 + 1000


def test_the_journal_of_one_place_balances_too(history, north, south, far):
    for place in (north, south):
        for day in history:
            lines = finance.journal([place.pk], day, ZONE)
            assert sum(one.debit_cents for one in lines) == sum(one.credit_cents for one in lines)
    kinds = {one.kind for day in history for one in finance.journal([north.pk], day, ZONE)}
    assert "pay_out" not in kinds
    assert {"deposit", "refund"} <= kinds
    assert all(finance.journal([far.pk], day, ZONE) == [] for day in history)


def test_the_file_ends_with_equal_sums(history):
    rows = list(finance.journal_file(finance.journal(all_ids(), history[0], ZONE), history[0]))
    assert len(finance.HEADINGS) == len(rows[0])
    assert rows[-1][1:5] == ("total", "", "35.00", "35.00")


def test_a_day_without_anything_is_a_file_too():
    assert list(finance.journal_file([], date(2027, 1, 1))) == [("2027-01-01", "total", "", "0.00", "0.00", "0")]


def test_every_address_of_the_chart_has_its_account(north, now, mother, resident):
    """A new kind of account must not fall out of the general ledger."""
    samples = [
        chart.family_messages(1), chart.resident_messages(1), chart.number_prepaid("+12125550142"),
        chart.resident_calls(1), chart.agency_funding(1), chart.facility_revenue(1), chart.facility_cash(1),
        chart.processor_clearing("stripe"), chart.REFUNDS_PAYABLE, chart.unclaimed("NY"), chart.TAX_PAYABLE,
        chart.additive(1), chart.LOSS_DISPUTES, chart.GOODWILL, chart.BANK,
    ]  # fmt: skip
    assert len(samples) == len(chart.CUSTOMER) + len(chart.HOUSE)
    assert not any(account.startswith("unknown") for account in finance.general_accounts(samples).values())


def test_the_day_on_which_clocks_change_has_25_hours():
    first, until = finance._span(date(2027, 11, 7), date(2027, 11, 7), ZONE)
    assert until.timestamp() - first.timestamp() == 25 * 3600
