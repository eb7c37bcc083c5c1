"""T14: finance gives money of a call back, on a page that tells of no number; whoever reads calls sees what became."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.calls.line import NUMBER, PIN, PPC, purse

from kinline.core.models import AuditEvent
from kinline.identity.models import Role
from kinline.ops.management.commands.calls import _whole
from kinline.residents import services as residents
from kinline.telephony.models import CallCorrection, Cdr
from kinline.telephony.queries import calls

pytestmark = pytest.mark.django_db(transaction=True)
WHICH = "/staff/calls/correct/"


def text(answer):
    return answer.content.decode()


@pytest.fixture
def paid(line, resident):
    """Ten minutes, 110 cents from the number."""
    residents.set_pin(resident_id=resident.pk, pin=PIN, must_change=False, now=line.now)
    line.put(PPC, 1000)
    return line.talk(resident, 600)


@pytest.fixture
def desk(staff_client, member, north):
    return staff_client(member(Role.FINANCE, north))


def give(desk, paid, **typed):
    fields = {"amount": "0.55", "why": "bad_line", "note": "Complaint 12", "key": str(uuid4())} | typed
    return desk.post(f"/staff/calls/{paid.call_id}/correct/", fields, follow=True)


def test_finance_gives_back_without_seeing_whom_it_called(desk, paid):
    answer = desk.post(WHICH, {"call": str(paid.call_id)}, follow=True)
    page = text(answer)
    assert "Daniel Sample, 1001" in page
    assert "PPC) that ends in 0142" in page
    assert "$1.10" in page
    assert NUMBER not in page
    assert "8135550142" not in page
    page = text(give(desk, paid))
    assert "The price of this call is $0.55 now." in page
    assert "They could not hear each other: <bdi>Complaint 12</bdi>" in page
    assert purse(PPC) == (945, 0)
    assert AuditEvent.objects.get(act="call.correct").object == f"call:{paid.call_id}"


def test_sent_twice_it_is_done_once(desk, paid):
    key = str(uuid4())
    give(desk, paid, key=key)
    give(desk, paid, key=key)
    assert purse(PPC) == (945, 0)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "1.11"}, "No more can go back than was paid."),
        ({"amount": "0"}, "Nothing would go back."),
        ({"amount": "-1"}, "A price is never raised after the call."),
        ({"note": " "}, "Write a note"),
        ({"why": "our_fault"}, "Select a valid choice"),
        ({"why": ""}, "Choose why."),
    ],
)
def test_a_refusal_keeps_what_was_typed_and_gives_nothing(desk, paid, typed, said):
    answer = give(desk, paid, **typed)
    assert said in text(answer)
    assert answer.redirect_chain == []
    assert 'value="Complaint 12"' in text(answer) or "note" in typed
    assert purse(PPC) == (890, 0)
    assert not CallCorrection.objects.exists()


def test_a_call_of_nobody_or_one_that_goes_on_is_not_found(desk, line, paid, resident):
    going = line.ask(resident).call
    for typed in (str(going.pk), "999999", "x", ""):
        assert 'id="errors"' in text(desk.post(WHICH, {"call": typed}))
    assert desk.get("/staff/calls/999999/correct/").status_code == 404
    line.end(going, 0)


def test_who_may_not_is_refused_and_nothing_goes_back(staff_client, member, north, paid):
    other = staff_client(member(Role.SUPERVISOR, north))
    assert give(other, paid).status_code == 403
    assert purse(PPC) == (890, 0)


def test_an_old_sign_in_is_proved_again_first(desk, paid, clock_at, line):
    clock_at(line.now + timedelta(minutes=15))
    desk.get(WHICH)
    answer = give(desk, paid)
    assert "/staff/confirm/" in answer.redirect_chain[0][0]
    assert purse(PPC) == (890, 0)


def test_whoever_reads_calls_sees_what_went_back_and_so_do_the_files(staff_client, member, north, paid):
    admin = staff_client(member(Role.FACILITY_ADMIN, north))
    admin.post("/staff/calls/search/", {"purpose": "Case 7"})
    page = text(admin.get(f"/staff/calls/{paid.call_id}/"))
    assert f"/staff/calls/{paid.call_id}/correct/" in page
    give(admin, paid)
    page = text(admin.get(f"/staff/calls/{paid.call_id}/"))
    assert f"price since then: $0.55 for 600 s; corrects record {paid.pk}" in page
    assert "corrected" in text(admin.get("/staff/calls/found/"))
    file = b"".join(admin.get("/staff/calls/found.csv").streaming_content).decode("utf-8-sig").strip().split("\r\n")
    (row,) = [dict(zip(file[0].split(","), one.split(","), strict=True)) for one in file[1:]]
    assert (row["cost"], row["cost_at_first"], row["given_back"], row["why_given_back"]) == (
        "0.55", "1.10", "0.55", "bad_line",
    )  # fmt: skip
    assert row["corrects"] == str(paid.pk)
    told = _whole(paid.call, Cdr.objects.latest("pk"), calls.corrections([paid.call])[paid.call_id])
    assert (told["cents"], told["charged_cents"], told["corrections"][0]["why"]) == (55, 110, "bad_line")
