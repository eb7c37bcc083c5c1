"""STF-4: the audit log of one's own place, with filters, pages and an export that is on record itself."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

import kinline
from kinline.core.audit import record
from kinline.core.models import AuditEvent
from kinline.flows.seal_audit import seal_audit
from kinline.identity.models import Role
from kinline.staff.audit_wording import act_in_words

pytestmark = pytest.mark.django_db
LOG, FILE = "/staff/audit/", "/staff/audit/export.csv"


@pytest.fixture
def desk(member, staff_client, north):
    return staff_client(member(Role.AUDITOR, north))


@pytest.fixture
def rows(now, north, south, officer, officer_south):
    record(f"staff:{officer.pk}", "message.refuse", "message:7", now=now, facility_id=north.pk, reason="threat")
    record(f"staff:{officer.pk}", "sign_in", f"staff:{officer.pk}", now=now - timedelta(days=3))
    record(f"staff:{officer_south.pk}", "message.release", "message:8", now=now, facility_id=south.pk)
    record(f"staff:{officer_south.pk}", "sign_in", f"staff:{officer_south.pk}", now=now)
    record("system", "message.deliver", "message:9", now=now, facility_id=north.pk)


def page(client, query=""):
    answer = client.get(f"{LOG}?{query}")
    assert answer.status_code == 200
    return answer.content.decode().split("<tbody>")[1].split("</tbody>")[0]


def test_it_shows_the_place_and_its_staff_and_nothing_of_others(desk, rows, officer):
    shown = page(desk)
    for words in ("Refused a letter", "message:7", "reason=threat", officer.username, "Signed in", "message:9"):
        assert words in shown
    for words in ("message:8", "officer.south"):
        assert words not in shown


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("who=officer", "message:7", "message:9"),
        ("who=OFFICER", "message:7", "message:9"),
        ("who=system", "message:9", "message:7"),
        ("act=message", "message:7", "Signed in"),
        ("act=message.refuse", "message:7", "message:9"),
        ("object=message:9", "message:9", "message:7"),
        ("who=nobody", "Nothing on record fits.", "message"),
        ("act=mess", "Nothing on record fits.", "message:7"),
    ],
)
def test_filters(desk, rows, query, seen, unseen):
    shown = page(desk, query)
    assert seen in shown
    assert unseen not in shown


def test_days_are_the_places_days(desk, north, now):
    """Half past eleven in the evening of May 1st in New York is May 2nd in UTC."""
    record("system", "sample.late", now=datetime(2026, 5, 2, 3, 30, tzinfo=UTC), facility_id=north.pk)
    assert "sample.late" in page(desk, "since=2026-05-01&until=2026-05-01")
    assert "sample.late" not in page(desk, "since=2026-05-02&until=2026-05-02")


@pytest.mark.parametrize(
    "query", ["since=x", "until=9999-12-31", "before=x", "before=" + "9" * 30, "who=%00", "act=%ff"]
)
def test_nonsense_is_a_page_too(desk, rows, query):
    assert desk.get(f"{LOG}?{query}").status_code == 200
    assert desk.get(f"{FILE}?{query}").status_code == 200


def test_older_rows_are_a_page_away(desk, north, now, monkeypatch):
    monkeypatch.setattr("kinline.staff.views.audit.SHOWN", 3)
    for n in range(5):
        record("system", "sample.act", f"thing:{n}", now=now, facility_id=north.pk)
    answer = desk.get(f"{LOG}?act=sample")
    assert [f"thing:{n}" in answer.content.decode() for n in range(5)] == [False, False, True, True, True]
    last = AuditEvent.objects.get(object="thing:2").pk
    assert f"act=sample&amp;before={last}" in answer.content.decode()
    assert "thing:1" in page(desk, f"act=sample&before={last}")
    assert "thing:2" not in page(desk, f"act=sample&before={last}")


def test_what_is_sealed_shows_its_link(desk, rows, now):
    assert "not sealed yet" in page(desk)
    seal_audit(now=now)
    assert "not sealed yet" not in page(desk, "act=message")


def test_the_export_has_the_rows_runs_no_formula_and_is_on_record(desk, rows, north, now, member):
    record("system", "sample.act", "=cmd()", now=now, facility_id=north.pk)
    seal_audit(now=now)
    answer = desk.get(f"{FILE}?act=message&object=")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [line.split(",")[5] for line in text.splitlines()] == ["object", "message:9", "message:7"]
    assert len(text.splitlines()[1].split(",")[7]) == 64
    taken = AuditEvent.objects.get(act="audit.export")
    assert taken.actor == f"staff:{member(Role.AUDITOR, north).pk}"
    assert (taken.facility_id, taken.detail) == (north.pk, {"rows": 2, "filters": {"act": "message"}})
    assert ",'=cmd()," in b"".join(desk.get(FILE).streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.MAILROOM, Role.FINANCE, Role.INVESTIGATOR, Role.OMBUDSPERSON])
def test_other_roles_neither_see_nor_take_it(role, member, staff_client, north, rows):
    client = staff_client(member(role, north))
    assert [client.get(where).status_code for where in (LOG, FILE)] == [403, 403]
    assert not AuditEvent.objects.filter(act="audit.export").exists()
    assert LOG not in client.get("/staff/").content.decode()


def written_down() -> set[str]:
    """Acts that the code records by name."""
    source = Path(kinline.__file__).parent
    calls = [
        node
        for file in source.rglob("*.py")
        if "tests" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 1
        if node.func.id in {"record", "_note", "_noted"}
    ]
    named = [one.value for call in calls for one in ast.walk(call.args[1]) if isinstance(one, ast.Constant)]
    return {act for act in named if isinstance(act, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", act)}


def test_each_act_is_said_in_words_and_in_spanish():
    """experience.md 2: no codes without a sentence beside them."""
    acts = written_down()
    assert {"message.refuse", "print.make", "search.look"} < acts
    assert [act for act in sorted(acts) if str(act_in_words(act)) == act] == []
    with override("es"):
        spanish = {act: str(act_in_words(act)) for act in acts}
    assert [act for act in sorted(acts) if spanish[act] == str(act_in_words(act))] == []
