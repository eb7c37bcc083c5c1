"""Money of a call goes back: by itself when our side lost it, else by finance; once, and to whom it came from (T14)."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests.calls.line import NUMBER, PPC, Line, purse

from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.flows import call_history, correct_call, numbers, proof, statements, tell_call
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.identity.permissions import NotPermitted
from kinline.ledger import chart, queries
from kinline.ledger import services as ledger
from kinline.payments.models import AllowanceUse, PrepaidNumber
from kinline.payments.queries import statements as books
from kinline.payments.services import allowances
from kinline.residents.models import Resident
from kinline.telephony.models import Call, CallCorrection, CallLimits, Cdr
from kinline.telephony.queries import authority as authorities
from kinline.telephony.queries import calls, figures
from kinline.telephony.queries.resident import calls_of
from kinline.telephony.services import corrections
from kinline.telephony.staff_errors import MoreThanPaid, NoCallToCorrect, NothingPaid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _books_are_right(line: Line) -> Iterator[None]:
    yield
    assert [one for one in proof.differences() if one.law != "cash"] + queries.replay() == []


@pytest.fixture
def finance(line: Line, now: Any, long_ago: Any) -> User:
    return staff_of(line, "finance", long_ago)


def staff_of(line: Line, role: str, since: Any) -> User:
    user = identity.create_staff(
        username=role, email=f"{role}@staff.example", password="correct horse battery", first_name="Fay",
        last_name="Sample", now=since,
    )  # fmt: skip
    identity.grant_role(user_id=user.pk, facility_id=line.station.facility_id, role=Role(role), now=since)
    return user


def back(line: Line, written: Cdr, staff: User, cents: int, *, key: UUID | None = None, why: str = "bad_line") -> Cdr:
    return correct_call.correct_call(
        staff=staff, facility_id=line.station.facility_id, call_id=written.call_id, cents=cents, why=why,
        note="Complaint 12.", key=key or uuid4(), now=line.now,
    )  # fmt: skip


def lost(line: Line, resident: Resident, seconds: int, reason: str = "switch_lost") -> Cdr:
    call = line.ask(resident).call
    line.accept(call)
    return line.end(call, 1000 * seconds, reason)


# By itself


@pytest.mark.parametrize("reason", ["switch_lost", "switch_failed", "media_failed", "gateway_error"])
def test_tel_14_what_our_side_lost_is_settled_and_given_back_in_one_story(
    line: Line, resident: Resident, reason: str
) -> None:
    line.put(PPC, 1000)
    standing = lost(line, resident, 120, reason)
    settled, credited = Cdr.objects.order_by("pk")
    assert standing == credited
    assert (settled.seconds, settled.cents, settled.base_cents, settled.additive_cents) == (120, 22, 18, 4)
    assert (credited.corrects, credited.seconds, credited.cents, credited.additive_cents) == (settled, 120, 0, 0)
    assert credited.reasons == settled.reasons == [reason]
    made = credited.correction
    assert (made.why, made.back_cents, made.made_by, made.at) == ("our_fault", 22, None, line.now)
    assert credited.entries == [*settled.entries, made.entry_id]
    assert purse(PPC) == (1000, 0)
    place = line.station.facility_id
    assert queries.totals()[chart.facility_revenue(place)] == 0
    assert queries.totals()[chart.additive(place)] == 0
    assert line.end(standing.call, 120_000, reason) == credited, "told twice, given back once"
    assert purse(PPC) == (1000, 0)


@pytest.mark.parametrize("reason", ["media_lost", "called_hung_up", "security", "time_limit"])
def test_what_is_no_fault_of_ours_is_paid(line: Line, resident: Resident, reason: str) -> None:
    line.put(PPC, 1000)
    assert lost(line, resident, 120, reason).cents == 22
    assert purse(PPC) == (978, 0)
    assert not CallCorrection.objects.exists()


def test_what_nobody_accepted_has_nothing_to_give_back(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    assert line.end(call, 5_000, "switch_lost").corrects is None
    assert purse(PPC) == (1000, 0)


def test_an_agency_gets_its_money_and_the_resident_their_minutes(line: Line, resident: Resident) -> None:
    place = line.station.facility
    allowances.set_allowance(facility_id=place.pk, kind="minutes", per_week=2, effective_from=line.now, now=line.now)
    address = chart.resident_calls(resident.pk)
    line.put(address, 1000)
    standing = lost(line, resident, 180)
    assert (standing.cents, standing.agency_cents, standing.corrects.agency_cents) == (0, 0, 22)  # type: ignore[union-attr]
    assert purse(address) == (1000, 0)
    assert queries.totals()[chart.agency_funding(place.agency_id)] == 0
    use = AllowanceUse.objects.get()
    assert (use.used_at, use.returned_at) == (None, line.now)


def test_what_our_side_lost_uses_up_no_quota(line: Line, resident: Resident) -> None:
    CallLimits.objects.update(calls_a_day=1, pause_seconds=600)
    line.put(PPC, 1000)
    lost(line, resident, 60)
    used = authorities.used(resident.pk, line.station.facility, line.now)
    assert (used.calls_today, used.seconds_today, used.ended_at) == (0, 0, None)
    line.talk(resident, 60)
    assert authorities.used(resident.pk, line.station.facility, line.now).calls_today == 1


# By finance


def test_finance_gives_a_part_back_and_then_the_rest(line: Line, resident: Resident, finance: User) -> None:
    line.put(PPC, 1000)
    first = line.talk(resident, 600)
    assert (first.cents, first.base_cents, first.additive_cents) == (110, 90, 20)
    second = back(line, first, finance, 55)
    assert (second.cents, second.base_cents, second.additive_cents, second.seconds) == (55, 45, 10, 600)
    assert purse(PPC) == (945, 0)
    third = back(line, first, finance, 55, why="wrong_cut")
    assert (third.corrects, third.cents, third.payer) == (second, 0, PPC)
    assert purse(PPC) == (1000, 0)
    assert Cdr.objects.get(pk=first.pk).cents == 110, "what was written first stays"
    acts = AuditEvent.objects.filter(act="call.correct").order_by("pk")
    assert [(one.actor, one.object, one.detail) for one in acts] == [
        (f"staff:{finance.pk}", f"call:{first.call_id}", {"why": why, "cents": 55}) for why in ("bad_line", "wrong_cut")
    ]


def test_a_residents_own_money_goes_back_to_them(line: Line, resident: Resident, finance: User) -> None:
    address = chart.resident_calls(resident.pk)
    line.put(address, 500)
    back(line, line.talk(resident, 600), finance, 10)
    assert purse(address) == (400, 0)


def test_of_a_call_that_two_paid_the_balance_gets_its_money_first(
    line: Line, resident: Resident, finance: User
) -> None:
    place = line.station.facility
    allowances.set_allowance(facility_id=place.pk, kind="minutes", per_week=2, effective_from=line.now, now=line.now)
    line.put(PPC, 1000)
    first = line.talk(resident, 180)
    own = first.cents - first.agency_cents
    assert first.agency_cents == 22
    second = back(line, first, finance, own + 2) if own else back(line, first, finance, 2)
    assert second.agency_cents == 20
    assert purse(PPC) == (1000, 0)
    assert AllowanceUse.objects.get().returned_at is None, "minutes go back with the whole of what they cost"
    back(line, first, finance, 20)
    assert AllowanceUse.objects.get().returned_at == line.now


def test_never_more_than_was_paid_and_a_refusal_leaves_nothing(line: Line, resident: Resident, finance: User) -> None:
    line.put(PPC, 1000)
    written = line.talk(resident, 600)
    for cents in (111, 0, -1):
        with pytest.raises(MoreThanPaid):
            back(line, written, finance, cents)
    with pytest.raises(NoCallToCorrect):
        back(line, written, finance, 5, why="our_fault")
    back(line, written, finance, 110)
    with pytest.raises(NothingPaid):
        back(line, written, finance, 1)
    assert purse(PPC) == (1000, 0)
    assert Cdr.objects.count() == 2


def test_only_finance_and_only_of_their_place(line: Line, resident: Resident, long_ago: Any, finance: User) -> None:
    line.put(PPC, 1000)
    written = line.talk(resident, 600)
    with pytest.raises(NotPermitted):
        back(line, written, staff_of(line, "investigator", long_ago), 5)
    going = line.ask(resident).call
    for call_id in (going.pk, 10**9):
        with pytest.raises(NoCallToCorrect):
            correct_call.correct_call(
                staff=finance, facility_id=line.station.facility_id, call_id=call_id, cents=1, why="other",
                note="x", key=uuid4(), now=line.now,
            )  # fmt: skip
    assert Cdr.objects.count() == 1
    line.end(going, 0)


def test_the_same_wish_twice_gives_back_once(line: Line, resident: Resident, finance: User) -> None:
    line.put(PPC, 1000)
    written, key = line.talk(resident, 600), uuid4()
    assert back(line, written, finance, 55, key=key) == back(line, written, finance, 55, key=key)
    assert purse(PPC) == (945, 0)


def _both_at_once(line: Line, written: Cdr, finance: User) -> list[str]:
    """Two give all of it back at the same moment."""
    ready, said = threading.Barrier(2), []

    def one() -> None:
        try:
            ready.wait(timeout=20)
            back(line, written, finance, 110)
            said.append("given")
        except (NothingPaid, DatabaseError) as no:
            said.append(type(no).__name__)
        finally:
            connection.close()

    both = [threading.Thread(target=one) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(timeout=60)
    return sorted(said)


def test_two_at_once_give_back_once(line: Line, resident: Resident, finance: User) -> None:
    line.put(PPC, 1000)
    written = line.talk(resident, 600)
    assert _both_at_once(line, written, finance) == ["NothingPaid", "given"]
    assert purse(PPC) == (1000, 0)


def test_without_the_lock_it_would_be_the_database_that_refuses(
    line: Line, resident: Resident, finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the race: both read the same record first, and only the law of one correction a record is left."""
    line.put(PPC, 1000)
    written = line.talk(resident, 600)
    met = threading.Barrier(2)

    def unlocked(facility_id: int, call_id: int) -> Call | None:
        return Call.objects.select_related("facility").filter(pk=call_id, facility_id=facility_id).first()

    real = calls.corrected_by

    def meeting(call_id: int, key: UUID) -> bool:
        met.wait(timeout=20)
        return real(call_id, key)

    monkeypatch.setattr(corrections, "locked", unlocked)
    monkeypatch.setattr(calls, "corrected_by", meeting)
    assert _both_at_once(line, written, finance) == ["IntegrityError", "given"]
    assert purse(PPC) == (1000, 0)


# What the database itself refuses


def test_no_record_says_more_back_than_the_books(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    values = dict(Cdr.objects.filter(pk=line.talk(resident, 600).pk).values().get())
    values |= {"id": None, "corrects_id": values["id"], "cents": 0, "base_cents": 0, "additive_cents": 0}
    with pytest.raises(DatabaseError, match="not as its correction says"), transaction.atomic():
        Cdr.objects.create(**values)
    assert Cdr.objects.count() == 1


def test_money_back_without_a_record_is_found(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    written = line.talk(resident, 600)
    lines = [(PPC, 5), (chart.facility_revenue(written.facility_id), -5)]
    about = f"call:{written.call_id}"
    with transaction.atomic():
        ledger.post(key="stray", kind="call_correction", lines=lines, now=line.now, reference=about)
        found = [(one.law, one.where) for one in proof.differences() if one.law != "cash"]
        transaction.set_rollback(True)
    assert found == [("call_corrections", about)]


def test_a_correction_is_written_once(line: Line, resident: Resident, finance: User) -> None:
    line.put(PPC, 1000)
    back(line, line.talk(resident, 600), finance, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallCorrection.objects.update(note="Other.")
    with pytest.raises(IntegrityError), transaction.atomic():
        CallCorrection.objects.all().delete()


# What people read


def test_family_and_resident_read_it(line: Line, resident: Resident, mother: User, finance: User) -> None:
    listed = numbers.list_number(mother, number=NUMBER, label="Kitchen", now=line.now)
    PrepaidNumber.objects.update(holder=mother, proved_at=line.now)
    line.put(PPC, 1000)
    lost(line, resident, 120)
    line.wait(minutes=5)
    back(line, line.talk(resident, 600), finance, 10)
    history = call_history.of_number(mother.pk, listed, line.now)
    assert history is not None
    assert [(one.ended, one.paid, one.back, one.line.cents, one.line.seconds) for one in history.rows] == [
        ("The caller hung up", "Paid from this number", "$0.10 given back", 100, 600),
        ("Lost by our fault", "Costs nothing", "$0.22 given back", 0, 120),
    ]
    assert [(one.ours, one.cents, one.back_cents) for one in calls_of(resident.pk).rows] == [
        (False, 100, 10), (True, 0, 22),
    ]  # fmt: skip
    party = Party("family", mother.pk)
    account = books.account_of(party, f"number-{PrepaidNumber.objects.get().pk}")
    assert account is not None
    page = statements.history(party, account, books.Asked(kind="calls"))
    assert [(one.sentence, one.line.cents, one.details) for one in page.rows] == [
        ("Given back for a call", 10, ""),
        ("A call", -110, "10 minutes, of it $0.20 for the facility"),
        ("Given back: a call was lost by our fault", 22, ""),
        ("A call", -22, "2 minutes, of it $0.04 for the facility"),
    ]


def test_reports_count_what_stands(line: Line, resident: Resident, finance: User) -> None:
    line.put(PPC, 1000)
    lost(line, resident, 120)
    line.wait(minutes=5)
    back(line, line.talk(resident, 600), finance, 11)
    place = line.station.facility
    days = figures.Days(place.pk, line.now.replace(hour=0), line.now.replace(hour=23, minute=59), place.time_zone)
    (year,) = figures.yearly(days)
    assert (year.accepted, year.base_cents, year.additive_cents) == (2, 81, 18)
    assert sum(one.cents for one in figures.by_day(days)) == 99


def test_a_restart_gives_back_what_it_settles(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.accept(call)
    tell_call.alive(line.switch, heard={call.key: 60_000}, now=line.now)
    tell_call.booted(line.switch, boot_id="two", now=line.now)
    assert [one.cents for one in Cdr.objects.order_by("pk")] == [11, 0]
