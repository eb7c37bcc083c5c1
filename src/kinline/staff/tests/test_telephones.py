"""STF-2, TEL-10: telephones with a password shown once, switches with a token shown once; renewed, switched off."""

import re

import pytest

from kinline.core.models import AuditEvent
from kinline.facilities.queries import token_digest
from kinline.identity.models import Role
from kinline.telephony.models import Station, Switch
from kinline.telephony.queries.authority import station as may_call
from kinline.telephony.services.stations import password_of

pytestmark = pytest.mark.django_db
PHONES, SWITCHES = "/staff/telephones/", "/staff/switches/"


@pytest.fixture
def desk(staff_client, member, north):
    return staff_client(member(Role.AGENCY_ADMIN, north))


def text(answer):
    return answer.content.decode()


def secret(answer):
    return re.search(r'id="secret">([^<]+)<', text(answer))[1]


def made(desk, north, **typed):
    return desk.post(PHONES, {"label": "East wall", "unit": str(north.units.get().pk), "language": "es", **typed})


def acts():
    found = AuditEvent.objects.filter(act__regex=r"^(station|switch)\.").order_by("pk")
    return [(one.act, one.object) for one in found]


def test_there_are_none(desk):
    assert "There are none." in text(desk.get(PHONES))
    assert "There are none." in text(desk.get(SWITCHES))


def test_a_password_is_shown_once_and_is_in_no_row(desk, north):
    answer = made(desk, north)
    password, row = secret(answer), Station.objects.get()
    assert answer["Cache-Control"] == "no-store"
    assert password == password_of(row)
    assert re.fullmatch(r"[a-z2-7]{24}", password)
    assert row.username in text(answer)
    assert row.username.startswith("sample-north-")
    assert (row.label, row.language, row.relay, row.unit) == ("East wall", "es", False, north.units.get())
    assert password not in str(Station.objects.values().get())
    assert password not in text(desk.get(PHONES)) + text(desk.get(f"{PHONES}{row.pk}/"))
    assert acts() == [("station.enrol", f"station:{row.pk}")]
    assert may_call(row.username) == row


def test_another_password_ends_the_old_one(desk, north):
    first = secret(made(desk, north))
    row = Station.objects.get()
    second = secret(desk.post(f"{PHONES}{row.pk}/", {"act": "renew"}))
    row.refresh_from_db()
    assert second != first
    assert password_of(row) == second


def test_switched_off_it_calls_nobody_until_it_has_a_new_password(desk, north):
    made(desk, north)
    row = Station.objects.get()
    assert desk.post(f"{PHONES}{row.pk}/", {"act": "off"})["Location"] == PHONES
    assert may_call(row.username) is None
    assert "switched off" in text(desk.get(PHONES))
    desk.post(f"{PHONES}{row.pk}/", {"act": "off"})
    assert acts().count(("station.disable", f"station:{row.pk}")) == 1
    desk.post(f"{PHONES}{row.pk}/", {"act": "renew"})
    assert may_call(row.username) is not None


def test_it_moves_and_gets_another_name(desk, north):
    made(desk, north)
    row = Station.objects.get()
    desk.post(f"{PHONES}{row.pk}/", {"act": "change", "label": "Hall", "unit": "", "language": "", "relay": "on"})
    row.refresh_from_db()
    assert (row.label, row.unit, row.language, row.relay) == ("Hall", None, "", True)


@pytest.mark.parametrize("wrong", [{"label": " "}, {"label": "x" * 61}, {"unit": "99999"}, {"language": "xx"},
                                   {"label": "\x00"}])  # fmt: skip
def test_what_is_not_whole_makes_no_telephone(desk, north, wrong):
    answer = made(desk, north, **wrong)
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    assert not Station.objects.exists()
    assert acts() == []


def test_a_unit_of_another_place_is_none_of_ours(desk, north, south):
    assert made(desk, north, unit=str(south.units.get().pk)).status_code == 200
    assert not Station.objects.exists()


def test_another_place_neither_sees_nor_changes_it(desk, north, south, member, staff_client):
    made(desk, north)
    row = Station.objects.get()
    theirs = staff_client(member(Role.FACILITY_ADMIN, south))
    assert "East wall" not in text(theirs.get(PHONES))
    for act in ("renew", "off", "change"):
        assert theirs.post(f"{PHONES}{row.pk}/", {"act": act}).status_code == 404
    assert may_call(row.username) is not None
    assert desk.post(f"{PHONES}{row.pk}/", {"act": "burn"}).status_code == 400


def test_a_switchs_token_is_shown_once_and_kept_as_a_digest(desk, north):
    answer = desk.post(SWITCHES, {"name": "North-Asterisk"})
    token, row = secret(answer), Switch.objects.get()
    assert answer["Cache-Control"] == "no-store"
    assert (row.name, row.agency, bytes(row.token_digest)) == ("north-asterisk", north.agency, token_digest(token))
    assert token not in text(desk.get(SWITCHES))
    assert acts() == [("switch.add", f"switch:{row.pk}")]


def test_another_token_ends_the_old_one_and_off_is_off(desk, lines):
    where = f"{SWITCHES}{lines.switch.pk}/"
    token = secret(desk.post(where, {"act": "renew"}))
    lines.switch.refresh_from_db()
    assert bytes(lines.switch.token_digest) == token_digest(token)
    assert desk.post(where, {"act": "off"})["Location"] == SWITCHES
    lines.switch.refresh_from_db()
    assert lines.switch.disabled_at is not None
    desk.post(where, {"act": "off"})
    assert acts() == [("switch.renew", f"switch:{lines.switch.pk}"), ("switch.disable", f"switch:{lines.switch.pk}")]
    assert desk.post(where, {"act": "x"}).status_code == 400


def test_when_a_switch_spoke_last(desk, lines, now):
    assert "silent" in text(desk.get(SWITCHES))
    lines.switch.seen_at = now
    lines.switch.save()
    assert "connected" in text(desk.get(SWITCHES))


@pytest.mark.parametrize("name", ["", "two words", "x" * 51, "sample", "ñ"])
def test_a_name_that_is_none_or_taken_makes_no_switch(desk, lines, name):
    answer = desk.post(SWITCHES, {"name": name})
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    assert Switch.objects.count() == 1


def test_the_operators_switch_and_another_agencys_are_not_ours(desk, lines, far, other_agency, now, member,
                                                               staff_client):  # fmt: skip
    own = Switch.objects.create(name="built-in", token_digest=b"1" * 32, created_at=now)
    page = text(desk.get(SWITCHES))
    assert "built-in" in page
    assert f'href="{SWITCHES}{own.pk}/"' not in page
    assert desk.post(f"{SWITCHES}{own.pk}/", {"act": "off"}).status_code == 404
    theirs = staff_client(member(Role.AGENCY_ADMIN, far))
    assert f"{SWITCHES}{lines.switch.pk}/" not in text(theirs.get(SWITCHES))
    assert theirs.post(f"{SWITCHES}{lines.switch.pk}/", {"act": "off"}).status_code == 404
    assert not Switch.objects.exclude(disabled_at=None).exists()


@pytest.mark.parametrize("role", [Role.FACILITY_ADMIN, Role.SUPERVISOR, Role.AUDITOR])
def test_switches_are_the_agencys(role, lines, member, staff_client, north):
    client = staff_client(member(role, north))
    assert client.get(SWITCHES).status_code == 403
    assert client.post(f"{SWITCHES}{lines.switch.pk}/", {"act": "off"}).status_code == 403
