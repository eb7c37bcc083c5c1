"""STF-8: the emergency switch holds and never loses; everybody is told; it ends by itself, and what waited goes out in
order."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from kinline.core.models import AuditEvent
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.delivery import services as delivery
from kinline.delivery.errors import BadStopEnd, NoStop, StopNeedsReason, StoppedAlready
from kinline.delivery.models import Stop
from kinline.flows import collect, emergency, take_back
from kinline.flows.deliver_message import deliver_due
from kinline.flows.send_message import send
from kinline.identity.permissions import NotPermitted
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging import errors, queries
from kinline.messaging.models import Message
from kinline.notices.models import Notice

pytestmark = pytest.mark.django_db
WHY = {"en": "The network of the building is repaired.", "es": "Se repara la red del edificio."}
HOUR = timedelta(hours=1)


def _stop(staff, place, now, hours=2):
    return emergency.stop_letters(staff=staff, facility_id=place.pk, told=WHY, until=now + hours * HOUR, now=now)


def _write(party, contact, now, words="Hello.", *, collect=False):
    return send(
        party, contact_id=contact.pk, subject="", body=words, client_key=uuid4(), collect=collect, now=now
    ).message_id


def _state(message_id):
    return Message.objects.values_list("state", "deliver_at").get(pk=message_id)


@pytest.fixture
def rich(money, mother_party):
    money(mother_party, 1000)


def test_stf_8_held_told_and_out_in_order(rich, supervisor, north, mother_party, resident_party, contact, now):
    stop_id = _stop(supervisor, north, now)
    letters = [_write(mother_party, contact, now + timedelta(minutes=n), f"Letter {n}") for n in range(3)]
    assert [_state(one) for one in letters] == [("scheduled", None)] * 3
    assert ledger.balance(chart.messages_of(mother_party)).held_cents == 150
    assert queries.page(resident_party, "inbox", now=now).rows == []
    shown = queries.page(mother_party, "sent", now=now).rows[0]
    assert "It goes out by itself afterwards." in shown.status
    emergency.end_stops(now=now + 2 * HOUR - timedelta(seconds=1))
    assert [_state(one) for one in letters] == [("scheduled", None)] * 3
    emergency.end_stops(now=now + 2 * HOUR)
    assert [state for state, _ in map(_state, letters)] == ["delivered"] * 3
    events = AuditEvent.objects.filter(act="message.deliver").order_by("pk").values_list("object", flat=True)
    assert list(events) == [f"message:{one}" for one in letters]
    assert ledger.balance(chart.messages_of(mother_party)).held_cents == 0
    assert Stop.objects.get(pk=stop_id).ended_at == now + 2 * HOUR
    before = AuditEvent.objects.count()
    emergency.end_stops(now=now + 3 * HOUR)
    assert AuditEvent.objects.count() == before


def test_everybody_is_told_that_it_begins_why_until_when_and_that_it_ends(
    supervisor, north, mother, stranger, resident, resident_south, contact, now
):
    _stop(supervisor, north, now)
    told = Notice.objects.filter(kind="letters_stopped")
    assert {(one.user_id, one.resident_id) for one in told} == {(mother.pk, None), (None, resident.pk)}
    assert told.first().params["why"] == WHY
    emergency.end_stops(now=now + 2 * HOUR)
    again = Notice.objects.filter(kind="letters_go_again")
    assert {(one.user_id, one.resident_id) for one in again} == {(mother.pk, None), (None, resident.pk)}


def test_what_was_on_its_way_waits_too_and_keeps_its_time(
    money, supervisor, south, mother_party, contact_south, member_south, now
):
    money(mother_party, 500)
    delivery.set_policy(facility_id=south.pk, rules=[{"id": "wait", "then": "wait", "minutes": 30}], now=now)
    soon = _write(mother_party, contact_south, now)
    _stop(member_south, south, now + timedelta(minutes=5))
    assert _state(soon) == ("scheduled", None)
    deliver_due(message_id=soon, now=now + timedelta(minutes=31))
    assert _state(soon) == ("scheduled", None)
    late = _write(mother_party, contact_south, now + 2 * HOUR)
    emergency.let_letters_go(staff=member_south, facility_id=south.pk, now=now + 2 * HOUR)
    emergency.end_stops(now=now + 2 * HOUR)
    assert _state(soon)[0] == "delivered"
    assert _state(late) == ("scheduled", now + 2 * HOUR + timedelta(minutes=30))
    deliver_due(message_id=late, now=now + 3 * HOUR)
    assert _state(late)[0] == "delivered"


@pytest.fixture
def member_south(south, long_ago):
    from kinline.identity import services as identity
    from kinline.identity.models import Role

    user = identity.create_staff(
        username="supervisor.south", email="supervisor.south@staff.example",
        password="a long sample password", first_name="Staff", last_name="South", now=long_ago,
    )  # fmt: skip
    identity.grant_role(user_id=user.pk, facility_id=south.pk, role=Role.SUPERVISOR, now=long_ago)
    return user


def test_one_place_stops_no_other(money, supervisor, north, mother_party, contact_south, now, south):
    money(mother_party, 500)
    delivery.set_policy(facility_id=south.pk, rules=[{"id": "at-once", "then": "deliver"}], now=now)
    _stop(supervisor, north, now)
    assert _state(_write(mother_party, contact_south, now + HOUR))[0] == "delivered"


def test_what_a_person_reads_is_read_and_waits_afterwards(rich, supervisor, north, officer, mother_party, contact, now):
    from kinline.flows import decide_review

    delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now)
    _stop(supervisor, north, now)
    message_id = _write(mother_party, contact, now + timedelta(minutes=1))
    assert _state(message_id)[0] == "review"
    decide_review.release(staff=officer, message_id=message_id, now=now + timedelta(minutes=2))
    assert _state(message_id) == ("scheduled", None)
    emergency.end_stops(now=now + 2 * HOUR)
    assert _state(message_id)[0] == "delivered"


def test_a_collect_letter_is_neither_opened_nor_paid(
    money, supervisor, north, mother_party, resident_party, contact, now
):
    offered = _write(mother_party, contact, now, collect=True)
    money(resident_party, 500)
    _stop(supervisor, north, now)
    with pytest.raises(errors.LettersStopped):
        collect.accept(resident_party, message_id=offered, now=now + timedelta(minutes=1))
    with pytest.raises(errors.LettersStopped):
        collect.pay_declined(mother_party, message_id=offered, now=now + timedelta(minutes=1))
    held = _write(mother_party, contact, now + timedelta(minutes=2), collect=True)
    assert _state(held) == ("scheduled", None)
    assert ledger.balance(chart.messages_of(resident_party)).available_cents == 500
    emergency.end_stops(now=now + 2 * HOUR)
    assert _state(held)[0] == "collect"
    collect.accept(resident_party, message_id=offered, now=now + 2 * HOUR)
    assert _state(offered)[0] == "delivered"


def test_what_waits_can_be_taken_back(rich, supervisor, north, mother_party, contact, now):
    _stop(supervisor, north, now)
    message_id = _write(mother_party, contact, now)
    take_back.take_back(mother_party, message_id=message_id, now=now + timedelta(minutes=1))
    emergency.end_stops(now=now + 2 * HOUR)
    assert _state(message_id)[0] == "withdrawn"
    assert ledger.balance(chart.messages_of(mother_party)).available_cents == 1000


def test_it_can_be_made_longer_and_ended_sooner(rich, supervisor, north, mother_party, contact, now):
    _stop(supervisor, north, now)
    message_id = _write(mother_party, contact, now)
    emergency.change_end(staff=supervisor, facility_id=north.pk, until=now + 5 * HOUR, now=now + HOUR)
    emergency.end_stops(now=now + 2 * HOUR)
    assert _state(message_id) == ("scheduled", None)
    emergency.let_letters_go(staff=supervisor, facility_id=north.pk, now=now + 3 * HOUR)
    emergency.end_stops(now=now + 3 * HOUR)
    assert _state(message_id)[0] == "delivered"
    with pytest.raises(NoStop):
        emergency.let_letters_go(staff=supervisor, facility_id=north.pk, now=now + 3 * HOUR)
    acts = AuditEvent.objects.filter(object__startswith="stop:").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["letters.stop", "letters.stop_until", "letters.go"]


def test_refusals_stop_nothing(supervisor, officer, member_south, north, now):
    for staff in (officer, member_south):
        with pytest.raises(NotPermitted):
            _stop(staff, north, now)
    with pytest.raises(StopNeedsReason):
        emergency.stop_letters(staff=supervisor, facility_id=north.pk, told={"en": " "}, until=now + HOUR, now=now)
    for hours in (0, -1, 24 * 7 + 1):
        with pytest.raises(BadStopEnd):
            _stop(supervisor, north, now, hours)
    assert Stop.objects.count() == 0
    assert Notice.objects.count() == 0
    _stop(supervisor, north, now)
    with pytest.raises(StoppedAlready):
        _stop(supervisor, north, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.create(
            facility=north, told=WHY, starts_at=now, until=now + HOUR, started_by=supervisor
        )  # fmt: skip


def test_one_whose_time_is_over_does_not_keep_the_next_from_beginning(supervisor, north, now):
    first = _stop(supervisor, north, now)
    _stop(supervisor, north, now + 3 * HOUR)
    assert Stop.objects.get(pk=first).ended_at == now + 2 * HOUR


def test_one_letter_that_fails_holds_up_no_other(rich, supervisor, north, mother_party, contact, now, monkeypatch):
    _stop(supervisor, north, now)
    first, second = (_write(mother_party, contact, now + timedelta(minutes=n)) for n in range(2))
    real = emergency.deliver_or_return

    def broken(message, at):
        if message.pk == first:
            raise RuntimeError("no")
        real(message, at)

    monkeypatch.setattr(emergency, "deliver_or_return", broken)
    with pytest.raises(RuntimeError):
        emergency.end_stops(now=now + 2 * HOUR)
    assert (_state(first), _state(second)[0]) == (("scheduled", None), "delivered")
    monkeypatch.setattr(emergency, "deliver_or_return", real)
    emergency.end_stops(now=now + 2 * HOUR)
    assert _state(first)[0] == "delivered"


def test_families_without_a_contact_here_and_residents_elsewhere_hear_nothing(
    supervisor, north, stranger, resident, resident_south, now
):
    _stop(supervisor, north, now)
    for party in (Party(FAMILY, stranger.pk), Party(RESIDENT, resident_south.pk)):
        assert not Notice.objects.filter(**party.filter).exists()
