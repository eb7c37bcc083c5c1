"""REC1 to REC5, M12, M13: recordings are played with a purpose and an intact file, held, purged, and never of some."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from kinline.core.models import AuditEvent
from kinline.flows import recordings as flows
from kinline.identity.models import Role
from kinline.messaging.models import LegalHold
from kinline.staff.tests.calling import NUMBER, lines_of
from kinline.telephony.models import Call, KnownNumber, Recording, RecordingPurge, TelephoneSettings
from kinline.telephony.staff_errors import NoRecording, NotToBeRecorded

LIST = "/staff/recordings/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(staff_client, supervisor):
    return staff_client(supervisor)


def text(answer):
    return answer.content.decode()


def page_of(kept):
    return f"/staff/calls/{kept.call_id}/recording/"


def play(desk, kept, purpose="Case 7"):
    return desk.post(page_of(kept), {"act": "play", "purpose": purpose})


def acts(prefix="recording."):
    found = AuditEvent.objects.filter(act__startswith=prefix).order_by("pk")
    return [(one.act, one.object, one.detail.get("purpose")) for one in found]


def file_of(kept):
    return Path(settings.RECORDINGS) / kept.file


def test_none_are_made_here(desk):
    page = text(desk.get(LIST))
    assert "Calls are not recorded here." in page
    assert "There are none." in page


def test_where_they_are_made_it_says_so(desk, north):
    TelephoneSettings.objects.create(
        facility=north, records=True, recordings_days=30, payers=["pin_debit"], places=["domestic"]
    )
    assert "Calls are recorded here and kept for 30 days." in text(desk.get(LIST))


def test_rec5_played_only_with_a_purpose_and_on_record(desk, lines, resident):
    kept = lines.recorded(resident)
    page = text(desk.get(page_of(kept)))
    assert "<audio" not in page
    assert desk.get(f"{page_of(kept)}sound").status_code == 404
    assert 'id="errors"' in text(play(desk, kept, purpose=" "))
    assert acts() == []
    assert play(desk, kept).status_code == 303
    answer = desk.get(page_of(kept))
    assert "<audio" in text(answer)
    assert "media-src 'self'" in answer["Content-Security-Policy"]
    sound = desk.get(f"{page_of(kept)}sound")
    assert (sound.content, sound["Content-Type"]) == (b"RIFF sample", "audio/wav")
    assert sound["Cache-Control"] == "no-store"
    assert acts() == [("recording.play", f"call:{kept.call_id}", "Case 7")] * 2


def test_a_purpose_is_for_one_recording_and_half_an_hour(desk, lines, resident, clock_at, now):
    kept, other = lines.recorded(resident), lines.recorded(resident, ago=timedelta(hours=3))
    play(desk, kept)
    assert desk.get(f"{page_of(other)}sound").status_code == 404
    for minutes in (15, 29):
        clock_at(now + timedelta(minutes=minutes))
        assert desk.get(f"{page_of(kept)}sound").status_code == 200
    clock_at(now + timedelta(minutes=40))
    assert desk.get(f"{page_of(kept)}sound").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_file_that_was_changed_is_not_played_and_that_is_on_record(desk, lines, resident):
    kept = lines.recorded(resident)
    file_of(kept).write_bytes(b"RIFF another")
    answer = play(desk, kept)
    assert answer.status_code == 200
    assert "its digest differs" in text(answer)
    assert "<audio" not in text(answer)
    assert acts() == [("recording.broken", f"call:{kept.call_id}", "Case 7")]
    file_of(kept).unlink()
    assert "its digest differs" in text(play(desk, kept))


def test_changed_between_two_times_it_is_heard_no_more(desk, lines, resident):
    kept = lines.recorded(resident)
    play(desk, kept)
    file_of(kept).write_bytes(b"x")
    assert desk.get(f"{page_of(kept)}sound").status_code == 404


def test_m13_of_a_number_that_became_privileged_it_stands_apart(desk, lines, resident, agency, now):
    kept = lines.recorded(resident)
    KnownNumber.objects.create(agency=agency, number=NUMBER, privileged_since=now)
    assert "apart: privileged by now" in text(desk.get(LIST))
    assert "played only under a legal hold" in text(play(desk, kept))
    assert acts() == []
    desk.post(page_of(kept), {"act": "hold", "reason": "Court of Sample, 12"})
    assert play(desk, kept).status_code == 303
    assert acts()[-1] == ("recording.play_apart", f"call:{kept.call_id}", "Case 7")


@pytest.mark.django_db(transaction=True)
def test_m13_the_job_marks_them_once_and_the_mark_stays(lines, resident, agency, now):
    kept = lines.recorded(resident)
    flows.quarantine(now=now)
    kept.refresh_from_db()
    assert kept.quarantined_at is None
    known = KnownNumber.objects.create(agency=agency, number=NUMBER, privileged_since=now)
    flows.quarantine(now=now)
    flows.quarantine(now=now + timedelta(hours=1))
    known.delete()
    kept.refresh_from_db()
    assert kept.quarantined_at == now
    assert acts() == [("recording.quarantine", f"call:{kept.call_id}", None)]


def test_a_hold_and_its_end(desk, lines, resident, supervisor):
    kept = lines.recorded(resident)
    where = page_of(kept)
    assert 'id="errors"' in text(desk.post(where, {"act": "hold", "reason": ""}))
    assert desk.post(where, {"act": "hold", "reason": "Court of Sample, 12"}).status_code == 303
    assert "Court of Sample, 12" in text(desk.get(where))
    assert "held already" in text(desk.post(where, {"act": "hold", "reason": "Again"}))
    assert desk.post(where, {"act": "lift", "reason": "Case over"}).status_code == 303
    assert "not held" in text(desk.post(where, {"act": "lift", "reason": "Again"}))
    assert [one[0] for one in acts()] == ["recording.hold", "recording.lift"]


def test_who_may_not_hold_or_play_does_neither(lines, resident, member, staff_client, north, south):
    kept = lines.recorded(resident)
    for role in (Role.AUDITOR, Role.REVIEWER, Role.FINANCE, Role.MAILROOM, Role.OMBUDSPERSON):
        client = staff_client(member(role, north))
        assert play(client, kept).status_code == 403
        assert client.get(f"{page_of(kept)}sound").status_code == 403
    theirs = staff_client(member(Role.FACILITY_ADMIN, south))
    assert play(theirs, kept).status_code == 404
    assert acts() == []
    assert theirs.post(page_of(kept), {"act": "burn"}).status_code == 404


# What is never recorded (REC1, REC3, M12, TEL-7): tried in every way


def keep(lines, call, name="one.wav", begun_at=None):
    folder = Path(settings.RECORDINGS)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"RIFF")
    return flows.keep(
        lines.switch, key=call.key, file=name, seconds=10, begun_at=begun_at or call.accepted_at, now=lines.now
    )


@pytest.mark.django_db(transaction=True)
def test_a_call_that_may_be_recorded_is_kept_once(lines, resident):
    call = lines.begin(resident, record=True)
    first, again = keep(lines, call), keep(lines, call)
    assert first == again
    assert bytes(first.sha256) == hashlib.sha256(b"RIFF").digest()
    assert Recording.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "call",
    [
        {"record": False},
        {"record": False, "call_type": "hotline"},
        {"record": True, "facts": {"privileged": True}},
        {"record": True, "talking": False},
    ],
)
def test_of_these_nothing_is_ever_kept_by_any_way(lines, resident, call):
    made = lines.begin(None if call.get("call_type") == "hotline" else resident, **call)
    begun = made.accepted_at or lines.now
    with pytest.raises(NotToBeRecorded):
        keep(lines, made, begun_at=begun)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database itself
        Recording.objects.create(call=made, file="x.wav", sha256=bytes(32), seconds=1, begun_at=begun)
    assert not Recording.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rec1_nothing_from_before_acceptance_is_kept(lines, resident):
    call = lines.begin(resident, record=True)
    with pytest.raises(NotToBeRecorded):
        keep(lines, call, begun_at=call.accepted_at - timedelta(seconds=2))
    assert not Recording.objects.exists()
    assert not (Path(settings.RECORDINGS) / "one.wav").exists()
    kept = keep(lines, call, begun_at=call.accepted_at - timedelta(milliseconds=3))
    assert kept.begun_at == call.accepted_at


@pytest.mark.django_db(transaction=True)
def test_a_file_that_no_record_knows_goes_after_some_days(lines, resident, now):
    kept = lines.recorded(resident)
    folder = Path(settings.RECORDINGS)
    for name, days in (("old.wav", 4), ("young.wav", 1), (kept.file, 9)):
        (folder / name).write_bytes(b"RIFF sample")
        then = (now - timedelta(days=days)).timestamp()
        os.utime(folder / name, (then, then))
    flows.purge_recordings(now=now)
    assert sorted(path.name for path in folder.iterdir()) == sorted(["young.wav", kept.file])
    assert [one[0] for one in acts()] == ["recording.stray"]


def test_the_database_lets_no_hotline_be_one_that_records(lines):
    with pytest.raises(IntegrityError), transaction.atomic():
        lines.begin(None, call_type="hotline", record=True)
    assert not Call.objects.filter(call_type="hotline").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../x", "missing.wav"])
def test_a_file_that_is_elsewhere_is_no_recording(lines, resident, name):
    call = lines.begin(resident, record=True)
    with pytest.raises(NoRecording):
        flows.keep(lines.switch, key=call.key, file=name, seconds=1, begun_at=call.accepted_at, now=lines.now)
    assert not Recording.objects.exists()


# Kept for so long, and then gone with a certificate (REC4)


@pytest.fixture
def days(north):
    return TelephoneSettings.objects.create(
        facility=north, records=True, recordings_days=30, payers=["pin_debit"], places=["domestic"]
    )


@pytest.mark.django_db(transaction=True)
def test_rec4_what_is_old_goes_with_its_file_and_a_certificate(lines, resident, days, now, desk):
    old = lines.recorded(resident, ago=timedelta(days=31))
    young = lines.recorded(resident, ago=timedelta(days=29))
    flows.purge_recordings(now=now)
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.purged_at, young.purged_at) == (now, None)
    assert (file_of(old).exists(), file_of(young).exists()) == (False, True)
    made = RecordingPurge.objects.get()
    assert (made.count, made.days, bytes(made.digest)) == (1, 30, hashlib.sha256(bytes(old.sha256)).digest())
    row = AuditEvent.objects.get(act="recording.purge")
    assert row.detail["digest"] == bytes(made.digest).hex()
    assert "Purged on" in text(desk.get(page_of(old)))
    assert "There is no recording of this call" in text(play(desk, old))
    flows.purge_recordings(now=now)
    assert RecordingPurge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rec4_a_hold_wins_over_everything(lines, resident, days, now, supervisor, north):
    kept = lines.recorded(resident, ago=timedelta(days=90))
    flows.hold(staff=supervisor, facility_id=north.pk, call_id=kept.call_id, reason="Court", now=now)
    flows.purge_recordings(now=now)
    kept.refresh_from_db()
    assert kept.purged_at is None
    flows.lift(staff=supervisor, facility_id=north.pk, call_id=kept.call_id, reason="Over", now=now)
    hold = LegalHold.objects.create(
        facility=north, resident=resident, reason="All of Daniel.", starts_at=now - timedelta(days=1),
        placed_by=supervisor, placed_at=now,
    )  # fmt: skip
    flows.purge_recordings(now=now)
    kept.refresh_from_db()
    assert kept.purged_at is None
    assert file_of(kept).exists()
    LegalHold.objects.filter(pk=hold.pk).update(lifted_by=supervisor, lifted_at=now, lifted_why="Over.")
    flows.purge_recordings(now=now)
    kept.refresh_from_db()
    assert kept.purged_at == now


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_destroyed_is_tried_again(lines, resident, days, now, monkeypatch):
    kept = lines.recorded(resident, ago=timedelta(days=90))
    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", lambda *_args, **_more: (_ for _ in ()).throw(PermissionError()))
        flows.purge_recordings(now=now)
    kept.refresh_from_db()
    assert kept.purged_at is None
    flows.purge_recordings(now=now)
    assert RecordingPurge.objects.get().count == 1


@pytest.mark.django_db(transaction=True)
def test_each_place_keeps_its_own_time(lines, resident, days, south, resident_south, now):
    theirs = lines_of(south, now, "south").recorded(resident_south, ago=timedelta(days=90))
    flows.purge_recordings(now=now)
    theirs.refresh_from_db()
    assert theirs.purged_at is None  # a year, if nobody says otherwise


def test_a_certificate_and_what_it_is_of_stay_as_they_are(lines, resident):
    kept = lines.recorded(resident)
    for statement in (
        lambda: Recording.objects.filter(pk=kept.pk).update(sha256=bytes(32)),
        kept.delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            statement()
