"""TEL-1, TEL-12, TEL-14, T8: how a place telephones, on one page; only what was changed is written."""

import re

import pytest

from kinline.core.models import AuditEvent
from kinline.identity.models import Role
from kinline.telephony.models import TelephoneSettings
from kinline.telephony.queries.authority import settings_by_id

pytestmark = pytest.mark.django_db
PAGE = "/staff/calls/settings/"
AS_IT_IS = {
    "payers": "prepaid_collect,pin_debit", "asks": "id_pin", "places": ["domestic", "territory"], "list_limit": "30",
    "courtesy_seconds": "60", "ring_seconds": "45", "accept_key": "1", "refuse_key": "2", "price_key": "9",
    "block_key": "7", "caller_id": "", "recordings_days": "365", "holds": "jail",
}  # fmt: skip


@pytest.fixture
def desk(staff_client, admin):
    return staff_client(admin)


def text(answer):
    return answer.content.decode()


def save(desk, seen="", **typed):
    seen = seen or re.search(r'name="seen" value="([^"]+)"', text(desk.get(PAGE)))[1]
    return desk.post(PAGE, {**AS_IT_IS, "seen": seen, **typed})


def changes():
    return [one.detail["columns"] for one in AuditEvent.objects.filter(act="telephone.change").order_by("pk")]


def test_rec1_recording_is_off_and_the_law_is_said_beside_it(desk, north):
    page = text(desk.get(PAGE))
    assert "Both sides hear that the call is recorded before anything is" in page
    assert not re.search(r'name="records"[^>]*checked', page)
    assert not settings_by_id(north.pk).records


def test_nothing_changed_writes_nothing(desk):
    assert "Nothing was changed." in text(desk.get(save(desk)["Location"]))
    assert not TelephoneSettings.objects.exists()
    assert changes() == []


def test_only_what_was_changed_is_written(desk, north):
    assert save(desk, payers="pin_debit", ring_seconds="30", records="on", caller_id="518 555 0110").status_code == 303
    row = TelephoneSettings.objects.get()
    assert (row.payers, row.ring_seconds, row.records, row.caller_id) == (["pin_debit"], 30, True, "+15185550110")
    assert (row.places, row.courtesy_seconds) == (["domestic", "territory"], 60)
    assert changes() == [["caller_id", "payers", "records", "ring_seconds"]]


def test_two_who_change_it_at_once(desk, north):
    seen = re.search(r'name="seen" value="([^"]+)"', text(desk.get(PAGE)))[1]
    save(desk, ring_seconds="30")
    answer = save(desk, seen=seen, ring_seconds="60")
    assert "Somebody changed these settings meanwhile." in text(answer)
    assert 'value="60"' in text(answer)
    assert TelephoneSettings.objects.get().ring_seconds == 30


@pytest.mark.parametrize(
    "wrong",
    [{"ring_seconds": "5"}, {"ring_seconds": "121"}, {"courtesy_seconds": "301"}, {"courtesy_seconds": "-1"},
     {"places": []}, {"places": ["moon"]}, {"accept_key": "2"}, {"accept_key": "x"}, {"payers": "credit"},
     {"asks": "name"}, {"list_limit": "0"}, {"recordings_days": "0"}, {"caller_id": "911"}, {"caller_id": "12"},
     {"holds": "school"}],
)  # fmt: skip
def test_what_makes_no_sense_is_kept_and_changes_nothing(desk, wrong):
    answer = save(desk, **wrong)
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    assert not TelephoneSettings.objects.exists()
    assert changes() == []


def test_a_page_that_is_not_ours_changes_nothing(desk):
    assert save(desk, seen="forged", ring_seconds="30").status_code == 303
    assert not TelephoneSettings.objects.exists()


def test_others_change_nothing(member, staff_client, north):
    for role in (Role.SUPERVISOR, Role.INVESTIGATOR, Role.FINANCE, Role.AUDITOR):
        assert staff_client(member(role, north)).post(PAGE, AS_IT_IS).status_code == 403
    assert not TelephoneSettings.objects.exists()
