"""Our books beside the processor's list (MON-7): lost events are made good, differences shown, payouts booked."""

import io
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import checkout, disputes, reconcile, refund
from kinline.flows.fulfil import settle_session
from kinline.flows.send_pay_out import send_pay_out
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.identity.permissions import NotPermitted
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments import errors, queries
from kinline.payments.models import Checkout, Deposit, Difference, Dispute, PayOut
from kinline.payments.processors import Payment
from tests.money.processor import FakeProcessor

CLEARING, FEES = chart.processor_clearing("stripe"), chart.processor_fees("stripe")


@pytest.fixture
def day(now: datetime) -> date:
    return timezone.localdate(now, timezone.get_default_timezone())


@pytest.fixture
def account(mother_party: Party) -> str:
    return chart.messages_of(mother_party)


@pytest.fixture
def pays(
    processor: FakeProcessor, mother: User, account: str, north: Facility, now: datetime
) -> Callable[..., Payment]:
    """`pays(cents)`: by card, told to nobody; `pays(cents, heard=True)`: and booked."""

    def paid(cents: int = 2500, *, heard: bool = False) -> Payment:
        begun = checkout.start(mother, account=account, amount_cents=cents, client_key=uuid.uuid4(), now=now)
        payment = processor.pay(begun.session_ref)
        if heard:
            settle_session(begun.session_ref, now)
        return payment

    return paid


def found() -> list[tuple[str, str, int | None, int | None]]:
    rows = Difference.objects.filter(settled_at=None).order_by("pk")
    return list(rows.values_list("ref", "kind", "ours_cents", "theirs_cents"))


def test_a_day_that_agrees(
    pays: Callable[..., Payment], processor: FakeProcessor, mother: User, account: str, day: date, now: datetime
) -> None:
    """Payments, a refund, a dispute that is won: each line of theirs has one of ours."""
    first, second = pays(heard=True), pays(heard=True)
    refund.ask(user=mother, account=account, amount_cents=500, client_key=uuid.uuid4(), now=now)
    send_pay_out(pay_out_id=PayOut.objects.get().pk, now=now)
    ref = processor.disputes(first.ref)
    disputes.look(ref=ref, now=now)
    processor.decides(ref, "won")
    disputes.look(ref=ref, now=now)
    before = ledger.totals()
    for _ in range(2):
        compared = reconcile.reconcile_day(day, now=now)
        assert (compared.lines, compared.agree, compared.found, compared.fee_cents) == (5, 5, 0, 60)
    fees = {CLEARING: before[CLEARING] + 60, FEES: -60}
    assert (found(), ledger.totals()) == ([], before | fees)
    assert ledger.totals()[CLEARING] == 60 - processor.balance_cents
    assert second.ref


def test_what_nobody_told_us_is_made_good(
    pays: Callable[..., Payment], processor: FakeProcessor, account: str, day: date, now: datetime
) -> None:
    """Every event lost, and the jobs too: a payment, its dispute and the dispute's end are found by the list alone."""
    payment = pays()
    Checkout.objects.update(state="expired", ended_at=now)
    ref = processor.disputes(payment.ref)
    processor.decides(ref, "won")
    assert reconcile.reconcile_day(day, now=now).found == 0
    assert (Deposit.objects.count(), Dispute.objects.get().state) == (1, "won")
    assert ledger.balance(account).available_cents == 2500


def test_a_payment_that_is_none_of_ours_is_shown_once(
    processor: FakeProcessor, north: Facility, day: date, now: datetime
) -> None:
    other = processor._charged(900, {"key": "order-7"}, "ok", "", "pm")
    for _ in range(2):
        reconcile.reconcile_day(day, now=now)
    assert found() == [(other.ref, "missing_here", None, 900)]
    assert ledger.totals() == {}


def test_a_payment_that_they_do_not_know_is_shown(
    pays: Callable[..., Payment], processor: FakeProcessor, day: date, now: datetime
) -> None:
    payment = pays(heard=True)
    processor.listed.clear()
    del processor.payments[payment.ref]
    for _ in range(2):
        reconcile.reconcile_day(day, now=now)
    assert found() == [(payment.ref, "missing_there", 2500, None)]


def test_another_days_line_is_no_difference(
    pays: Callable[..., Payment], processor: FakeProcessor, day: date, now: datetime
) -> None:
    """Booked here after midnight, listed there before it."""
    pays(heard=True)
    processor.listed = []
    assert reconcile.reconcile_day(day, now=now).found == 0


def test_another_amount_is_shown_and_settles_by_itself_when_it_agrees(
    pays: Callable[..., Payment], processor: FakeProcessor, day: date, now: datetime
) -> None:
    from dataclasses import replace

    payment = pays(heard=True)
    right = processor.listed[:]
    processor.listed = [replace(one, amount_cents=2400) for one in right]
    reconcile.reconcile_day(day, now=now)
    assert found() == [(payment.ref, "amount", 2500, 2400)]
    processor.listed = right
    reconcile.reconcile_day(day, now=now)
    assert found() == []
    assert Difference.objects.get().settled_by is None
    processor.listed = [replace(one, amount_cents=2400) for one in right]
    reconcile.reconcile_day(day, now=now)
    assert found() == [(payment.ref, "amount", 2500, 2400)], "it is open again"


def test_what_came_in_another_amount_than_asked_is_shown_as_that_alone(
    pays: Callable[..., Payment], processor: FakeProcessor, mother: User, account: str, day: date, now: datetime
) -> None:
    begun = checkout.start(mother, account=account, amount_cents=2500, client_key=uuid.uuid4(), now=now)
    payment = processor.pay(begun.session_ref, cents=2400)
    for _ in range(2):
        reconcile.reconcile_day(day, now=now)
    assert found() == [(payment.ref, "wrong_amount", 2500, 2400)]


def test_a_refund_that_failed_after_it_was_paid(
    pays: Callable[..., Payment], processor: FakeProcessor, mother: User, account: str, day: date, now: datetime
) -> None:
    pays(heard=True)
    refund.ask(user=mother, account=account, amount_cents=2500, client_key=uuid.uuid4(), now=now)
    pay_out = PayOut.objects.get()
    send_pay_out(pay_out_id=pay_out.pk, now=now)
    pay_out.refresh_from_db()
    processor.ends_refund(pay_out.processor_ref, "declined")
    assert reconcile.reconcile_day(day, now=now).found == 0
    totals = ledger.totals()
    assert (totals[CLEARING] + totals[FEES], totals[chart.REFUNDS_PAYABLE]) == (-processor.balance_cents, 2500)


def test_a_line_that_agrees_does_not_hide_another_that_does_not(
    pays: Callable[..., Payment], processor: FakeProcessor, mother: User, account: str, day: date, now: datetime
) -> None:
    """One refund, twice on the list: it went out, and it came back. Of the second nobody can tell us more."""
    pays(heard=True)
    refund.ask(user=mother, account=account, amount_cents=2500, client_key=uuid.uuid4(), now=now)
    send_pay_out(pay_out_id=PayOut.objects.get().pk, now=now)
    ref = PayOut.objects.get().processor_ref
    processor._listed("refund_failed", 2500, ref, "")
    for _ in range(2):
        reconcile.reconcile_day(day, now=now)
    assert found() == [(ref, "state", 2500, 2500)]


def test_payouts_to_the_bank_are_booked_once(
    pays: Callable[..., Payment], processor: FakeProcessor, day: date, now: datetime
) -> None:
    pays(heard=True)
    processor.pays_out(2000)
    for _ in range(2):
        reconcile.reconcile_day(day, now=now)
    totals = ledger.totals()
    assert (totals[CLEARING], totals[FEES], totals[chart.BANK]) == (-470, -30, -2000)
    assert found() == []


def test_what_has_no_name_among_ours_is_shown(
    processor: FakeProcessor, north: Facility, day: date, now: datetime
) -> None:
    processor._listed("other", -700, "", "")
    reconcile.reconcile_day(day, now=now)
    assert found() == [(processor.listed[0].ref, "missing_here", None, -700)]


def test_only_that_day_of_the_deployment(processor: FakeProcessor, north: Facility, day: date, now: datetime) -> None:
    zone = timezone.get_default_timezone()
    midnight = datetime.combine(day, time.min, zone)
    for at in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=23), midnight + timedelta(days=1)):
        processor.now = at
        processor._listed("other", -1, "", "")
    assert reconcile.reconcile_day(day, now=now).lines == 2


def test_a_night_without_a_processor_is_made_up_for(
    pays: Callable[..., Payment], processor: FakeProcessor, account: str, now: datetime
) -> None:
    pays()
    Checkout.objects.update(state="expired", ended_at=now)
    processor.is_down = True
    with pytest.raises(errors.ProcessorDown):
        reconcile.reconcile(now=now + timedelta(days=1))
    processor.is_down = False
    reconcile.reconcile(now=now + timedelta(days=2))
    assert ledger.balance(account).available_cents == 2500


@pytest.mark.parametrize("compared_before", [True, False])
def test_a_week_without_us_is_made_up_for_to_its_first_day(
    pays: Callable[..., Payment], processor: FakeProcessor, account: str, now: datetime, compared_before: bool
) -> None:
    """The events are lost and the checkout ended: nothing but the list knows of the payment."""
    if compared_before:
        reconcile.reconcile(now=now)
    pays()
    Checkout.objects.update(state="expired", ended_at=now)
    processor.is_down = True
    with pytest.raises(errors.ProcessorDown):
        reconcile.reconcile(now=now + timedelta(days=1))
    processor.is_down = False
    reconcile.reconcile(now=now + timedelta(days=9))
    assert ledger.balance(account).available_cents == 2500
    assert found() == []


def test_a_night_that_ends_in_its_middle_goes_on_there(
    pays: Callable[..., Payment], processor: FakeProcessor, account: str, now: datetime, day: date
) -> None:
    pays()
    Checkout.objects.update(state="expired", ended_at=now)
    processor.fails("movements", "down")
    with pytest.raises(errors.ProcessorDown):
        reconcile.reconcile(now=now + timedelta(days=9))
    assert queries.last_compared() is None
    reconcile.reconcile(now=now + timedelta(days=9))
    assert (compared := queries.last_compared()) is not None
    assert compared.day == day + timedelta(days=8)
    assert ledger.balance(account).available_cents == 2500


# By people


@pytest.fixture
def bookkeeper(north: Facility, long_ago: datetime) -> User:
    user = identity.create_staff(
        username="bookkeeper", email="bookkeeper@staff.example", password="a long sample password",
        first_name="Staff", last_name="Bookkeeper", now=long_ago,
    )  # fmt: skip
    identity.grant_role(user_id=user.pk, facility_id=north.pk, role=Role.FINANCE, now=long_ago)
    return user


def test_somebody_explains_it(
    processor: FakeProcessor, bookkeeper: User, officer: User, mother: User, day: date, now: datetime
) -> None:
    processor._charged(900, {}, "ok", "", "pm")
    reconcile.reconcile_day(day, now=now)
    difference = Difference.objects.get()
    for nobody in (officer, mother):
        with pytest.raises(NotPermitted):
            reconcile.explain(staff=nobody, difference_id=difference.pk, explanation="Mine", now=now)
        assert queries.differences(nobody, now) == []
        assert queries.difference(nobody, difference.pk, now) is None
    with pytest.raises(errors.NoExplanation):
        reconcile.explain(staff=bookkeeper, difference_id=difference.pk, explanation="  ", now=now)
    assert queries.differences(bookkeeper, now) == [difference]
    reconcile.explain(staff=bookkeeper, difference_id=difference.pk, explanation="The gift shop's", now=now)
    reconcile.reconcile_day(day, now=now)
    difference.refresh_from_db()
    assert (difference.settled_by, difference.explanation) == (bookkeeper, "The gift shop's")
    assert (queries.differences(bookkeeper, now), queries.differences(bookkeeper, now, settled=True)) == (
        [], [difference],
    )  # fmt: skip


def test_by_command(pays: Callable[..., Payment], processor: FakeProcessor, day: date) -> None:
    pays(heard=True)
    processor._charged(900, {}, "ok", "", "pm")
    out = io.StringIO()
    call_command("reconcile", "--day", day.isoformat(), stdout=out)
    said = out.getvalue()
    assert "2 lines of the processor, 1 agree" in said
    assert "missing_here" in said
    assert "$9.00" in said
    assert "1 to be explained" in said
    processor.is_down = True
    with pytest.raises(CommandError, match="processor_down"):
        call_command("reconcile", stdout=out)
