"""The chart in Python and in the database are one: the same addresses, the same customers."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.ledger import chart

GOOD = {
    chart.family_messages(7): True,
    chart.resident_messages(7): True,
    chart.resident_calls(7): True,
    chart.number_prepaid("+15551234567"): True,
    chart.agency_funding(1): False,
    chart.facility_revenue(1): False,
    chart.facility_cash(999_999_999_999_999_999): False,
    chart.processor_clearing("test"): False,
    chart.processor_fees("stripe"): False,
    chart.unclaimed("FL"): False,
    chart.additive(3): False,
    chart.REFUNDS_PAYABLE: False,
    chart.TAX_PAYABLE: False,
    chart.LOSS_DISPUTES: False,
    chart.GOODWILL: False,
}
BAD = (
    "", "family", "family:0:messages", "family:07:messages", "family:-1:messages", "family:1:messages ",
    "family:1:messages\n", "\nfamily:1:messages", "FAMILY:1:messages", "family:1:calls", "family:1:revenue",
    "resident:1:revenue", "facility:1:messages", "number:15551234567:prepaid", "number:+05551234567:prepaid",
    "processor::clearing", "processor:Stripe:clearing", "unclaimed:fl", "goodwill:1", "xgoodwill", "tax", "additive:",
    "family:1000000000000000000:messages", "family:١:messages",
)  # fmt: skip


def in_database(address: str) -> bool | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_is_customer(%s)", [address])
        return cursor.fetchone()[0]


def in_python(address: str) -> bool | None:
    try:
        return chart.is_customer(address)
    except chart.UnknownAddress:
        return None


@pytest.mark.django_db
@pytest.mark.parametrize("address", GOOD)
def test_known(address: str) -> None:
    assert in_python(address) == in_database(address) == GOOD[address]
    assert chart.check(address) == address


@pytest.mark.django_db
@pytest.mark.parametrize("address", BAD)
def test_unknown(address: str) -> None:
    assert in_python(address) is None
    assert in_database(address) is None


_PARTS = st.sampled_from(
    ["family", "resident", "number", "agency", "facility", "processor", "unclaimed", "additive", "refunds", "tax",
     "loss", "goodwill", "messages", "calls", "prepaid", "funding", "revenue", "cash", "clearing", "fees", "payable",
     "disputes", "1", "42", "0", "FL", "ABC", "test", "+15551234567", "", "\n"]
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=300, database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(address=st.lists(_PARTS, min_size=1, max_size=3).map(":".join))
def test_one_chart(address: str) -> None:
    assert in_python(address) == in_database(address)


def test_a_party_has_one_balance_for_messages() -> None:
    """MON-2: never mixed."""
    assert chart.messages_of(Party(FAMILY, 7)) == "family:7:messages"
    assert chart.messages_of(Party(RESIDENT, 7)) == "resident:7:messages"
