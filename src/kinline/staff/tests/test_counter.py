"""MON-3, MON-4: cash and money orders over the counter, for any of the four balances, with a receipt."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from conftest import PASSWORD

from kinline.identity.models import Role, Session
from kinline.identity.sessions import SessionStore
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import Deposit, PrepaidNumber

pytestmark = pytest.mark.django_db

NUMBER = "+12125550142"


@pytest.fixture
def clerk(member, staff_client, north):
    return staff_client(member(Role.FINANCE, north))


def typed(**more):
    return {
        "kind": "resident", "who": "1001", "amount": "25.00", "method": "cash", "payer_name": "Uncle Sample",
        "reference": "", "key": str(uuid4()), **more,
    }  # fmt: skip


def hidden(answer):
    """The fields that a page carries to the next."""
    html = answer.content.decode()
    form = html[html.rindex("<form", 0, html.index("and print the receipt")) : html.index("and print the receipt")]
    return dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))


def take(client, **more):
    review = client.post("/staff/money/deposit/", typed(**more))
    assert review.status_code == 200
    return client.post("/staff/money/deposit/record/", hidden(review))


@pytest.mark.parametrize(
    ("kind", "who", "address"),
    [
        ("resident", "1001", lambda r, m: chart.resident_messages(r.pk)),
        ("resident", "daniel sample", lambda r, m: chart.resident_messages(r.pk)),
        ("calls", "1001", lambda r, m: chart.resident_calls(r.pk)),
        ("phone", "(212) 555-0142", lambda r, m: chart.number_prepaid(NUMBER)),
        ("family", "mother", lambda r, m: chart.family_messages(m.pk)),
    ],
)
def test_each_of_the_four_balances(clerk, resident, mother, north, kind, who, address):
    answer = take(clerk, kind=kind, who=who)
    assert answer.status_code == 303
    deposit = Deposit.objects.get()
    assert (deposit.account, deposit.amount_cents, deposit.method) == (address(resident, mother), 2500, "cash")
    assert (deposit.facility, deposit.payer_name) == (north, "Uncle Sample")
    assert ledger.balance(deposit.account).posted_cents == 2500
    assert ledger.balance(chart.facility_cash(north.pk)).posted_cents == -2500
    receipt = clerk.get(answer["Location"])
    assert receipt.status_code == 200
    for words in (deposit.receipt, "$25.00", "Uncle Sample", "none"):
        assert words in receipt.content.decode()


def test_the_look_records_nothing(clerk, resident):
    page = clerk.post("/staff/money/deposit/", typed()).content.decode()
    assert "Daniel Sample" in page
    assert "$25.00" in page
    assert Deposit.objects.count() == 0


def test_pressed_twice_it_is_recorded_once(clerk, resident):
    fields = hidden(clerk.post("/staff/money/deposit/", typed()))
    answers = [clerk.post("/staff/money/deposit/record/", fields) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Deposit.objects.count() == 1
    other = clerk.post("/staff/money/deposit/record/", {**fields, "amount": "26.00"})
    assert "already recorded with different details" in other.content.decode()
    assert Deposit.objects.count() == 1


def test_a_money_order_needs_its_number(clerk, resident):
    said = clerk.post("/staff/money/deposit/", typed(method="money_order")).content.decode()
    assert "number that is printed on the money order" in said
    assert 'value="25.00"' in said
    assert take(clerk, method="money_order", reference="MO-77").status_code == 303
    assert Deposit.objects.get().reference == "MO-77"


@pytest.mark.parametrize("amount", ["0", "-5", "1.005", "€20", "9999999", "", "free", "4242 4242 4242 4242"])
def test_a_wrong_amount_gives_the_rest_back(clerk, resident, amount):
    page = clerk.post("/staff/money/deposit/", typed(amount=amount)).content.decode()
    assert 'id="errors"' in page
    assert 'value="Uncle Sample"' in page
    assert "4242" not in page
    assert Deposit.objects.count() == 0


@pytest.mark.parametrize("field", ["who", "payer_name", "reference"])
def test_a_card_number_is_kept_in_no_field(clerk, resident, field):
    page = clerk.post("/staff/money/deposit/", typed(**{field: "4242 4242 4242 4242"})).content.decode()
    assert "looks like a card number" in page
    assert "4242 4242" not in page
    assert Deposit.objects.count() == 0


def test_what_a_place_does_not_offer_is_explained(clerk, resident, north):
    north.pin_debit = north.resident_deposits = north.prepaid_numbers = False
    north.save()
    for kind, who in (("resident", "1001"), ("calls", "1001"), ("phone", "(212) 555-0142")):
        page = clerk.post("/staff/money/deposit/", typed(kind=kind, who=who)).content.decode()
        assert "instead." in page
        assert "print the receipt" not in page
        code = f"phone:{NUMBER}" if kind == "phone" else f"{kind}:{resident.pk}"
        refused = clerk.post("/staff/money/deposit/record/", typed(kind=kind, who=who, account=code))
        assert "instead." in refused.content.decode()
    assert Deposit.objects.count() == 0
    assert PrepaidNumber.objects.count() == 0


def test_several_of_one_name_are_asked_about(clerk, resident, resident_south):
    page = clerk.post("/staff/money/deposit/", typed(who="sample")).content.decode()
    assert "Ask for the ID number" in page
    assert "1001" in page
    chosen = clerk.post("/staff/money/deposit/", typed(who="sample", account=f"resident:{resident_south.pk}"))
    assert "Samuel Sample" in chosen.content.decode()


def test_nobody_of_another_agency(clerk, outsider, resident):
    assert "found nobody" in clerk.post("/staff/money/deposit/", typed(who="Oscar")).content.decode()
    answer = clerk.post("/staff/money/deposit/record/", typed(account=f"resident:{outsider.pk}"))
    assert "cannot be added to this balance" in answer.content.decode()
    assert Deposit.objects.count() == 0


@pytest.mark.parametrize("code", ["", "resident:0", "resident:99999999999999999999", "phone:911", "family:x", "x:1"])
def test_a_code_of_nothing(clerk, resident, code):
    answer = clerk.post("/staff/money/deposit/record/", typed(account=code))
    assert answer.status_code == 200
    assert Deposit.objects.count() == 0


def test_a_receipt_is_of_the_own_place(clerk, resident_south, member, staff_client, south):
    other = staff_client(member(Role.FINANCE, south))
    where = take(other, who="1002")["Location"]
    assert other.get(where).status_code == 200
    assert clerk.get(where).status_code == 404


def test_a_role_that_ends_with_the_page_open(member, staff_client, north, resident):
    user = member(Role.FINANCE, north)
    client = staff_client(user)
    fields = hidden(client.post("/staff/money/deposit/", typed()))
    user.roles.update(ends_at=datetime.now(UTC) - timedelta(seconds=1))
    assert client.post("/staff/money/deposit/record/", fields).status_code == 403
    assert Deposit.objects.count() == 0


def test_what_was_typed_waits_behind_the_lock(clerk, resident, clock_at):
    start = datetime.now(UTC)
    clock_at(start + timedelta(minutes=40))
    fields = typed(payer_name="Aunt Sample", reference="4242424242424242")
    answer = clerk.post("/staff/money/deposit/", fields)
    assert answer["Location"].startswith("/staff/unlock/?next=%2Fstaff%2Fmoney%2Fdeposit%2F")
    assert all("4242" not in str(SessionStore().decode(one.session_data)) for one in Session.objects.all())
    clerk.post("/staff/unlock/", {"password": PASSWORD, "next": "/staff/money/deposit/"})
    page = clerk.get("/staff/money/deposit/").content.decode()
    assert 'value="Aunt Sample"' in page
    assert "4242" not in page
    clock_at(start + timedelta(minutes=90))
    where = clerk.post("/staff/money/deposit/record/", {**fields, "account": f"resident:{resident.pk}"})["Location"]
    assert where.startswith("/staff/unlock/")
    clerk.post("/staff/unlock/", {"password": PASSWORD, "next": "/staff/money/deposit/record/"})
    assert 'value="Aunt Sample"' in clerk.get("/staff/money/deposit/record/").content.decode()
    assert fields["key"] in page
    assert Deposit.objects.count() == 0
