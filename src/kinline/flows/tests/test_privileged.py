"""CON-5, DEL-7, M10, M11: letters in confidence are sealed, held by nobody, and read by their two people alone."""

from datetime import timedelta
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.db import connection

from kinline.contacts.errors import (
    ClaimOver,
    NoSuchContact,
    OwnContact,
    PrivilegedAlready,
    PrivilegedNotOffered,
    ReasonNeeded,
)
from kinline.contacts.models import Contact, PrivilegeClaim
from kinline.core import confidential
from kinline.core.models import AuditEvent
from kinline.delivery import services as delivery
from kinline.delivery.models import Policy
from kinline.facilities import services as facilities
from kinline.flows import emergency, mailbox, photos, printing, privileged, screening
from kinline.flows.after_delivery import after_delivery
from kinline.flows.contacts import restrict
from kinline.flows.deliver_message import deliver_due
from kinline.flows.send_message import send
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging import bodies, errors, queries, search
from kinline.messaging.models import Body, Draft, Message, Review, SearchEntry
from kinline.messaging.queries import printing as papers
from kinline.messaging.services import Letter, confiding, input_hash
from kinline.notices.models import Notice

pytestmark = pytest.mark.django_db
KEY, OTHER_KEY = "only-for-tests-" + "k" * 32, "only-for-tests-" + "o" * 32
SUBJECT, WORDS = "Pelican motion", "The pelican witness speaks on Monday."
PROOF = {"profession": "attorney", "organisation": "Sample Defenders", "bar_number": "NY 7788", "document": "Bar card"}


@pytest.fixture(autouse=True)
def _key(settings):
    settings.PRIVILEGED_KEYS = (KEY,)


@pytest.fixture
def offered(north):
    facilities.change_facility(facility_id=north.pk, changes={"privileged_offered": True})
    return north


@pytest.fixture
def asked(offered, contact, mother, now):
    return privileged.ask(user_id=mother.pk, contact_id=contact.pk, **PROOF, now=now)


@pytest.fixture
def confident(asked, contact, supervisor, now):
    """The mother is this resident's attorney, as staff have verified."""
    privileged.verify(staff=supervisor, claim_id=asked, now=now)
    contact.refresh_from_db()
    return contact


def write(party, contact, now, subject=SUBJECT, body=WORDS, key=None, **more):
    return send(
        party, contact_id=contact.pk, subject=subject, body=body, client_key=key or uuid4(), collect=False, now=now,
        **more,
    )  # fmt: skip


def everything():
    """All that the database holds, as text: each row of each table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found).lower()


# M10, M11: the lines


def test_m10_a_confidential_letter_is_delivered_unread_with_its_times_on_record(
    confident, mother_party, resident_party, money, now, north
):
    """`rules.md` M10: not read, not copied; when it came, was delivered and opened is written down."""
    money(mother_party, 50)
    delivery.set_policy(facility_id=north.pk, rules=[{"id": "all", "then": "review"}], now=now - timedelta(hours=1))
    sent = write(mother_party, confident, now)
    assert sent.state == "delivered"
    assert not Review.objects.exists()
    later = now + timedelta(minutes=3)
    view = mailbox.open_message(resident_party, message_id=sent.message_id, now=later)
    assert (view.subject, view.body, view.kind) == (SUBJECT, WORDS, "privileged")
    row = Message.objects.get()
    assert (row.sent_at, row.delivered_at, row.opened_at) == (now, now, later)
    assert AuditEvent.objects.filter(act="message.send", object=f"message:{row.pk}").count() == 1
    assert not AuditEvent.objects.filter(act="message.read").exists()


@pytest.mark.parametrize(
    "policy",
    [[], [{"id": "x", "then": "nonsense"}], [{"id": "no", "then": "refuse", "reason": "threat"}],
     [{"id": "first", "then": "review", "when": {"first": True}}]],
)  # fmt: skip
def test_m10_no_rule_and_no_fault_holds_it_for_a_person(confident, mother_party, money, now, north, policy):
    money(mother_party, 50)
    Policy.objects.filter(facility=north).update(rules=policy)
    assert write(mother_party, confident, now).state == "delivered"
    assert not Review.objects.exists()


def test_m10_a_fault_of_the_screening_does_not_hold_it_either(confident, mother_party, money, now, monkeypatch):
    money(mother_party, 50)
    monkeypatch.setattr(screening, "screened", Mock(side_effect=RuntimeError))
    assert write(mother_party, confident, now).state == "delivered"


def test_waits_and_an_emergency_hold_it_without_showing_it(confident, mother_party, money, now, north, supervisor):
    money(mother_party, 100)
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "wait", "then": "wait", "minutes": 30}], now=now - timedelta(hours=1)
    )
    assert write(mother_party, confident, now).state == "scheduled"
    until = now + timedelta(hours=5)
    emergency.stop_letters(
        staff=supervisor, facility_id=north.pk, told={"en": "A count.", "es": "Un recuento."}, until=until, now=now
    )
    sent = write(mother_party, confident, now)
    row = Message.objects.get(pk=sent.message_id)
    assert (row.state, row.deliver_at) == ("scheduled", None)
    assert not Review.objects.exists()


def test_no_photo_goes_with_it_and_none_to_paper(confident, mother_party, resident_party, resident, money, now):
    money(mother_party, 100)
    money(resident_party, 100)
    with pytest.raises(errors.NoPhotos):
        photos.add_photo(mother_party, contact_id=confident.pk, content=b"x", now=now)
    type(resident).objects.update(paper_since=now)
    with pytest.raises(errors.CannotWrite, match="never printed"):
        write(mother_party, confident, now)
    assert write(resident_party, confident, now).state == "delivered"


def test_m11_never_stored_in_plain_never_indexed_never_screened(
    confident, mother_party, resident_party, money, now, north
):
    """`rules.md` M11 (b): no row of the whole database shows a word of letter, answer or draft."""
    money(mother_party, 200)
    money(resident_party, 200)
    rules = [
        {"id": "at-once", "then": "deliver"},
        {"id": "w", "then": "review", "when": {"words": ["monday", "first"]}},
    ]
    delivery.set_policy(facility_id=north.pk, rules=rules, now=now - timedelta(hours=1))
    sent = write(mother_party, confident, now)
    answer = write(resident_party, confident, now, body="I saw the pelican first.", reply_to=sent.message_id)
    for one in (sent, answer):
        after_delivery(message_id=one.message_id, now=now)
    mailbox.save_draft(
        mother_party, contact_id=confident.pk, subject=SUBJECT, text="A pelican more.", client_key=uuid4(), now=now
    )
    assert "pelican" not in everything()
    assert "witness" not in everything()
    assert not SearchEntry.objects.exists()
    assert search.find(mother_party, "pelican") == []
    for row in Message.objects.all():
        assert row.subject == ""
        assert row.state == "delivered"
        assert [one["id"] for one in row.decision["fired"]] == ["at-once"]
    assert queries.draft(mother_party, confident.pk).text == "A pelican more."
    assert queries.letter(mother_party, answer.message_id, now=now).body == "I saw the pelican first."
    listed = queries.conversation(mother_party, confident.pk, now=now).rows
    assert {(row.subject, row.preview) for row in listed} == {(SUBJECT, WORDS), (SUBJECT, "I saw the pelican first.")}


def test_m11_where_it_is_not_offered_one_says_that_one_knows_before_each_letter(
    contact, mother_party, resident_party, money, now
):
    """`rules.md` M11 (a): a notice that cannot be skipped; nothing happens without it, and with it it is on record."""
    money(mother_party, 100)
    money(resident_party, 100)
    Contact.objects.update(relation="His attorney")
    for party in (mother_party, resident_party):
        with pytest.raises(errors.NotConfidential) as no:
            write(party, contact, now)
        assert no.value.code == "not_confidential"
    assert not Message.objects.exists()
    assert balance(chart.messages_of(mother_party)).available_cents == 100
    sent = write(mother_party, contact, now, aware=True)
    assert Body.objects.get().text == WORDS
    row = AuditEvent.objects.get(act="message.not_confidential")
    assert (row.actor, row.object) == (mother_party.channel, f"message:{sent.message_id}")


def test_m11_where_it_is_not_offered_privileged_contacts_are_refused(contact, mother, mother_party, money, now, north):
    money(mother_party, 100)
    with pytest.raises(PrivilegedNotOffered, match="Sample North does not offer") as no:
        privileged.ask(user_id=mother.pk, contact_id=contact.pk, **PROOF, now=now)
    assert no.value.code == "privileged_not_offered"
    assert not PrivilegeClaim.objects.exists()
    Contact.objects.update(kind="privileged")
    with pytest.raises(errors.CannotWrite, match="does not offer confidential letters"):
        write(mother_party, contact, now, aware=True)
    assert not Message.objects.exists()


# The class


def test_asked_waits_verified_is_told_to_both(asked, contact, mother_party, resident_party, supervisor, now, money):
    money(mother_party, 50)
    with pytest.raises(errors.CannotWrite, match="Waiting since"):
        write(mother_party, contact, now)
    with pytest.raises(PrivilegedAlready):
        privileged.ask(user_id=mother_party.id, contact_id=contact.pk, **PROOF, now=now)
    privileged.verify(staff=supervisor, claim_id=asked, now=now)
    privileged.verify(staff=supervisor, claim_id=asked, now=now)
    contact.refresh_from_db()
    claim = PrivilegeClaim.objects.get()
    assert (contact.kind, claim.state, claim.verified_by) == ("privileged", "verified", supervisor)
    assert Notice.objects.filter(kind="privileged_verified").count() == 2
    acts = AuditEvent.objects.filter(act__startswith="privileged").order_by("pk")
    assert [(one.act, one.actor) for one in acts] == [
        ("privileged.ask", f"family:{mother_party.id}"), ("privileged.verify", f"staff:{supervisor.pk}"),
    ]  # fmt: skip
    assert write(mother_party, contact, now).state == "delivered"


def test_refused_with_a_reason_the_two_are_ordinary_and_say_that_they_know(
    asked, contact, mother_party, supervisor, now, money
):
    money(mother_party, 50)
    with pytest.raises(ReasonNeeded):
        privileged.end(staff=supervisor, claim_id=asked, reason=" ", now=now)
    assert PrivilegeClaim.objects.get().state == "waiting"
    privileged.end(staff=supervisor, claim_id=asked, reason="The number is unknown.", now=now)
    contact.refresh_from_db()
    assert (contact.kind, PrivilegeClaim.objects.get().state) == ("personal", "ended")
    assert Notice.objects.filter(kind="privileged_refused", params__reason="The number is unknown.").count() == 2
    with pytest.raises(errors.NotConfidential):
        write(mother_party, contact, now)
    assert write(mother_party, contact, now, aware=True).state == "delivered"
    with pytest.raises(ClaimOver):
        privileged.verify(staff=supervisor, claim_id=asked, now=now)


def test_ended_it_is_closed_and_never_ordinary_again(confident, asked, mother_party, supervisor, now, money):
    money(mother_party, 100)
    sent = write(mother_party, confident, now)
    privileged.end(staff=supervisor, claim_id=asked, reason="No longer counsel.", now=now)
    confident.refresh_from_db()
    assert confident.kind == "privileged"
    with pytest.raises(errors.CannotWrite, match="ended the confidential letters"):
        write(mother_party, confident, now, aware=True)
    assert queries.letter(mother_party, sent.message_id, now=now).body == WORDS
    again = privileged.ask(user_id=mother_party.id, contact_id=confident.pk, **PROOF, now=now)
    privileged.verify(staff=supervisor, claim_id=again, now=now)
    assert write(mother_party, confident, now).state == "delivered"


def test_who_asked_can_take_it_back(asked, contact, mother, stranger, supervisor, now):
    with pytest.raises(NoSuchContact):
        privileged.withdraw(user_id=stranger.pk, contact_id=contact.pk, now=now)
    privileged.withdraw(user_id=mother.pk, contact_id=contact.pk, now=now)
    assert PrivilegeClaim.objects.get().state == "ended"
    with pytest.raises(ClaimOver):
        privileged.verify(staff=supervisor, claim_id=asked, now=now)


def test_only_who_may_at_this_place_and_never_for_oneself(
    asked, contact, officer, officer_south, supervisor, mother, now
):
    for other in (officer, officer_south):
        with pytest.raises(NoSuchContact):
            privileged.verify(staff=other, claim_id=asked, now=now)
    type(mother).objects.filter(pk=mother.pk).update(email=supervisor.email)
    with pytest.raises(OwnContact):
        privileged.verify(staff=supervisor, claim_id=asked, now=now)
    assert PrivilegeClaim.objects.get().state == "waiting"


def test_what_was_written_before_is_sealed_and_what_was_held_is_let_go(
    offered, contact, mother_party, mother, supervisor, money, now, north
):
    money(mother_party, 200)
    early = write(mother_party, contact, now)
    after_delivery(message_id=early.message_id, now=now)
    delivery.set_policy(facility_id=north.pk, rules=[{"id": "all", "then": "review"}], now=now - timedelta(hours=1))
    held = write(mother_party, contact, now, body="A pelican was held.")
    mailbox.save_draft(
        mother_party, contact_id=contact.pk, subject="", text="Pelican draft", client_key=uuid4(), now=now
    )
    assert SearchEntry.objects.count() == 1
    claim = privileged.ask(user_id=mother.pk, contact_id=contact.pk, **PROOF, now=now)
    privileged.verify(staff=supervisor, claim_id=claim, now=now)
    assert not SearchEntry.objects.exists()
    assert Message.objects.get(pk=held.message_id).state == "delivered"
    assert Review.objects.get().decision == "withdrawn"
    assert balance(chart.messages_of(mother_party)).posted_cents == 100
    privileged.confide(contact_id=contact.pk, now=now)
    assert "pelican" not in everything()
    assert queries.letter(mother_party, early.message_id, now=now).body == WORDS
    assert queries.draft(mother_party, contact.pk).text == "Pelican draft"


def test_what_was_to_be_printed_is_given_back_and_no_batch_shows_it(
    offered, contact, mother, mother_party, resident, supervisor, admin, money, now, north
):
    money(mother_party, 100)
    type(resident).objects.update(paper_since=now)
    sent = write(mother_party, contact, now)
    deliver_due(message_id=sent.message_id, now=now)
    unit = resident.custodies.get().unit_id
    batch = printing.make_batch(staff=admin, facility_id=north.pk, unit_id=unit, now=now)
    assert printing.document(staff=admin, facility_id=north.pk, batch_id=batch, now=now)
    claim = privileged.ask(user_id=mother.pk, contact_id=contact.pk, **PROOF, now=now)
    privileged.verify(staff=supervisor, claim_id=claim, now=now)
    assert Message.objects.get().state == "returned"
    assert balance(chart.messages_of(mother_party)).available_cents == 100
    assert papers.batch(north.pk, batch).lines == ()
    with pytest.raises(errors.NothingToPrint):
        printing.document(staff=admin, facility_id=north.pk, batch_id=batch, now=now)


def test_what_staff_read_with_opens_nothing_sealed_even_where_there_is_a_key(confident, mother_party, money, now):
    money(mother_party, 50)
    sent = write(mother_party, confident, now)
    for read in (bodies.read, bodies.read_kept):
        with pytest.raises(errors.ConfidentialClosed):
            read(sent.message_id)
    assert bodies.previews([sent.message_id], sealed=False) == {sent.message_id: bodies.NOTHING}
    assert bodies.words_of(sent.message_id).text == WORDS


def test_a_letter_that_was_on_its_way_while_it_was_verified_is_sealed_within_the_hour(
    asked, contact, mother_party, supervisor, money, now, north, settings
):
    """Its sender's page had read an ordinary contact: stored plain, and held for a reviewer."""
    money(mother_party, 50)
    Contact.objects.filter(pk=contact.pk).update(privilege_asked_at=None)
    delivery.set_policy(facility_id=north.pk, rules=[{"id": "all", "then": "review"}], now=now - timedelta(hours=1))
    sent = write(mother_party, contact, now)
    after_delivery(message_id=sent.message_id, now=now)
    Contact.objects.filter(pk=contact.pk).update(kind="privileged")
    settings.PRIVILEGED_KEYS = ()
    assert privileged.seal_all(now=now) == 0
    settings.PRIVILEGED_KEYS = (KEY,)
    assert privileged.seal_all(now=now) == 1
    assert "pelican" not in everything()
    assert Message.objects.get().state == "delivered"
    assert privileged.seal_all(now=now) == 1
    assert queries.letter(mother_party, sent.message_id, now=now).body == WORDS


def test_where_it_is_offered_no_longer_what_waits_is_given_back(confident, mother_party, money, now, north):
    money(mother_party, 50)
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "wait", "then": "wait", "minutes": 30}], now=now - timedelta(hours=1)
    )
    sent = write(mother_party, confident, now)
    assert sent.state == "scheduled"
    facilities.change_facility(facility_id=north.pk, changes={"privileged_offered": False})
    deliver_due(message_id=sent.message_id, now=now + timedelta(hours=1))
    assert Message.objects.get().state == "returned"
    assert balance(chart.messages_of(mother_party)).available_cents == 50


def test_a_restriction_meanwhile_gives_it_back_instead_of_showing_it(
    confident, mother_party, resident, money, now, north, supervisor
):
    money(mother_party, 50)
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "wait", "then": "wait", "minutes": 30}], now=now - timedelta(hours=1)
    )
    sent = write(mother_party, confident, now)
    restrict(staff=supervisor, facility_id=north.pk, resident_id=resident.pk, reason="An order.", now=now)
    deliver_due(message_id=sent.message_id, now=now + timedelta(hours=1))
    assert Message.objects.get().state == "returned"
    assert not Review.objects.exists()


def test_asking_does_not_get_an_ordinary_letter_past_a_restriction(
    offered, contact, mother_party, resident, money, now, north, supervisor
):
    money(mother_party, 50)
    delivery.set_policy(
        facility_id=north.pk, rules=[{"id": "wait", "then": "wait", "minutes": 30}], now=now - timedelta(hours=1)
    )
    sent = write(mother_party, contact, now)
    restrict(staff=supervisor, facility_id=north.pk, resident_id=resident.pk, reason="An order.", now=now)
    privileged.ask(user_id=mother_party.id, contact_id=contact.pk, **PROOF, now=now)
    deliver_due(message_id=sent.message_id, now=now + timedelta(hours=1))
    assert Message.objects.get().state == "review"


# The key


def test_without_a_key_nothing_is_written_nothing_is_lost(
    confident, mother_party, resident_party, money, now, settings
):
    money(mother_party, 100)
    sent = write(mother_party, confident, now)
    mailbox.save_draft(
        mother_party, contact_id=confident.pk, subject="", text="Pelican draft", client_key=uuid4(), now=now
    )
    before = Draft.objects.get().text
    settings.PRIVILEGED_KEYS = ()
    with pytest.raises(errors.CannotWrite, match="at this moment"):
        write(mother_party, confident, now)
    with pytest.raises(errors.ConfidentialClosed):
        mailbox.save_draft(mother_party, contact_id=confident.pk, subject="", text="Other", client_key=uuid4(), now=now)
    view = mailbox.open_message(resident_party, message_id=sent.message_id, now=now)
    assert (view.body, view.subject, view.closed) == (None, "", True)
    assert Message.objects.get().opened_at is None
    assert queries.conversation(resident_party, confident.pk, now=now).rows[0].preview == ""
    assert (Draft.objects.get().text, Message.objects.count()) == (before, 1)
    assert balance(chart.messages_of(mother_party)).available_cents == 50
    settings.PRIVILEGED_KEYS = (KEY,)
    assert mailbox.open_message(resident_party, message_id=sent.message_id, now=now).body == WORDS


def test_with_a_wrong_key_nothing_opens_and_the_draft_stays(confident, mother_party, money, now, settings):
    money(mother_party, 100)
    sent = write(mother_party, confident, now)
    mailbox.save_draft(mother_party, contact_id=confident.pk, subject="", text="Mine", client_key=uuid4(), now=now)
    before = Draft.objects.get().text
    settings.PRIVILEGED_KEYS = (OTHER_KEY,)
    assert queries.letter(mother_party, sent.message_id, now=now).closed
    with pytest.raises(errors.ConfidentialClosed):
        mailbox.save_draft(mother_party, contact_id=confident.pk, subject="", text="New", client_key=uuid4(), now=now)
    assert Draft.objects.get().text == before


def test_a_new_key_seals_and_the_old_one_opens_until_all_is_sealed_anew(confident, mother_party, money, now, settings):
    money(mother_party, 50)
    sent = write(mother_party, confident, now)
    settings.PRIVILEGED_KEYS = (OTHER_KEY, KEY)
    assert queries.letter(mother_party, sent.message_id, now=now).body == WORDS
    confiding.seal_some(confident.pk, limit=10)
    settings.PRIVILEGED_KEYS = (OTHER_KEY,)
    assert queries.letter(mother_party, sent.message_id, now=now).body == WORDS


def test_a_row_copied_to_other_people_or_changed_does_not_open(confident, contact_south, mother_party, money, now):
    money(mother_party, 100)
    sent = write(mother_party, confident, now)
    stored = Body.objects.get().text
    Message.objects.filter(pk=sent.message_id).update(contact=contact_south)
    assert queries.letter(mother_party, sent.message_id, now=now).closed
    Message.objects.filter(pk=sent.message_id).update(contact=confident)
    Body.objects.update(text=stored[:-8] + ("A" if stored[-8] != "A" else "B") + stored[-7:])
    assert queries.letter(mother_party, sent.message_id, now=now).closed


def test_a_repeat_is_a_repeat_and_its_hash_tells_nothing(confident, mother_party, money, now):
    money(mother_party, 100)
    key = uuid4()
    first = write(mother_party, confident, now, key=key)
    again = write(mother_party, confident, now, key=key)
    assert (again.message_id, again.again) == (first.message_id, True)
    with pytest.raises(errors.KeyReused):
        write(mother_party, confident, now, key=key, body="Another")
    assert bytes(Message.objects.get().input_hash) != input_hash(confident.pk, Letter(SUBJECT, WORDS, key))


def test_what_is_typed_is_never_taken_for_sealed(confident, contact, mother_party, money, now):
    money(mother_party, 50)
    sent = write(mother_party, confident, now, body=f"{confidential.MARK}abc:def")
    assert queries.letter(mother_party, sent.message_id, now=now).body == "sealed1:abc:def"
