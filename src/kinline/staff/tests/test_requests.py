"""KSK-5 at the staff face: queue, answers, forms; each look on record, other places closed."""

from uuid import uuid4

import pytest

from kinline.core.models import AuditEvent
from kinline.flows import requests as asking
from kinline.identity.models import Role
from kinline.requests.models import Request, RequestForm, Step
from kinline.requests.rules import questions_from

pytestmark = pytest.mark.django_db
VALUES = {
    "kind": "grievance", "name": "Grievance", "name_es": "Queja", "desk": "Property", "intro": "", "intro_es": "",
    "questions": [one.as_json() for one in questions_from("text: What?")], "answer_days": 5, "levels": 2,
    "ask_again_days": 3, "emergency_hours": 48, "emergency_days": 5, "code": "grievance",
}  # fmt: skip
TYPED = {
    **{name: value for name, value in VALUES.items() if name not in {"code", "questions"}},
    "name": "Extra blanket", "kind": "request", "questions": "line: Why? | ¿Por qué?", "emergency_hours": "",
    "emergency_days": "",
}  # fmt: skip


@pytest.fixture
def form_id(admin, north, now):
    return asking.save_form(staff=admin, facility_id=north.pk, form_id=None, values=VALUES, now=now)


@pytest.fixture
def file(form_id, resident, now):
    def filed(*, emergency=False, text="The lock is broken."):
        answers = [{"kind": "text", "label": {"en": "What?"}, "text": text}]
        return asking.file(
            resident_id=resident.pk, form_id=form_id, answers=answers, emergency=emergency, client_key=uuid4(), now=now
        )

    return filed


def test_an_empty_answer_keeps_what_was_typed_and_answers_nothing(file, officer, staff_client):
    client, request_id = staff_client(officer), file()
    answer = client.post(f"/staff/requests/{request_id}/", {"outcome": "", "answer": "We will look."})
    assert answer.status_code == 422
    assert "We will look." in answer.content.decode()
    assert Step.objects.get().answered_at is None


def test_each_look_is_on_record_with_its_purpose(file, officer, staff_client):
    request_id = file()
    staff_client(officer).get(f"/staff/requests/{request_id}/")
    look = AuditEvent.objects.get(act="request.read")
    assert (look.actor, look.object, look.detail) == (
        f"staff:{officer.pk}", f"request:{request_id}", {"purpose": "answer"},
    )  # fmt: skip


def test_answer_and_open_the_next(file, officer, staff_client):
    client, first, second = staff_client(officer), file(), file()
    answer = client.post(f"/staff/requests/{first}/", {"outcome": "informed", "answer": "Noted.", "next": "1"})
    assert answer["Location"] == f"/staff/requests/{second}/"
    answer = client.post(f"/staff/requests/{second}/", {"outcome": "informed", "answer": "Noted.", "next": "1"})
    assert answer["Location"] == "/staff/requests/"


def test_the_first_answer_of_an_emergency(file, officer, staff_client):
    client, request_id = staff_client(officer), file(emergency=True)
    assert "First answer" in client.get("/staff/requests/").content.decode()
    where = f"/staff/requests/{request_id}/"
    assert client.post(where, {"first-serious": "yes", "first-text": ""}).status_code == 422
    assert client.post(where, {"first-serious": "yes", "first-text": "We came at once."}).status_code == 303
    assert Step.objects.get().first_answer == "We came at once."
    assert "Give the first answer" not in client.get(where).content.decode()


def test_who_took_part_below_is_told_before_typing(file, resident, supervisor, admin, staff_client, now):
    request_id = file()
    asking.answer(staff=supervisor, request_id=request_id, outcome="denied", text="No.", now=now)
    asking.ask_again(resident_id=resident.pk, request_id=request_id, text="Again.", now=now)
    where = f"/staff/requests/{request_id}/"
    page = staff_client(supervisor).get(where).content.decode()
    assert "You took part in an earlier answer" in page
    assert "<textarea" not in page
    assert staff_client(supervisor).post(where, {"outcome": "denied", "answer": "No."}).status_code == 422
    assert staff_client(admin).post(where, {"outcome": "granted", "answer": "Yes."}).status_code == 303


def test_an_officer_reads_a_second_level_and_does_not_answer_it(file, resident, supervisor, officer, staff_client, now):
    request_id = file()
    asking.answer(staff=supervisor, request_id=request_id, outcome="denied", text="No.", now=now)
    asking.ask_again(resident_id=resident.pk, request_id=request_id, text="Again.", now=now)
    where = f"/staff/requests/{request_id}/"
    client = staff_client(officer)
    assert "At this level a supervisor answers." in client.get(where).content.decode()
    assert client.post(where, {"outcome": "denied", "answer": "No."}).status_code == 422
    assert Request.objects.get().state == "open"


def test_the_queue_by_desk_and_what_was_answered(file, officer, staff_client, now):
    client, request_id = staff_client(officer), file()
    assert "Daniel" in client.get("/staff/requests/?desk=Property").content.decode()
    assert "Daniel" not in client.get("/staff/requests/?desk=Medical").content.decode()
    assert "Daniel" not in client.get("/staff/requests/?shown=done").content.decode()
    asking.answer(staff=officer, request_id=request_id, outcome="granted", text="Yes.", now=now)
    assert "Daniel" in client.get("/staff/requests/?shown=done").content.decode()
    assert "Nothing waits." in client.get("/staff/requests/").content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_another_place_sees_nothing_of_it(role, file, form_id, member, south, staff_client):
    request_id = file()
    client = staff_client(member(role, south))
    assert "Daniel" not in client.get("/staff/requests/").content.decode()
    for where in (f"/staff/requests/{request_id}/", f"/staff/requests/forms/{form_id}/",
                  f"/staff/requests/forms/{form_id}/retire/"):  # fmt: skip
        assert client.get(where).status_code in {403, 404, 405}
        assert client.post(where, {"outcome": "denied", "answer": "No."}).status_code in {403, 404}
    assert Request.objects.get().state == "open"
    assert RequestForm.objects.get().retired_at is None


# Forms


def test_a_form_is_made_changed_and_taken_out_of_use(admin, staff_client, north, kiosk_client, resident):
    client = staff_client(admin)
    assert client.post("/staff/requests/forms/new/", TYPED).status_code == 303
    form = RequestForm.objects.get(name="Extra blanket")
    assert (form.code, form.emergency_hours) == ("extra-blanket", None)
    where = f"/staff/requests/forms/{form.pk}/"
    assert "line: Why? | ¿Por qué?" in client.get(where).content.decode()
    assert client.post(where, {**TYPED, "name": "Blanket", "answer_days": "2"}).status_code == 303
    form.refresh_from_db()
    assert (form.code, form.name, form.answer_days) == ("extra-blanket", "Blanket", 2)
    kiosk = kiosk_client(resident)
    assert "Blanket" in kiosk.get("/kiosk/requests/").content.decode()
    client.post(f"{where}retire/", {"to": "retire"})
    assert "Blanket" not in kiosk.get("/kiosk/requests/").content.decode()
    assert kiosk.get(f"/kiosk/requests/new/{form.pk}/").status_code == 404
    client.post(f"{where}retire/", {"to": "use"})
    assert "Blanket" in kiosk.get("/kiosk/requests/").content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"questions": "photo: Show us"}, "Line 1: begin with line:"),
        ({"questions": ""}, "at least one question"),
        ({"emergency_hours": "48", "emergency_days": "5"}, "Only a grievance can be an emergency."),
        ({"kind": "grievance", "emergency_hours": "48"}, "both deadlines, or none"),
        ({"levels": "4"}, "3"),
        ({"answer_days": "0"}, "1"),
        ({"name": "Grievance"}, "has that short name"),
    ],
)
def test_a_form_that_is_none_is_kept_on_the_page(changes, said, form_id, admin, staff_client):
    answer = staff_client(admin).post("/staff/requests/forms/new/", {**TYPED, **changes})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert RequestForm.objects.count() == 1
