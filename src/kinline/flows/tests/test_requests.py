"""A resident asks, staff answer (KSK-5): each level another person, deadlines, repeats, and nobody's business else."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from kinline.core.models import AuditEvent
from kinline.facilities.models import Holiday
from kinline.flows import requests as asking
from kinline.identity.models import Role
from kinline.identity.permissions import NotPermitted
from kinline.notices.models import Email, Notice
from kinline.requests import errors, queries
from kinline.requests.models import Request, Step
from kinline.requests.rules import questions_from

pytestmark = pytest.mark.django_db
FORM = {
    "kind": "grievance", "name": "Grievance", "name_es": "Queja", "desk": "Supervisors", "intro": "", "intro_es": "",
    "questions": [one.as_json() for one in questions_from("text: What happened? | ¿Qué pasó?")], "answer_days": 5,
    "levels": 2, "ask_again_days": 3, "emergency_hours": 48, "emergency_days": 5, "code": "grievance",
}  # fmt: skip
SAID = [{"kind": "text", "label": {"en": "What happened?", "es": "¿Qué pasó?"}, "text": "The shower is broken."}]


@pytest.fixture
def form_id(admin, north, now):
    return asking.save_form(staff=admin, facility_id=north.pk, form_id=None, values=FORM, now=now)


@pytest.fixture
def filed(form_id, resident, now):
    return lambda **more: _file(resident, form_id, **{"now": now, **more})


def _file(resident, form_id, *, now, emergency=False, key=None, answers=SAID):
    return asking.file(
        resident_id=resident.pk, form_id=form_id, answers=answers, emergency=emergency, client_key=key or uuid4(),
        now=now,
    )  # fmt: skip


def _answer(staff, request_id, now, outcome="denied", text="It is on the list."):
    asking.answer(staff=staff, request_id=request_id, outcome=outcome, text=text, now=now)


def test_ksk_5_filed_answered_and_told(filed, officer, resident, now):
    request_id = filed()
    assert queries.of_resident(resident.pk, now)[0].status.startswith("Waits for an answer. It comes by ")
    _answer(officer, request_id, now + timedelta(hours=1), outcome="granted")
    view = queries.one_of_resident(resident.pk, request_id, now + timedelta(hours=2))
    assert (view.state, view.last.outcome, view.last.answer) == ("answered", "granted", "It is on the list.")
    assert Notice.objects.get(resident=resident).kind == "request_answered"
    acts = list(AuditEvent.objects.filter(object=f"request:{request_id}").order_by("pk").values_list("act", flat=True))
    assert acts == ["request.file", "request.answer"]
    assert "shower" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_the_deadline_skips_the_agencys_holidays(filed, resident, north, now):
    def due(request_id):
        return queries.one_of_resident(resident.pk, request_id, now).due_at

    first = due(filed())
    zone = ZoneInfo(north.time_zone)
    last_day = (first - timedelta(seconds=1)).astimezone(zone).date()
    Holiday.objects.create(agency=north.agency, day=last_day, name="Sample day")
    assert due(filed()) > first


def test_a_second_press_files_once_and_other_words_are_refused(filed, now):
    key = uuid4()
    assert filed(key=key) == filed(key=key)
    with pytest.raises(errors.FiledDifferently):
        filed(key=key, answers=[{**SAID[0], "text": "Something else."}])
    assert Request.objects.count() == 1


def test_a_form_of_another_place_or_out_of_use_takes_nothing(form_id, admin, north, resident_south, resident, now):
    with pytest.raises(errors.FormGone):
        _file(resident_south, form_id, now=now)
    asking.retire_form(staff=admin, facility_id=north.pk, form_id=form_id, retired=True, now=now)
    with pytest.raises(errors.FormGone):
        _file(resident, form_id, now=now)
    assert Request.objects.count() == 0


def test_what_was_filed_keeps_its_questions(filed, form_id, admin, north, resident, now):
    request_id = filed()
    changed = {**FORM, "questions": [one.as_json() for one in questions_from("line: Something else?")]}
    asking.save_form(staff=admin, facility_id=north.pk, form_id=form_id, values=changed, now=now)
    assert queries.one_of_resident(resident.pk, request_id, now).answers[0].question == "What happened?"


# Levels


def test_each_level_is_answered_by_another_person(filed, resident, officer, supervisor, admin, now):
    request_id = filed()
    _answer(supervisor, request_id, now)
    asking.ask_again(resident_id=resident.pk, request_id=request_id, text="It is still broken.", now=now)
    with pytest.raises(errors.SamePerson):
        _answer(supervisor, request_id, now)
    with pytest.raises(NotPermitted):  # an officer does not decide on what others answered
        _answer(officer, request_id, now)
    assert Step.objects.get(request_id=request_id, level=2).answered_at is None
    _answer(admin, request_id, now, outcome="granted")
    with pytest.raises(errors.NoMoreLevels):
        asking.ask_again(resident_id=resident.pk, request_id=request_id, text="More.", now=now)


def test_the_database_refuses_one_person_at_two_levels_whoever_asks(filed, resident, admin, now):
    request_id = filed()
    _answer(admin, request_id, now)
    asking.ask_again(resident_id=resident.pk, request_id=request_id, text="Again.", now=now)
    second = Step.objects.filter(request_id=request_id, level=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.update(answered_at=now, answered_by=admin, outcome="denied", answer="No.")
    assert second.get().answered_at is None


def test_the_database_never_changes_an_answer(filed, officer, now):
    request_id = filed()
    _answer(officer, request_id, now)
    step = Step.objects.filter(request_id=request_id)
    for act in (lambda: step.update(answer="Another."), step.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert step.get().answer == "It is on the list."


def test_asking_again_ends_with_its_last_day_there(filed, resident, officer, north, now):
    request_id = filed()
    _answer(officer, request_id, now)
    view = queries.one_of_resident(resident.pk, request_id, now)
    end = datetime.combine(view.ask_again_on + timedelta(days=1), datetime.min.time(), ZoneInfo(north.time_zone))
    with pytest.raises(errors.AskedTooLate):
        asking.ask_again(resident_id=resident.pk, request_id=request_id, text="Late.", now=end)
    asking.ask_again(
        resident_id=resident.pk, request_id=request_id, text="In time.", now=end - timedelta(microseconds=1)
    )
    assert Request.objects.get().level == 2


def test_an_answer_that_never_comes_opens_the_next_level(filed, resident, admin, now):
    request_id = filed()
    due = queries.one_of_resident(resident.pk, request_id, now).due_at
    with pytest.raises(errors.NotOpen):
        asking.ask_again(resident_id=resident.pk, request_id=request_id, text="Hello?", now=due - timedelta(seconds=1))
    asking.ask_again(resident_id=resident.pk, request_id=request_id, text="Hello?", now=due)
    _answer(admin, request_id, due, outcome="granted")
    assert Request.objects.get().state == "answered"


# Emergencies


def test_rec2_an_emergency_has_48_hours_and_5_days(filed, resident, officer, supervisor, admin, now):
    request_id = filed(emergency=True)
    step = Step.objects.get(request_id=request_id)
    assert (step.first_due_at, step.due_at) == (now + timedelta(hours=48), now + timedelta(days=5))
    told = set(Email.objects.filter(kind="request_emergency").values_list("to", flat=True))
    assert told == {officer.email, supervisor.email, admin.email}
    asking.first_answer(staff=officer, request_id=request_id, serious=True, text="We moved you.", now=now)
    with pytest.raises(errors.NoFirstAnswer):
        asking.first_answer(staff=officer, request_id=request_id, serious=True, text="Again.", now=now)
    assert Step.objects.get().first_answer == "We moved you."
    assert Notice.objects.get(resident=resident).kind == "request_first_answer"


def test_one_that_is_no_emergency_has_ordinary_days_from_its_filing(filed, resident, officer, now):
    plain, request_id = filed(), filed(emergency=True)
    asking.first_answer(
        staff=officer, request_id=request_id, serious=False, text="Nobody is in danger.", now=now + timedelta(hours=2)
    )
    request = Request.objects.get(pk=request_id)
    assert not request.is_emergency
    assert Step.objects.get(request=request).due_at == Step.objects.get(request_id=plain).due_at


def test_an_emergency_comes_first_in_the_queue(filed, north, now):
    plain, urgent = filed(now=now - timedelta(days=3)), filed(emergency=True)
    assert [row.id for row in queries.queue([north.pk], now).rows] == [urgent, plain]


def test_a_request_cannot_be_made_an_emergency(admin, north, resident, now):
    values = {**FORM, "kind": "request", "code": "plain", "emergency_hours": None, "emergency_days": None}
    form_id = asking.save_form(staff=admin, facility_id=north.pk, form_id=None, values=values, now=now)
    request_id = _file(resident, form_id, now=now, emergency=True)
    assert not Request.objects.get(pk=request_id).is_emergency
    assert Email.objects.count() == 0


# Overdue


def test_supervisors_hear_once_of_each_deadline(filed, officer, supervisor, admin, now):
    filed()
    filed(emergency=True)
    Email.objects.all().delete()
    assert asking.alert_overdue(now=now + timedelta(hours=47)) == 0
    assert asking.alert_overdue(now=now + timedelta(hours=48)) == 1
    assert asking.alert_overdue(now=now + timedelta(hours=49)) == 0
    assert asking.alert_overdue(now=now + timedelta(days=12)) == 2  # the emergency's own answer is late now, too
    assert asking.alert_overdue(now=now + timedelta(days=13)) == 0
    mails = Email.objects.filter(kind="requests_overdue")
    assert sorted(mails.values_list("to", flat=True)) == [admin.email] * 2 + [supervisor.email] * 2
    assert AuditEvent.objects.filter(act="request.overdue").count() == 3


def test_what_was_taken_back_is_nobodys_work(filed, resident, officer, now):
    request_id = filed()
    asking.withdraw(resident_id=resident.pk, request_id=request_id, now=now)
    asking.withdraw(resident_id=resident.pk, request_id=request_id, now=now)
    with pytest.raises(errors.NotOpen):
        _answer(officer, request_id, now)
    assert asking.alert_overdue(now=now + timedelta(days=60)) == 0
    assert AuditEvent.objects.filter(act="request.withdraw").count() == 1


# Nobody else's


def test_another_resident_sees_and_changes_nothing(filed, resident_south, outsider, now):
    request_id = filed()
    for other in (resident_south, outsider):
        assert queries.one_of_resident(other.pk, request_id, now) is None
        with pytest.raises(errors.NoSuchRequest):
            asking.withdraw(resident_id=other.pk, request_id=request_id, now=now)
        with pytest.raises(errors.NoSuchRequest):
            asking.ask_again(resident_id=other.pk, request_id=request_id, text="Mine.", now=now)
    assert Request.objects.get().state == "open"


def test_staff_of_another_place_and_roles_without_the_permission_answer_nothing(filed, officer_south, now, north):
    from kinline.identity import services as identity

    finance = identity.create_staff(
        username="finance", email="finance@staff.example", password="a long sample password",
        first_name="Staff", last_name="Finance", now=now,
    )  # fmt: skip
    identity.grant_role(user_id=finance.pk, facility_id=north.pk, role=Role.FINANCE, now=now)
    request_id = filed()
    for staff in (officer_south, finance):
        with pytest.raises(NotPermitted):
            _answer(staff, request_id, now)
        with pytest.raises(NotPermitted):
            asking.read(staff=staff, request_id=request_id, now=now)
    assert Request.objects.get().state == "open"
    assert not AuditEvent.objects.filter(act="request.read").exists()


def test_a_released_resident_files_nothing(form_id, resident, now):
    from kinline.flows import custody

    custody.release_resident(staff=None, resident_id=resident.pk, now=now)
    with pytest.raises(errors.NoSuchRequest):
        _file(resident, form_id, now=now)
