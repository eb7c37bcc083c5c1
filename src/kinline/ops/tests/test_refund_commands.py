"""`refund`, `payout` and `unclaimed`: what finance and the operator do by command (MON-6, STF-4)."""

import io
import uuid
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility
from kinline.flows.refund import ask
from kinline.flows.tests.refunding import in_cash
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import DormancyRule, PayOut


def run(*words: object) -> str:
    printed = io.StringIO()
    call_command(*map(str, words), stdout=printed, stderr=io.StringIO())
    return printed.getvalue()


def refused(*words: object) -> str:
    before = AuditEvent.objects.count(), ledger.totals()
    with pytest.raises(CommandError) as error:
        run(*words)
    assert (AuditEvent.objects.count(), ledger.totals()) == before
    return str(error.value)


@pytest.fixture
def cheque(mother: User, north: Facility, now: datetime) -> PayOut:
    account = chart.family_messages(mother.pk)
    in_cash(account, 700, now - timedelta(days=3), north.pk)
    return ask(user=mother, account=account, amount_cents=700, client_key=uuid.uuid4(), now=now).pay_outs.get()


def test_finance_goes_through_its_list(cheque: PayOut, admin: User) -> None:
    """`admin` administers the north; the list says who, where and how much."""
    shown = run("payout", "list", "--as", "admin")
    assert "Marta Sample" in shown
    assert "no address" in shown
    assert "1 waiting, $7.00 in all." in shown
    run(
        "payout",
        "address",
        cheque.pk,
        "--name",
        "Marta Sample",
        "--address",
        "1 Sample St | Sample, NY 1",
        "--as",
        "admin",
    )
    assert "1 Sample St / Sample, NY 1" in run("payout", "list", "--as", "admin")
    assert "reference_needed" in refused("payout", "settle", cheque.pk, "--as", "admin")
    assert "$7.00 is paid" in run("payout", "settle", cheque.pk, "--reference", "1001", "--as", "admin")
    assert "0 waiting" in run("payout", "list", "--as", "admin")
    assert "pay_out_state" in refused("payout", "settle", cheque.pk, "--reference", "1002", "--as", "admin")
    assert "came back" in run("payout", "returned", cheque.pk, "--as", "admin")
    assert "Marta Sample" in run("unclaimed", "list", "--as", "admin")
    assert [event.act for event in AuditEvent.objects.filter(actor=f"staff:{admin.pk}").order_by("id")] == [
        "pay_out.address", "pay_out.settle", "pay_out.returned",
    ]  # fmt: skip


def test_staff_of_another_place_see_and_pay_nothing(cheque: PayOut, officer: User, officer_south: User) -> None:
    for name in ("officer", "officer.south"):
        assert run("payout", "list", "--as", name) == "0 waiting, $0.00 in all.\n"
        assert run("unclaimed", "list", "--as", name) == ""
        assert "not_permitted" in refused("payout", "settle", cheque.pk, "--reference", "1", "--as", name)
        assert "not_permitted" in refused("unclaimed", "remit", cheque.pk, "--reference", "1", "--as", name)
    assert "no_such_pay_out" in refused("payout", "settle", 10**9, "--reference", "1", "--as", "officer")


def test_the_operator_sees_refunds_and_runs_what_the_clock_runs(cheque: PayOut, admin: User, mother: User) -> None:
    assert "$7.00  asked" in run("refund", "list")
    assert f"asked by family:{mother.pk}" in run("refund", "show", cheque.refund_id)
    assert "A cheque waits until we know an address" in run("refund", "show", cheque.refund_id)
    assert "Done." in run("refund", "run")
    for words in (("list",), ("show", cheque.refund_id), ("run",)):
        assert "leave out --as" in refused("refund", *words, "--as", "admin")
    assert "There is no refund" in refused("refund", "show", 10**9)


def test_a_state_gets_its_rule(db: None, admin: User) -> None:
    assert "36 months" in run("unclaimed", "rules")
    run("unclaimed", "rule", "Florida", 60, "--source", "sample law", "--from", "2030-01-01")
    rule = DormancyRule.objects.get(region="FL")
    assert (rule.months, rule.notice_cents, str(rule.effective_from)) == (60, 5000, "2030-01-01")
    assert "bad_region" in refused("unclaimed", "rule", "Atlantis", 60, "--source", "x")
    assert "leave out --as" in refused("unclaimed", "rule", "FL", 60, "--source", "x", "--as", "admin")
