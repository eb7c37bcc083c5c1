"""T6, TEL-2: staff hear how a resident says their name, take it away, and want another; each is on record."""

import pytest

from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility
from kinline.residents.models import Resident
from kinline.sip.sound import wav
from kinline.telephony.models import RecordedName, TelephoneSettings
from kinline.telephony.services import names

pytestmark = pytest.mark.django_db
SOUND = b"\x80\x10" * 4000


@pytest.fixture
def takes(north: Facility) -> TelephoneSettings:
    return TelephoneSettings.objects.create(facility=north, records_names=True, places=["domestic"])


@pytest.fixture
def desk(staff_client, officer):
    return staff_client(officer)


@pytest.fixture
def said(takes, resident, now) -> RecordedName:
    return names.keep(resident_id=resident.pk, station_id=None, sound=SOUND, now=now)


def page_of(person: Resident) -> str:
    return f"/staff/people/{person.pk}/name/"


def text(answer) -> str:
    return answer.content.decode()


def acts() -> list[str]:
    return list(AuditEvent.objects.filter(act__startswith="name.").order_by("pk").values_list("act", flat=True))


def test_the_page_of_a_resident_leads_there_and_says_that_there_is_none(desk, takes, resident):
    assert page_of(resident) in text(desk.get(f"/staff/people/{resident.pk}/"))
    page = text(desk.get(page_of(resident)))
    assert "There is none yet" in page
    assert "<audio" not in page


def test_a_place_that_takes_none_says_so(desk, takes, resident):
    TelephoneSettings.objects.update(records_names=False)
    assert "are not asked to say their name" in text(desk.get(page_of(resident)))


def test_it_is_heard_by_who_asks_for_it_and_every_time_is_on_record(desk, said, resident):
    sound = f"{page_of(resident)}sound"
    assert desk.get(sound).status_code == 404
    assert acts() == []
    assert desk.post(page_of(resident), {"act": "hear"}).status_code == 303
    page = desk.get(page_of(resident))
    assert f'src="{sound}"' in text(page)
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    heard = desk.get(sound)
    assert (heard.headers["Content-Type"], wav.unpacked(heard.content)) == ("audio/wav", SOUND)
    assert acts() == ["name.play", "name.play"]


def test_it_is_taken_away_with_a_reason_and_the_sound_is_destroyed(desk, said, resident):
    answer = desk.post(page_of(resident), {"act": "remove", "reason": " "})
    assert answer.status_code == 422
    assert bytes(RecordedName.objects.get().sound) == SOUND
    desk.post(page_of(resident), {"act": "hear"})
    assert desk.post(page_of(resident), {"act": "remove", "reason": "It is a message."}).status_code == 303
    row = RecordedName.objects.get()
    assert (bytes(row.sound), row.reason, row.barred) == (b"", "It is a message.", False)
    assert desk.get(f"{page_of(resident)}sound").status_code == 404
    page = text(desk.get(page_of(resident)))
    assert "It is a message." in page
    assert acts() == ["name.play", "name.remove"]


def test_no_other_is_wanted_until_staff_want_it(desk, said, resident):
    desk.post(page_of(resident), {"act": "remove", "reason": "Again.", "bar": "on"})
    assert "none is asked for" in text(desk.get(page_of(resident)))
    desk.post(page_of(resident), {"act": "allow"})
    assert "There is none yet" in text(desk.get(page_of(resident)))
    assert acts() == ["name.bar", "name.allow"]


@pytest.mark.parametrize("act", ["", "listen", "keep"])
def test_what_is_no_act_changes_nothing(desk, said, resident, act):
    assert desk.post(page_of(resident), {"act": act}).status_code == 400
    assert bytes(RecordedName.objects.get().sound) == SOUND
    assert acts() == []


def test_one_of_another_place_is_not_there(desk, resident_south, now, takes):
    names.keep(resident_id=resident_south.pk, station_id=None, sound=SOUND, now=now)
    for answer in (
        desk.get(page_of(resident_south)),
        desk.get(f"{page_of(resident_south)}sound"),
        desk.post(page_of(resident_south), {"act": "hear"}),
        desk.post(page_of(resident_south), {"act": "remove", "reason": "No."}),
    ):
        assert answer.status_code == 404
    assert bytes(RecordedName.objects.get().sound) == SOUND


def test_the_place_switches_names_on_by_its_settings(staff_client, admin, takes, north):
    takes.records_names = False
    takes.payers = ["prepaid_collect"]
    takes.save()
    boss = staff_client(admin)
    page = boss.get("/staff/calls/settings/")
    form = page.context["form"]
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    assert "records_names" not in sent
    assert boss.post("/staff/calls/settings/", sent | {"records_names": "on"}).status_code == 303
    takes.refresh_from_db()
    assert takes.records_names
