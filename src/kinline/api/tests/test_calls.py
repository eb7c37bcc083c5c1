"""The door of switches (TEL-10): one token, one switch; what is asked twice is answered once; no PIN anywhere."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from tests.calls.line import KEYS, NUMBER, PIN, PPC, Line, place, purse

from kinline.api import calls as views
from kinline.api.description import DESCRIPTION
from kinline.facilities.models import Facility
from kinline.facilities.queries import token_digest
from kinline.flows import end_call
from kinline.flows import numbers as phones
from kinline.identity.models import User
from kinline.residents.models import Resident
from kinline.telephony.models import Call, Cdr, CodeCall, Switch

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "sample-token-of-a-switch"
OTHER = "sample-token-of-another"


class Api:
    """A switch's program."""

    def __init__(self, line: Line, token: str = TOKEN) -> None:
        self.line, self.token, self.seq = line, token, 0

    def post(self, path: str, body: object, status: int = 200) -> dict[str, Any]:
        answer = Client(enforce_csrf_checks=True).post(
            f"/api/v1/{path}", body, content_type="application/json", headers={"Authorization": f"Bearer {self.token}"}
        )
        assert answer.status_code == status, answer.content
        kind = "application/json" if status == 200 else "application/problem+json"
        assert answer.headers["Content-Type"] == kind
        found = answer.json()
        assert isinstance(found, dict)
        return found

    def ask(self, resident: Resident | None, status: int = 200, **more: object) -> dict[str, Any]:
        body = {
            "call_id": str(uuid4()), "station": self.line.station.username, "dialed": KEYS, "pin": PIN,
            "resident_id": resident.number if resident else "",
        }  # fmt: skip
        return self.post("calls/authorize", body | more, status)

    def tell(self, call_id: str, kind: str, status: int = 200, **more: object) -> dict[str, Any]:
        self.seq += 1
        return self.post(f"calls/{call_id}/events", {"seq": self.seq, "type": kind} | more, status)

    def accept(self, call_id: str) -> None:
        for kind in ("dialing", "ringing", "answered", "announcement_started", "accepted"):
            assert self.tell(call_id, kind) == {"call_id": call_id, "new": True, "hangup": False}


@pytest.fixture
def api(line: Line) -> Api:
    line.put(PPC, 1000)
    Switch.objects.filter(pk=line.switch.pk).update(name="sample", token_digest=token_digest(TOKEN))
    return Api(line)


@pytest.fixture
def theirs(far: Facility, now: datetime, long_ago: datetime) -> Api:
    """A switch of another agency, at its own place."""
    other = place(far, now, long_ago)
    Switch.objects.filter(pk=other.switch.pk).update(
        name="theirs", token_digest=token_digest(OTHER), agency_id=far.agency_id
    )
    return Api(other, OTHER)


def ago(call: str, **time: float) -> None:
    """As if it had been accepted so long ago."""
    found = Call.objects.get(key=call)
    assert found.accepted_at is not None
    Call.objects.filter(key=call).update(accepted_at=found.accepted_at - timedelta(**time))


def test_a_whole_call(api: Api, resident: Resident) -> None:
    told = api.ask(resident)
    call = told["call_id"]
    assert (told["decision"], told["number"], told["max_seconds"], told["warn_at_seconds"]) == (
        "allow", NUMBER, 900, 840
    )  # fmt: skip
    assert (told["hold_cents"], told["payer"], told["accept_digit"], told["heartbeat_s"]) == (
        165, "prepaid_collect", "1", 5
    )  # fmt: skip
    assert told["announcement"][0] == {"prompt": "call.hello", "value": ""}
    assert purse(PPC) == (1000, 165)
    api.accept(call)
    ago(call, seconds=200)
    alive = {"calls": [{"call_id": call, "elapsed_ms": 60_000}]}
    assert api.post("switches/sample/heartbeat", alive) == {
        "hangup": [], "speak": [], "heartbeat_s": 5
    }  # fmt: skip
    ended = {"reason": "caller_hung_up", "side": "caller", "billable_ms": 125_400}
    first = api.tell(call, "ended", **ended)
    assert (first["result"], first["seconds"], first["cents"]) == ("completed", 125, 22)
    assert api.tell(call, "ended", **ended | {"billable_ms": 900_000, "reason": "again"}) == first
    assert purse(PPC) == (978, 0)
    assert Cdr.objects.get().ended_by == "caller"


def test_the_same_id_and_the_same_seq_change_nothing(api: Api, resident: Resident) -> None:
    call = str(uuid4())
    first, again = api.ask(resident, call_id=call), api.ask(resident, call_id=call)
    assert first | {"dial_before": ""} == again | {"dial_before": ""}
    assert purse(PPC) == (1000, 165)
    path = f"calls/{call}/events"
    assert api.post(path, {"seq": 3, "type": "dialing"})["new"]
    assert not api.post(path, {"seq": 3, "type": "accepted"})["new"]
    assert Call.objects.get().accepted_at is None


def test_a_refusal_says_its_code_and_all_reasons(api: Api, resident: Resident) -> None:
    told = api.ask(resident, pin="9999", dialed="911")
    assert (told["decision"], told["reason_code"], told["ask_pin_again"]) == ("deny", "wrong_pin", True)
    assert told["reasons"] == ["wrong_pin", "emergency_number"]
    assert told["deny_prompt"] == [{"prompt": "refused.wrong_pin", "value": ""}]
    assert "number" not in told
    assert purse(PPC) == (1000, 0)


def test_no_switch_is_paid_for_more_time_than_there_was(api: Api, resident: Resident) -> None:
    """F10: the clock of a switch that is wrong, or lies, costs nobody money."""
    call = api.ask(resident)["call_id"]
    api.accept(call)
    ago(call, seconds=60)
    told = api.tell(call, "ended", reason="caller_hung_up", billable_ms=900_000)
    assert told["seconds"] <= 66
    assert told["cents"] <= 12


def test_what_is_told_late_keeps_its_time(api: Api, resident: Resident) -> None:
    """A switch that could not tell for a while says when it was; never before the call, never after now."""
    call = api.ask(resident)["call_id"]
    Call.objects.update(started_at=api.line.now - timedelta(minutes=10))
    at = api.line.now - timedelta(minutes=5)
    api.tell(call, "accepted", at=at.isoformat())
    api.tell(call, "ended", reason="caller_hung_up", billable_ms=61_000, at=(at + timedelta(seconds=61)).isoformat())
    written = Cdr.objects.get()
    assert (written.accepted_at, written.ended_at, written.seconds) == (at, at + timedelta(seconds=61), 61)
    later = api.ask(resident)["call_id"]
    api.tell(later, "dialing", at="2099-01-01T00:00:00+00:00")
    dialled = Call.objects.get(key=later).dialled_at
    assert dialled is not None
    assert dialled.year < 2099


def test_staff_end_a_call_and_the_switch_hears_it(api: Api, resident: Resident) -> None:
    call = api.ask(resident)["call_id"]
    api.accept(call)
    Call.objects.update(end_asked="staff")
    alive = {"calls": [{"call_id": call, "elapsed_ms": 1_000}]}
    assert api.post("switches/sample/heartbeat", alive)["hangup"] == [call]
    assert api.tell(call, "warned")["hangup"]


def test_a_call_that_is_over_here_is_to_be_ended_there(api: Api, resident: Resident) -> None:
    call = api.ask(resident)["call_id"]
    api.accept(call)
    assert end_call.sweep(api.line.now + timedelta(minutes=5)) == 1
    unknown = str(uuid4())
    alive = {"calls": [{"call_id": one, "elapsed_ms": 1_000} for one in (call, unknown)]}
    assert set(api.post("switches/sample/heartbeat", alive)["hangup"]) == {call, unknown}
    assert api.tell(call, "heartbeat", elapsed_ms=1_000)["hangup"]


def test_after_a_start_it_hears_what_it_had(api: Api, resident: Resident) -> None:
    call = api.ask(resident)["call_id"]
    api.accept(call)
    api.tell(call, "heartbeat", elapsed_ms=61_000)
    assert api.post("switches/sample/boot", {"boot_id": "two"}) == {"calls": [{"call_id": call, "number": NUMBER}]}
    assert api.post("switches/sample/boot", {"boot_id": "two"}) == {"calls": []}
    assert list(Cdr.objects.order_by("pk").values_list("seconds", "cents")) == [(61, 11), (61, 0)]
    assert purse(PPC) == (1000, 0)  # what our side lost is given back (TEL-14)


def test_tel_8_a_code_is_spoken_and_proves_the_number(
    api: Api, theirs: Api, mother: User, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """A switch of the deployment gets it once; what it says is what is typed."""
    listed = phones.list_number(mother, number=NUMBER, now=now)
    phones.ask_code(mother, listed_id=listed, now=now)
    assert theirs.post("switches/theirs/heartbeat", {})["speak"] == []
    with caplog.at_level(logging.DEBUG):
        (said,) = api.post("switches/sample/heartbeat", {})["speak"]
    assert (said["number"], said["language"]) == (NUMBER, "en")
    digits = [one["value"] for one in said["say"] if one["prompt"] == "number"]
    assert digits[:6] == digits[6:]
    code = "".join(digits[:6])
    assert code not in "".join(record.getMessage() for record in caplog.records if "django.db" not in record.name)
    assert api.post("switches/sample/heartbeat", {})["speak"] == []
    done = {"call_id": said["call_id"], "result": "spoken"}
    assert theirs.post("switches/theirs/spoken", done, 404)["code"] == "no_call"
    assert api.post("switches/sample/spoken", done) == api.post("switches/sample/spoken", done)
    assert CodeCall.objects.get().result == "spoken"
    assert phones.prove(mother, listed_id=listed, code=code, now=now)


def test_tel_8_nobody_speaks_a_code_that_is_too_old(api: Api, mother: User, now: datetime) -> None:
    listed = phones.list_number(mother, number=NUMBER, now=now)
    phones.ask_code(mother, listed_id=listed, now=now - timedelta(minutes=11))
    assert api.post("switches/sample/heartbeat", {})["speak"] == []
    assert CodeCall.objects.get().result == "too_late"
    phones.ask_code(mother, listed_id=listed, now=now)
    phones.ask_code(mother, listed_id=listed, now=now)
    assert len(api.post("switches/sample/heartbeat", {})["speak"]) == 1
    assert sorted(CodeCall.objects.values_list("result", flat=True)) == ["", "replaced", "too_late"]


# Whose it is


def test_r4_another_switch_finds_nothing_of_it(api: Api, theirs: Api, resident: Resident) -> None:
    call = api.ask(resident)["call_id"]
    for kind in ("accepted", "ended", "heartbeat"):
        assert theirs.tell(call, kind, 404, reason="mine")["code"] == "no_call"
    assert theirs.post("switches/sample/heartbeat", {"calls": []}, 404)["code"] == "no_switch"
    assert theirs.post("switches/sample/boot", {"boot_id": "x"}, 404)["code"] == "no_switch"
    assert theirs.post("switches/theirs/heartbeat", {"calls": [{"call_id": call}]})["hangup"] == [call]
    assert theirs.ask(resident, 409, call_id=call, resident_id="", dialed="")["code"] == "call_id_taken"
    assert Call.objects.get().state == "reserved"
    assert purse(PPC) == (1000, 165)


def test_r4_an_agencys_switch_serves_its_own_telephones_alone(api: Api, theirs: Api, resident: Resident) -> None:
    told = theirs.ask(resident, 404, station=api.line.station.username)
    assert told == theirs.ask(resident, 404, station="nobody-has-it")
    assert told["code"] == "no_station"
    assert not Call.objects.exists()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_without_a_token_nothing(api: Api, header: str) -> None:
    for path in ("calls/authorize", f"calls/{uuid4()}/events", "switches/sample/heartbeat", "switches/sample/boot"):
        answer = Client().post(
            f"/api/v1/{path}", {}, content_type="application/json", headers={"Authorization": header}
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "no_switch")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_switch_that_was_disabled_asks_for_nothing(api: Api, resident: Resident, now: datetime) -> None:
    Switch.objects.update(disabled_at=now)
    api.ask(resident, 401)


# What cannot be read

WRONG: dict[str, object] = {
    "no list": [1], "a number": 5, "a text": "x", "no json": b"{", "deep": b"[" * 5_000, "not utf-8": b'{"a":"\xff"}',
    "no call id": {"call_id": ""}, "no uuid": {"call_id": "x" * 36}, "a long id": {"resident_id": "1" * 31},
    "a long pin": {"pin": "1" * 25}, "a pin that is a number": {"pin": 2580}, "nul": {"dialed": "81\x00"},
    "half a character": {"dialed": "\ud800"}, "a payer": {"payer": "me"}, "no station": {"station": None},
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(api: Api, resident: Resident, name: str) -> None:
    sent = WRONG[name]
    if isinstance(sent, dict):
        told = api.ask(resident, 400, **sent)
    else:
        told = api.post("calls/authorize", sent if isinstance(sent, bytes) else json.dumps(sent), 400)
    assert told["code"] in {"unreadable", "wrong_field"}
    assert PIN not in json.dumps(told)
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": -1}, {"seq": True}, {"seq": 2**31}, {"type": "exploded"}, {"type": ["accepted"]}, {"at": "noon"},
        {"at": "2026-11-23T14:00:00"}, {"at": "0001-01-01T00:00:00+14:00"}, {"elapsed_ms": 1.5}, {"detail": "x" * 61},
        {"type": "ended"}, {"type": "ended", "reason": "Bad Words"}, {"type": "ended", "reason": "x", "sip_code": 1000},
        {"type": "ended", "reason": "x", "side": "other"}, {"type": "ended", "reason": "x", "billable_ms": -1},
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_read_changes_nothing(api: Api, resident: Resident, wrong: dict[str, object]) -> None:
    call = api.ask(resident)["call_id"]
    api.post(f"calls/{call}/events", {"seq": 1, "type": "accepted"} | wrong, 400)
    found = Call.objects.get()
    assert (found.accepted_at, found.ended_at, found.events.count()) == (None, None, 0)


def test_too_long_and_the_wrong_verb(api: Api) -> None:
    assert api.post("calls/authorize", b" " * 70_000, 413)["code"] == "too_long"
    answer = Client().get("/api/v1/calls/authorize", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.json()["code"]) == (405, "post_only")


def test_a_database_that_does_not_answer_is_told_to_the_switch(
    api: Api, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_more: object) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(views.authorise_call, "authorise", away)
    assert api.ask(resident, 503)["code"] == "try_later"


def test_r8_no_pin_in_any_log_or_row(api: Api, resident: Resident, caplog: pytest.LogCaptureFixture) -> None:
    secret = "73915"
    with caplog.at_level(logging.DEBUG):
        api.ask(resident, pin=secret)
        api.ask(resident, pin=secret, dialed=secret)  # keyed in at the wrong moment
        api.ask(resident, 400, pin=secret, payer="x")
        api.ask(resident, 404, pin=secret, station="x")
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    rows = str(list(Call.objects.values())) + str(list(Cdr.objects.values()))
    assert secret not in "".join(said) + rows
    assert Cdr.objects.last().dialled == "•••••"


def test_api_1_the_description_names_every_path(client: Client) -> None:
    from kinline.api.urls import urlpatterns

    assert client.get("/api/v1/openapi.json").json() == DESCRIPTION
    ours = {str(one.pattern) for one in urlpatterns if str(one.pattern).startswith("api/v1/")} - {"api/v1/openapi.json"}
    said = {path.replace("{call_id}", "<uuid:call_id>").replace("{name}", "<slug:name>").strip("/")
            for path in DESCRIPTION["paths"]}  # fmt: skip
    assert said == ours
