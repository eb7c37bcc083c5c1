"""MON-6: finance settles what no card can take; MON-7: differences are explained; TEL-8: numbers are confirmed."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from conftest import PASSWORD

from kinline.flows import numbers
from kinline.flows.lobby import take_money
from kinline.flows.refund import ask_resident
from kinline.identity.models import Role
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import Allowance, Deposit, Difference, PayOut, PrepaidNumber
from kinline.payments.queries import pay_outs as lists

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(member, north):
    return member(Role.FINANCE, north)


@pytest.fixture
def clerk(finance, staff_client):
    return staff_client(finance)


@pytest.fixture
def pay_out(finance, north, resident, now):
    """$4.00 of Daniel's that he asked for."""
    take_money(
        staff=finance, facility_id=north.pk, code=f"resident:{resident.pk}", amount_cents=1000, method="cash",
        payer_name="", reference="", client_key=uuid4(), now=now,
    )  # fmt: skip
    account = chart.resident_messages(resident.pk)
    ask_resident(resident_id=resident.pk, account=account, amount_cents=400, client_key=uuid4(), now=now)
    return PayOut.objects.get()


def where(pay_out):
    return f"/staff/money/payouts/{pay_out.pk}/"


def settle(client, pay_out, **more):
    return client.post(where(pay_out), {"act": "settle", "way": "trust", "reference": "T-1", **more})


def payable():
    return ledger.balance(chart.REFUNDS_PAYABLE).posted_cents


def test_it_is_on_the_list_and_settled(clerk, pay_out):
    page = clerk.get("/staff/money/payouts/").content.decode()
    assert "Daniel Sample" in page
    assert "$4.00" in page
    assert settle(clerk, pay_out).status_code == 303
    pay_out.refresh_from_db()
    assert (pay_out.state, pay_out.way, pay_out.reference) == ("paid", "trust", "T-1")
    assert payable() == 0
    assert ledger.balance(chart.BANK).posted_cents == 400
    assert "Daniel Sample" not in clerk.get("/staff/money/payouts/").content.decode()
    assert "T-1" in clerk.get("/staff/money/payouts/?state=paid").content.decode()


def test_a_long_list_is_read_page_by_page_and_its_file_has_all(clerk, pay_out, monkeypatch, now):
    """Oldest first; of one moment, in the order in which they came."""
    monkeypatch.setattr(lists, "PAGE", 2)
    monkeypatch.setattr(lists, "BATCH", 2)
    moments = [now - timedelta(days=1), now, now, now + timedelta(seconds=1)]
    made = [PayOut.objects.create(refund=pay_out.refund, facility=pay_out.facility, way="cheque", amount_cents=cents,
                                  payee_name=f"Payee {cents}", at=at)
            for cents, at in enumerate(moments, start=1)]  # fmt: skip
    PayOut.objects.filter(pk=pay_out.pk).update(at=now)
    wanted = [made[0].pk, pay_out.pk, made[1].pk, made[2].pk, made[3].pk]
    shown, address = [], "/staff/money/payouts/"
    while address:
        page = clerk.get(address).content.decode()
        assert "5 payments, $4.10" in page
        shown.append([int(one) for one in re.findall(r'href="/staff/money/payouts/(\d+)/"', page)])
        further = re.search(r'rel="next" href="([^"]+)"', page)
        address = further and f"/staff/money/payouts/{unescape(further[1])}"
    assert shown == [wanted[:2], wanted[2:4], wanted[4:]]
    text = b"".join(clerk.get("/staff/money/payouts.csv").streaming_content).decode("utf-8-sig")
    assert [int(line.split(",")[0]) for line in text.splitlines()[1:]] == wanted


def test_the_list_as_a_file_runs_no_formula(clerk, pay_out):
    PayOut.objects.filter(pk=pay_out.pk).update(payee_address="=cmd()")
    text = b"".join(clerk.get("/staff/money/payouts.csv").streaming_content).decode("utf-8-sig")
    assert "Daniel Sample,'=cmd()," in text
    assert ",4.00," in text


def test_home_says_what_waits(clerk, pay_out, now):
    page = clerk.get("/staff/").content.decode()
    assert "Pay-outs to be paid" in page
    assert "$4.00" in page


def test_pressed_twice_it_is_booked_once(clerk, pay_out):
    assert [settle(clerk, pay_out).status_code for _ in range(2)] == [303, 303]
    assert ledger.balance(chart.BANK).posted_cents == 400


def test_without_its_number_nothing_is_booked_and_what_was_typed_stays(clerk, pay_out):
    page = settle(clerk, pay_out, way="cheque", reference=" ").content.decode()
    assert "number of the cheque" in page
    assert 'value="cheque"' in page
    pay_out.refresh_from_db()
    assert pay_out.state == "waiting"
    assert payable() == 400


def test_it_came_back_and_goes_to_a_new_address(clerk, pay_out):
    settle(clerk, pay_out, way="cheque", reference="C-7")
    assert clerk.post(where(pay_out), {"act": "returned"}).status_code == 303
    assert payable() == 400
    assert "Daniel Sample" in clerk.get("/staff/money/unclaimed/").content.decode()
    bad = clerk.post(where(pay_out), {"act": "address", "name": "Daniel Sample", "address": "", "region": "NY"})
    assert "Type the address" in bad.content.decode()
    new = {"act": "address", "name": "Daniel Sample", "address": "2 Sample Street\nSampleton, NY 10001", "region": "NY"}
    assert clerk.post(where(pay_out), new).status_code == 303
    waiting = PayOut.objects.get(state="waiting")
    assert waiting.payee_address == "2 Sample Street\nSampleton, NY 10001"
    assert settle(clerk, waiting, way="cheque", reference="C-8").status_code == 303
    assert payable() == 0


def test_a_card_number_is_no_address(clerk, pay_out):
    data = {"act": "address", "name": "Daniel", "address": "4242 4242 4242 4242", "region": ""}
    assert "looks like a card number" in clerk.post(where(pay_out), data).content.decode()
    pay_out.refresh_from_db()
    assert "4242" not in pay_out.payee_address


def test_unclaimed_money_goes_to_the_state(clerk, pay_out, now):
    PayOut.objects.filter(pk=pay_out.pk).update(state="unclaimed", payee_region="NY")
    from kinline.ledger import services as books

    books.post(
        key="test:unclaimed", kind="unclaimed", now=now,
        lines=[(chart.REFUNDS_PAYABLE, -400), (chart.unclaimed("NY"), 400)],
    )  # fmt: skip
    assert "Owed to a state" in clerk.get("/staff/money/unclaimed/").content.decode()
    assert clerk.post(where(pay_out), {"act": "remit", "reference": "NY-2027"})["Location"] == "/staff/money/unclaimed/"
    pay_out.refresh_from_db()
    assert pay_out.state == "remitted"
    assert ledger.balance(chart.unclaimed("NY")).posted_cents == 0


def test_after_ten_minutes_the_password_is_asked_again(clerk, pay_out, clock_at):
    start = datetime.now(UTC)
    clock_at(start + timedelta(minutes=11))
    asked = settle(clerk, pay_out, reference="T-99")
    assert asked["Location"].startswith("/staff/confirm/?next=")
    pay_out.refresh_from_db()
    assert pay_out.state == "waiting"
    assert clerk.get(where(pay_out)).status_code == 200  # looking is free
    settle(clerk, pay_out, reference="T-99")
    wrong = clerk.post("/staff/confirm/", {"password": "wrong", "next": where(pay_out)})
    assert "not your current password" in wrong.content.decode()
    back = clerk.post("/staff/confirm/", {"password": PASSWORD, "next": where(pay_out)})
    assert back["Location"] == where(pay_out)
    page = clerk.get(where(pay_out)).content.decode()
    assert 'value="T-99"' in page
    assert settle(clerk, pay_out, reference="T-99")["Location"] == "/staff/money/payouts/"


def test_a_role_that_ends_with_the_page_open(clerk, finance, pay_out):
    finance.roles.update(ends_at=datetime.now(UTC) - timedelta(seconds=1))
    assert settle(clerk, pay_out).status_code == 403
    pay_out.refresh_from_db()
    assert pay_out.state == "waiting"


def test_an_act_that_is_none(clerk, pay_out):
    assert clerk.post(where(pay_out), {"act": "give-me"}).status_code == 400
    assert clerk.post("/staff/money/payouts/999999/", {"act": "settle"}).status_code == 404


def test_a_difference_is_explained_once(clerk, now):
    one = Difference.objects.create(
        day=now.date(), ref="pi_sample", kind="amount", ours_cents=100, theirs_cents=200, found_at=now
    )
    page = clerk.get("/staff/money/differences/").content.decode()
    assert "pi_sample" in page
    assert "The amounts are not the same." in page
    address = f"/staff/money/differences/{one.pk}/"
    assert "Write what it was" in clerk.post(address, {"explanation": " "}).content.decode()
    assert clerk.post(address, {"explanation": "A sample of a slip."}).status_code == 303
    one.refresh_from_db()
    assert one.explanation == "A sample of a slip."
    assert "A sample of a slip." in clerk.get("/staff/money/differences/").content.decode()


def test_a_number_is_confirmed_for_who_has_it_on_their_page(clerk, mother, stranger, contact, now):
    listed = numbers.list_number(mother, number="(212) 555-0142", now=now)
    numbers.ask_code(mother, listed_id=listed, now=now)
    other = numbers.list_number(stranger, number="(212) 555-0143", now=now)
    numbers.ask_code(stranger, listed_id=other, now=now)
    assert "555-0143" not in clerk.get("/staff/numbers/").content.decode()  # of nobody with a contact here
    assert "(212) 555-0142" in clerk.get("/staff/numbers/").content.decode()
    for login in ("stranger", "nobody.here"):
        refused = clerk.post("/staff/numbers/", {"login": login, "number": "(212) 555-0142"})
        assert "does not have this number" in refused.content.decode()
        assert f'value="{login}"' in refused.content.decode()
    mine = PrepaidNumber.objects.get(number="+12125550142")
    assert mine.holder is None
    assert clerk.post("/staff/numbers/", {"login": "mother", "number": "+12125550142"}).status_code == 303
    mine.refresh_from_db()
    assert mine.holder == mother


FILE = "account,amount,reference\nresident:1001,10.00,N-1\nresident:1001,5.50,N-2\ntotal,{total},2\n"


def upload(client, text, act="check", name="deposits.csv"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client.post("/staff/money/import/", {"file": SimpleUploadedFile(name, text.encode()), "act": act})


def test_a_file_is_checked_then_taken_in_once(clerk, resident):
    checked = upload(clerk, FILE.format(total="15.50")).content.decode()
    assert "2 deposits, $15.50" in checked
    assert Deposit.objects.count() == 0
    carried = checked.split('name="carried" value="')[1].split('"')[0]
    fields = {"name": "deposits.csv", "carried": carried, "act": "take"}
    assert clerk.post("/staff/money/import/", fields).status_code == 303
    assert Deposit.objects.count() == 2
    again = clerk.post("/staff/money/import/", fields).content.decode()
    assert "was taken in before" in again
    assert Deposit.objects.count() == 2


def test_faults_are_told_by_line_and_nothing_is_done(clerk, resident):
    for act in ("check", "take"):
        page = upload(clerk, FILE.format(total="15.51").replace("N-2", "N-1"), act).content.decode()
        assert "line 3" in page
        assert "cannot be taken in" in page
    assert Deposit.objects.count() == 0


@pytest.mark.parametrize("fields", [{}, {"carried": "###"}, {"carried": ""}])
def test_no_file_is_a_sentence(clerk, fields):
    assert "Choose a file" in clerk.post("/staff/money/import/", {"act": "take", **fields}).content.decode()


AGENCY = "/staff/money/agency/"


def test_an_allowance_is_set_by_who_may(member, staff_client, clerk, north, now):
    fields = {"act": "allowance", "kind": "messages", "per_week": "3"}
    assert "Your role does not allow" in clerk.post(AGENCY, fields).content.decode()
    assert Allowance.objects.count() == 0
    client = staff_client(member(Role.AGENCY_ADMIN, north))
    for wrong in ("", "-1", "x", "99999"):
        assert 'id="errors"' in client.post(AGENCY, {**fields, "per_week": wrong}).content.decode()
    assert client.post(AGENCY, fields).status_code == 303
    assert Allowance.objects.get().per_week == 3
    assert "Sample North" in client.get(AGENCY).content.decode()
    assert client.post(AGENCY, {"act": "x"}).status_code == 400


def test_the_agency_paid_once_and_is_on_its_statement(member, staff_client, north, agency):
    client = staff_client(member(Role.FINANCE, north))
    fields = {"act": "paid", "amount": "1,000.00", "reference": "W-1"}
    assert [client.post(AGENCY, fields).status_code for _ in range(2)] == [303, 303]
    assert ledger.balance(chart.agency_funding(agency.pk)).posted_cents == 100_000
    page = client.get(AGENCY).content.decode()
    assert "W-1" in page
    assert "$1,000.00" in page
    assert "W-1" not in client.get(f"{AGENCY}?month=2020-01").content.decode()
    assert client.get(f"{AGENCY}?month=2020-13").status_code == 200


def test_one_place_of_two_does_not_see_the_agencys_account(clerk, north, south):
    page = clerk.get(AGENCY).content.decode()
    assert "for those who may see all its places" in page
    refused = clerk.post(AGENCY, {"act": "paid", "amount": "5", "reference": "W-2"}).content.decode()
    assert "Your role does not allow" in refused
    assert 'value="W-2"' in refused
