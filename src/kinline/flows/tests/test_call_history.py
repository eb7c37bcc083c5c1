"""Calls to a number, for whoever proved it: what is told, to whom, and what is not (TEL-8, T5, REC3, F21, F23)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from tests.calls.line import NUMBER, PPC, Line, codes, held_beside

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.core.parties import FAMILY, Party
from kinline.flows import account, call_history, end_call, number_blocks, numbers, statements, tell_call
from kinline.flows.correct_call import give_back
from kinline.identity.models import User
from kinline.ledger import queries as ledger
from kinline.notices.models import Notice
from kinline.payments.errors import NotYourNumber
from kinline.payments.models import PrepaidNumber
from kinline.payments.queries import statements as books
from kinline.payments.services.numbers import code_to_speak
from kinline.residents.models import Resident
from kinline.telephony.models import Cdr, Hotline, NumberBlock
from kinline.telephony.services.corrections import Grounds


def listed_by(user: User, now: datetime) -> int:
    return numbers.list_number(user, number=NUMBER, label="Kitchen", now=now)


@pytest.fixture
def listed(mother: User, now: datetime) -> int:
    """The number is on the mother's page, and she proved that it is hers."""
    row = listed_by(mother, now)
    code = numbers.ask_code(mother, listed_id=row, now=now)
    assert code is not None
    assert numbers.prove(mother, listed_id=row, code=code_to_speak(code), now=now)
    return row


def told(user: User, listed_id: int, now: datetime) -> list[call_history.Told]:
    history = call_history.of_number(user.pk, listed_id, now)
    assert history is not None
    return history.rows


def test_a_call_is_told_with_its_length_price_payer_and_end(
    line: Line, resident: Resident, mother: User, contact: Contact, listed: int
) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 125)
    (one,) = told(mother, listed, line.now)
    assert (one.who, one.lasted) == (resident.name, "2 minutes 5 seconds")
    assert (one.line.seconds, one.line.cents, one.line.share_cents) == (125, 22, 4)
    assert (one.paid, one.ended) == ("Paid from this number", "The caller hung up")


def test_a_call_that_did_not_come_about_costs_nothing(
    line: Line, resident: Resident, mother: User, contact: Contact, listed: int
) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.tell(call, "dialling")
    line.end(call, 0, "busy")
    (one,) = told(mother, listed, line.now)
    assert (one.line.cents, one.lasted, one.paid, one.ended) == (0, "", "", "Your number was busy")


@pytest.mark.parametrize(
    ("reason", "side", "said"),
    [("time_limit", "system", "The time was up"), ("lockdown", "staff", "The facility ended it"),
     ("normal clearing", "called", "Your side hung up"), ("something", "system", "It ended")],
)  # fmt: skip
def test_each_end_has_words(
    line: Line, resident: Resident, mother: User, listed: int, reason: str, side: str, said: str
) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    values: dict[str, Any] = {"reason": reason, "side": side, "billable_ms": 61_000, "sip_code": 0}
    end_call.end(line.switch, key=call.key, now=line.now, **values)
    assert [one.ended for one in told(mother, listed, line.now)] == [said]


def test_somebody_who_is_no_contact_is_not_named(line: Line, resident: Resident, mother: User, listed: int) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 60)
    (one,) = told(mother, listed, line.now)
    assert (one.who, one.line.facility_name) == ("", "Sample North")


def test_what_a_refusal_says_of_the_resident_is_not_told(
    line: Line, resident: Resident, mother: User, contact: Contact, listed: int
) -> None:
    """A wrong PIN or a full quota is the resident's own; that there was no money, the number's holder can mend."""
    line.put(PPC, 1000)
    assert codes(line.ask(resident, pin="9999")) == ["wrong_pin"]
    assert told(mother, listed, line.now) == []
    line.put(PPC, -1000)
    assert codes(line.ask(resident)) == ["no_money"]
    (one,) = told(mother, listed, line.now)
    assert one.ended == "Not put through: there was no money for a minute"


def test_rec3_no_hotline_is_in_any_list(line: Line, resident: Resident, mother: User, listed: int) -> None:
    Hotline.objects.create(facility=line.station.facility, keys="77", number=NUMBER, name="Sample line")
    call = line.ask(resident, keys="77").call
    line.accept(call)
    line.end(call, 60_000)
    assert Cdr.objects.get().number == NUMBER
    assert told(mother, listed, line.now) == []


def test_nobody_reads_calls_to_a_number_that_is_not_theirs(
    line: Line, resident: Resident, mother: User, stranger: User, listed: int
) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 60)
    elsewhere = listed_by(stranger, line.now)
    assert call_history.of_number(stranger.pk, elsewhere, line.now) is None, "on their page, but not proved"
    assert call_history.of_number(stranger.pk, listed, line.now) is None
    assert call_history.of_number(mother.pk, listed, line.now) is not None


def test_t15_a_call_of_long_before_the_proof_is_not_told(
    line: Line, resident: Resident, mother: User, listed: int
) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 60)
    for days, calls in ((44, 1), (46, 0)):
        PrepaidNumber.objects.update(proved_at=line.now + timedelta(days=days))
        assert len(told(mother, listed, line.now)) == calls


def test_the_newest_correction_counts(line: Line, resident: Resident, mother: User, listed: int) -> None:
    line.put(PPC, 1000)
    first = line.talk(resident, 60)
    why = Grounds(uuid4(), "other", "Sample.", mother)
    with transaction.atomic():
        second = give_back(first.call, first, 11, why, line.now)
    (one,) = told(mother, listed, line.now)
    assert (one.line.id, one.line.cents, one.back) == (second.pk, 0, "$0.11 given back")


def test_pages_follow_each_other_without_a_gap(line: Line, resident: Resident, mother: User, listed: int) -> None:
    line.put(PPC, 1000)
    for seconds in (61, 62, 63):
        line.talk(resident, seconds)
        line.wait(minutes=5)
    first = call_history.of_number(mother.pk, listed, line.now, size=2)
    assert first is not None
    assert first.next is not None
    rest = call_history.of_number(mother.pk, listed, line.now, first.next, size=2)
    assert rest is not None
    assert [one.line.seconds for one in (*first.rows, *rest.rows)] == [63, 62, 61]
    assert rest.next is None
    beyond = call_history.of_number(mother.pk, listed, line.now, 10**9)
    assert beyond is not None
    assert beyond.rows == []


def test_the_file_has_every_call(line: Line, resident: Resident, mother: User, contact: Contact, listed: int) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 61)
    one = call_history.of_number(mother.pk, listed, line.now)
    assert one is not None
    head, row = "".join(call_history.as_csv(mother.pk, one.number, line.now)).strip().split("\r\n")
    assert "Seconds" in head
    assert row.endswith(f"{resident.name},Sample North,61,0.11,0.02,Paid from this number,The caller hung up,0.00")


def test_f21_a_statement_says_how_long_a_charged_call_was(
    line: Line, resident: Resident, mother: User, listed: int
) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 61)
    party = Party(FAMILY, mother.pk)
    one = next(one for one in books.accounts_of(party) if one.kind == "number")
    page = statements.month(party, one, ledger.months(one.address)[0])
    row = page.rows[0]
    assert (row.sentence, row.line.cents) == ("A call", -11)
    assert row.details == "1 minute 1 second, of it $0.02 for the facility"


def test_acc7_calls_and_notes_are_in_what_a_person_downloads(
    line: Line, resident: Resident, mother: User, stranger: User, contact: Contact, listed: int
) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 61)
    assert '"seconds": 61' in "".join(account.download(mother, line.now))
    listed_by(stranger, line.now)
    assert '"seconds": 61' not in "".join(account.download(stranger, line.now))


# Blocks


def test_t5_a_block_counts_for_the_next_call_and_is_lifted_by_the_holder(
    line: Line, resident: Resident, mother: User, listed: int
) -> None:
    line.put(PPC, 1000)
    assert number_blocks.block(mother, listed_id=listed, now=line.now)
    assert codes(line.ask(resident)) == ["blocked_by_called_party"]
    assert number_blocks.block(mother, listed_id=listed, now=line.now), "the same again is the same"
    assert NumberBlock.objects.count() == 1
    assert number_blocks.unblock(mother, listed_id=listed, now=line.now)
    assert line.ask(resident).decision.allowed
    block = NumberBlock.objects.get()
    assert (block.made_by, block.lifted_by, block.facility) == (mother, mother, None)
    acts = AuditEvent.objects.filter(act__startswith="number.", object__startswith="number:")
    assert [row.act for row in acts.order_by("pk")][-2:] == ["number.block", "number.unblock"]


def test_t5_a_call_that_rings_is_ended_and_one_that_goes_on_is_theirs_to_end(
    line: Line, resident: Resident, mother: User, listed: int
) -> None:
    line.put(PPC, 1000)
    other = held_beside(resident, line.station.facility, "10077", line.now)
    rings, talks = line.ask(resident).call, line.ask(other).call
    line.tell(rings, "dialling")
    line.accept(talks)
    number_blocks.block(mother, listed_id=listed, now=line.now)
    heard = {rings.key: 0, talks.key: 5_000}
    assert tell_call.alive(line.switch, heard=heard, now=line.now) == [rings.key]


def test_t5_nobody_blocks_or_unblocks_a_number_that_is_not_theirs(
    line: Line, resident: Resident, mother: User, stranger: User, listed: int
) -> None:
    elsewhere = listed_by(stranger, line.now)
    with pytest.raises(NotYourNumber):
        number_blocks.block(stranger, listed_id=elsewhere, now=line.now)
    assert not number_blocks.block(stranger, listed_id=listed, now=line.now)
    assert not NumberBlock.objects.exists()
    number_blocks.block(mother, listed_id=listed, now=line.now)
    with pytest.raises(NotYourNumber):
        number_blocks.unblock(stranger, listed_id=elsewhere, now=line.now)
    assert not number_blocks.unblock(stranger, listed_id=listed, now=line.now)
    assert NumberBlock.objects.get().lifted_at is None


def test_t5_a_block_by_the_key_is_told_to_the_holder_who_can_lift_it(
    line: Line, resident: Resident, mother: User, listed: int
) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.tell(call, "dialling")
    for _twice in range(2):
        line.tell(call, "blocked")
    line.end(call, 0, "blocked_by_called_party")
    notice = Notice.objects.get(kind="number_blocked")
    assert (notice.user_id, notice.params) == (mother.pk, {"number": "(813) 555-0142"})
    (one,) = told(mother, listed, line.now)
    assert one.ended == "Blocked: nobody can call this number any more"
    assert number_blocks.unblock(mother, listed_id=listed, now=line.now)
    assert line.ask(resident).decision.allowed


def test_a_block_of_a_facility_is_not_the_familys_to_lift(
    line: Line, resident: Resident, mother: User, listed: int
) -> None:
    NumberBlock.objects.create(
        facility=line.station.facility, number=NUMBER, by="facility", note="Sample.", made_at=line.now
    )
    number_blocks.unblock(mother, listed_id=listed, now=line.now)
    assert NumberBlock.objects.get().lifted_at is None


# Growth (P9): the same statements for one call and for many


def test_the_list_costs_as_many_statements_for_many_calls_as_for_one(
    line: Line, resident: Resident, mother: User, contact: Contact, listed: int, django_assert_num_queries: Any
) -> None:
    line.put(PPC, 5000)
    other = held_beside(resident, line.station.facility, "10077", line.now)
    for count in (1, 4):
        for who in (resident, other) * count:
            line.talk(who, 60)
            line.wait(minutes=5)
        # the number, its balance, the calls with their places, the names of my people
        with django_assert_num_queries(4):
            told(mother, listed, line.now)
