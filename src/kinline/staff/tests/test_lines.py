"""TEL-3, TEL-9: lines closed from–until with a reason; a lockdown ends the calls in progress, a blackout does not."""

from datetime import timedelta

import pytest

from kinline.core.models import AuditEvent
from kinline.facilities.services import add_unit
from kinline.flows.lines import begin_lockdowns
from kinline.identity.models import Role
from kinline.staff.tests.calling import lines_of
from kinline.telephony.models import LineStop
from kinline.telephony.queries.authority import stops

pytestmark = pytest.mark.django_db
LINES = "/staff/lines/"


@pytest.fixture
def desk(staff_client, supervisor):
    return staff_client(supervisor)


def text(answer):
    return answer.content.decode()


def close(desk, **typed):
    return desk.post(LINES, {"kind": "lockdown", "reason": "A count.", **typed})


def asked(*calls):
    for call in calls:
        call.refresh_from_db()
    return [call.end_asked for call in calls]


def test_all_lines_are_open(desk):
    assert "All lines are open." in text(desk.get(LINES))


def test_a_lockdown_of_the_place_ends_every_call_but_those_to_hotlines(desk, lines, resident, supervisor, north):
    talking, ringing = lines.begin(resident), lines.begin(None, talking=False)
    hotline = lines.begin(None, call_type="hotline", number="+18005550100")
    assert close(desk).status_code == 303
    assert asked(talking, ringing, hotline) == ["lockdown", "lockdown", ""]
    assert "2 calls in progress end" in text(desk.get(LINES))
    (row,) = AuditEvent.objects.filter(act="lines.close")
    assert (row.actor, row.facility_id, row.detail) == (
        f"staff:{supervisor.pk}", north.pk, {"kind": "lockdown", "calls": 2},
    )  # fmt: skip
    stop = LineStop.objects.get()
    later = stop.starts_at + timedelta(seconds=1)
    assert [one.code for one in stops(facility_id=north.pk, unit_id=None, resident_id=None, now=later)] == ["lockdown"]


def test_a_lockdown_of_a_unit_ends_calls_of_its_telephones_and_of_its_residents(desk, lines, resident, north):
    other = add_unit(facility_id=north.pk, name="B")
    of_a = lines.begin(resident)
    lines.station.unit = other
    lines.station.save()
    close(desk, unit=str(other.pk))
    assert asked(of_a) == ["lockdown"]  # its telephone is in B now
    of_a.end_asked = ""
    of_a.save()
    LineStop.objects.all().delete()
    third = add_unit(facility_id=north.pk, name="C")
    close(desk, unit=str(third.pk))
    assert asked(of_a) == [""]
    close(desk, unit=str(resident.custodies.get().unit_id))
    assert asked(of_a) == ["lockdown"]


def test_a_blackout_lets_calls_come_to_their_end(desk, lines, resident):
    call = lines.begin(resident)
    assert close(desk, kind="blackout").status_code == 303
    assert asked(call) == [""]
    assert LineStop.objects.get().kind == "blackout"


def test_one_resident_is_suspended(desk, lines, resident, north):
    assert close(desk, kind="suspended", number="1001", reason="Lost privilege.").status_code == 303
    stop = LineStop.objects.get()
    assert (stop.resident, stop.unit, stop.kind) == (resident, None, "suspended")
    assert "Daniel Sample" in text(desk.get(LINES))


@pytest.mark.django_db(transaction=True)
def test_the_job_of_every_minute_begins_a_lockdown_once(desk, lines, resident, north, supervisor, now):
    call = lines.begin(resident)
    begins = now + timedelta(minutes=30)
    LineStop.objects.create(
        facility=north, kind="lockdown", reason="A count.", starts_at=begins, made_at=now, made_by=supervisor
    )
    begin_lockdowns(now=now)
    assert asked(call) == [""]
    begin_lockdowns(now=begins + timedelta(seconds=20))
    assert asked(call) == ["lockdown"]
    call.end_asked = ""
    call.save()
    begin_lockdowns(now=begins + timedelta(minutes=30))
    assert asked(call) == [""]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"kind": "forever"}, "kind"),
        ({"kind": "suspended"}, "number"),
        ({"kind": "suspended", "number": "9999"}, "number"),
        ({"kind": "suspended", "number": "1002"}, "number"),  # is held in the south
        ({"unit": "999999"}, "unit"),
        ({"starts_at": "2020-01-01T10:00"}, "ends_at"),
        ({"ends_at": "2020-01-01T10:00"}, "ends_at"),
        ({"starts_at": "2099-01-02T10:00", "ends_at": "2099-01-01T10:00"}, "ends_at"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_what_makes_no_sense_closes_nothing_and_is_kept(desk, lines, resident, resident_south, wrong, field):
    call = lines.begin(resident)
    answer = close(desk, **wrong)
    assert answer.status_code == 200
    assert f'id="id_{field}_error"' in text(answer) or 'id="errors"' in text(answer)
    if "reason" not in wrong:
        assert 'value="A count."' in text(answer)
    assert not LineStop.objects.exists()
    assert asked(call) == [""]
    assert not AuditEvent.objects.filter(act="lines.close").exists()


def test_lines_are_opened_before_their_end(desk, lines, north, supervisor, now):
    close(desk)
    stop = LineStop.objects.get()
    answer = desk.post(LINES, {"act": "open", "stop": str(stop.pk)}, follow=True)
    assert "These lines are open again." in text(answer)
    stop.refresh_from_db()
    assert stop.ends_at is not None
    assert AuditEvent.objects.filter(act="lines.open", object=f"line_stop:{stop.pk}").count() == 1
    assert "These lines are open." in text(desk.post(LINES, {"act": "open", "stop": str(stop.pk)}, follow=True))
    assert AuditEvent.objects.filter(act="lines.open").count() == 1


def test_one_that_has_not_begun_never_does(desk, north, supervisor, now):
    close(desk, starts_at="2099-01-01T10:00")
    stop = LineStop.objects.get()
    desk.post(LINES, {"act": "open", "stop": str(stop.pk)})
    assert stops(facility_id=north.pk, unit_id=None, resident_id=None, now=stop.starts_at + timedelta(hours=1)) == ()


def test_another_places_lines_are_its_own(desk, lines, south, resident_south, now, supervisor, member, staff_client):
    theirs = lines_of(south, now, "south").begin(resident_south)
    close(desk)
    assert asked(theirs) == [""]
    stop = LineStop.objects.get()
    south_admin = staff_client(member(Role.FACILITY_ADMIN, south))
    assert "A count." not in text(south_admin.get(LINES))
    south_admin.post(LINES, {"act": "open", "stop": str(stop.pk)})
    stop.refresh_from_db()
    assert stop.ends_at is None


@pytest.mark.parametrize("stop", ["x", "", "9" * 20, "-1"])
def test_nonsense_for_a_line(desk, stop):
    assert desk.post(LINES, {"act": "open", "stop": stop}).status_code == 400


def test_who_proved_it_long_ago_proves_it_again_first(desk, lines, clock_at, now, resident):
    call = lines.begin(resident)
    clock_at(now + timedelta(minutes=20))
    assert close(desk)["Location"].startswith("/staff/confirm/")
    assert asked(call) == [""]
    assert not LineStop.objects.exists()
