"""STF-4: `audit verify` proves the log or names what is broken; an exported log proves itself elsewhere."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from kinline.core.audit import record
from kinline.core.models import AuditEvent
from kinline.flows.seal_audit import seal_audit

pytestmark = pytest.mark.django_db(transaction=True)


def audit(*words: str) -> str:
    out = io.StringIO()
    call_command("audit", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def log(now, north):
    for n in range(4):
        record("system", "sample.act", f"thing:{n}", now=now, facility_id=north.pk, where="niño")
    seal_audit(now=now)
    record("operator", "sample.late", now=now)
    return list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))


def test_a_whole_log_holds_and_its_unsealed_tail_is_named(log):
    said = audit("verify")
    assert "The audit log holds." in said
    assert f"unsealed  1: rows {log[-1]} to {log[-1]}" in said


def test_the_first_broken_row_is_named(log):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_audit_event SET act = 'other' WHERE id >= %s", [log[1]])
        cursor.execute("ALTER TABLE core_audit_event ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match=rf"row {log[1]} \(place 2\): it was changed after it was sealed"):
        audit("verify")


def test_a_head_that_is_not_there(log):
    head = next(line.split()[1] for line in audit("verify").splitlines() if line.startswith("head"))
    assert "holds" in audit("verify", "--head", head)
    with pytest.raises(CommandError, match="cut off or rewritten"):
        audit("verify", "--head", "00" * 32)


def test_an_exported_log_proves_itself_and_the_export_is_on_the_record(log, tmp_path: Path):
    path = tmp_path / "log.jsonl"
    assert "4 rows" in audit("export", str(path))
    assert "The file holds: 4 rows." in audit("verify", "--file", str(path))
    newest = AuditEvent.objects.latest("pk")
    assert (newest.actor, newest.act, newest.detail) == ("operator", "audit.export", {"rows": 4})
    lines = path.read_text(encoding="utf-8").splitlines()
    third = json.loads(lines[2])
    third["actor"] = "staff:1"
    path.write_text("\n".join([*lines[:2], json.dumps(third), lines[3]]), encoding="utf-8")
    with pytest.raises(CommandError, match="Line 3 of the file does not hold"):
        audit("verify", "--file", str(path))
    path.write_text("\n".join([lines[0], "{}"]), encoding="utf-8")
    with pytest.raises(CommandError, match="Line 2 of the file is not a row"):
        audit("verify", "--file", str(path))


def test_a_role_of_one_place_does_not_prove_or_take_the_whole(log, supervisor, tmp_path: Path):
    path = tmp_path / "log.jsonl"
    for words in (("verify",), ("export", str(path))):
        with pytest.raises(CommandError, match="not_permitted"):
            audit(*words, "--as", supervisor.username)
    assert not path.exists()
