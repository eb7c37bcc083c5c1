"""Moments and ends of many calls in one transaction: as if each came alone (TEL-6, P5)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DataError, OperationalError
from tests.calls.line import KEYS, PPC, Line, held_beside, purse

from kinline.facilities.models import Facility
from kinline.flows import end_call, proof, tell_call
from kinline.flows.end_call import Ended
from kinline.flows.tell_call import Moment
from kinline.ledger import chart
from kinline.ledger import queries as ledger_queries
from kinline.ledger.errors import ExceedsHold
from kinline.residents.models import Resident
from kinline.telephony.models import Call, CallEvent, Cdr, NumberBlock

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("dialling", "ringing", "answered", "announced", "accepted")


@pytest.fixture(autouse=True)
def _books_are_right(line: Line) -> object:
    yield
    assert [one for one in proof.differences() if one.law != "cash"] + ledger_queries.replay() == []


@pytest.fixture
def talking(line: Line, resident: Resident, north: Facility, long_ago: datetime) -> list[Call]:
    """Three residents in a call each: two paid by the number, one by its resident."""
    line.put(PPC, 330)
    others = [held_beside(resident, north, f"20{n}", long_ago) for n in range(2)]
    line.put(chart.resident_calls(others[1].pk), 500)
    found = [line.ask(one).call for one in (resident, *others)]
    assert [call.payer for call in found] == [PPC, PPC, chart.resident_calls(others[1].pk)]
    tell_call.tell_all(line.switch, moments(line, found), now=line.now)
    return found


def moments(line: Line, calls: list[Call]) -> list[tuple[UUID, Moment]]:
    return [(call.key, Moment(n, kind, line.now)) for n, kind in enumerate(KINDS) for call in calls]


def ends(calls: list[Call], *milliseconds: int) -> list[Ended]:
    return [Ended(call.key, "caller_hung_up", "caller", ms) for call, ms in zip(calls, milliseconds, strict=True)]


def test_ends_of_many_calls_cost_what_each_lasted(line: Line, talking: list[Call]) -> None:
    end_call.end_all(line.switch, ends(talking, 61_000, 600_000, 119_900), now=line.now)
    written = list(Cdr.objects.order_by("call"))
    assert [(one.call_id, one.seconds, one.cents) for one in written] == [
        (call.pk, *paid) for call, paid in zip(talking, [(61, 11), (600, 110), (119, 21)], strict=True)
    ]
    assert [one.payer for one in written] == [call.payer for call in talking]
    assert [one.reasons for one in written] == [["caller_hung_up"]] * 3
    assert all(one.ringing_at and one.answered_at and one.announced_at and one.accepted_at for one in written)
    assert all(len(one.entries) == 2 for one in written)
    assert purse(PPC) == (330 - 121, 0)
    assert purse(talking[2].payer) == (500 - 21, 0)
    assert ledger_queries.balance(chart.additive(line.station.facility_id)).posted_cents == 2 + 20 + 3


def test_the_same_group_again_changes_nothing(line: Line, talking: list[Call]) -> None:
    tell_call.tell_all(line.switch, moments(line, talking), now=line.now)
    assert CallEvent.objects.count() == 15
    for milliseconds in (60_000, 900_000):
        line.wait(seconds=5)
        end_call.end_all(line.switch, ends(talking, *[milliseconds] * 3), now=line.now)
        tell_call.tell_all(line.switch, moments(line, talking), now=line.now)
    assert [one.cents for one in Cdr.objects.all()] == [11, 11, 11]
    assert Cdr.objects.count() == 3
    assert purse(PPC) == (330 - 22, 0)


def test_one_end_told_twice_in_a_group_counts_as_it_was_told_first(line: Line, talking: list[Call]) -> None:
    first, second, third = ends(talking, 61_000, 0, 0)
    late = replace(first, billable_ms=900_000, reason="time_limit")
    end_call.end_all(line.switch, [first, second, third, late], now=line.now)
    assert Cdr.objects.get(call=talking[0]).seconds == 61
    assert purse(PPC) == (330 - 11, 0)


def test_of_a_group_with_one_that_is_refused_nothing_is_written(
    line: Line, talking: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever tells a group tells each alone then (`sip.local`)."""
    real = end_call._as_json

    def more_than_held(price: end_call._Price) -> dict[str, object]:
        return real(price) | ({"own": 10_000} if price.call.pk == talking[1].pk else {})

    monkeypatch.setattr(end_call, "_as_json", more_than_held)
    with pytest.raises(ExceedsHold):
        end_call.end_all(line.switch, ends(talking, 61_000, 61_000, 61_000), now=line.now)
    assert (Cdr.objects.count(), Call.objects.filter(ended_at=None).count()) == (0, 3)
    assert purse(PPC) == (330, 330)
    monkeypatch.undo()
    end_call.end_all(line.switch, ends(talking, 61_000, 61_000, 61_000), now=line.now)


def test_moments_of_a_group_with_a_bad_one_are_not_told(line: Line, talking: list[Call]) -> None:
    told = [(talking[0].key, Moment(9, "warned", line.now)), (talking[1].key, Moment(9, "k" * 31, line.now))]
    with pytest.raises(DataError):
        tell_call.tell_all(line.switch, told, now=line.now)
    assert not CallEvent.objects.filter(seq=9).exists()


def test_a_group_knows_only_calls_of_its_switch_that_go_on(line: Line, talking: list[Call]) -> None:
    end_call.end(
        line.switch, key=talking[0].key, reason="caller_hung_up", side="caller", billable_ms=0, sip_code=0, now=line.now
    )  # fmt: skip
    line.wait(seconds=50)
    told = [(key, Moment(9, "warned", line.now)) for key in (talking[0].key, talking[1].key, uuid4())]
    tell_call.tell_all(line.switch, told, now=line.now)
    leases = [Call.objects.get(pk=call.pk).lease_until - line.now for call in talking]
    assert leases == [timedelta(seconds=10), timedelta(seconds=60), timedelta(seconds=10)]
    assert not line.tell(talking[0], "warned")
    end_call.end_all(line.switch, ends(talking, 0, 0, 0), now=line.now)


def test_a_moment_lies_between_the_begin_of_its_call_and_now(line: Line, talking: list[Call]) -> None:
    call = talking[0]
    hour = timedelta(hours=1)
    told = [(call.key, Moment(8, "sign", line.now - hour)), (call.key, Moment(9, "sign", line.now + hour))]
    tell_call.tell_all(line.switch, told, now=line.now + timedelta(seconds=9))
    at = list(CallEvent.objects.filter(call=call, kind="sign").order_by("seq").values_list("at", flat=True))
    assert at == [call.started_at, line.now + timedelta(seconds=9)]
    end_call.end_all(line.switch, ends(talking, 0, 0, 0), now=line.now)


def test_who_blocks_in_a_group_is_never_called_again(line: Line, talking: list[Call], resident: Resident) -> None:
    told = [(talking[0].key, Moment(9, "blocked", line.now)), (talking[1].key, Moment(9, "warned", line.now))]
    tell_call.tell_all(line.switch, told, now=line.now)
    assert NumberBlock.objects.filter(by="called_party").count() == 1
    end_call.end_all(line.switch, ends(talking, 0, 0, 0), now=line.now)
    assert [reason.code for reason in line.ask(resident, keys=KEYS).decision.reasons] == ["blocked_by_called_party"]


def test_a_switch_that_starts_settles_all_but_the_one_that_cannot_be(
    line: Line, talking: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hangs up on both sides of each; the sweeper settles what is left."""
    tell_call.alive(line.switch, heard={call.key: 61_000 for call in talking}, now=line.now)
    real = tell_call.settle

    def fails(ended: list[tuple[Call, Ended]], now: datetime) -> list[Cdr]:
        if any(call.pk == talking[1].pk for call, _ in ended):
            raise ValueError
        return real(ended, now)

    monkeypatch.setattr(tell_call, "settle", fails)
    lost = tell_call.booted(line.switch, boot_id="two", now=line.now)
    assert [call.key for call in lost] == [call.key for call in talking]
    assert sorted(Cdr.objects.filter(corrects=None).values_list("call", "seconds", "result")) == [
        (talking[0].pk, 61, "completed"), (talking[2].pk, 61, "completed"),
    ]  # fmt: skip
    line.wait(minutes=5)
    monkeypatch.setattr(end_call, "BACK_FOR", timedelta(0))
    assert end_call.sweep(line.now) == 1
    assert Cdr.objects.filter(corrects=None).count() == 3


def test_a_switch_that_dies_while_it_starts_settles_the_rest_at_its_next_start(
    line: Line, talking: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tell_call, "AT_ONCE", 2)
    real, told = tell_call.settle, []

    def dies(ended: list[tuple[Call, Ended]], now: datetime) -> list[Cdr]:
        told.append(len(ended))
        if len(told) == 2:
            raise OperationalError("away")
        return real(ended, now)

    monkeypatch.setattr(tell_call, "settle", dies)
    with pytest.raises(OperationalError):
        tell_call.booted(line.switch, boot_id="two", now=line.now)
    assert Cdr.objects.filter(corrects=None).count() == 2
    assert [call.key for call in tell_call.booted(line.switch, boot_id="two", now=line.now)] == [talking[2].key]
    assert Cdr.objects.filter(corrects=None).count() == 3
