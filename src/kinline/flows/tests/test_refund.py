"""MON-6: unused money goes back to whose it is, by MON-6's table, to the cent, without a fee."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from kinline.contacts.models import Contact
from kinline.core.errors import Refusal
from kinline.core.models import AuditEvent
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.facilities.models import Facility
from kinline.flows.refund import ask, ask_resident, undo_gift
from kinline.flows.send_message import send
from kinline.flows.tests.refunding import by_card, in_cash
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.notices.models import Email, Notice
from kinline.payments import errors
from kinline.payments.models import Deposit, Dispute, PayOut, PrepaidNumber, Refund, TopUp
from kinline.payments.queries import refunds as queries
from kinline.residents.models import Resident

KEY = uuid.UUID("5b1f8a52-6d1e-4a53-9d5c-3c3a6b1f0009")
PHONE = "+18135550142"
NUMBER = chart.number_prepaid(PHONE)


@pytest.fixture
def account(mother: User) -> str:
    return chart.family_messages(mother.pk)


@pytest.fixture
def number(db: None, long_ago: datetime) -> PrepaidNumber:
    return PrepaidNumber.objects.create(number=PHONE, created_at=long_ago)


def proved(number: PrepaidNumber, holder: User, now: datetime) -> None:
    number.holder, number.proved_at, number.proved_by = holder, now, "code"
    number.save()


def rows() -> tuple[Any, ...]:
    return (
        ledger.totals(), Refund.objects.count(), PayOut.objects.count(), Email.objects.count(), Notice.objects.count(),
        AuditEvent.objects.count(),
    )  # fmt: skip


def refused(refusal: type[Refusal], act: Callable[[], Any]) -> Refusal:
    before = rows()
    with pytest.raises(refusal) as found:
        act()
    assert rows() == before
    return found.value


def parts(refund: Refund) -> list[tuple[int | None, str, int]]:
    """(payer, way, cents), in the order of the refund."""
    return list(refund.pay_outs.order_by("pk").values_list("user_id", "way", "amount_cents"))


# One's own credits


def test_it_goes_to_the_cards_that_paid_newest_deposit_first(mother: User, account: str, now: datetime) -> None:
    old = by_card(account, 1000, mother, now - timedelta(days=9), "Visa 1111")
    new = by_card(account, 500, mother, now - timedelta(days=2), "Visa 2222")
    refund = ask(user=mother, account=account, amount_cents=900, client_key=KEY, now=now)
    assert [(one.deposit_id, one.amount_cents) for one in refund.pay_outs.order_by("pk")] == [
        (new.pk, 500),
        (old.pk, 400),
    ]
    assert parts(refund) == [(mother.pk, "card", 500), (mother.pk, "card", 400)]
    assert ledger.totals() == {account: 600, chart.REFUNDS_PAYABLE: 900, chart.processor_clearing("stripe"): -1500}
    assert ledger.replay() == []
    assert Email.objects.filter(kind="refund_asked").get().params == {"amount_cents": 900}
    assert AuditEvent.objects.get(act="refund.ask").actor == f"family:{mother.pk}"


def test_what_went_back_is_not_there_a_second_time(mother: User, account: str, now: datetime) -> None:
    old = by_card(account, 1000, mother, now - timedelta(days=9))
    by_card(account, 500, mother, now - timedelta(days=2))
    ask(user=mother, account=account, amount_cents=900, client_key=KEY, now=now)
    second = ask(user=mother, account=account, amount_cents=600, client_key=uuid.uuid4(), now=now)
    assert [(one.deposit_id, one.amount_cents) for one in second.pay_outs.all()] == [(old.pk, 600)]
    assert ledger.balance(account).posted_cents == 0


def test_cash_comes_back_by_cheque(mother: User, account: str, north: Facility, now: datetime) -> None:
    User.objects.filter(pk=mother.pk).update(
        address_line1="1 Sample St", city="Sample", region="Florida", postal_code="1"
    )
    in_cash(account, 700, now - timedelta(days=3), north.pk)
    by_card(account, 300, mother, now - timedelta(days=2))
    refund = ask(user=mother, account=account, amount_cents=1000, client_key=KEY, now=now)
    assert parts(refund) == [(mother.pk, "card", 300), (mother.pk, "cheque", 700)]
    cheque, card = refund.pay_outs.get(way="cheque"), refund.pay_outs.get(way="card")
    assert (cheque.payee_name, cheque.payee_address) == ("Marta Sample", "1 Sample St\nSample, Florida 1")
    assert (cheque.facility_id, cheque.payee_region) == (north.pk, "FL")
    assert (card.payee_name, card.payee_email, card.payee_address) == ("", "", "")


def test_what_came_with_no_deposit_comes_back_by_cheque(
    mother: User, account: str, mother_party: Party, money: Callable[[Party, int], None], now: datetime
) -> None:
    money(mother_party, 200)
    refund = ask(user=mother, account=account, amount_cents=200, client_key=KEY, now=now)
    assert [(one.way, one.deposit_id, one.amount_cents) for one in refund.pay_outs.all()] == [("cheque", None, 200)]


def test_a_balance_of_many_small_deposits(mother: User, account: str, now: datetime) -> None:
    for number in range(45):
        by_card(account, 10, mother, now - timedelta(days=60 - number))
    refund = ask(user=mother, account=account, amount_cents=445, client_key=KEY, now=now)
    assert [one.amount_cents for one in refund.pay_outs.order_by("pk")] == [10] * 44 + [5]
    assert refund.pay_outs.latest("pk").deposit == Deposit.objects.earliest("at")
    assert queries.origin_of(account).cents == 5


@pytest.mark.parametrize("amount", [1501, 10_000_000])
def test_more_than_there_is(mother: User, account: str, now: datetime, amount: int) -> None:
    by_card(account, 1500, mother, now)
    no = refused(
        errors.RefundTooLarge, lambda: ask(user=mother, account=account, amount_cents=amount, client_key=KEY, now=now)
    )
    assert "$15.00" in str(no)


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_and_less(mother: User, account: str, now: datetime, amount: int) -> None:
    by_card(account, 1500, mother, now)
    refused(
        errors.RefundTooLarge, lambda: ask(user=mother, account=account, amount_cents=amount, client_key=KEY, now=now)
    )


def test_an_empty_balance(mother: User, account: str, now: datetime) -> None:
    refused(errors.NothingToRefund, lambda: ask(user=mother, account=account, amount_cents=1, client_key=KEY, now=now))


def test_the_same_click_again(mother: User, account: str, now: datetime) -> None:
    by_card(account, 1500, mother, now)
    first = ask(user=mother, account=account, amount_cents=400, client_key=KEY, now=now)
    before = rows()
    assert ask(user=mother, account=account, amount_cents=400, client_key=KEY, now=now) == first
    assert rows() == before
    refused(
        errors.RefundKeyReused, lambda: ask(user=mother, account=account, amount_cents=500, client_key=KEY, now=now)
    )


def test_money_that_a_letter_reserves_stays(
    mother: User, account: str, mother_party: Party, contact_south: Contact, now: datetime
) -> None:
    by_card(account, 120, mother, now - timedelta(days=1))
    send(mother_party, contact_id=contact_south.pk, subject="", body="x", client_key=KEY, collect=False, now=now)
    assert ledger.balance(account).held_cents == 50
    shown = queries.refundable(mother_party, account, now)
    assert (shown.available_cents, shown.mine_cents, shown.held_cents, shown.why_not) == (70, 70, 50, "")
    refused(errors.RefundTooLarge, lambda: ask(user=mother, account=account, amount_cents=71, client_key=KEY, now=now))
    ask(user=mother, account=account, amount_cents=70, client_key=KEY, now=now)
    assert ledger.balance(account) == ledger.Balance(50, 50)
    assert "reserved" in queries.refundable(mother_party, account, now).why_not


def test_somebody_elses_balance_is_nobodys(
    mother: User, stranger: User, account: str, resident: Resident, number: PrepaidNumber, now: datetime
) -> None:
    """Absent and forbidden look alike."""
    by_card(account, 1000, mother, now)
    theirs = [account, chart.resident_messages(resident.pk), NUMBER, chart.REFUNDS_PAYABLE, "nonsense", ""]
    for one in theirs:
        no = refused(
            errors.NotYourMoney,
            lambda one=one: ask(user=stranger, account=one, amount_cents=5, client_key=KEY, now=now),
        )
        assert no.code == "not_your_money"
        assert queries.refundable(Party(FAMILY, stranger.pk), one, now).mine_cents == 0


def test_a_disputed_payment_is_not_given_back_as_well(mother: User, account: str, now: datetime) -> None:
    """MON-7: what a bank took is no part of the balance; the older deposit is."""
    old = by_card(account, 1000, mother, now - timedelta(days=9))
    new = by_card(account, 500, mother, now - timedelta(days=2))
    from kinline.core.transaction import story
    from kinline.ledger import services as books

    lines = [(account, -500), (chart.processor_clearing("stripe"), 500)]
    entry = story(books.post)(key="dispute:dp_1", kind="dispute", lines=lines, now=now)
    Dispute.objects.create(
        ref="dp_1",
        deposit=new,
        amount_cents=500,
        recovered_cents=500,
        loss_cents=0,
        state="open",
        entry_id=entry,
        at=now,
    )
    refund = ask(user=mother, account=account, amount_cents=1000, client_key=KEY, now=now)
    assert [(one.deposit_id, one.amount_cents) for one in refund.pay_outs.all()] == [(old.pk, 1000)]


# An automatic top-up


def top_up(user: User, account: str, below_cents: int, now: datetime) -> TopUp:
    return TopUp.objects.create(
        user=user, account=account, below_cents=below_cents, amount_cents=1000, month_cap_cents=5000,
        customer_ref="cus_1", method_ref="pm_1", created_at=now, started_at=now,
    )  # fmt: skip


def test_what_was_given_back_is_not_taken_again_by_itself(mother: User, account: str, now: datetime) -> None:
    by_card(account, 1000, mother, now)
    order = top_up(mother, account, 500, now)
    ask(user=mother, account=account, amount_cents=500, client_key=KEY, now=now)
    assert TopUp.objects.get().stopped_at is None, "it is not low"
    ask(user=mother, account=account, amount_cents=1, client_key=uuid.uuid4(), now=now)
    order.refresh_from_db()
    assert (order.stopped_at, order.stop_reason, order.method_ref) == (now, "refund", "")
    assert Email.objects.filter(kind="top_up_stopped", user=mother).count() == 1


def test_a_resident_cannot_draw_money_from_a_family_members_card(
    mother: User, resident: Resident, now: datetime
) -> None:
    theirs = chart.resident_messages(resident.pk)
    by_card(theirs, 1000, mother, now)
    top_up(mother, theirs, 500, now)
    ask_resident(resident_id=resident.pk, account=theirs, amount_cents=1000, client_key=KEY, now=now)
    assert TopUp.objects.get().stop_reason == "refund"


# A number


def test_a_proved_number_goes_back_to_each_payers_own_card(
    mother: User, stranger: User, number: PrepaidNumber, now: datetime
) -> None:
    by_card(NUMBER, 1000, stranger, now - timedelta(days=5))
    by_card(NUMBER, 400, mother, now - timedelta(days=4))
    proved(number, mother, now)
    assert queries.refundable(Party(FAMILY, stranger.pk), NUMBER, now).mine_cents == 0
    refused(errors.NotYourMoney, lambda: ask(user=stranger, account=NUMBER, amount_cents=5, client_key=KEY, now=now))
    shown = queries.refundable(Party(FAMILY, mother.pk), NUMBER, now)
    assert [(part.cents, part.way, part.mine, part.label) for part in shown.parts] == [
        (400, "card", True, "Visa 4242"), (1000, "card", False, ""),
    ]  # fmt: skip
    refund = ask(user=mother, account=NUMBER, amount_cents=1200, client_key=KEY, now=now)
    assert parts(refund) == [(mother.pk, "card", 400), (stranger.pk, "card", 800)]
    assert Email.objects.get(kind="refund_of_others").user == stranger
    theirs = queries.refunds_of(Party(FAMILY, stranger.pk))
    assert [(one.cents, len(one.pay_outs)) for one in theirs] == [(800, 1)]
    assert [(one.cents, len(one.pay_outs)) for one in queries.refunds_of(Party(FAMILY, mother.pk))] == [(1200, 2)]


def test_a_number_nobody_proved_gives_each_payer_their_own(
    mother: User, stranger: User, number: PrepaidNumber, now: datetime
) -> None:
    by_card(NUMBER, 1000, stranger, now - timedelta(days=5))
    by_card(NUMBER, 400, mother, now - timedelta(days=4))
    shown = queries.refundable(Party(FAMILY, mother.pk), NUMBER, now)
    assert (shown.available_cents, shown.mine_cents) == (400, 400)
    refused(errors.RefundTooLarge, lambda: ask(user=mother, account=NUMBER, amount_cents=401, client_key=KEY, now=now))
    refund = ask(user=mother, account=NUMBER, amount_cents=400, client_key=KEY, now=now)
    assert parts(refund) == [(mother.pk, "card", 400)]
    assert queries.refundable(Party(FAMILY, stranger.pk), NUMBER, now).mine_cents == 1000


# A resident


def test_a_residents_money_goes_on_the_pay_out_list_never_to_a_donors_card(
    mother: User, resident: Resident, north: Facility, now: datetime
) -> None:
    mine = chart.resident_messages(resident.pk)
    by_card(mine, 1000, mother, now - timedelta(days=5))
    party = Party(RESIDENT, resident.pk)
    shown = queries.refundable(party, mine, now)
    assert ([part.way for part in shown.parts], shown.cheque_cents) == (["pay_out"], 1000)
    refund = ask_resident(resident_id=resident.pk, account=mine, amount_cents=600, client_key=KEY, now=now)
    pay_out = refund.pay_outs.get()
    assert (pay_out.resident, pay_out.user, pay_out.deposit) == (resident, None, None)
    assert (pay_out.way, pay_out.facility, pay_out.payee_name) == ("trust", north, "Daniel Sample")
    assert ledger.balance(mine).posted_cents == 400
    refused(
        errors.NotYourMoney,
        lambda: ask(user=mother, account=mine, amount_cents=100, client_key=uuid.uuid4(), now=now),
    )
    assert [one.cents for one in queries.refunds_of(party)] == [600]
    assert queries.refunds_of(Party(FAMILY, mother.pk)) == []


def test_a_resident_cannot_ask_for_another_ones(
    resident: Resident, resident_south: Resident, mother: User, now: datetime
) -> None:
    theirs = chart.resident_calls(resident_south.pk)
    by_card(theirs, 1000, mother, now)
    refused(
        errors.NotYourMoney,
        lambda: ask_resident(resident_id=resident.pk, account=theirs, amount_cents=5, client_key=KEY, now=now),
    )


# A gift


def test_an_unspent_gift_comes_back_within_a_day(mother: User, resident: Resident, now: datetime) -> None:
    gift = by_card(chart.resident_calls(resident.pk), 1000, mother, now - timedelta(hours=23, minutes=59))
    [shown] = queries.gifts_to_undo(mother.pk, now)
    assert (shown.deposit_id, shown.unspent_cents, shown.name) == (gift.pk, 1000, "Daniel Sample")
    refund = undo_gift(user=mother, deposit_id=gift.pk, client_key=KEY, now=now)
    assert (refund.cause, refund.amount_cents, parts(refund)) == ("gift_undone", 1000, [(mother.pk, "card", 1000)])
    assert undo_gift(user=mother, deposit_id=gift.pk, client_key=KEY, now=now) == refund
    refused(errors.GiftSpent, lambda: undo_gift(user=mother, deposit_id=gift.pk, client_key=uuid.uuid4(), now=now))
    assert queries.gifts_to_undo(mother.pk, now) == []
    assert Notice.objects.filter(resident=resident, kind="gift_undone").count() == 1


def test_after_a_day_a_gift_is_theirs(mother: User, resident: Resident, now: datetime) -> None:
    gift = by_card(chart.resident_calls(resident.pk), 1000, mother, now - timedelta(hours=24))
    assert queries.gifts_to_undo(mother.pk, now) == []
    refused(errors.GiftTooLate, lambda: undo_gift(user=mother, deposit_id=gift.pk, client_key=KEY, now=now))


def test_a_gift_of_somebody_else_is_nobodys(mother: User, stranger: User, resident: Resident, now: datetime) -> None:
    gift = by_card(chart.resident_calls(resident.pk), 1000, mother, now)
    refused(errors.NotYourMoney, lambda: undo_gift(user=stranger, deposit_id=gift.pk, client_key=KEY, now=now))


def test_only_the_unspent_part_of_a_gift_comes_back(
    mother: User, resident: Resident, resident_party: Party, contact: Contact, now: datetime
) -> None:
    gift = by_card(chart.resident_messages(resident.pk), 80, mother, now - timedelta(hours=2))
    send(resident_party, contact_id=contact.pk, subject="", body="x", client_key=KEY, collect=False, now=now)
    assert undo_gift(user=mother, deposit_id=gift.pk, client_key=uuid.uuid4(), now=now).amount_cents == 30
    assert ledger.balance(chart.resident_messages(resident.pk)).posted_cents == 0
