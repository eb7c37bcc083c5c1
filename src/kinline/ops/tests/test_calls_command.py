"""`calls list` and `ledger balances`: what a whole call has left (T14, TEL-10)."""

import json
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from tests.calls.line import NUMBER, PPC, Line

from kinline.core.models import AuditEvent
from kinline.residents.models import Resident
from kinline.telephony.models import Hotline, Switch
from kinline.telephony.queries import switches
from kinline.telephony.services.built_in import built_in

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


def test_tel_10_a_switch_gets_a_token_and_loses_it(line: Line) -> None:
    """For one agency's telephones; ours needs none and gets none."""
    agency = line.station.facility.agency
    token = run("switch-token", "add", "asterisk-1", "--agency", agency.slug).split()[-1]
    found = switches.by_token(token)
    assert found is not None
    assert (found.name, found.agency) == ("asterisk-1", agency)
    again = run("switch-token", "renew", "asterisk-1").split()[-1]
    assert (switches.by_token(token), switches.by_token(again)) == (None, found)
    assert token not in run("switch-token", "list") + str(list(Switch.objects.values()))
    run("switch-token", "disable", "asterisk-1")
    assert switches.by_token(again) is None
    assert AuditEvent.objects.filter(act__startswith="switch.").count() == 3


@pytest.mark.parametrize(
    "words", [("add", "two words"), ("add", "sample"), ("renew", "nobody"), ("renew", "built-in"), ("disable", "x")]
)
def test_a_switch_that_cannot_be(line: Line, words: tuple[str, ...], now: datetime) -> None:
    built_in(now)
    run("switch-token", "add", "sample")
    before = list(Switch.objects.order_by("pk").values())
    with pytest.raises(CommandError):
        run("switch-token", *words)
    assert list(Switch.objects.order_by("pk").values()) == before


def test_a_facility_that_is_not_there() -> None:
    with pytest.raises(CommandError):
        run("calls", "list", "--facility", "nowhere")
