"""STF-2, KSK-6: the roster in the browser, each person in it, a file of thousands, a new PIN."""

from datetime import timedelta

import pytest
from conftest import PASSWORD, PIN
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.facilities import services as facilities
from kinline.facilities.models import HousingUnit
from kinline.identity.models import Role
from kinline.residents import services as residents
from kinline.residents.errors import WrongPin
from kinline.residents.models import Custody, Pin, Resident
from kinline.staff import desk as desks

pytestmark = pytest.mark.django_db
LIST, IMPORT, NEW = "/staff/people/", "/staff/people/import/", "/staff/people/new/"


@pytest.fixture
def clerk(member, staff_client, north):
    return staff_client(member(Role.FACILITY_ADMIN, north))


def text(answer):
    return answer.content.decode()


def send(client, content, act="check", **fields):
    raw = content if isinstance(content, bytes) else content.encode()
    return client.post(IMPORT, {"file": SimpleUploadedFile("r.csv", raw), "act": act, **fields})


def field(answer, name):
    return text(answer).split(f'name="{name}" value="')[1].split('"')[0]


def take(client, content, **fields):
    """Checked, looked at, and then taken in with what the page carried."""
    checked = send(client, content, **fields)
    carried = {name: field(checked, name) for name in ("carried", "mark", "name")}
    return client.post(IMPORT, {**carried, "act": "take", **fields})


# The list


def test_the_list_shows_who_is_here_and_nobody_else(clerk, resident, resident_south, outsider):
    shown = text(clerk.get(LIST))
    assert "Daniel Sample" in shown
    assert "Samuel" not in shown
    assert "Oscar" not in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=1001", True), ("q=dan", True), ("q=SAMPLE+daniel", True), ("q=niel", False), ("q=1002", False),
     ("q=%00", True), ("state=gone", False), ("unit=999999999999999999999", True),
     ("page=x", True), ("page=99999", False)],
)  # fmt: skip
def test_search(clerk, resident, query, found):
    answer = clerk.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert ("Daniel Sample" in text(answer)) == found


def test_by_unit_and_by_page(clerk, resident, north, now, monkeypatch):
    other = facilities.add_unit(facility_id=north.pk, name="B")
    assert "Daniel" not in text(clerk.get(f"{LIST}?unit={other.pk}"))
    person = residents.create(agency_id=north.agency_id, number="1500", first_name="Zoe", last_name="Zz", now=now)
    residents.book(resident_id=person.pk, facility_id=north.pk, unit_id=other.pk, now=now)
    monkeypatch.setattr("kinline.staff.views.roster.SIZE", 1)
    first = text(clerk.get(LIST))
    assert "Daniel" in first
    assert "Zoe" not in first
    assert "page=2" in first
    assert "Zoe" in text(clerk.get(f"{LIST}?page=2"))


def test_who_left_is_seen_by_the_place_that_had_them_last(clerk, resident, south, now, member, staff_client):
    residents.end_custody(resident_id=resident.pk, reason="release", now=now)
    assert "Daniel" not in text(clerk.get(LIST))
    assert "Daniel" in text(clerk.get(f"{LIST}?state=gone"))
    assert clerk.get(f"{LIST}{resident.pk}/").status_code == 200
    residents.book(resident_id=resident.pk, facility_id=south.pk, now=now)
    assert clerk.get(f"{LIST}{resident.pk}/").status_code == 404
    assert staff_client(member(Role.REVIEWER, south)).get(f"{LIST}{resident.pk}/").status_code == 200


def test_the_menu_leads_there(clerk):
    assert f'href="{LIST}"' in text(clerk.get("/staff/"))


# One person


def booked(client, **fields):
    return client.post(NEW, {"number": "2001", "last_name": "New", "first_name": "Nora", "language": "es", **fields})


def test_somebody_is_booked(clerk, north, member):
    unit = north.units.get()
    answer = booked(clerk, unit=unit.pk, booking="B-1", date_of_birth="1990-12-31")
    person = Resident.objects.get(number="2001")
    assert answer["Location"] == f"{LIST}{person.pk}/"
    held = Custody.objects.get(resident=person)
    assert (held.facility, held.unit, held.booking, person.language) == (north, unit, "B-1", "es")
    row = AuditEvent.objects.get(act="custody.book")
    assert (row.actor, row.facility_id) == (f"staff:{member(Role.FACILITY_ADMIN, north).pk}", north.pk)


@pytest.mark.parametrize(
    "wrong", [{"number": ""}, {"last_name": ""}, {"last_name": "12"}, {"date_of_birth": "31/12"}, {"unit": "99999"},
              {"date_of_birth": "1800-01-01"}, {"number": "1001", "last_name": "Sample"}, {"language": "xx"}],
)  # fmt: skip
def test_what_cannot_be_booked_is_not_and_what_was_typed_stays(clerk, resident, wrong):
    answer = booked(clerk, **wrong)
    assert answer.status_code == 200
    assert 'value="Nora"' in text(answer)
    assert Custody.objects.count() == 1
    assert not AuditEvent.objects.filter(act="custody.book").exists()


def test_a_slip_of_the_finger_books_no_stranger(clerk, resident, now):
    residents.end_custody(resident_id=resident.pk, reason="release", now=now)
    answer = booked(clerk, number="1001")
    assert "Daniel Sample" in text(answer)
    assert not Custody.objects.filter(ended_at=None).exists()
    assert booked(clerk, number=" 1001", last_name="SAMPLE").status_code == 303
    assert Custody.objects.get(ended_at=None).resident == resident


def test_a_name_is_corrected(clerk, resident):
    where = f"{LIST}{resident.pk}/correct/"
    assert 'value="Daniel"' in text(clerk.get(where))
    clerk.post(where, {"first_name": "Dániel", "last_name": "Sample", "language": "es", "date_of_birth": ""})
    resident.refresh_from_db()
    assert (resident.name, resident.language) == ("Dániel Sample", "es")
    assert "Dániel" in text(clerk.get(f"{LIST}?q=daniel"))
    assert AuditEvent.objects.filter(act="custody.correct", object=f"resident:{resident.pk}").count() == 1


def place(client, person, **fields):
    return client.post(f"{LIST}{person.pk}/place/", fields)


def test_a_move_to_another_unit_of_this_place_only(clerk, resident, north, south):
    unit = facilities.add_unit(facility_id=north.pk, name="B")
    assert place(clerk, resident, act="move", unit=unit.pk).status_code == 303
    assert Custody.objects.get(resident=resident).unit == unit
    theirs = HousingUnit.objects.get(facility=south)
    assert place(clerk, resident, act="move", unit=theirs.pk).status_code == 200
    assert Custody.objects.get(resident=resident).unit == unit


def test_a_transfer_needs_both_places(clerk, resident, south, member, staff_client, north):
    assert place(clerk, resident, act="transfer", place=south.pk).status_code == 200
    assert Custody.objects.get(resident=resident).facility == north
    both = staff_client(member(Role.AGENCY_ADMIN, north, south))
    assert place(both, resident, act="transfer", place=south.pk, booking="S-9").status_code == 303
    held = Custody.objects.get(resident=resident, ended_at=None)
    assert (held.facility, held.booking) == (south, "S-9")


def test_a_release_asks_for_the_number_and_starts_the_refund(clerk, resident, contact):
    assert place(clerk, resident, act="release", number="1002").status_code == 200
    assert Custody.objects.get(resident=resident).ended_at is None
    assert "is paid back by itself after 72 hours" in text(clerk.get(f"{LIST}{resident.pk}/place/"))
    assert place(clerk, resident, act="release", number="1001").status_code == 303
    assert "is paid back by itself from" in text(clerk.get(f"{LIST}{resident.pk}/"))
    held = Custody.objects.get(resident=resident)
    assert held.end_reason == "release"
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'custody_id' FROM procrastinate_jobs WHERE task_name LIKE '%refund_release'")
        assert cursor.fetchall() == [(str(held.pk),)]


def test_after_a_release_nothing_more_is_done(clerk, resident, now):
    residents.end_custody(resident_id=resident.pk, reason="release", now=now)
    for fields in ({"act": "release", "number": "1001"}, {"act": "move", "unit": resident.custodies.get().unit_id}):
        assert place(clerk, resident, **fields).status_code == 200
    assert AuditEvent.objects.filter(act__startswith="custody").count() == 0
    assert "not in custody" in text(clerk.get(f"{LIST}{resident.pk}/place/"))
    assert place(clerk, resident, act="nonsense").status_code == 400


# The PIN


@pytest.mark.django_db(transaction=True)
def test_a_new_pin_is_shown_once_and_the_old_one_ends(clerk, resident, kiosk, now):
    where = f"{LIST}{resident.pk}/pin/"
    assert '<dd class="code"' not in text(clerk.get(where))
    answer = clerk.post(where)
    given = text(answer).split('id="pin">')[1].split("<")[0]
    assert answer["Cache-Control"] == "no-store"
    assert given not in text(clerk.get(where))
    row = Pin.objects.get(resident=resident)
    assert (row.must_change, given in row.hash) == (True, False)
    residents.check_pin(facility_id=kiosk.facility_id, number="1001", pin=given, now=now)
    with pytest.raises(WrongPin):
        residents.check_pin(facility_id=kiosk.facility_id, number="1001", pin=PIN, now=now)
    assert AuditEvent.objects.get(act="pin.reset").detail == {}


def test_a_new_pin_unlocks_and_ends_the_sitting(clerk, resident, kiosk_client, now):
    at_kiosk = kiosk_client(resident)
    Pin.objects.filter(resident=resident).update(locked_at=now, wrong_tries=5)
    assert "locked" in text(clerk.get(LIST))
    clerk.post(f"{LIST}{resident.pk}/pin/")
    assert Pin.objects.get(resident=resident).locked_at is None
    assert at_kiosk.get("/kiosk/letters/").status_code == 303


def test_a_pin_needs_the_password_of_the_last_ten_minutes(clerk, resident, clock_at, now):
    clock_at(now + desks.FRESH + timedelta(minutes=1))
    before = Pin.objects.get(resident=resident).hash
    assert clerk.post(f"{LIST}{resident.pk}/pin/")["Location"].startswith("/staff/confirm/")
    assert Pin.objects.get(resident=resident).hash == before
    clerk.post("/staff/confirm/", {"password": PASSWORD, "next": f"{LIST}{resident.pk}/pin/"})
    assert 'id="pin"' in text(clerk.post(f"{LIST}{resident.pk}/pin/"))


def test_a_reviewer_sees_the_roster_and_changes_nothing(member, staff_client, north, resident):
    client = staff_client(member(Role.REVIEWER, north))
    page = text(client.get(f"{LIST}{resident.pk}/"))
    assert "Give a new PIN" not in page
    assert "release" not in page
    for where in ("correct/", "place/", "pin/"):
        assert client.post(f"{LIST}{resident.pk}/{where}", {"act": "release", "number": "1001"}).status_code == 403
    assert Custody.objects.get(resident=resident).ended_at is None


def test_another_places_people_are_not_there(clerk, resident_south, outsider):
    for person in (resident_south, outsider):
        for where in ("", "correct/", "place/", "pin/"):
            assert clerk.get(f"{LIST}{person.pk}/{where}").status_code == 404
            sent = clerk.post(f"{LIST}{person.pk}/{where}", {"act": "release", "number": "1001"})
            assert sent.status_code in {404, 405}
    assert not Custody.objects.filter(ended_at__isnull=False).exists()


# A file


HEAD = "number,last_name,first_name,unit,status"


def test_a_file_is_checked_first_and_taken_in_with_a_second_press(clerk, north):
    checked = send(clerk, f"{HEAD}\n3001,One,Ann,A,\n3002,Two,Bo,A,\n")
    assert "2 lines, without a fault" in text(checked)
    assert "Ann One" in text(checked)
    assert not Resident.objects.exists()
    carried = {name: field(checked, name) for name in ("carried", "mark", "name")}
    done = clerk.post(IMPORT, {**carried, "act": "take"})
    assert done["Location"] == LIST
    assert Custody.objects.filter(facility=north, unit__name="A").count() == 2
    assert AuditEvent.objects.get(act="roster.import").detail["rows"] == 2
    again = text(clerk.post(IMPORT, {**carried, "act": "check"}))
    assert "There is nothing to do." in again


def test_a_second_press_says_that_nothing_was_left_to_do(clerk, north):
    checked = send(clerk, f"{HEAD}\n3001,One,Ann,A,\n")
    carried = {name: field(checked, name) for name in ("carried", "mark", "name")} | {"act": "take"}
    clerk.post(IMPORT, carried)
    again = clerk.post(IMPORT, carried, follow=True)
    assert "Nothing was left to do." in text(again)
    assert Custody.objects.count() == 1
    assert AuditEvent.objects.filter(act="roster.import").count() == 1


def test_only_what_was_looked_at_is_done(clerk, resident, north, now):
    """The roster changed between the two presses: said, shown anew, and nothing is done."""
    unit = facilities.add_unit(facility_id=north.pk, name="B")
    checked = send(clerk, f"{HEAD}\n1001,Sample,Daniel,B,\n3001,One,Ann,A,\n")
    assert "Sample North, A" in text(checked)
    assert "Sample North, B" in text(checked)
    residents.end_custody(resident_id=resident.pk, reason="release", now=now)
    carried = {name: field(checked, name) for name in ("carried", "mark", "name")} | {"act": "take"}
    answer = clerk.post(IMPORT, carried)
    assert "The roster has changed since this file was checked. Nothing was done." in text(answer)
    assert not Custody.objects.filter(ended_at=None).exists()
    assert not AuditEvent.objects.filter(act="roster.import").exists()
    assert clerk.post(IMPORT, {**carried, "mark": field(answer, "mark")})["Location"] == LIST
    assert Custody.objects.get(resident=resident, ended_at=None).unit == unit


def test_without_a_look_at_it_nothing_is_taken_in(clerk, north):
    answer = send(clerk, f"{HEAD}\n3001,One,Ann,A,\n", "take")
    assert "Nothing was changed yet." in text(answer)
    assert not Resident.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("first_name,last_name\nA,B\n", "line 1: the column “number” is missing"),
        (f"{HEAD}\n1,A,B,A,\n2,,B,A,\n1,A,B,A,\n", "line 4: the number 1 (2) is in the file twice"),
        (f"{HEAD}\n1,A,B,A,\n2,,B,A,\n", "line 3: “last_name” is empty"),
        (f"{HEAD}\n1,A,B,Z,\n", "line 2: there is no unit “Z”"),
        (f"{HEAD}\n1,A,B,A,gone\n", "line 2: “gone” is not a status"),
        (f"{HEAD},pin\n" + "".join(f"{n},A,B,A,,{2580 + n}\n" for n in range(4001, 4203)), "line 202: at most 200"),
        ("", "The submitted file is empty."),
        ("\n\n", "line 1: the column “number” is missing"),
        (b"PK\x03\x04\x00\x01binary", "line 1: this is a workbook or an archive, not a CSV file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "line 1: this is a workbook or an archive"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "line 1: this is not a CSV file: it does not hold plain text"),
        (f'{HEAD}\n1,"{"a" * 140_000}', "a cell does not end; a quotation mark may be missing"),
        (f"{HEAD},dob\n1,A,B,A,,31.12.1990\n", "line 2: “31.12.1990” is not a date such as 1990-12-31"),
        (f"{HEAD},dob\n1,A,B,A,,2190-12-31\n", "line 2: “2190-12-31” is a day to come"),
        (f"{HEAD}\n1,{'A' * 81},B,A,\n", "line 2: “last_name” is too long"),
        (f"{HEAD}\n1,A,B,{'A' * 41},\n", "line 2: “unit” is too long"),
    ],
)  # fmt: skip
def test_faults_are_told_by_line_and_nothing_is_done(clerk, north, content, said):
    for act in ("check", "take"):
        assert said in text(send(clerk, content, act))
    assert not Resident.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffID Number;last name;first_name\r\n007;Peña;José\r\n".encode(),
        "number;last_name;first_name\n007;Peña;José\n".encode("cp1252"),
        "number\tlast_name\tfirst_name\n007\tPeña\tJosé\n".encode("utf-16"),
        'LAST NAME, First-Name,NUMBER\n"Peña","José\n",007\n'.encode(),
    ],
    ids=["mark, semicolons, carriage returns", "Latin-1", "UTF-16, tabs", "another order, a quoted line end"],
)
def test_files_as_other_programs_write_them(clerk, content):
    assert take(clerk, content).status_code == 303
    assert Resident.objects.get().name == "José Peña"


def test_a_formula_is_text_everywhere(clerk):
    take(clerk, "number,last_name\n5001,\"=cmd|' /C calc'!A0\"\n")
    shown = text(clerk.get(LIST))
    assert Resident.objects.get().last_name == "=cmd|' /C calc'!A0"
    assert "=cmd|&#x27; /C calc&#x27;!A0" in shown
    saved = b"".join(clerk.get("/staff/reports/moves.csv")).decode()
    assert ",'=cmd|" in saved


def test_all_that_is_wrong_is_told_at_once(clerk, north):
    shown = text(send(clerk, f"{HEAD}\n1,A,B,Z,\n,X,,,\n2,C,D,,gone\n"))
    told = [shown.index(f"<li>line {line}: ") for line in (2, 3, 4)]
    assert told == sorted(told)


def test_units_are_made_only_if_asked_for(clerk, north):
    content = f"{HEAD}\n1,A,B,New unit,\n"
    assert "there is no unit" in text(send(clerk, content))
    assert "without a fault" in text(send(clerk, content, create_units="on"))
    assert not north.units.filter(name="New unit").exists()
    assert take(clerk, content, create_units="on").status_code == 303
    assert Custody.objects.get().unit.name == "New unit"


def test_a_file_reaches_no_other_place(clerk, resident_south, south):
    for content in (f"{HEAD}\n1002,Sample,Samuel,,released\n", f"{HEAD},facility\n9,A,B,,,{south.slug}\n"):
        for act in ("check", "take"):
            assert "your role does not allow this" in text(send(clerk, content, act, mark="0" * 64))
    assert Custody.objects.get().ended_at is None
    assert Resident.objects.count() == 1


def test_a_file_releases_and_the_check_says_so(clerk, resident, contact):
    content = f"{HEAD}\n1001,Sample,Daniel,,released\n"
    shown = text(send(clerk, content))
    assert "released" in shown
    assert "what is left of their money is paid back by itself" in shown
    assert Custody.objects.get().ended_at is None
    take(clerk, content)
    assert Custody.objects.get().end_reason == "release"
    assert Contact.objects.count() == 1


def many(count):
    return HEAD + "\n" + "".join(f"{n},Sample{n},First,A,\n" for n in range(100_000, 100_000 + count))


def test_twenty_thousand_lines_within_one_request(clerk, north, django_assert_max_num_queries):
    """Few statements, however many lines: how long they take measures `benchmarks/roster.py`."""
    with django_assert_max_num_queries(40):
        checked = send(clerk, many(20_000))
    said = text(checked).replace(",", "")
    assert "20000 lines without a fault" in said
    assert "The first 200 lines of 20000." in said
    carried = {name: field(checked, name) for name in ("carried", "mark", "name")}
    with django_assert_max_num_queries(160):
        assert clerk.post(IMPORT, {**carried, "act": "take"}).status_code == 303
    assert Custody.objects.filter(facility=north).count() == 20_000


def test_a_larger_file_is_chosen_again_and_must_be_the_same(clerk, north, monkeypatch):
    monkeypatch.setattr("kinline.staff.views.roster.CARRIED_BYTES", 10)
    checked = send(clerk, many(2))
    assert 'name="carried"' not in text(checked)
    mark = field(checked, "mark")
    assert "has changed since this file was checked" in text(send(clerk, many(3), "take", mark=mark))
    assert not Resident.objects.exists()
    assert send(clerk, many(2), "take", mark=mark)["Location"] == LIST
    assert Resident.objects.count() == 2


def test_a_file_without_end_is_not_read_to_its_end(clerk, monkeypatch):
    monkeypatch.setattr("kinline.residents.roster.MOST_LINES", 3)
    assert "line 5: there are more than 3 lines" in text(send(clerk, many(4)))
    monkeypatch.setattr("kinline.residents.roster.MOST_LINES", 1000)
    monkeypatch.setattr("kinline.residents.roster.MOST_FAULTS", 2)
    assert text(send(clerk, f"{HEAD}\n" + "".join(f"{n},,,,\n" for n in range(9)))).count("<li>line") == 2
    assert not Resident.objects.exists()


def test_more_leave_than_one_request_can_hold(clerk, resident, north, now, monkeypatch):
    monkeypatch.setattr("kinline.staff.views.roster.LEAVING_AT_ONCE", 0)
    content = f"{HEAD}\n1001,Sample,Daniel,,released\n"
    for act in ("check", "take"):
        assert "line 2: at most 0 releases and transfers" in text(send(clerk, content, act, mark="0" * 64))
    assert Custody.objects.get().ended_at is None
