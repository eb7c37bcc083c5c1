"""TEL-9: calls that go on, ended with a reason; the record searched with a purpose; one call with all of it (REC5)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kinline.core.models import AuditEvent
from kinline.flows import end_call, tell_call
from kinline.identity.models import Role
from kinline.staff.tests.calling import NUMBER, lines_of
from kinline.telephony.models import Call, KnownNumber

pytestmark = pytest.mark.django_db
LIVE, SEARCH, FOUND, FILE = "/staff/calls/", "/staff/calls/search/", "/staff/calls/found/", "/staff/calls/found.csv"


@pytest.fixture
def desk(staff_client, supervisor):
    return staff_client(supervisor)


def text(answer):
    return answer.content.decode()


def ask(desk, **fields):
    return desk.post(SEARCH, {"purpose": "Case 7", **fields})


def rows(desk):
    return b"".join(desk.get(FILE).streaming_content).decode("utf-8-sig").strip().split("\r\n")[1:]


def acts(*names):
    return [(one.act, one.object, one.detail) for one in AuditEvent.objects.filter(act__in=names).order_by("pk")]


def test_nobody_telephones(desk):
    page = text(desk.get(LIVE))
    assert "Nobody telephones now." in page
    assert 'data-every="5"' in page


def test_live_calls_say_who_whom_and_how_long(desk, lines, resident):
    call = lines.begin(resident, facts={"privileged": True})
    page = text(desk.get(LIVE))
    for words in ("Daniel Sample", "1001", NUMBER, "they talk", "5:0", "West wall", "privileged", "prepaid number"):
        assert words in page
    assert f'href="/staff/calls/{call.pk}/end/"' in page


def test_rec3_a_hotlines_call_is_nobodys_to_see_or_end(desk, lines):
    call = lines.begin(None, number="+18005550100", call_type="hotline")
    assert "+18005550100" not in text(desk.get(LIVE))
    for where in (f"{LIVE}{call.pk}/", f"{LIVE}{call.pk}/end/"):
        assert desk.get(where).status_code == 404
        assert desk.post(where, {"reason": "security", "purpose": "x"}).status_code == 404
    call.refresh_from_db()
    assert call.end_asked == ""


def test_a_call_is_ended_with_a_reason_and_the_switch_is_told(desk, lines, resident, supervisor, north):
    call = lines.begin(resident)
    where = f"{LIVE}{call.pk}/end/"
    assert "Safety of the place" in text(desk.get(where))
    answer = desk.post(where, {"reason": "security"}, follow=True)
    assert "The switch is told." in text(answer)
    assert "ends: Safety of the place" in text(answer)
    (row,) = AuditEvent.objects.filter(act="call.end")
    assert (row.actor, row.object, row.facility_id, row.detail) == (
        f"staff:{supervisor.pk}", f"call:{call.pk}", north.pk, {"reason": "security"},
    )  # fmt: skip
    call.refresh_from_db()
    assert (call.end_asked, call.ended_at) == ("security", None)


@pytest.mark.django_db(transaction=True)
def test_the_switch_hears_it_with_its_next_sign_of_life(desk, lines, resident):
    call = lines.begin(resident)
    assert tell_call.alive(lines.switch, heard={call.key: 1000}, now=lines.now) == []
    desk.post(f"{LIVE}{call.pk}/end/", {"reason": "third_party"})
    assert list(tell_call.alive(lines.switch, heard={call.key: 2000}, now=lines.now)) != []


@pytest.mark.django_db(transaction=True)
def test_the_record_says_why_staff_ended_it(desk, lines, resident):
    call = lines.begin(resident, payer="", held_cents=0)
    desk.post(f"{LIVE}{call.pk}/end/", {"reason": "third_party"})
    written = end_call.end(
        lines.switch, key=call.key, reason="ended_by_staff", side="staff", billable_ms=5000, sip_code=0, now=lines.now
    )
    assert (written.reasons, written.result, written.ended_by) == (["third_party"], "completed", "staff")
    assert "A third party is on the line" in text(desk.post(f"{LIVE}{call.pk}/", {"purpose": "x"}, follow=True))


@pytest.mark.parametrize("typed", [{}, {"reason": ""}, {"reason": "because"}, {"reason": "lockdown"}])
def test_without_a_reason_of_the_list_nothing_ends(desk, lines, resident, typed):
    call = lines.begin(resident)
    answer = desk.post(f"{LIVE}{call.pk}/end/", typed)
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    call.refresh_from_db()
    assert call.end_asked == ""
    assert acts("call.end") == []


def test_what_is_over_is_not_ended(desk, lines, resident):
    cdr = lines.over(resident)
    answer = desk.post(f"{LIVE}{cdr.call_id}/end/", {"reason": "security"}, follow=True)
    assert "This call is over already." in text(answer)
    assert Call.objects.get().end_asked == ""
    assert acts("call.end") == []


def test_who_only_reads_ends_nothing(staff_client, member, north, lines, resident):
    call = lines.begin(resident)
    auditor = staff_client(member(Role.AUDITOR, north))
    assert f"{LIVE}{call.pk}/end/" not in text(auditor.get(LIVE))
    assert auditor.post(f"{LIVE}{call.pk}/end/", {"reason": "security"}).status_code == 403
    call.refresh_from_db()
    assert call.end_asked == ""


def test_rec5_no_search_without_what_for(desk, lines, resident):
    lines.over(resident)
    answer = desk.post(SEARCH, {"who": "1001", "purpose": " "})
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    assert 'value="1001"' in text(answer)
    assert desk.get(FOUND).status_code == 404
    assert desk.get(FILE).status_code == 404
    assert acts("calls.search") == []


def test_a_search_is_on_record_with_its_purpose_and_without_its_words(desk, lines, resident):
    lines.over(resident)
    answer = desk.post(SEARCH, {"who": "Daniel", "number": "0142", "purpose": "Case 7"}, follow=True)
    assert "Daniel Sample" in text(answer)
    assert acts("calls.search") == [("calls.search", "", {"purpose": "Case 7", "fields": ["number", "who"]})]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 3),
        ({"who": "1001"}, 3),
        ({"who": "dani samp"}, 3),
        ({"who": "Nobody"}, 0),
        ({"number": "(813) 555-0142"}, 2),
        ({"number": "+1 212 555 0199"}, 1),
        ({"result": "busy"}, 1),
        ({"result": "completed"}, 2),
        ({"kind": "pin_debit"}, 1),
        ({"station": "West wall"}, 3),
        ({"since": "2000-01-01", "until": "2000-01-02"}, 0),
    ],
)
def test_a_search_by_each_field(desk, lines, resident, asked, found):
    lines.over(resident)
    lines.over(resident, number="+12125550199", call_type="pin_debit")
    lines.over(resident, result="busy")
    assert ask(desk, **asked).status_code == 303
    assert len(rows(desk)) == found


def test_days_are_the_places(desk, lines, resident, north):
    lines.over(resident, ago=timedelta(days=3))
    day = (lines.now - timedelta(days=3)).astimezone(ZoneInfo(north.time_zone)).date().isoformat()
    ask(desk, since=day, until=day)
    assert len(rows(desk)) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"since": "x"}, {"since": "2026-05-02", "until": "2026-05-01"}, {"number": "12"}, {"result": "nonsense"},
     {"kind": "x"}, {"who": "x" * 90}, {"number": "\x00"}, {"purpose": ""}],
)  # fmt: skip
def test_what_cannot_be_asked_is_kept_and_finds_nothing(desk, lines, wrong):
    answer = desk.post(SEARCH, {"who": "Daniel", "purpose": "Case 7", **wrong})
    assert answer.status_code == 200
    assert 'id="errors"' in text(answer)
    assert acts("calls.search") == []


def test_rec3_no_search_finds_a_hotline(desk, lines):
    lines.over(None, call_type="hotline", number="+18005550100", recording="hotline", accepted_at=None)
    ask(desk)
    assert rows(desk) == []
    assert "+18005550100" not in text(desk.get(FOUND))


def test_another_places_calls_are_not_found(desk, lines, south, resident_south, now):
    theirs = lines_of(south, now, "south").over(resident_south)
    ask(desk)
    assert rows(desk) == []
    assert desk.get(f"{LIVE}{theirs.call_id}/").status_code == 404


def test_a_search_is_open_for_half_an_hour_and_at_its_place(desk, lines, resident, clock_at, now):
    cdr = lines.over(resident)
    ask(desk)
    assert "What happened" in text(desk.get(f"{LIVE}{cdr.call_id}/"))
    for minutes in (10, 20, 29):
        clock_at(now + timedelta(minutes=minutes))
        assert desk.get(FOUND).status_code == 200
    clock_at(now + timedelta(minutes=45))
    assert desk.get(FOUND).status_code == 404
    assert "What happened" not in text(desk.get(f"{LIVE}{cdr.call_id}/"))


def test_a_page_at_a_time(desk, lines, resident, monkeypatch):
    from kinline.staff.views import calls

    monkeypatch.setattr(calls, "PAGE", 2)
    for minutes in range(5):
        lines.over(resident, ago=timedelta(minutes=60 + minutes))
    ask(desk)
    page = text(desk.get(FOUND))
    assert page.count("Daniel Sample") == 2
    assert 'href="?from=2"' in page
    assert text(desk.get(f"{FOUND}?from=4")).count("Daniel Sample") == 1
    assert desk.get(f"{FOUND}?from=x").status_code == 200


def test_the_file_has_every_field_runs_nothing_and_is_on_record(desk, lines, resident):
    lines.over(resident, dialled="8135550142", entries=[4, 5], signs=["key:b"])
    lines.station.label = "=1+1"
    lines.over(resident, ago=timedelta(hours=2))
    ask(desk)
    answer = desk.get(FILE)
    assert answer["Content-Disposition"].startswith('attachment; filename="kinline-calls-')
    head, *body = b"".join(answer.streaming_content).decode("utf-8-sig").strip().split("\r\n")
    assert head.startswith("call,record,corrects,")
    first = dict(zip(head.split(","), body[0].split(","), strict=True))
    assert (first["seconds"], first["cost"], first["base"], first["share"], first["rate_a_minute"]) == (
        "61", "0.11", "0.09", "0.02", "0.11",
    )  # fmt: skip
    assert (first["resident_number"], first["entries"], first["signs"]) == ("1001", "4 5", "key:b")
    assert first["started_at"].endswith("Z")
    second = dict(zip(head.split(","), body[1].split(","), strict=True))
    assert second["station"] == "'=1+1"
    assert acts("calls.take") == [("calls.take", "", {"purpose": "Case 7", "rows": 2})]


def test_one_call_asks_what_for_first(desk, lines, resident):
    cdr = lines.over(resident)
    where = f"{LIVE}{cdr.call_id}/"
    assert "What happened" not in text(desk.get(where))
    assert acts("call.look") == []
    assert 'id="errors"' in text(desk.post(where, {"purpose": ""}))
    page = text(desk.post(where, {"purpose": "Complaint 12"}, follow=True))
    for words in ("What happened", "They talked", "The caller hung up", "1:01", "$0.11", "$0.09", "$0.02", "Dialled"):
        assert words in page
    assert acts("call.look") == [("call.look", f"call:{cdr.call_id}", {"purpose": "Complaint 12"})]


def test_every_reason_of_a_refusal_is_explained(desk, lines, resident):
    cdr = lines.over(resident, result="closed_hours", call_type="refused", reasons=["closed_hours", "no_money"])
    ask(desk)
    page = text(desk.get(f"{LIVE}{cdr.call_id}/"))
    assert "Outside calling hours" in page
    assert "No money for a minute" in page


def test_m12_a_privileged_call_says_so(desk, lines, resident, agency, now):
    KnownNumber.objects.create(agency=agency, number=NUMBER, privileged_since=now)
    call = lines.begin(resident, facts={"privileged": True})
    assert "Never recorded: privileged" in text(desk.get(f"{LIVE}{call.pk}/"))
    assert acts("call.look") == [("call.look", f"call:{call.pk}", {"purpose": "live"})]


def test_every_code_of_a_decision_or_an_end_has_words():
    from kinline.flows.end_asked import REASONS
    from kinline.telephony import history_wording, staff_wording

    assert set(REASONS) == set(staff_wording.ENDS)
    assert set(history_wording.NOT_TALKED) | set(history_wording.TALKED) <= set(staff_wording.RESULTS)
