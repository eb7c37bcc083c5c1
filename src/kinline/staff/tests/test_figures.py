"""STF-5: the dashboard of a place: tables, pictures and files; nobody is recognised by a small number."""

import re
from datetime import timedelta

import pytest
from django.db import connection

from kinline.delivery import services as delivery
from kinline.flows import appeal
from kinline.flows.decide_review import refuse
from kinline.flows.tests.test_send import write
from kinline.identity.models import Role
from kinline.residents import services as residents
from kinline.staff import dashboard
from kinline.staff.charts import bars, stacked
from kinline.staff.tables import coarse, drawn, shown

pytestmark = pytest.mark.django_db
PAGE = "/staff/figures/"


@pytest.fixture
def refused(now, north, contact, mother_party, money, officer):
    """The only letter of the place, refused after two hours and appealed."""
    money(mother_party, 100)
    delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now - timedelta(hours=5))
    sent = write(mother_party, contact, now - timedelta(hours=3), "A letter about a garden.").message_id
    refuse(staff=officer, message_id=sent, reason_code="threat", explanation="The second line.",
           now=now - timedelta(hours=1))  # fmt: skip
    appeal.file(mother_party, message_id=sent, text="It is about a garden.", now=now)
    return sent


def _text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _csv(client, name):
    answer = client.get(f"{PAGE}{name}.csv")
    return b"".join(answer.streaming_content).decode("utf-8-sig").split("\r\n")


@pytest.mark.parametrize("role", [Role.OMBUDSPERSON, Role.FINANCE, Role.SUPERVISOR])
def test_a_place_without_a_letter_is_a_page_too(role, member, staff_client, north):
    client = staff_client(member(role, north))
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Nothing to show." in page.content.decode()
    for name in dashboard.PICTURES:
        assert client.get(f"{PAGE}{name}.svg")["Content-Type"] == "image/svg+xml"
    for name in dashboard.TABLES:
        assert len(_csv(client, name)) >= 2


def test_one_letter_as_those_who_decide_see_it(refused, supervisor, staff_client):
    client = staff_client(supervisor)
    page = _text(client.get(PAGE))
    assert "It threatens somebody. 1 0" in page
    assert "Family 1 0 0 1 0" in page
    assert "Together 1 2.0 2.0" in page
    assert _csv(client, "letters")[1].split(",")[1:] == ["1", "0", "0", "1", "0", "0"]
    assert "style=" not in client.get(PAGE).content.decode()


def test_one_letter_as_finance_sees_it_tells_nothing(refused, member, staff_client, north):
    client = staff_client(member(Role.FINANCE, north))
    page = _text(client.get(PAGE))
    assert "It threatens somebody. &lt;5 0" in page
    assert "Family &lt;5 0 0 &lt;5 0" in page
    assert "Together &lt;5 – –" in page
    assert "to the nearest five" in page
    assert _csv(client, "decisions")[1].split(",")[1:] == ["<5", "", ""]


def test_an_ombudsperson_sees_counts_and_no_words(refused, member, staff_client, north):
    page = _text(staff_client(member(Role.OMBUDSPERSON, north)).get(PAGE))
    assert "It threatens somebody. 1 0" in page
    for word in ("Daniel", "Marta", "garden", "second line", "/staff/money/"):
        assert word not in page


def test_another_place_and_another_agency_see_nothing_of_it(refused, member, staff_client, south, far):
    for place in (south, far):
        page = _text(staff_client(member(Role.AGENCY_ADMIN, place)).get(PAGE))
        assert "It threatens somebody." not in page
        assert "Letters sent 0" in page


@pytest.mark.parametrize("role", [Role.MAILROOM])
def test_who_has_no_figures(role, member, staff_client, north):
    client = staff_client(member(role, north))
    for path in (PAGE, f"{PAGE}letters.svg", f"{PAGE}letters.csv", "/staff/reports/"):
        assert client.get(path).status_code == 403


def test_days_are_asked_for_and_nonsense_is_none(refused, supervisor, staff_client):
    client = staff_client(supervisor)
    assert "Letters sent 0" in _text(client.get(f"{PAGE}?since=2020-01-01&until=2020-02-01"))
    for query in ("since=x", "since=9999-12-31", "since=2026-05-02&until=2026-05-01", "until=9999-12-31"):
        assert client.get(f"{PAGE}?{query}").status_code == 200
        assert client.get(f"{PAGE}letters.svg?{query}").status_code == 200
    for name in ("money", "x"):
        assert client.get(f"{PAGE}{name}.svg").status_code == 404
        assert client.get(f"{PAGE}{name}.csv").status_code == 404


def test_kiosks_are_counted(supervisor, staff_client, resident, kiosk, now):
    session, _key = residents.open_session(resident_id=resident.pk, kiosk_id=kiosk.pk, now=now - timedelta(minutes=30))
    type(session).objects.update(ended_at=now - timedelta(minutes=10), end_reason="button")
    client = staff_client(supervisor)
    assert _csv(client, "screens")[1] == "Test kiosk,A,1,1,20"
    assert _csv(client, "kiosks")[1].split(",")[1:] == ["1", "1", "20"]
    assert client.get(f"{PAGE}kiosks.svg").content.decode().count("<rect") == 2


def test_in_spanish(refused, supervisor, staff_client):
    client = staff_client(supervisor)
    client.post("/staff/language/", {"language": "es", "next": PAGE})
    page = _text(client.get(PAGE))
    assert "Amenaza a alguien." in page
    assert "Not delivered" not in page


@pytest.mark.parametrize(("count", "told", "high"), [(0, "0", 0), (1, "<5", 2), (4, "<5", 2), (5, "5", 5), (7, "5", 5),
                                                     (8, "10", 10), (12, "10", 10), (13, "15", 15)])  # fmt: skip
def test_a_coarse_number(count, told, high):
    assert (shown(coarse(count)), drawn(count)) == (told, high)


def test_pictures_of_nothing_and_of_parts():
    assert bars([]).count("<rect") == 1
    assert stacked([], []).count("<rect") == 1
    assert stacked([1, 0], [2, 0], [0, 3], [1, 1]).count("<rect") == 6


# Jobs (home page)


@pytest.fixture
def no_jobs(db):
    """Nothing that other tests have left: what is flushed between them does not know this table."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def job(no_jobs):
    def made(**values):
        values = {"queue_name": "kinline", "task_name": "purge_record", "status": "todo", "attempts": 0} | values
        names = ", ".join(values)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO procrastinate_jobs ({names}) VALUES ({', '.join(['%s'] * len(values))}) RETURNING id",
                list(values.values()),
            )
            return cursor.fetchone()[0]

    return made


def _failed(job_id, at):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', %s)", [job_id, at])


def test_admins_hear_of_jobs_that_failed_or_stand_still(job, admin, staff_client, now):
    _failed(job(task_name="reconcile", status="failed"), now - timedelta(days=1))
    _failed(job(task_name="old_story", status="failed"), now - timedelta(days=30))
    job(task_name="send_pay_out", attempts=6, scheduled_at=now + timedelta(minutes=5))
    job(task_name="seal_audit", scheduled_at=now - timedelta(hours=1))
    job(task_name="not_yet", scheduled_at=now + timedelta(hours=1))
    job(task_name="just_now")
    page = _text(staff_client(admin).get("/staff/"))
    assert "reconcile : 1 given up in the last seven days" in page
    assert "send_pay_out : 1 tried again and again" in page
    assert "seal_audit : 1 due for a quarter of an hour" in page
    for name in ("old_story", "not_yet", "just_now"):
        assert name not in page


def test_others_do_not(job, supervisor, staff_client, now):
    job(task_name="seal_audit", scheduled_at=now - timedelta(hours=1))
    assert "seal_audit" not in _text(staff_client(supervisor).get("/staff/"))


def test_when_all_is_well_there_is_no_such_line(no_jobs, admin, staff_client):
    assert "Jobs that need a look" not in _text(staff_client(admin).get("/staff/"))


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/staff/reports/acts/", "/staff/reports/"),
        ("/staff/audit/week/", "/staff/audit/week/"),
        ("/staff/requests/forms/new/", "/staff/requests/forms/"),
    ],
)
def test_the_second_bar_marks_the_nearest_page_above(path, marked, member, staff_client, north):
    page = staff_client(member(Role.FACILITY_ADMIN, north)).get(path).content.decode()
    bar = page.split('class="bar second"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)" aria-current', bar) == [marked]
