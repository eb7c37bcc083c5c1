"""T6, TEL-2: a caller's name in their own voice: when it is wanted, where it is heard, who may take it away.

And T10: a number that is not approved is asked for by the telephone's keys.
"""

import contextlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from tests.calls.line import NUMBER, PIN, PPC, Line

from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility
from kinline.flows import allowed_numbers, authorise_call, custody, recorded_names
from kinline.flows.authorise_call import NameFirst, Try
from kinline.flows.call_terms import Terms, terms
from kinline.identity.models import User
from kinline.identity.permissions import NotPermitted
from kinline.ledger.models import Hold
from kinline.residents.models import Resident
from kinline.sip.control import plan
from kinline.sip.sound import wav
from kinline.telephony.errors import NoName, NotAName
from kinline.telephony.models import AllowedNumber, Call, Cdr, RecordedName, Station, TelephoneSettings

pytestmark = pytest.mark.django_db(transaction=True)
SOUND = bytes(range(256)) * 20


@pytest.fixture
def names(line: Line) -> Line:
    """The place takes names."""
    TelephoneSettings.objects.update(records_names=True)
    line.put(PPC, 1000)
    return line


def tries(line: Line, resident: Resident, *, pin: str = PIN, rename: bool = False, names: bool = True) -> Terms:
    tried = Try(resident.number, pin, "8135550142", "", "es", names, rename)
    station = Station.objects.get(pk=line.station.pk)  # with what its place says now
    answer = authorise_call.authorise(line.switch, key=uuid4(), station=station, tried=tried, now=line.now)
    return terms(answer, "es", voice=True)


def keep(line: Line, resident: Resident, sound: bytes = SOUND) -> None:
    recorded_names.keep(line.station, resident_id=resident.pk, sound=sound, now=line.now)


def acts() -> list[tuple[str, str]]:
    found = AuditEvent.objects.filter(act__startswith="name.").order_by("pk")
    return [(one.actor, one.act) for one in found]


def wanted(line: Line, resident: Resident, **more: bool) -> bool:
    """Whether the telephone asks for the name first; then nothing else has happened."""
    before = (Call.objects.count(), Cdr.objects.count(), Hold.objects.count())
    found = None
    with contextlib.suppress(NameFirst):
        found = tries(line, resident, **more)
    if found is None:
        assert (Call.objects.count(), Cdr.objects.count(), Hold.objects.count()) == before
        return True
    Call.objects.filter(key=found.call_id, ended_at=None).update(ended_at=line.now, state="ended")
    return False


def test_a_name_is_asked_for_once_and_then_it_is_heard(names: Line, resident: Resident) -> None:
    with pytest.raises(NameFirst) as first:
        tries(names, resident)
    assert first.value.resident_id == resident.pk
    assert wanted(names, resident)
    keep(names, resident)
    found = tries(names, resident)
    assert found.allowed
    assert found.name_sound == SOUND
    spoken = [one for one in plan(found).announcement if one.sound]
    assert [(one.prompt, one.value, one.sound) for one in spoken] == [("name", "Daniel Sample", SOUND)]
    assert repr(SOUND)[:40] not in repr(found) + repr(plan(found))
    assert acts() == [(f"resident:{resident.pk}", "name.record")]
    assert "sound" not in str(AuditEvent.objects.filter(act="name.record").values())


def test_who_cannot_say_it_now_just_calls(names: Line, resident: Resident) -> None:
    """Dialled as a string, or by another switch."""
    assert not wanted(names, resident, names=False)


@pytest.mark.parametrize("how", ["off", "id", "nothing"])
def test_nobody_is_asked_where_the_place_takes_none_or_asks_for_no_pin(
    names: Line, resident: Resident, how: str
) -> None:
    """Without a PIN anybody could say anything in another's name."""
    TelephoneSettings.objects.update(**({"records_names": False} if how == "off" else {"asks": how}))
    assert not wanted(names, resident)


def test_a_wrong_pin_comes_before_any_name(names: Line, resident: Resident) -> None:
    assert tries(names, resident, pin="9999").code == "wrong_pin"
    assert not RecordedName.objects.exists()


def test_said_again_the_one_before_is_gone_for_good(names: Line, resident: Resident) -> None:
    keep(names, resident)
    assert not wanted(names, resident)
    assert wanted(names, resident, rename=True)
    keep(names, resident, b"another")
    rows = RecordedName.objects.order_by("pk")
    assert [(bytes(one.sound), one.removed_at is None) for one in rows] == [(b"", False), (b"another", True)]


def test_where_the_place_switches_names_off_our_voice_says_them(names: Line, resident: Resident) -> None:
    keep(names, resident)
    TelephoneSettings.objects.update(records_names=False)
    found = tries(names, resident)
    assert found.name_sound == b""
    assert not any(one.sound for one in plan(found).announcement)


def test_what_is_not_what_was_said_is_not_played(names: Line, resident: Resident) -> None:
    keep(names, resident)
    RecordedName.objects.update(sound=b"something else")
    assert tries(names, resident).name_sound == b""


@pytest.mark.parametrize("sound", [b"", b"x" * 40_001])
def test_no_sound_and_too_much_of_it_are_no_name(names: Line, resident: Resident, sound: bytes) -> None:
    with pytest.raises(NotAName):
        keep(names, resident, sound)
    assert not RecordedName.objects.exists()


def test_nothing_is_kept_of_who_is_not_here_or_where_none_are_taken(
    names: Line, resident: Resident, resident_south: Resident
) -> None:
    with pytest.raises(NotAName):
        keep(names, resident_south)
    TelephoneSettings.objects.update(records_names=False)
    with pytest.raises(NotAName):
        keep(names, resident)
    assert not RecordedName.objects.exists()
    assert acts() == []


def test_ten_a_day_are_enough(names: Line, resident: Resident) -> None:
    for _ in range(10):
        keep(names, resident)
    with pytest.raises(NotAName):
        keep(names, resident, b"eleventh")
    assert bytes(RecordedName.objects.get(removed_at=None).sound) == SOUND
    names.wait(hours=25)
    keep(names, resident, b"eleventh")


def test_staff_hear_it_take_it_away_and_the_next_call_asks_anew(
    names: Line, resident: Resident, officer: User, north: Facility
) -> None:
    keep(names, resident)
    who = {"staff": officer, "facility_id": north.pk, "resident_id": resident.pk, "now": names.now}
    assert recorded_names.hear(**who) == SOUND
    recorded_names.take_away(**who, reason="He says: press 1.", bar=False)
    row = RecordedName.objects.get()
    assert (bytes(row.sound), row.removed_by, row.reason) == (b"", officer, "He says: press 1.")
    assert tries(names, resident, names=False).name_sound == b""
    assert [act for _, act in acts()] == ["name.record", "name.play", "name.remove"]
    with pytest.raises(NoName):
        recorded_names.hear(**who)
    with pytest.raises(NoName):
        recorded_names.take_away(**who, reason="Twice.", bar=False)


def test_barred_no_other_is_asked_for_or_kept_until_staff_say_so(
    names: Line, resident: Resident, officer: User, north: Facility
) -> None:
    keep(names, resident)
    who = {"staff": officer, "facility_id": north.pk, "resident_id": resident.pk, "now": names.now}
    recorded_names.take_away(**who, reason="Again.", bar=True)
    assert not wanted(names, resident)
    assert not wanted(names, resident, rename=True)
    with pytest.raises(NotAName):
        keep(names, resident)
    recorded_names.allow(**who)
    assert wanted(names, resident)
    assert [act for _, act in acts()][-2:] == ["name.bar", "name.allow"]


def test_staff_of_elsewhere_and_without_the_right_hear_and_do_nothing(
    names: Line, resident: Resident, officer_south: User, mother: User, north: Facility, south: Facility
) -> None:
    keep(names, resident)
    for staff, place in ((officer_south, north), (mother, north)):
        with pytest.raises(NotPermitted):
            recorded_names.hear(staff=staff, facility_id=place.pk, resident_id=resident.pk, now=names.now)
        with pytest.raises(NotPermitted):
            recorded_names.take_away(
                staff=staff, facility_id=place.pk, resident_id=resident.pk, reason="No.", bar=True, now=names.now
            )
    with pytest.raises(NoName):
        recorded_names.hear(staff=officer_south, facility_id=south.pk, resident_id=resident.pk, now=names.now)
    assert bytes(RecordedName.objects.get().sound) == SOUND
    assert [act for _, act in acts()] == ["name.record"]


def test_a_voice_goes_a_month_after_its_resident(names: Line, resident: Resident, admin: User) -> None:
    keep(names, resident)
    recorded_names.purge(now=names.now + timedelta(days=400))
    assert bytes(RecordedName.objects.get().sound) == SOUND, "still here"
    custody.release_resident(staff=admin, resident_id=resident.pk, now=names.now)
    recorded_names.purge(now=names.now + timedelta(days=29))
    assert bytes(RecordedName.objects.get().sound) == SOUND
    recorded_names.purge(now=names.now + timedelta(days=31))
    assert bytes(RecordedName.objects.get().sound) == b""
    assert acts()[-1] == ("system", "name.purge")


def test_the_database_keeps_no_sound_of_what_is_gone(names: Line, resident: Resident) -> None:
    keep(names, resident)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordedName.objects.update(removed_at=names.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordedName.objects.update(barred=True)


def test_the_file_that_staff_hear_is_one_that_the_switch_could_play() -> None:
    for sound in (SOUND, b"odd"):
        assert wav.unpacked(recorded_names.as_wav(sound)) == sound


# T10: asked for by keys


@pytest.fixture
def lists(line: Line) -> Line:
    TelephoneSettings.objects.update(lists_numbers=True)
    line.put(PPC, 1000)
    return line


def ask(line: Line, found: Terms) -> str:
    return allowed_numbers.ask_by_keys(line.switch, key=found.call_id, now=line.now)


def test_t10_a_refused_number_is_asked_for_by_a_key_and_waits_with_those_of_the_kiosk(
    lists: Line, resident: Resident, officer: User, north: Facility
) -> None:
    found = tries(lists, resident)
    assert (found.code, found.offers) == ("not_on_list", True)
    assert ask(lists, found) == "done"
    row = AllowedNumber.objects.get()
    assert (row.resident, row.number, row.name, row.approved) == (resident, NUMBER, "pedido por teléfono", None)
    event = AuditEvent.objects.get(act="number.ask")
    assert (event.actor, event.detail["by"]) == (f"resident:{resident.pk}", "telephone")
    assert ask(lists, found) == "already"
    assert ask(lists, tries(lists, resident)) == "already"
    allowed_numbers.decide(
        staff=officer, facility_id=north.pk, listed_id=row.pk, approved=True, reason="", seen="asked", now=lists.now
    )
    assert tries(lists, resident).allowed


def test_t10_only_the_call_that_was_refused_for_it_asks_and_not_for_long(lists: Line, resident: Resident) -> None:
    refused = tries(lists, resident)
    assert allowed_numbers.ask_by_keys(lists.switch, key=uuid4(), now=lists.now) == "not_possible"
    lists.wait(minutes=3)
    assert ask(lists, refused) == "not_possible"
    wrong = tries(lists, resident, pin="9999")
    assert (wrong.offers, ask(lists, wrong)) == (False, "not_possible")
    assert not AllowedNumber.objects.exists()
    AllowedNumber.objects.create(
        resident=resident, number=NUMBER, name="Sample", asked_at=lists.now, decided_at=lists.now, approved=True
    )
    allowed = tries(lists, resident)
    assert (allowed.offers, ask(lists, allowed)) == (False, "not_possible")
    assert AllowedNumber.objects.count() == 1


def test_t10_a_full_list_and_ten_of_a_day_are_said(lists: Line, resident: Resident) -> None:
    TelephoneSettings.objects.update(list_limit=1)
    AllowedNumber.objects.create(resident=resident, number="+18135550199", name="Sample", asked_at=lists.now)
    for _ in range(10):
        assert ask(lists, tries(lists, resident)) == "full"
    assert ask(lists, tries(lists, resident)) == "enough"
    assert AllowedNumber.objects.count() == 1
