"""`calls list` and `ledger balances`: what a whole call has left (T14, TEL-10)."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from tests.calls.line import NUMBER, PPC, Line

from kinline.residents.models import Resident
from kinline.telephony.models import Hotline

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def listed(*words: str) -> list[dict[str, Any]]:
    found = json.loads(run("calls", "list", "--json", *words))
    assert isinstance(found, list)
    return found


def test_a_call_is_listed_with_its_record(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 61)
    line.ask(resident, keys="911")
    going_on = line.ask(resident).call
    last, refused, done = listed("--facility", line.station.facility.slug)
    assert (last["id"], last["state"], "result" in last) == (str(going_on.key), "reserved", False)
    assert (refused["result"], refused["reasons"]) == ("emergency_number", ["emergency_number"])
    assert (done["result"], done["seconds"], done["cents"], done["payer"]) == ("completed", 61, 11, PPC)
    assert (done["number"], done["resident"], done["state"]) == (NUMBER, resident.number, "ended")
    assert json.loads(run("ledger", "balances", "--json"))[PPC] == 989
    assert "completed 61 s $0.11" in run("calls", "list")


def test_rec3_hotlines_are_in_no_list_unless_asked_for(line: Line) -> None:
    Hotline.objects.create(facility=line.station.facility, keys="77", number="+18005550100", name="Sample hotline")
    line.ask(None, keys="77", pin="")
    assert listed() == []
    assert [one["call_type"] for one in listed("--hotlines")] == ["hotline"]


def test_a_facility_that_is_not_there() -> None:
    with pytest.raises(CommandError):
        run("calls", "list", "--facility", "nowhere")
