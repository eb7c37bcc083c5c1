"""The resident's money at the kiosk: both balances, history, statements, having it paid out (MON-2, MON-5, MON-6)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import PayOut, Refund
from kinline.residents.models import Resident

pytestmark = pytest.mark.django_db
Said = Callable[..., str]


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    settings.DEMO = True


@pytest.fixture
def rich(
    resident: Resident, contact: Contact, mother: User, resident_party: Party, now: datetime, north: Facility
) -> None:
    """$5.00 for letters from his mother a while ago, one of them written; $20.00 for calls."""
    put(resident_party, 500, now - timedelta(days=40), mother)
    send(resident_party, contact_id=contact.pk, subject="", body="One.", client_key=uuid4(), collect=False, now=now)
    put(chart.resident_calls(resident.pk), 2000, now, mother)


def put(account: Party | str, cents: int, at: datetime, payer: User | None = None) -> None:
    record_deposit(account=account, amount_cents=cents, method="test", client_key=uuid4(), now=at, payer=payer)


def available(account: str) -> int:
    return ledger.balance(account).available_cents


class TestStatements:
    def test_both_balances_and_what_each_is_for(self, daniel: Client, rich, said: Said) -> None:
        page = said(daniel, "/kiosk/money/")
        assert "$4.50" in page
        assert "For calls (PIN Debit)" in page
        assert "$20.00" in page
        assert "from \u2068Marta Sample\u2069" in page

    def test_no_calling_account_where_there_is_none(
        self, daniel: Client, resident_party, north, money, said: Said
    ) -> None:  # fmt: skip
        Facility.objects.filter(pk=north.pk).update(pin_debit=False)
        money(resident_party, 100)
        assert "PIN Debit" not in said(daniel, "/kiosk/money/history/")
        assert "PIN Debit" not in said(daniel, "/kiosk/money/")

    def test_money_for_calls_from_another_place_is_still_theirs(self, daniel: Client, rich, north, said: Said) -> None:
        Facility.objects.filter(pk=north.pk).update(pin_debit=False)
        assert "$20.00" in said(daniel, "/kiosk/money/")
        assert "$20.00" in said(daniel, "/kiosk/money/pay-out/?account=calls")

    def test_the_history_of_each_balance(self, daniel: Client, rich, said: Said) -> None:
        page = said(daniel, "/kiosk/money/history/")
        assert "−$0.50" in page
        assert "then $4.50" in page
        assert "$20.00" not in page
        calls = said(daniel, "/kiosk/money/history/?account=calls")
        assert "+$20.00" in calls
        assert "−$0.50" not in calls

    def test_filters(self, daniel: Client, rich, contact, said: Said) -> None:
        page = said(daniel, "/kiosk/money/history/?kind=in")
        assert "+$5.00" in page
        assert "−$0.50" not in page
        assert "−$0.50" in said(daniel, f"/kiosk/money/history/?person={contact.pk}")
        assert "The last day lies before the first." in said(
            daniel, "/kiosk/money/history/?since=2026-02-02&until=2026-02-01"
        )

    def test_f21_a_month_on_screen(self, daniel: Client, rich, said: Said, now) -> None:
        month = f"{timezone.localtime(now):%Y-%m}"
        assert f"/kiosk/money/statements/{month}/" in said(daniel, "/kiosk/money/statements/")
        page = said(daniel, f"/kiosk/money/statements/{month}/")
        assert page.index("$5.00") < page.index("$4.50")
        assert "This month" not in page
        assert "$20.00" in said(daniel, f"/kiosk/money/statements/{month}/?account=calls")

    @pytest.mark.parametrize("path", ["statements/2026-13/", "statements/1999-01/", "statements/rubbish/",
                                      "history/?account=number-1", "history/?account=family:1:messages",
                                      "statements/?account=x", "pay-out/?account=x"])  # fmt: skip
    def test_nothing_that_is_not_there(self, daniel: Client, rich, path: str) -> None:
        assert daniel.get(f"/kiosk/money/{path}").status_code == 404

    def test_no_file_is_offered(self, daniel: Client, rich, said: Said, now) -> None:
        """A shared device keeps nothing."""
        month = f"{timezone.localtime(now):%Y-%m}"
        for path in ("", "history/", "statements/", f"statements/{month}/"):
            page = said(daniel, f"/kiosk/money/{path}")
            assert ".pdf" not in page
            assert ".csv" not in page
        assert daniel.get(f"/kiosk/money/statements/{month}.pdf", follow=True).status_code == 404

    def test_nobody_sees_anothers(self, kiosk_client, resident_south: Resident, rich, said: Said) -> None:
        other = kiosk_client(resident_south)
        for path in ("", "history/", "history/?account=calls", "statements/"):
            page = said(other, f"/kiosk/money/{path}")
            assert "$20.00" not in page
            assert "−$0.50" not in page


class TestPayOut:
    """MON-6: a resident's money goes to the resident, by finance, never to the donor's card."""

    def ask(self, daniel: Client, key: object, amount: str = "3.00", account: str = "credits", **more: str):
        given = {"key": str(key), "amount": amount, "account": account, **more}
        return daniel.post("/kiosk/money/pay-out/", given)

    def test_typed_looked_at_asked_for(self, daniel: Client, rich, resident: Resident, said: Said) -> None:
        account, key = chart.resident_messages(resident.pk), uuid4()
        assert "$4.50" in said(daniel, "/kiosk/money/pay-out/")
        review = self.ask(daniel, key).content.decode()
        assert "Pay out $3.00 to me" in review
        assert "$1.50" in review
        assert not Refund.objects.exists()
        answer = self.ask(daniel, key, sure="1")
        assert (answer.status_code, answer.url) == (303, "/kiosk/money/")
        self.ask(daniel, key, sure="1")
        pay_out = PayOut.objects.get()
        assert (pay_out.resident_id, pay_out.user_id, pay_out.deposit_id) == (resident.pk, None, None)
        assert (pay_out.amount_cents, pay_out.state) == (300, "waiting")
        assert available(account) == 150
        page = said(daniel, "/kiosk/money/")
        assert "Money you get back" in page
        assert "pay-out list" in page

    def test_the_calling_account_has_its_own(self, daniel: Client, rich, resident: Resident) -> None:
        self.ask(daniel, uuid4(), "20", "calls", sure="1")
        assert available(chart.resident_calls(resident.pk)) == 0
        assert available(chart.resident_messages(resident.pk)) == 450

    @pytest.mark.parametrize(
        "amount", ["", "0", "-1", "4.51", "1.005", "€3", "much", "4111 1111 1111 1111", "999999999"]
    )
    def test_what_cannot_be_paid_out(self, daniel: Client, rich, resident: Resident, amount: str) -> None:
        answer = self.ask(daniel, uuid4(), amount, sure="1")
        assert answer.status_code == 422
        assert "4111" not in answer.content.decode()
        assert not Refund.objects.exists()
        assert available(chart.resident_messages(resident.pk)) == 450

    @pytest.mark.parametrize("account", ["x", "number-1", "family:1:messages"])
    def test_of_no_balance_of_theirs(self, daniel: Client, rich, account: str) -> None:
        assert self.ask(daniel, uuid4(), "1", account, sure="1").status_code == 404
        assert not Refund.objects.exists()

    def test_nothing_there(self, daniel: Client, said: Said) -> None:
        page = said(daniel, "/kiosk/money/pay-out/")
        assert "There is no unused money in this balance." in page
        assert 'name="amount"' not in page

    def test_money_that_left_meanwhile(self, daniel: Client, rich, resident: Resident) -> None:
        """Looked at, then spent elsewhere: nothing is paid twice."""
        key = uuid4()
        self.ask(daniel, key, "4.50")
        self.ask(daniel, uuid4(), "4.00", sure="1")
        assert self.ask(daniel, key, "4.50", sure="1").status_code == 422
        assert available(chart.resident_messages(resident.pk)) == 50
