"""KSK-5 through the kiosk's door: file, read the answer, ask again, take back; drafts are kept, others see nothing."""

import json
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import translation

from kinline.flows import requests as asking
from kinline.requests.models import Request, RequestDraft
from kinline.requests.rules import questions_from
from kinline.residents import services as residents

pytestmark = pytest.mark.django_db
QUESTIONS = """text: What happened? | ¿Qué pasó?
choice: Where? | ¿Dónde? | Kitchen = Cocina | Yard = Patio
day?: When? | ¿Cuándo?"""


@pytest.fixture
def form_id(admin, north, now):
    values = {
        "kind": "grievance", "name": "Grievance", "name_es": "Queja", "desk": "", "intro": "", "intro_es": "",
        "questions": [one.as_json() for one in questions_from(QUESTIONS)], "answer_days": 5, "levels": 2,
        "ask_again_days": 3, "emergency_hours": 48, "emergency_days": 5, "code": "grievance",
    }  # fmt: skip
    return asking.save_form(staff=admin, facility_id=north.pk, form_id=None, values=values, now=now)


@pytest.fixture
def client(kiosk_client, resident, form_id):
    return kiosk_client(resident)


def _typed(**more):
    return {"q1": "The lock is <b>broken</b>.", "q2": "Kitchen", "q3": "", "key": str(uuid4()), **more}


def _file(client, form_id, **more):
    answer = client.post(f"/kiosk/requests/new/{form_id}/", _typed(**more))
    assert answer.status_code == 303
    return Request.objects.latest("pk")


def test_filed_at_the_kiosk_answered_by_staff_read_at_the_kiosk(client, form_id, officer, staff_client, now):
    assert "Grievance" in client.get("/kiosk/requests/").content.decode()
    page = client.get(f"/kiosk/requests/new/{form_id}/").content.decode()
    assert "What happened?" in page
    assert "within 48 hours" in page
    request = _file(client, form_id)
    desk = staff_client(officer)
    assert "Daniel Sample" in desk.get("/staff/requests/").content.decode()
    shown = desk.get(f"/staff/requests/{request.pk}/").content.decode()
    assert "The lock is &lt;b&gt;broken&lt;/b&gt;." in shown
    done = desk.post(f"/staff/requests/{request.pk}/", {"outcome": "granted", "answer": "It is mended."})
    assert done.status_code == 303
    page = client.get(f"/kiosk/requests/{request.pk}/").content.decode()
    assert "It is mended." in page
    assert "Granted" in page
    assert 'href="/kiosk/requests/"' in client.get("/kiosk/notices/").content.decode()


def test_nothing_typed_is_lost_when_an_answer_is_missing(client, form_id):
    answer = client.post(f"/kiosk/requests/new/{form_id}/", _typed(q2=""))
    assert answer.status_code == 422
    assert "The lock is &lt;b&gt;broken&lt;/b&gt;." in answer.content.decode()
    assert not Request.objects.exists()


def test_a_choice_that_is_none_files_nothing(client, form_id):
    assert client.post(f"/kiosk/requests/new/{form_id}/", _typed(q2="Roof")).status_code == 422
    assert not Request.objects.exists()


def test_pressed_twice_it_is_one(client, form_id):
    key = str(uuid4())
    assert _file(client, form_id, key=key) == _file(client, form_id, key=key)
    assert Request.objects.count() == 1


def test_a_draft_is_kept_and_comes_back(client, form_id, resident):
    saved = client.post(
        f"/kiosk/requests/new/{form_id}/draft/", {"q1": "Half a sen"}, headers={"accept": "application/json"}
    )
    assert json.loads(saved.content) == {"saved": True}
    assert "Half a sen" in client.get(f"/kiosk/requests/new/{form_id}/").content.decode()
    assert "Begun, not sent" in client.get("/kiosk/requests/").content.decode()
    _file(client, form_id)
    assert not RequestDraft.objects.exists()


def test_a_draft_of_nothing_is_none_and_one_can_be_thrown_away(client, form_id):
    client.post(f"/kiosk/requests/new/{form_id}/draft/", {"q1": "  "})
    assert not RequestDraft.objects.exists()
    client.post(f"/kiosk/requests/new/{form_id}/draft/", {"q1": "x" * 9000})
    assert len(RequestDraft.objects.get().typed["q1"]) == 4000
    assert client.post(f"/kiosk/requests/new/{form_id}/drop/").status_code == 303
    assert not RequestDraft.objects.exists()


def test_what_comes_after_the_time_ran_out_is_kept_and_not_filed(client, form_id, resident, now):
    residents.end_session(client.cookies[settings.KIOSK_SESSION_COOKIE].value, "idle", now)
    answer = client.post(f"/kiosk/requests/new/{form_id}/", _typed())
    assert answer["Location"] == "/kiosk/?ended=kept"
    assert not Request.objects.exists()
    assert RequestDraft.objects.get(resident=resident).typed["q1"] == "The lock is <b>broken</b>."


def test_asked_again_and_taken_back(client, form_id, supervisor, resident, now):
    request = _file(client, form_id)
    asking.answer(staff=supervisor, request_id=request.pk, outcome="denied", text="No.", now=now)
    where = f"/kiosk/requests/{request.pk}/"
    assert client.post(where, {"text": ""}).status_code == 422
    assert client.post(where, {"text": "It is still broken."}).status_code == 303
    assert "Another person looks at it." in client.get(where).content.decode()
    assert client.get(f"{where}take-back/").status_code == 200
    assert client.post(f"{where}take-back/").status_code == 303
    assert "You took it back." in client.get(where).content.decode()
    assert client.get(f"{where}take-back/").status_code == 303


def test_an_emergency_is_marked(client, form_id):
    assert _file(client, form_id, emergency="on").is_emergency
    assert "Emergency" in client.get("/kiosk/requests/").content.decode()


def test_in_spanish(client, form_id, resident):
    residents.set_language(resident_id=resident.pk, language="es")
    page = client.get(f"/kiosk/requests/new/{form_id}/").content.decode()
    assert "¿Qué pasó?" in page
    assert "Cocina" in page
    request = _file(client, form_id)
    page = client.get(f"/kiosk/requests/{request.pk}/").content.decode()
    assert "Queja" in page
    assert "Cocina" in page
    with translation.override("es"):
        assert "Espera una respuesta" in page


def test_another_resident_finds_none_of_it(client, form_id, kiosk_client, resident_south, outsider):
    request = _file(client, form_id)
    for other in (resident_south, outsider):
        stranger = kiosk_client(other)
        for where in (f"/kiosk/requests/{request.pk}/", f"/kiosk/requests/{request.pk}/take-back/",
                      f"/kiosk/requests/new/{form_id}/"):  # fmt: skip
            assert stranger.get(where).status_code == 404
            assert stranger.post(where, _typed(text="Mine.")).status_code == 404
        assert "The lock" not in stranger.get("/kiosk/requests/").content.decode()
    assert Request.objects.get().state == "open"


def test_nobody_signed_in_is_led_to_the_door(kiosk_device, north, form_id):
    device = kiosk_device(north)
    for where in ("/kiosk/requests/", f"/kiosk/requests/new/{form_id}/", "/kiosk/requests/1/"):
        assert device.get(where)["Location"] == "/kiosk/"


def test_filing_costs_nothing_and_needs_no_credit(client, form_id, resident_party):
    from kinline.ledger import chart, queries

    _file(client, form_id)
    assert queries.balance(chart.messages_of(resident_party)).held_cents == 0
