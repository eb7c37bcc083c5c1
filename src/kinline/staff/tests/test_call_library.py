"""T4, TEL-7, M12, M13: flags of numbers with notes, blocks of a place, hotlines; history, other places, bad input."""

from datetime import timedelta

import pytest
from conftest import PASSWORD
from django.db import IntegrityError, transaction

from kinline.core.models import AuditEvent
from kinline.identity.models import Role
from kinline.telephony.models import AllowedNumber, Call, Hotline, KnownNumber, NumberBlock, NumberNote, Recording
from kinline.telephony.queries import authority
from kinline.telephony.typed import anybodys, beginning, keys, read

pytestmark = pytest.mark.django_db
NUMBER = "+18135550142"
KNOWN, ONE, BLOCKS, HOTLINES = (
    "/staff/numbers/known/", f"/staff/numbers/known/one/?n=%2B{NUMBER[1:]}", "/staff/numbers/blocks/",
    "/staff/numbers/hotlines/",
)  # fmt: skip


@pytest.fixture
def desk(staff_client, supervisor):
    return staff_client(supervisor)


def text(answer) -> str:
    return answer.content.decode()


def acts() -> list[str]:
    rows = AuditEvent.objects.filter(act__regex="^(number|hotline|recording)[.]").order_by("pk")
    return list(rows.values_list("act", flat=True))


class TestFlags:
    def test_nothing_is_known_yet(self, desk):
        assert "Nothing is known of any number yet." in text(desk.get(KNOWN))
        assert "An ordinary number" in text(desk.get(ONE))
        assert not KnownNumber.objects.exists()

    def test_set_with_a_note_and_read_again(self, desk, north, supervisor):
        answer = desk.post(ONE, {"owner": "Shelter", "do_not_record": "on", "note": "Letter of May 3"}, follow=True)
        assert "Kept, with your note." in text(answer)
        row = KnownNumber.objects.get()
        assert (row.agency, row.owner, row.do_not_record, row.privileged_since) == (north.agency, "Shelter", True, None)
        assert set(NumberNote.objects.values_list("act", "note", "made_by")) == {
            ("owner", "Letter of May 3", supervisor.pk), ("do_not_record", "Letter of May 3", supervisor.pk),
        }  # fmt: skip
        assert "Letter of May 3" in text(answer)
        assert "Shelter" in text(desk.get(KNOWN))
        assert "Shelter" in text(desk.get(KNOWN, {"q": "555-0142"}))
        assert "Shelter" not in text(desk.get(KNOWN, {"q": "nobody"}))

    def test_a_stale_password_loses_neither_number_nor_note(self, desk, clock_at, now):
        clock_at(now + timedelta(minutes=11))
        answer = desk.post(ONE, {"n": NUMBER, "watched": "on", "note": "Case 7"})
        assert answer.url.startswith("/staff/confirm/")
        assert not KnownNumber.objects.exists()
        page = text(desk.post(answer.url, {"password": PASSWORD}, follow=True))
        assert "(813) 555-0142" in page
        assert 'value="Case 7"' in page
        assert f'action="?n=%2B{NUMBER[1:]}"' in page

    def test_without_a_note_nothing_is_kept(self, desk):
        answer = desk.post(ONE, {"watched": "on", "note": "  "})
        assert answer.status_code == 422
        assert "Write a note" in text(answer)
        assert not KnownNumber.objects.exists()

    def test_nothing_changed_is_said(self, desk):
        assert "Nothing was changed." in text(desk.post(ONE, {"note": "x"}))
        assert (KnownNumber.objects.count(), NumberNote.objects.count(), acts()) == (0, 0, [])

    def test_notes_are_written_once(self, desk):
        """T4."""
        desk.post(ONE, {"watched": "on", "note": "x"})
        note = NumberNote.objects.get()
        note.note = "y"
        with pytest.raises(IntegrityError), transaction.atomic():
            note.save()

    def test_m12_m13_privileged_puts_apart_what_was_recorded(self, desk, lines, resident, north, now):
        old = lines.begin(resident, record=True)
        Call.objects.filter(pk=old.pk).update(state="ended", ended_at=now)
        Recording.objects.create(call=old, file="old.wav", sha256=b"0" * 32, seconds=9, begun_at=now)
        going_on = lines.begin(resident, record=True)
        other = lines.begin(None, number="+18135550199", record=True)
        Recording.objects.create(call=other, file="other.wav", sha256=b"1" * 32, seconds=9, begun_at=now)
        desk.post(ONE, {"privileged": "on", "note": "Bar number 123, called back"})
        assert KnownNumber.objects.get().privileged_since is not None
        assert Recording.objects.get(call=old).quarantined_at is not None
        assert Recording.objects.get(call=other).quarantined_at is None
        going_on.refresh_from_db()
        assert going_on.record is False
        assert acts() == ["number.privileged", "recording.quarantine"]
        found = authority.number(facility=north, resident_id=resident.pk, found=read("8135550142"), lists=True)
        assert found.privileged

    def test_who_cannot_verify_changes_no_privilege(self, staff_client, member, north, now):
        KnownNumber.objects.create(agency=north.agency, number=NUMBER, privileged_since=now)
        client = staff_client(member(Role.INVESTIGATOR, north))
        assert "never listened to" not in text(client.get(ONE))
        client.post(ONE, {"watched": "on", "note": "Case 7"})
        row = KnownNumber.objects.get()
        assert (row.watched, row.privileged_since) == (True, now)

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
    def test_who_only_reads_changes_nothing(self, staff_client, member, north, role):
        client = staff_client(member(role, north))
        assert "Keep it" not in text(client.get(ONE))
        client.post(ONE, {"watched": "on", "note": "x"})
        assert (KnownNumber.objects.count(), acts()) == (0, [])

    def test_another_agencys_flags_are_not_there(self, desk, far, outsider, now):
        KnownNumber.objects.create(agency=far.agency, number=NUMBER, owner="Far away", watched=True)
        AllowedNumber.objects.create(resident=outsider, number=NUMBER, name="Hidden", asked_at=now)
        for where in (KNOWN, ONE):
            assert "Far away" not in text(desk.get(where))
            assert "Hidden" not in text(desk.get(where))
        desk.post(ONE, {"do_not_record": "on", "note": "ours"})
        assert KnownNumber.objects.get(agency=far.agency).do_not_record is False

    @pytest.mark.parametrize("n", ["", "911", "813", "x", "+", "%00", "9" * 300])
    def test_what_is_no_number(self, desk, n):
        assert desk.get("/staff/numbers/known/one/", {"n": n}).status_code == 422


class TestBlocks:
    def test_a_number_blocked_and_lifted_each_with_a_note(self, desk, north, supervisor):
        assert "Nothing is blocked here." in text(desk.get(BLOCKS))
        desk.post(BLOCKS, {"number": "813 555 0142", "kind": "security", "note": "Court order 5"})
        row = NumberBlock.objects.get()
        assert (row.facility, row.number, row.by, row.note, row.made_by) == (
            north, NUMBER, "security", "Court order 5", supervisor,
        )  # fmt: skip
        assert authority.blocks(north.pk, NUMBER) == ("security",)
        assert "Court order 5" in text(desk.get(BLOCKS, {"q": "0142"}))
        assert "Court order 5" not in text(desk.get(BLOCKS, {"q": "9999"}))
        where = f"{BLOCKS}{row.pk}/"
        assert desk.post(where, {"note": " "}).status_code == 422
        assert authority.blocks(north.pk, NUMBER) == ("security",)
        desk.post(where, {"note": "Order ended"})
        assert authority.blocks(north.pk, NUMBER) == ()
        assert "Order ended" in text(desk.get(where))
        assert "lifted already" in text(desk.post(where, {"note": "again"}, follow=True))
        assert acts() == ["number.block", "number.unblock"]
        assert NumberNote.objects.count() == 2

    def test_a_beginning_blocks_all_that_begin_so(self, desk, north):
        desk.post(BLOCKS, {"number": "+1 876", "is_prefix": "on", "kind": "fraud", "note": "Fraud"})
        assert authority.blocks(north.pk, "+18765550100") == ("fraud",)
        assert authority.blocks(north.pk, NUMBER) == ()

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            ({"number": "813"}, "tick the box"), ({"number": ""}, "Type a telephone number"),
            ({"number": "1", "is_prefix": "on"}, "every number does"),
            ({"number": "+1", "is_prefix": "on"}, "every number does"),
            ({"number": "011", "is_prefix": "on"}, "every number does"),
            ({"number": "abc", "is_prefix": "on"}, "every number does"),
            ({"number": "911"}, "Emergency numbers"), ({"kind": "called_party"}, "valid choice"),
            ({"kind": ""}, "required"), ({"note": ""}, "Write a note"), ({"note": "x" * 301}, "too long"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_blocked_is_kept_as_typed(self, desk, data, told):
        answer = desk.post(BLOCKS, {"number": NUMBER, "kind": "facility", "note": "x", **data})
        assert answer.status_code == 422
        assert told in text(answer)
        assert not NumberBlock.objects.exists()

    def test_blocked_twice_it_is_there_once(self, desk):
        for _n in range(2):
            answer = desk.post(BLOCKS, {"number": NUMBER, "kind": "facility", "note": "x"})
        assert "blocked already" in text(answer)
        assert (NumberBlock.objects.count(), NumberNote.objects.count()) == (1, 1)

    def test_another_places_block_and_a_called_partys_are_not_ours(self, desk, south, now):
        theirs = NumberBlock.objects.create(facility=south, number=NUMBER, by="security", note="south", made_at=now)
        own = NumberBlock.objects.create(facility=None, number=NUMBER, by="called_party", note="key", made_at=now)
        assert "south" not in text(desk.get(ONE))
        assert "Only they can lift that" in text(desk.get(ONE))
        for row in (theirs, own):
            assert desk.get(f"{BLOCKS}{row.pk}/").status_code == 404
            assert desk.post(f"{BLOCKS}{row.pk}/", {"note": "x"}).status_code == 404
            row.refresh_from_db()
            assert row.lifted_at is None

    def test_who_only_reads(self, staff_client, member, north, now):
        client = staff_client(member(Role.REVIEWER, north))
        assert "Block it" not in text(client.get(BLOCKS))
        client.post(BLOCKS, {"number": NUMBER, "kind": "facility", "note": "x"})
        assert not NumberBlock.objects.exists()
        row = NumberBlock.objects.create(facility=north, number=NUMBER, by="fraud", note="x", made_at=now)
        client.post(f"{BLOCKS}{row.pk}/", {"note": "x"})
        row.refresh_from_db()
        assert row.lifted_at is None


class TestHotlines:
    LINE = {"act": "add", "keys": "77", "number": "800 656 4673", "name": "Report abuse", "name_es": "Denunciar"}

    @pytest.fixture
    def desk(self, staff_client, admin):
        return staff_client(admin)

    def test_added_reached_and_taken_out_of_use(self, desk, north, now):
        """TEL-7: toll-free numbers, too (T2)."""
        assert "at least one way to report abuse" in text(desk.get(HOTLINES))
        desk.post(HOTLINES, self.LINE)
        line = Hotline.objects.get()
        assert (line.facility, line.keys, line.number, line.name_es) == (north, "77", "+18006564673", "Denunciar")
        assert authority.hotline(north.pk, "77") == line
        assert "taken here" in text(desk.post(HOTLINES, self.LINE))
        desk.post(HOTLINES, {"act": "retire", "hotline": line.pk})
        assert authority.hotline(north.pk, "77") is None
        assert desk.post(HOTLINES, self.LINE).status_code == 303
        assert acts() == ["hotline.add", "hotline.retire", "hotline.add"]

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            ({"keys": ""}, "Type the digits"), ({"keys": "*7"}, "one to fifteen digits"),
            ({"keys": "911"}, "call for help"), ({"keys": "1" * 16}, "too long"), ({"number": "123"}, "no telephone"),
            ({"number": "900 555 0142"}, "no telephone"), ({"name": ""}, "Give it a name"),
        ],
    )  # fmt: skip
    def test_bad_input(self, desk, data, told):
        answer = desk.post(HOTLINES, {**self.LINE, **data})
        assert answer.status_code == 422
        assert told in text(answer)
        assert not Hotline.objects.exists()

    @pytest.mark.parametrize("data", [{}, {"act": "x"}, {"act": "retire"}, {"act": "retire", "hotline": "x"}])
    def test_what_makes_no_sense(self, desk, data):
        assert desk.post(HOTLINES, data).status_code == 400

    def test_another_places_line_stays(self, desk, south):
        line = Hotline.objects.create(facility=south, keys="88", number="+18006564673", name="South")
        assert "South" not in text(desk.get(HOTLINES)).split("<main")[1]
        assert "no such hotline" in text(desk.post(HOTLINES, {"act": "retire", "hotline": line.pk}, follow=True))
        line.refresh_from_db()
        assert line.retired_at is None

    @pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.REVIEWER, Role.AUDITOR, Role.FINANCE])
    def test_only_who_runs_the_place(self, staff_client, member, north, role):
        client = staff_client(member(role, north))
        assert client.get(HOTLINES).status_code == 403
        client.post(HOTLINES, self.LINE)
        assert not Hotline.objects.exists()

    def test_a_stale_password_is_asked_for_again_and_nothing_typed_is_lost(self, desk, clock_at, now, north):
        clock_at(now + timedelta(minutes=11))
        answer = desk.post(HOTLINES, self.LINE, follow=True)
        assert "Report abuse" not in text(answer)
        assert not Hotline.objects.exists()


@pytest.mark.parametrize(
    ("typed", "pressed"),
    [
        ("(813) 555-0142", "8135550142"), ("+1 813.555.0142", "18135550142"), ("+44 20 7946 0000", "011442079460000"),
        ("٨١٣ 555 0142", "8135550142"), ("813–555–0142", "8135550142"), ("*67", "*67"), ("", ""),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(typed, pressed):
    assert keys(typed) == pressed


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("876", "+1876"), ("1876", "+1876"), ("+1 876 555", "+1876555"), ("+53", "+53"), ("01153", "+53"),
        ("+7", "+7"), ("", ""), ("1", ""), ("+1", ""), ("011", ""), ("0", ""), ("+0", ""), ("x", ""), ("1" * 30, ""),
    ],
)  # fmt: skip
def test_beginnings(typed, begins):
    assert beginning(typed) == begins


@pytest.mark.parametrize(
    ("typed", "number"),
    [("800 656 4673", "+18006564673"), ("8135550142", NUMBER), ("900 555 0142", ""), ("911", ""), ("", ""), ("x", "")],
)
def test_anybodys_numbers(typed, number):
    assert anybodys(typed) == number
