"""STF-7: the reports of a place, each with its filter and file; who reads about people is on record."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from kinline.contacts.models import Contact
from kinline.core.audit import record
from kinline.core.models import AuditEvent
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.flows import appeal
from kinline.flows.contacts import restrict
from kinline.flows.decide_review import refuse
from kinline.flows.tests.test_send import write
from kinline.identity.models import Role
from kinline.identity.permissions import TABLE as RIGHTS
from kinline.payments.models import PayOut
from kinline.payments.queries.pay_outs import unclaimed_by_age
from kinline.residents import services as residents
from kinline.residents.errors import WrongPin
from kinline.staff import pages
from kinline.staff.reports import REPORTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(member, staff_client, north):
    return staff_client(member(Role.AGENCY_ADMIN, north))


@pytest.fixture
def refused(now, north, contact, mother_party, money, officer):
    money(mother_party, 100)
    delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now - timedelta(hours=5))
    sent = write(mother_party, contact, now - timedelta(hours=3), "A letter about a garden.").message_id
    refuse(staff=officer, message_id=sent, reason_code="threat", explanation="The second line.",
           now=now - timedelta(hours=1))  # fmt: skip
    return sent


def _page(client, name, query=""):
    return client.get(f"/staff/reports/{name}/{query}").content.decode()


def _rows(client, name, query=""):
    answer = client.get(f"/staff/reports/{name}.csv{query}")
    return b"".join(answer.streaming_content).decode("utf-8-sig").strip().split("\r\n")[1:]


@pytest.mark.parametrize("name", REPORTS)
def test_an_empty_report_is_a_page_and_a_file(name, desk):
    page = _page(desk, name)
    assert "<h1>" in page
    assert "style=" not in page
    always = {"unclaimed": 5, "acts": 1, "fcc": 29}  # its bins; that it was just read; a line for each figure
    assert len(_rows(desk, name)) == always.get(name, 0)


@pytest.mark.parametrize("role", list(Role))
def test_the_list_has_what_one_may_open_and_no_more(role, member, staff_client, north):
    client = staff_client(member(role, north))
    page = client.get("/staff/reports/").content.decode()
    for name in REPORTS:
        may = pages.TABLE[f"staff_report_{name}"].permission in RIGHTS[role]
        assert (f'href="/staff/reports/{name}/"' in page) == may, name
        for path in (f"/staff/reports/{name}/", f"/staff/reports/{name}.csv"):
            assert client.get(path).status_code == (200 if may else 403), path


def test_an_ombudsperson_reads_decisions_and_no_names(refused, mother_party, member, staff_client, north, now):
    appeal.file(mother_party, message_id=refused, text="It is about a garden.", now=now)
    client = staff_client(member(Role.OMBUDSPERSON, north))
    (row,) = _rows(client, "decisions")
    assert row.startswith(f"{refused},Family,")
    assert "a person,It threatens somebody.,yes,Family," in row
    assert row.endswith(",open,")
    page = _page(client, "decisions")
    for word in ("Daniel", "Marta", "garden", "second line"):
        assert word not in page
    assert _rows(client, "decisions", "?only=won") == []
    assert not AuditEvent.objects.filter(act__startswith="report.").exists()


def test_letters_by_contact_and_who_looked(refused, desk, member, north):
    assert _rows(desk, "contacts")[0].startswith("1001,Daniel Sample,Marta Sample,1,0,1,1,")
    assert len(_rows(desk, "contacts", "?only=refused")) == 1
    assert "Daniel Sample" in _page(desk, "contacts")
    found = AuditEvent.objects.filter(act__startswith="report.").order_by("pk")
    staff = f"staff:{member(Role.AGENCY_ADMIN, north).pk}"
    assert [(one.act, one.object, one.actor, one.facility_id) for one in found] == [
        ("report.take", "report:contacts", staff, north.pk), ("report.take", "report:contacts", staff, north.pk),
        ("report.look", "report:contacts", staff, north.pk),
    ]  # fmt: skip
    assert [one.detail for one in found] == [{"rows": 1}, {"rows": 1, "only": "refused"}, {"rows": 1}]


def test_one_person_with_several_residents(desk, north, resident_south, contact, mother, now, long_ago):
    def one_more(number, place, **more):
        person = residents.create(
            agency_id=north.agency_id, number=number, first_name="Nora", last_name=number, now=long_ago
        )
        residents.book(resident_id=person.pk, facility_id=place.pk, unit_id=None, now=long_ago)
        return Contact.objects.create(user_id=contact.user_id, resident=person, created_at=now, **more)

    assert _rows(desk, "several") == []
    one_more("2001", north, kind="privileged")
    one_more("2002", north, denied_at=now)
    one_more("2003", resident_south.custodies.get().facility)
    gone = one_more("2004", north)
    residents.end_custody(resident_id=gone.resident_id, reason="release", now=now)
    assert _rows(desk, "several") == []
    one_more("2005", north)
    assert _rows(desk, "several") == ["Marta Sample,2,1001 Daniel Sample; 2005 Nora 2005"]


def test_what_is_stopped_now(desk, supervisor, north, contact, now):
    restrict(
        staff=supervisor, facility_id=north.pk, user_id=contact.user_id, resident_id=contact.resident_id,
        reason="=A sample order.", starts_at=now - timedelta(minutes=1), now=now,
    )  # fmt: skip
    restrict(
        staff=supervisor, facility_id=north.pk, user_id=contact.user_id, resident_id=None,
        reason="Later.", starts_at=now + timedelta(days=3), now=now,
    )  # fmt: skip
    Contact.objects.update(resident_blocked_at=now)
    rows = _rows(desk, "stopped")
    assert len(rows) == 2
    assert rows[0].startswith("This facility,1001,Daniel Sample,Marta Sample,")
    assert rows[0].endswith(",'=A sample order.")  # no spreadsheet runs it
    assert rows[1].startswith("Resident,1001,Daniel Sample,Marta Sample,")
    assert len(_rows(desk, "stopped", "?only=resident")) == 1
    assert _rows(desk, "stopped", "?only=family") == []


def test_who_came_and_left(desk, resident, now):
    residents.end_custody(resident_id=resident.pk, reason="release", now=now)
    assert [row.split(",")[1:4] for row in _rows(desk, "moves")] == [["Released", "1001", "Daniel Sample"]]
    since = (now - timedelta(days=40)).date().isoformat()
    assert [row.split(",")[1] for row in _rows(desk, "moves", f"?since={since}")] == ["Released", "Came"]
    assert [row.split(",")[1] for row in _rows(desk, "moves", f"?since={since}&only=came")] == ["Came"]


@pytest.mark.django_db(transaction=True)
def test_tries_of_numbers_that_nobody_here_has(desk, north, south, now):
    for place in (north, north, south):
        with pytest.raises(WrongPin):
            residents.check_pin(facility_id=place.pk, number="9999", pin="2468", now=now)
    (row,) = _rows(desk, "tries")
    assert row.split(",")[1:] == ["2", "1"]


def test_acts_by_person(desk, officer, officer_south, north, south, now):
    for _ in range(3):
        record(f"staff:{officer.pk}", "message.refuse", "message:7", now=now, facility_id=north.pk)
    record(f"staff:{officer.pk}", "message.refuse", "message:7", now=now - timedelta(days=90), facility_id=north.pk)
    record(f"staff:{officer_south.pk}", "message.refuse", "message:8", now=now, facility_id=south.pk)
    record("system", "message.deliver", "message:9", now=now, facility_id=north.pk)
    (row,) = _rows(desk, "acts", f"?only=staff:{officer.pk}")
    assert row.startswith("officer,Refused a letter,3,")
    assert "officer.south" not in "".join(_rows(desk, "acts"))


def test_unclaimed_money_by_age(desk, north, south, resident, now):
    refund = _refund(resident, now)
    for place, days, cents in ((north, 10, 100), (north, 100, 200), (north, 400, 300), (south, 10, 5000)):
        PayOut.objects.create(refund=refund, way="cheque", amount_cents=cents, state="unclaimed", facility=place,
                              at=now - timedelta(days=days))  # fmt: skip
    rows = [row.split(",")[:3] for row in _rows(desk, "unclaimed")]
    assert rows == [["up to 30 days", "1", "1.00"], ["30 to 90 days", "0", "0.00"], ["90 to 180 days", "1", "2.00"],
                    ["180 days to a year", "0", "0.00"], ["longer than a year", "1", "3.00"]]  # fmt: skip
    assert "$3.00" in _page(desk, "unclaimed")
    assert sum(one.count for one in unclaimed_by_age([north.pk], now, state="returned")) == 0


def _refund(resident, now):
    from kinline.payments.models import Refund

    return Refund.objects.create(
        account=f"resident:{resident.pk}:messages",
        amount_cents=600,
        cause="asked",
        asked_by="system",
        client_key=uuid4(),
        entry_id=1,
        at=now,
    )


@pytest.mark.parametrize("place", ["south", "far"])
def test_other_places_see_nothing_of_this_one(place, refused, request, member, staff_client, officer, now, north):
    record(f"staff:{officer.pk}", "message.refuse", "message:7", now=now, facility_id=north.pk)
    elsewhere: Facility = request.getfixturevalue(place)
    client = staff_client(member(Role.AGENCY_ADMIN, elsewhere))
    for name in REPORTS:
        page = _page(client, name)
        for word in ("Daniel", "Marta", "officer<", "threatens"):
            assert word not in page, name


def test_nonsense_is_as_if_it_were_not_asked(desk):
    for name in REPORTS:
        for query in ("?only=x", "?only=%00", "?since=x&until=y", "?since=9999-12-31"):
            assert desk.get(f"/staff/reports/{name}/{query}").status_code == 200


def test_what_is_beyond_the_page_is_said(desk, north, officer, now, monkeypatch):
    from kinline.staff.views import reports

    monkeypatch.setattr(reports, "SHOWN", 1)
    for act in ("message.refuse", "message.release"):
        record(f"staff:{officer.pk}", act, "message:7", now=now, facility_id=north.pk)
    page = desk.get(reverse("staff_report_acts")).content.decode()
    assert "The first 1 rows are shown." in page
