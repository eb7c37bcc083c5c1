"""MON-3: a file of deposits is taken in whole, once, or not at all."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.facilities.models import Agency, Facility
from kinline.flows.deposit_file import Imported, import_deposits
from kinline.flows.send_message import send
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.identity.permissions import NotPermitted
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging.models import Message
from kinline.notices.models import Email, Notice
from kinline.payments import errors
from kinline.payments.models import Deposit, DepositFile, PrepaidNumber
from kinline.residents import services as residents
from kinline.residents.models import Resident

HEAD = "account,amount,reference,payer,last_name\n"
NUMBER = "+15551230001"


@pytest.fixture
def cashier(north: Facility, long_ago: datetime) -> User:
    user = identity.create_staff(
        username="cashier", email="cashier@staff.example", password="a long sample password",
        first_name="Staff", last_name="Cashier", now=long_ago,
    )  # fmt: skip
    identity.grant_role(user_id=user.pk, facility_id=north.pk, role=Role.FINANCE, now=long_ago)
    return user


@pytest.fixture
def take(cashier: User, north: Facility, now: datetime) -> Callable[..., Imported]:
    def take(text: str | bytes, **other: Any) -> Imported:
        usual = {"name": "monday.csv", "staff": cashier, "facility_id": north.pk, "now": now}
        return import_deposits(text if isinstance(text, bytes) else (HEAD + text).encode(), **usual | other)

    return take


def everything() -> tuple[object, ...]:
    tables = (Deposit, DepositFile, Email, Notice, AuditEvent)
    return tuple(table.objects.count() for table in tables), ledger.totals()


def codes(done: Imported) -> list[tuple[int, str]]:
    return [(fault.line, fault.code) for fault in done.faults]


def test_each_line_is_a_deposit(
    take: Callable[..., Imported], cashier: User, mother: User, resident: Resident, north: Facility, now: datetime
) -> None:
    """All four balances, to the cent; who is concerned is told, and nobody is charged a fee."""
    PrepaidNumber.objects.create(number=NUMBER, created_at=now)
    done = take(
        f"resident:1001,10.00,K-1,Ana Example,sample\ncalls:1001,2.50,K-2,,\nfamily:Mother,5,K-3,,\n"
        f"phone:{NUMBER},1.01,K-4,,\nresident:1001,0.50,K-5,=SUM(A1),\ntotal,19.01,5,,\n"
    )  # fmt: skip
    assert (done.faults, done.again, done.lines, done.total_cents) == ((), False, 5, 1901)
    assert ledger.totals() == {
        chart.resident_messages(resident.pk): 1050, chart.resident_calls(resident.pk): 250,
        chart.family_messages(mother.pk): 500, chart.number_prepaid(NUMBER): 101, chart.facility_cash(north.pk): -1901,
    }  # fmt: skip
    file = DepositFile.objects.get()
    assert (file.name, file.lines, file.total_cents, file.taken_by) == ("monday.csv", 5, 1901, cashier)
    first = Deposit.objects.get(reference="K-1")
    assert (first.method, first.payer_name, first.file, first.recorded_by) == ("file", "Ana Example", file, cashier)
    assert Deposit.objects.get(reference="K-5").payer_name == "=SUM(A1)"
    assert [mail.to for mail in Email.objects.all()] == [mother.email]
    assert Notice.objects.filter(kind="money_added").count() == 3
    assert Notice.objects.filter(kind="calls_money_added").count() == 1
    audit = AuditEvent.objects.get(act="deposit.import")
    assert (audit.actor, audit.detail) == (f"staff:{cashier.pk}", {"lines": 5, "total_cents": 1901})
    assert ledger.replay() == []


@pytest.mark.usefixtures("resident")
def test_the_same_file_changes_nothing(take: Callable[..., Imported]) -> None:
    """Twice, under another name, as a dry run: it is known by what it holds."""
    text = "resident:1001,10.00,K-1,,\ntotal,10.00,1,,\n"
    first, before = take(text), everything()
    for again in (take(text), take(text, name="copy of monday.csv"), take(text, dry_run=True)):
        assert (again.again, again.faults, again.file_id) == (True, (), first.file_id)
        assert (again.lines, again.total_cents) == (1, 1000)
    assert everything() == before


@pytest.mark.usefixtures("resident")
def test_a_line_comes_in_once_whatever_file_brings_it(take: Callable[..., Imported]) -> None:
    """Saved anew by a spreadsheet, or sent again within another day's file: each line that is known is told."""
    take("resident:1001,10.00,K-1,,\nresident:1001,1.00,K-2,,\ntotal,11.00,2,,\n")
    before = everything()
    saved_anew = take("resident:1001;10;K-1;;\r\nresident:1001;1;K-2;;\r\ntotal;11;2;;\r\n".replace(";", ","))
    assert codes(saved_anew) == [(2, "known"), (3, "known")]
    assert codes(take("resident:1001,5.00,K-3,,\nresident:1001,1.00,K-2,,\ntotal,6.00,2,,\n")) == [(3, "known")]
    assert everything() == before


@pytest.mark.usefixtures("resident")
def test_a_dry_run_says_it_and_does_nothing(take: Callable[..., Imported]) -> None:
    before = everything()
    done = take("resident:1001,10.00,K-1,,\ntotal,10.00,1,,\n", dry_run=True)
    assert (done.lines, done.total_cents, done.faults, done.file_id) == (1, 1000, (), None)
    assert everything() == before


FAULTY = {
    "unknown person": ("resident:9999,1.00,K-2,,\n", "unknown"),
    "of another agency": ("resident:7777,1.00,K-2,,\n", "unknown"),
    "unknown family": ("family:nobody,1.00,K-2,,\n", "unknown"),
    "staff are no family": ("family:cashier,1.00,K-2,,\n", "unknown"),
    "not activated": ("family:fresh,1.00,K-2,,\n", "unknown"),
    "closed": ("family:gone,1.00,K-2,,\n", "unknown"),
    "a number that nobody listed": ("phone:+15559999999,1.00,K-2,,\n", "unknown"),
    "another last name": ("resident:1001,1.00,K-2,,Other\n", "other_name"),
    "less than a credit": ("resident:1001,0.49,K-2,,\n", "too_small"),
    "nothing": ("resident:1001,0,K-2,,\n", "bad_amount"),
    "too much": ("resident:1001,500.01,K-2,,\n", "too_high"),
}


@pytest.fixture
def others(far: Facility, mother: User, resident: Resident, north: Facility, now: datetime, long_ago: datetime) -> None:
    residents.create(agency_id=far.agency_id, number="7777", first_name="Far", last_name="Away", now=long_ago)
    for name, activated in (("fresh", False), ("gone", True)):
        user = identity.create_family_user(
            username=name, email=f"{name}@family.example", password="a long sample password", first_name="F",
            last_name="Sample", now=long_ago, activated=activated,
        )  # fmt: skip
        User.objects.filter(pk=user.pk, username="gone").update(closed_at=now)


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("name", FAULTY)
def test_one_fault_and_nothing_is_done(take: Callable[..., Imported], name: str) -> None:
    line, code = FAULTY[name]
    amount = line.split(",")[1]
    before = everything()
    total = f"{1 + float(amount):.2f}"
    done = take(f"resident:1001,1.00,K-1,,\n{line}total,{total},2,,\n")
    assert codes(done) == [(3, code)]
    assert everything() == before


def test_a_balance_that_the_place_does_not_offer(
    take: Callable[..., Imported], resident: Resident, north: Facility, now: datetime
) -> None:
    """MON-4: what is disallowed is told by line."""
    PrepaidNumber.objects.create(number=NUMBER, created_at=now)
    Facility.objects.update(resident_deposits=False, prepaid_numbers=False, pin_debit=False)
    before = everything()
    done = take(f"resident:1001,1,K-1,,\ncalls:1001,1,K-2,,\nphone:{NUMBER},1,K-3,,\ntotal,3,3,,\n")
    assert codes(done) == [(2, "not_offered"), (3, "not_offered"), (4, "not_offered")]
    assert everything() == before


def test_only_staff_of_the_place_who_may(
    take: Callable[..., Imported], officer: User, mother: User, resident: Resident, south: Facility
) -> None:
    before = everything()
    for other in (
        {"staff": officer},
        {"staff": mother},
        {"staff": None},
        {"facility_id": south.pk},
        {"facility_id": 0},
    ):
        with pytest.raises(NotPermitted):
            take("resident:1001,1,K-1,,\ntotal,1,1,,\n", **other)
    assert everything() == before


def test_the_file_of_another_place(
    take: Callable[..., Imported], cashier: User, resident: Resident, south: Facility, now: datetime
) -> None:
    text = "resident:1001,1,K-1,,\ntotal,1,1,,\n"
    take(text)
    identity.grant_role(user_id=cashier.pk, facility_id=south.pk, role=Role.FINANCE, now=now)
    before = everything()
    with pytest.raises(errors.FileTakenElsewhere):
        take(text, facility_id=south.pk)
    assert everything() == before


def test_what_waited_for_credits_is_opened(
    take: Callable[..., Imported], contact: Contact, resident_party: Party, mother_party: Party, now: datetime
) -> None:
    Contact.objects.update(resident_always_accepts=True)
    sent = send(
        mother_party, contact_id=contact.pk, subject="", body="A letter", client_key=uuid4(), collect=True, now=now
    )
    take("resident:1001,1.00,K-1,,\ntotal,1.00,1,,\n")
    assert Message.objects.get(pk=sent.message_id).state == "delivered"
    assert ledger.balance(chart.messages_of(resident_party)).available_cents == 50


def test_twenty_thousand_lines_take_few_statements(
    take: Callable[..., Imported], agency: Agency, now: datetime, django_assert_max_num_queries: Any
) -> None:
    people = [
        Resident(agency_id=agency.pk, number=f"N{n}", first_name="A", last_name="B", created_at=now) for n in range(500)
    ]
    Resident.objects.bulk_create(people)
    lines = "".join(f"resident:N{n % 500},1.00,K-{n},Somebody,B\n" for n in range(20_000))
    with django_assert_max_num_queries(90):
        done = take(f"{lines}total,20000.00,20000,,\n")
    assert (done.faults, done.lines) == ((), 20_000)
    assert ledger.balance(chart.resident_messages(Resident.objects.get(number="N7").pk)).posted_cents == 4000
    with django_assert_max_num_queries(10):
        assert take(f"{lines}total,20000.00,20000,,\n").again


# By command


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("deposit", "import", *words, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("cashier", "resident")
def test_by_command(tmp_path: Path, north: Facility) -> None:
    file = tmp_path / "monday.csv"
    file.write_text(HEAD + "resident:1001,10.00,K-1,,\ntotal,10.00,1,,\n")
    words = (str(file), "--as", "cashier", "--facility", north.slug)
    before = everything()
    assert "nothing was changed. It would be: 1 deposits, $10.00 in all." in command(*words, "--dry-run")
    assert everything() == before
    assert "Done: 1 deposits, $10.00 in all." in command(*words)
    assert "taken in before: 1 deposits, $10.00 in all. Nothing was changed." in command(*words)


@pytest.mark.usefixtures("cashier", "resident")
def test_the_command_says_what_is_wrong(tmp_path: Path, north: Facility) -> None:
    file = tmp_path / "monday.csv"
    file.write_text(HEAD + "".join(f"resident:{n},10.00,K-{n},,\n" for n in range(2000, 2060)) + "total,600,60,,\n")
    before = everything()
    with pytest.raises(CommandError, match=r"line 2: “resident:2000” is nobody(.|\n)*and 10 more"):
        command(str(file), "--as", "cashier", "--facility", north.slug)
    with pytest.raises(CommandError, match="Cannot read"):
        command(str(tmp_path / "tuesday.csv"), "--as", "cashier", "--facility", north.slug)
    assert everything() == before
