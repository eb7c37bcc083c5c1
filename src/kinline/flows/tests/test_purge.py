"""REC4, MSG-8: three claims on the words of a letter; a legal hold wins; what goes has a certificate."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import appeal, mailbox
from kinline.flows.after_delivery import after_delivery
from kinline.flows.decide_review import refuse
from kinline.flows.housekeeping import housekeeping
from kinline.flows.purge import purge_record
from kinline.flows.reading import read_held
from kinline.flows.retention import lift_hold, place_hold, set_retention
from kinline.flows.tests.test_send import write
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.identity.permissions import NotPermitted
from kinline.ledger import queries as ledger
from kinline.messaging import errors
from kinline.messaging.models import Appeal, Body, LegalHold, Mailbox, Message, Purge, Purged, Retention, SearchEntry
from kinline.messaging.queries import record as queries
from kinline.residents.models import Resident

Money = Callable[[Party, int], None]
pytestmark = pytest.mark.django_db
YEARS = timedelta(days=731)


@pytest.fixture
def letter(money: Money, mother_party: Party, contact: Contact, now: datetime) -> int:
    """A delivered letter, indexed."""
    money(mother_party, 500)
    sent = write(mother_party, contact, now, "Words of the letter").message_id
    after_delivery(message_id=sent, now=now)
    return sent


@pytest.fixture
def refused(north: Facility, letter: int, mother_party: Party, contact: Contact, officer: User, now: datetime) -> int:
    north.policies.all().delete()
    held = write(mother_party, contact, now, "Held words").message_id
    refuse(staff=officer, message_id=held, reason_code="threat", explanation="The second line.", now=now)
    return held


def let_go(party: Party, message_id: int, now: datetime) -> None:
    """Removed, and the 30 days to undo are over."""
    mailbox.remove(party, [message_id], now=now)
    housekeeping(now=now + timedelta(days=31))


def has_words(message_id: int) -> bool:
    return Body.objects.filter(pk=message_id).exists()


def test_rec4_words_go_when_all_three_claims_have_ended(
    letter: int, mother_party: Party, resident_party: Party, north: Facility, now: datetime
) -> None:
    later = now + YEARS
    purge_record(now=later)
    assert has_words(letter), "two mailboxes have it"
    let_go(mother_party, letter, now)
    purge_record(now=later)
    assert has_words(letter), "the resident has it"
    let_go(resident_party, letter, now)
    purge_record(now=now + timedelta(days=729))
    assert has_words(letter), "the facility has it"
    before = ledger.totals()
    purge_record(now=later)
    assert not has_words(letter)
    message = Message.objects.get(pk=letter)
    assert (message.subject, bytes(message.input_hash)) == ("", bytes(32))
    assert (message.state, message.length, message.price_cents) == ("delivered", 19, 50), "what the books need"
    assert not SearchEntry.objects.filter(pk=letter).exists()
    assert ledger.totals() == before
    _certified(letter, north, later)


def _certified(letter: int, north: Facility, later: datetime) -> None:
    purge = Purge.objects.get()
    assert (purge.facility, purge.kind, purge.days, purge.count, purge.retention) == (north, "letter", 730, 1, None)
    assert (purge.ended_before, purge.at) == (later - timedelta(days=730), later)
    found = queries.certificate([north.pk], purge.pk)
    assert found is not None
    assert (found.letters, found.holds) == ([letter], True)
    event = AuditEvent.objects.get(act="record.purge")
    assert (event.actor, event.object, event.facility_id) == ("system", f"purge:{purge.pk}", north.pk)
    assert event.detail == {"kind": "letter", "days": 730, "count": 1, "digest": found.digest}
    purge_record(now=later)
    assert Purge.objects.count() == 1, "nothing goes twice"


def test_rec4_a_copy_that_can_still_be_brought_back_is_a_claim(
    letter: int, mother_party: Party, resident_party: Party, now: datetime
) -> None:
    let_go(resident_party, letter, now)
    later = now + YEARS
    mailbox.remove(mother_party, [letter], now=later)
    housekeeping(now=later + timedelta(days=29))
    purge_record(now=later + timedelta(days=29))
    assert has_words(letter)
    mailbox.restore(mother_party, [letter], now=later + timedelta(days=29))
    assert mailbox.open_message(mother_party, message_id=letter, now=later).body == "Words of the letter"  # type: ignore[union-attr]


@pytest.mark.parametrize("about", ["message", "resident", "family"])
def test_rec4_a_legal_hold_wins_and_ends_when_lifted(
    about: str, letter: int, mother: User, resident: Resident, north: Facility, supervisor: User, now: datetime,
    mother_party: Party, resident_party: Party,
) -> None:  # fmt: skip
    let_go(mother_party, letter, now)
    let_go(resident_party, letter, now)
    whom = {"message": str(letter), "resident": resident.number, "family": mother.username}[about]
    hold = hold_on(supervisor, north, about, whom, now)
    later = now + YEARS
    purge_record(now=later)
    assert has_words(letter)
    with pytest.raises(errors.HoldNeedsWhy):
        lift_hold(staff=supervisor, facility_id=north.pk, hold_id=hold, why=" ", now=later)
    lift_hold(staff=supervisor, facility_id=north.pk, hold_id=hold, why="The case is closed.", now=later)
    with pytest.raises(errors.HoldLifted):
        lift_hold(staff=supervisor, facility_id=north.pk, hold_id=hold, why="Again.", now=later)
    purge_record(now=later)
    assert not has_words(letter)
    acts = AuditEvent.objects.filter(object=f"hold:{hold}").values_list("actor", "act")
    assert list(acts) == [(f"staff:{supervisor.pk}", "hold.place"), (f"staff:{supervisor.pk}", "hold.lift")]


def hold_on(staff: User, place: Facility, about: str, whom: str, now: datetime, **days: date) -> int:
    values: dict[str, date | None] = {"from_day": None, "until_day": None, **days}
    return place_hold(
        staff=staff, facility_id=place.pk, about=about, whom=whom, reason="Subpoena 17.", now=now, **values
    )


def test_rec4_a_hold_of_another_facility_wins_too(
    letter: int, south: Facility, contact_south: Contact, mother: User, mother_party: Party, resident_party: Party,
    now: datetime, supervisor: User,
) -> None:  # fmt: skip
    """The same mother writes to somebody in the south: a court there holds all of hers."""
    write(mother_party, contact_south, now, "To the south")
    identity.grant_role(user_id=supervisor.pk, facility_id=south.pk, role=Role.SUPERVISOR, now=now)
    hold_on(supervisor, south, "family", mother.username, now)
    let_go(mother_party, letter, now)
    let_go(resident_party, letter, now)
    purge_record(now=now + YEARS)
    assert has_words(letter)


@pytest.mark.django_db(transaction=True)
def test_a_hold_ends_with_its_last_day_in_the_places_zone(
    letter: int, north: Facility, supervisor: User, now: datetime, mother_party: Party, resident_party: Party
) -> None:
    let_go(mother_party, letter, now)
    let_go(resident_party, letter, now)
    zone = ZoneInfo(north.time_zone)
    last = (now + YEARS).astimezone(zone).date()
    hold_on(supervisor, north, "message", str(letter), now, until_day=last)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    purge_record(now=end - timedelta(seconds=1))
    assert has_words(letter)
    purge_with_real_clock_after(end)
    assert not has_words(letter)


def purge_with_real_clock_after(end: datetime) -> None:
    """The database's own rule reads the real clock, at which this hold is still in force: it is set aside here."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messaging_body DISABLE TRIGGER body_claimed")
    purge_record(now=end)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messaging_body ENABLE TRIGGER body_claimed")


@pytest.mark.parametrize(
    ("about", "whom"),
    [("message", "999999"), ("message", "x"), ("message", "9" * 30), ("resident", "0000"), ("family", "stranger"),
     ("family", "nobody")],
)  # fmt: skip
def test_a_hold_names_what_the_place_knows(
    about: str, whom: str, letter: int, stranger: User, north: Facility, supervisor: User, now: datetime
) -> None:
    with pytest.raises(errors.NobodyOfThisName):
        hold_on(supervisor, north, about, whom, now)
    assert not LegalHold.objects.exists()
    assert not AuditEvent.objects.filter(act="hold.place").exists()


def test_who_may_hold(
    letter: int, north: Facility, south: Facility, officer: User, supervisor: User, now: datetime
) -> None:
    for staff, place in ((officer, north), (supervisor, south)):
        with pytest.raises(NotPermitted):
            hold_on(staff, place, "message", str(letter), now)
    hold = hold_on(supervisor, north, "message", str(letter), now)
    with pytest.raises(NotPermitted):
        lift_hold(staff=officer, facility_id=north.pk, hold_id=hold, why="No.", now=now)
    assert LegalHold.objects.get().lifted_at is None


def test_a_refused_letter_is_kept_until_no_appeal_is_possible_any_more(
    refused: int, mother_party: Party, resident_party: Party, north: Facility, supervisor: User, now: datetime
) -> None:
    """M6: the window and all levels first, then the days of the class."""
    let_go(mother_party, refused, now)
    filed = now + timedelta(days=5)
    appeal.file(resident_party, message_id=refused, text="Please look again", now=filed)
    purge_record(now=now + timedelta(days=4000))
    assert has_words(refused), "an appeal is open"
    decided = now + timedelta(days=100)
    appeal.decide(
        staff=supervisor, appeal_id=Appeal.objects.get().pk, won=False, answer="The refusal stands.", now=decided
    )
    purge_record(now=decided + timedelta(days=729))
    assert has_words(refused)
    purge_record(now=decided + YEARS)
    assert not has_words(refused)
    assert Purge.objects.get(letters__message_id=refused).kind == "refused"
    one = Appeal.objects.get()
    assert (one.text, one.answer) == ("", "The refusal stands.")


def test_a_letter_that_waits_is_never_purged(
    letter: int, money: Money, mother_party: Party, contact: Contact, north: Facility, now: datetime
) -> None:
    north.policies.all().delete()
    held = write(mother_party, contact, now, "Held words").message_id
    Mailbox.objects.filter(message_id=held).delete()
    purge_record(now=now + timedelta(days=9999))
    assert has_words(held)


def test_closing_an_account_ends_its_claim_and_nobody_elses(
    letter: int, mother: User, resident_party: Party, now: datetime
) -> None:
    identity.close(user=mother, owed_cents=0, now=now)
    housekeeping(now=now)
    assert not Mailbox.objects.filter(user=mother).exists()
    assert Mailbox.objects.filter(message_id=letter, resident_id=resident_party.id).exists()
    purge_record(now=now + YEARS)
    assert has_words(letter)
    let_go(resident_party, letter, now)
    purge_record(now=now + YEARS)
    assert not has_words(letter)


def test_a_privileged_letter_is_not_of_the_facilitys_record(
    letter: int, contact: Contact, mother_party: Party, resident_party: Party, now: datetime
) -> None:
    Contact.objects.filter(pk=contact.pk).update(kind="privileged")
    let_go(mother_party, letter, now)
    purge_record(now=now + timedelta(days=40))
    assert has_words(letter)
    let_go(resident_party, letter, now)
    purge_record(now=now + timedelta(days=40))
    assert not has_words(letter)
    assert Purge.objects.get().kind == "privileged"


def test_rec4_retention_is_per_place_and_class_and_dated(
    letter: int,
    north: Facility,
    south: Facility,
    admin: User,
    now: datetime,
    mother_party: Party,
    resident_party: Party,
) -> None:
    today = now.astimezone(ZoneInfo(north.time_zone)).date()
    values = {"staff": admin, "kind": "letter", "days": 90, "reason": "New county rule."}
    with pytest.raises(errors.RetentionTooSoon):
        set_retention(facility_id=north.pk, from_day=today, now=now, **values)  # type: ignore[arg-type]
    with pytest.raises(NotPermitted):
        set_retention(facility_id=south.pk, from_day=today + timedelta(days=1), now=now, **values)  # type: ignore[arg-type]
    assert not Retention.objects.exists()
    begins = today + timedelta(days=200)
    set_retention(facility_id=north.pk, from_day=begins, now=now, **values)  # type: ignore[arg-type]
    with pytest.raises(errors.RetentionTaken):
        set_retention(facility_id=north.pk, from_day=begins, now=now, **values)  # type: ignore[arg-type]
    kept = {one.kind: one for one in queries.kept_by(north.pk, now)}
    assert [(one.days, one.later_days) for one in kept.values()] == [(730, 90), (730, None), (0, None)]
    assert {one.days for one in queries.kept_by(south.pk, now + YEARS)} == {730, 0}
    let_go(mother_party, letter, now)
    let_go(resident_party, letter, now)
    purge_record(now=now + timedelta(days=199))
    assert has_words(letter)
    purge_record(now=now + timedelta(days=202))
    assert not has_words(letter)
    purge = Purge.objects.get()
    assert (purge.days, purge.retention) == (90, Retention.objects.get())
    assert AuditEvent.objects.get(act="retention.set").detail == {
        "kind": "letter", "days": 90, "effective_from": begins.isoformat(),
    }  # fmt: skip


@pytest.mark.parametrize("claim", ["mailbox", "hold", "certificate"])
def test_the_database_itself_keeps_words_that_somebody_claims(
    claim: str, letter: int, north: Facility, supervisor: User, now: datetime
) -> None:
    """Whatever the program does: each of the three noes, by itself."""
    if claim != "mailbox":
        Mailbox.objects.filter(message_id=letter).delete()
    if claim == "hold":
        hold_on(supervisor, north, "message", str(letter), now - timedelta(minutes=1))
    if claim != "certificate":
        purge = Purge.objects.create(
            facility=north, kind="letter", days=1, ended_before=now, count=1, first_sent_at=now, last_sent_at=now,
            digest=bytes(32), at=now,
        )  # fmt: skip
        Purged.objects.create(message_id=letter, purge=purge)
    names = {"mailbox": "body_in_mailbox", "hold": "body_on_hold", "certificate": "body_without_certificate"}
    with pytest.raises(IntegrityError) as no, transaction.atomic():
        Body.objects.filter(pk=letter).delete()
    assert no.value.__cause__.diag.constraint_name == names[claim]  # type: ignore[union-attr]
    assert has_words(letter)


def test_a_hold_is_never_rewritten_and_a_certificate_never_changed(
    letter: int, north: Facility, supervisor: User, now: datetime, mother_party: Party, resident_party: Party
) -> None:
    hold_on(supervisor, north, "resident", "1001", now)
    for change in (
        {"reason": "Another."},
        {"ends_at": now + timedelta(days=1)},
        {"resident_id": None, "message_id": 1},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            LegalHold.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        LegalHold.objects.all().delete()
    assert LegalHold.objects.get().reason == "Subpoena 17."
    LegalHold.objects.update(lifted_at=now, lifted_by=supervisor, lifted_why="Closed.")
    let_go(mother_party, letter, now)
    let_go(resident_party, letter, now)
    purge_record(now=now + YEARS)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Purge.objects.update(count=9)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Purged.objects.update(purge_id=9)
    assert Purge.objects.get().count == 1


def test_many_go_in_pieces_each_with_its_certificate(
    money: Money, mother_party: Party, contact: Contact, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kinline.flows.purge.BATCH", 2)
    money(mother_party, 500)
    for n in range(5):
        write(mother_party, contact, now, f"Words {n}")
    Mailbox.objects.all().delete()
    purge_record(now=now + YEARS)
    assert list(Purge.objects.order_by("pk").values_list("count", flat=True)) == [2, 2, 1]
    assert not Body.objects.exists()


def test_the_claims_of_a_letter_are_told(
    letter: int,
    north: Facility,
    south: Facility,
    supervisor: User,
    resident_party: Party,
    mother_party: Party,
    now: datetime,
) -> None:
    assert queries.claims([south.pk], letter, now) is None
    let_go(mother_party, letter, now)
    told = queries.claims([north.pk], letter, now)
    assert told is not None
    assert (told.family_has, told.resident_has, told.days, told.purged_at) == (False, True, 730, None)
    assert told.until == Message.objects.get(pk=letter).delivered_at + timedelta(days=730)
    assert told.facility_has(now)
    assert not told.facility_has(now + YEARS)
    hold_on(supervisor, north, "message", str(letter), now)
    held = queries.claims([north.pk], letter, now + YEARS)
    assert held is not None
    assert held.facility_has(now + YEARS)
    assert [one.reason for one in held.holds] == ["Subpoena 17."]


def test_a_purged_letter_has_no_words_for_staff_either(
    refused: int, officer: User, mother_party: Party, north: Facility, now: datetime
) -> None:
    let_go(mother_party, refused, now)
    purge_record(now=now + timedelta(days=9999))
    assert not has_words(refused)
    with pytest.raises(errors.NotFound):
        read_held(staff=officer, message_id=refused, purpose="Again.", now=now)
    assert not AuditEvent.objects.filter(act="message.read").exists()
