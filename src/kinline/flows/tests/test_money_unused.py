"""MON-6, F15-F18, E3: money that nobody uses for half a year, and money whose owner cannot be found."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import signing

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import inactivity, keep, pay_out, unclaimed
from kinline.flows.refund import ask
from kinline.flows.send_message import send
from kinline.flows.sign_in import sign_in
from kinline.flows.tests.refunding import by_card, in_cash
from kinline.identity import services as identity
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.notices.emails import EMAILS
from kinline.notices.models import Email, Notice
from kinline.payments import errors
from kinline.payments.models import DormancyRule, Keep, PayOut, PrepaidNumber, Refund, Reminder
from kinline.residents.models import Resident

PASSWORD = "a long sample password"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE = "+18135550142"
NUMBER = chart.number_prepaid(PHONE)


@pytest.fixture
def account(mother: User) -> str:
    return chart.family_messages(mother.pk)


@pytest.fixture
def number(db: None, long_ago: datetime) -> PrepaidNumber:
    return PrepaidNumber.objects.create(number=PHONE, created_at=long_ago)


# Half a year


def nights(first: datetime, *days: float) -> list[tuple[str, ...]]:
    """The night job on these days after `first`; what it wrote to whom."""
    for day in days:
        inactivity.sweep_idle(now=first + timedelta(days=day))
    kinds = ["keep_reminder", "refund_inactive"]
    return list(Email.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", "to"))


REMINDED, REFUNDED = ("keep_reminder", "mother@family.example"), ("refund_inactive", "mother@family.example")


def test_it_is_asked_at_60_and_30_days_before_then_goes_back(mother: User, account: str, now: datetime) -> None:
    by_card(account, 800, mother, now)
    assert nights(now, 119.99) == []
    assert nights(now, 120, 120.5, 149.9) == [REMINDED]
    assert nights(now, 150, 150, 179.9) == [REMINDED] * 2
    assert Refund.objects.count() == 0
    assert nights(now, 180, 181) == [REMINDED, REMINDED, REFUNDED]
    refund = Refund.objects.get()
    assert (refund.cause, refund.amount_cents, refund.asked_by) == ("inactive", 800, "system")
    assert list(PayOut.objects.values_list("refund__account", "amount_cents", "user_id")) == [(account, 800, mother.pk)]
    assert Notice.objects.filter(user=mother, kind="keep_reminder").count() == 2


def test_a_night_that_was_missed_takes_nobodys_time(mother: User, account: str, now: datetime) -> None:
    """F17: nobody is refunded who was not asked in time."""
    by_card(account, 800, mother, now)
    assert nights(now, 300, 329.9) == [REMINDED]
    assert nights(now, 340, 369.9) == [REMINDED] * 2
    assert Refund.objects.count() == 0
    assert nights(now, 370) == [REMINDED, REMINDED, REFUNDED]


def by_button(mother: User, account: str, at: datetime) -> None:
    keep.keep_mine(user=mother, account=account, now=at)


def by_link(mother: User, account: str, at: datetime) -> None:
    assert keep.look(keep.token_for(account, mother.pk)) == keep.Kept(account, mother.pk, 800)
    assert Keep.objects.filter(at=at).count() == 0
    keep.keep_by_link(token=keep.token_for(account, mother.pk), now=at)


def by_log_in(mother: User, _account: str, at: datetime) -> None:
    sign_in(identifier="mother", password=PASSWORD, address=None, now=at)


def by_deposit(mother: User, account: str, at: datetime) -> None:
    by_card(account, 100, mother, at)


def by_refund(mother: User, account: str, at: datetime) -> None:
    ask(user=mother, account=account, amount_cents=100, client_key=uuid.uuid4(), now=at)


def by_staying_logged_in(mother: User, _account: str, at: datetime) -> None:
    from kinline.identity.models import Session

    facts: dict[str, Any] = {"session_data": "", "expire_date": at + 14 * DAY, "created_at": at}
    Session.objects.create(session_key="x" * 32, user=mother, last_seen_at=at, **facts)
    inactivity.sweep_idle(now=at + HOUR)
    Session.objects.all().delete()


@pytest.mark.parametrize("act", [by_button, by_link, by_log_in, by_deposit, by_refund, by_staying_logged_in])
def test_any_sign_of_interest_on_the_last_day_begins_it_anew(
    act: Callable[[User, str, datetime], None], mother: User, account: str, now: datetime
) -> None:
    """F16."""
    by_card(account, 800, mother, now)
    nights(now, 120, 150, 178)
    before = Refund.objects.filter(cause="inactive").count()
    act(mother, account, now + 179 * DAY)
    nights(now, 180, 181, 298.9)
    assert (before, Refund.objects.filter(cause="inactive").count()) == (0, 0)
    assert Reminder.objects.count() == 2
    nights(now, 299, 329, 358.9)
    assert (Reminder.objects.count(), Refund.objects.filter(cause="inactive").count()) == (4, 0)
    nights(now, 359.1)
    assert Refund.objects.filter(cause="inactive").count() == 1


def test_a_letter_that_waits_is_a_use(
    mother: User, mother_party: Party, account: str, contact: Contact, north: Facility, now: datetime
) -> None:
    from kinline.delivery import services as delivery

    delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now - DAY)
    by_card(account, 800, mother, now - DAY)
    send(mother_party, contact_id=contact.pk, subject="", body="x", client_key=uuid.uuid4(), collect=False, now=now)
    assert nights(now, 130, 170, 220) == []


def test_a_resident_in_custody_is_never_inactive(resident: Resident, mother: User, now: datetime) -> None:
    wallet = chart.resident_messages(resident.pk)
    by_card(wallet, 500, mother, now)
    nights(now, 120, 150, 180, 900)
    assert (Reminder.objects.count(), Refund.objects.count(), ledger.balance(wallet).posted_cents) == (0, 0, 500)


def test_of_a_number_nobody_proved_each_payer_is_asked_and_paid(
    mother: User, stranger: User, number: PrepaidNumber, now: datetime
) -> None:
    by_card(NUMBER, 400, stranger, now)
    by_card(NUMBER, 250, mother, now)
    nights(now, 120, 150, 180)
    asked = Email.objects.filter(kind="keep_reminder").order_by("pk").values_list("to", "params__amount_cents")
    assert sorted(asked[:2]) == [("mother@family.example", 250), ("stranger@family.example", 400)]
    assert sorted(PayOut.objects.values_list("user__username", "amount_cents")) == [("mother", 250), ("stranger", 400)]


def test_a_forged_link_and_somebody_elses_keep_nothing(
    mother: User, stranger: User, account: str, now: datetime
) -> None:
    by_card(account, 800, mother, now)
    good = keep.token_for(account, mother.pk)
    for token in (good[:-2], good + "x", "", "a:b:c", good.replace(":", ""), "\x00"):
        assert keep.look(token) is None
        with pytest.raises(errors.NotYourMoney):
            keep.keep_by_link(token=token, now=now)
    with pytest.raises(errors.NotYourMoney):
        keep.keep_mine(user=stranger, account=account, now=now)
    assert Keep.objects.count() == 0


def test_a_link_about_a_number_names_it_to_nobody(mother: User, number: PrepaidNumber, now: datetime) -> None:
    """R8: addresses of pages get into logs."""
    by_card(NUMBER, 250, mother, now)
    token = keep.token_for(NUMBER, mother.pk)
    assert keep.look(token) == keep.Kept(NUMBER, mother.pk, 250)
    assert signing.loads(token, salt=keep.SALT) == [mother.pk, number.pk]
    closed = User.objects.filter(pk=mother.pk)
    closed.update(closed_at=now)
    assert keep.look(token) is None


def test_the_reminder_carries_a_link_made_when_it_is_sent(mother: User, account: str, now: datetime) -> None:
    from kinline.flows.send_email import _prepare

    by_card(account, 800, mother, now)
    nights(now, 120)
    email = Email.objects.get(kind="keep_reminder")
    assert "token" not in str(email.params)
    assert EMAILS["keep_reminder"].keeps
    letter = _prepare(email_id=email.pk, now=now)
    assert letter is not None
    token = letter.content.text.split("/credits/keep/")[1].split("/")[0]
    kept = keep.look(token)
    assert kept is not None
    assert kept.account == account


# Nobody to be found


@pytest.fixture
def came_back(mother: User, account: str, north: Facility, now: datetime) -> PayOut:
    """A cheque of $60.00 that came back."""
    User.objects.filter(pk=mother.pk).update(
        address_line1="1 Old St", city="Sample", region="New York", postal_code="1"
    )
    in_cash(account, 6000, now - DAY, north.pk)
    one = ask(user=mother, account=account, amount_cents=6000, client_key=uuid.uuid4(), now=now).pay_outs.get()
    pay_out.settle(staff=None, pay_out_id=one.pk, reference="1", now=now)
    pay_out.returned(staff=None, pay_out_id=one.pk, now=now + 30 * DAY)
    return one


def months(at: datetime, count: int) -> datetime:
    from kinline.payments.rules import months_after

    return months_after(at, count)


def test_a_letter_then_the_states_then_remitted(came_back: PayOut, now: datetime) -> None:
    falls = months(now, 36)
    unclaimed.sweep_unclaimed(now=falls - 121 * DAY)
    assert Email.objects.filter(kind="unclaimed_notice").count() == 0
    for _again in range(2):
        unclaimed.sweep_unclaimed(now=falls - 120 * DAY)
    assert Email.objects.filter(kind="unclaimed_notice").count() == 1
    unclaimed.sweep_unclaimed(now=falls - timedelta(seconds=1))
    assert PayOut.objects.get().state == "returned"
    for _again in range(2):
        unclaimed.sweep_unclaimed(now=falls)
    assert (PayOut.objects.get().state, PayOut.objects.get().payee_region) == ("unclaimed", "NY")
    assert ledger.totals()[chart.unclaimed("NY")] == 6000
    with pytest.raises(errors.ReferenceNeeded):
        unclaimed.remit(staff=None, pay_out_id=came_back.pk, reference=" ", now=falls)
    for _again in range(2):
        unclaimed.remit(staff=None, pay_out_id=came_back.pk, reference="NY-2029-1", now=falls)
    assert PayOut.objects.get().state == "remitted"
    totals = ledger.totals()
    assert (totals[chart.unclaimed("NY")], totals[chart.BANK], totals[chart.REFUNDS_PAYABLE]) == (0, 6000, 0)
    assert not [address for address in totals if address.endswith(":revenue")]
    assert ledger.replay() == []


def test_a_letter_that_left_late_moves_the_end(came_back: PayOut, now: datetime) -> None:
    late = months(now, 40)
    unclaimed.sweep_unclaimed(now=late)
    unclaimed.sweep_unclaimed(now=late + 119 * DAY)
    assert PayOut.objects.get().state == "returned"
    unclaimed.sweep_unclaimed(now=late + 120 * DAY)
    assert PayOut.objects.get().state == "unclaimed"


def test_a_states_own_rule_counts_from_its_day(came_back: PayOut, now: datetime) -> None:
    DormancyRule.objects.create(
        region="NY", months=12, notice_cents=10_000, notice_days=90, source="sample", effective_from=now.date()
    )
    unclaimed.sweep_unclaimed(now=months(now, 12))
    assert PayOut.objects.get().state == "unclaimed"


def test_an_owner_who_turns_up_is_paid_while_we_still_have_it(came_back: PayOut, now: datetime) -> None:
    falls = months(now, 36)
    unclaimed.sweep_unclaimed(now=falls - 120 * DAY)
    unclaimed.sweep_unclaimed(now=falls)
    anew = pay_out.new_address(staff=None, pay_out_id=came_back.pk, name="Marta", address="2 New St", now=falls + DAY)
    totals = ledger.totals()
    assert (totals[chart.unclaimed("NY")], totals[chart.REFUNDS_PAYABLE]) == (0, 6000)
    pay_out.settle(staff=None, pay_out_id=anew.pk, reference="2", now=falls + DAY)
    with pytest.raises(errors.WrongPayOutState):
        unclaimed.remit(staff=None, pay_out_id=came_back.pk, reference="x", now=falls + DAY)
    assert ledger.replay() == []


def test_a_corrected_address_is_enough(came_back: PayOut, mother: User, now: datetime) -> None:
    unclaimed.sweep_unclaimed(now=now + 31 * DAY)
    assert PayOut.objects.count() == 1
    identity.set_profile(user_id=mother.pk, profile={"address_line1": "2 New St"})
    for _again in range(2):
        unclaimed.sweep_unclaimed(now=now + 32 * DAY)
    anew = PayOut.objects.exclude(pk=came_back.pk).get()
    assert (anew.state, anew.payee_address) == ("waiting", "2 New St\nSample, New York 1")


def test_the_seeded_rule_says_where_it_is_from(db: None) -> None:
    """E3: 36 months, a letter 60 to 180 days before, from $50; no state is without a rule."""
    rule = DormancyRule.objects.get(region="*")
    assert (rule.months, rule.notice_cents, 60 <= rule.notice_days <= 180) == (36, 5000, True)
    assert "RUUPA" in rule.source
