"""The page of demo calls without a telephone behind it: what it asks for, what it refuses, what it never shows."""

import json

import pytest
from django.test import Client

from kinline.core.transaction import story
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.ops import devcall
from kinline.ops.call_forms import WHO
from kinline.ops.outside import behaviour, door
from kinline.telephony.models import AllowedNumber, Hotline, Station

pytestmark = pytest.mark.django_db
PAGE = "/dev/call/"
KEY = "0" * 32
NUMBER, PIN = "+13155550100", "7919"


@pytest.fixture
def jail(tmp_path, settings, north, resident, now):
    """One resident who may call one number, and a telephone; as demo.json has them."""
    settings.DEMO, settings.DATA, settings.OUTSIDE = True, tmp_path, str(tmp_path / "nobody")
    Station.objects.create(facility=north, label="A", username="a-sample", salt=b"0" * 32, enrolled_at=now)
    Hotline.objects.create(facility=north, keys="77", number="+15185550177", name="Sample hotline")
    AllowedNumber.objects.create(
        resident=resident, number=NUMBER, name="Sample", asked_at=now, decided_at=now, approved=True
    )
    lines = [(chart.number_prepaid(NUMBER), 1000), (chart.BANK, -1000)]
    story(ledger.post)(key="test:devcall", kind="deposit", lines=lines, now=now)
    who = {"name": "Sample", "number": resident.number, "pin": PIN, "facility": north.slug}
    (tmp_path / "demo.json").write_text(json.dumps({"residents": [who]}))
    return who


@pytest.fixture
def asked(monkeypatch):
    """What the page asked of the telephones; they agree to everything."""
    questions = []

    def ask(_path, **question):
        questions.append(question)
        return True

    monkeypatch.setattr(devcall.door, "ask", ask)
    return questions


def test_outside_the_demo_there_is_no_such_page(client: Client, settings):
    settings.DEMO = False
    for path in (PAGE, f"{PAGE}{KEY}/", f"{PAGE}{KEY}/caller.wav"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code in {403, 404, 405}


def test_telephones_that_do_not_answer_are_told(client: Client, jail):
    answer = client.get(f"{PAGE}{KEY}/")
    assert answer.status_code == 503
    assert "They do not answer." in answer.content.decode()


def test_the_page_asks_the_telephone_for_what_was_chosen(client: Client, jail, asked):
    words = {"key": KEY, "resident": jail["number"], "number": NUMBER, "how": "at_once", "who": "busy", "payer": "2"}
    answer = client.post(PAGE, words)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}{KEY}/")
    (question,) = asked
    assert question["keys"] == f"{jail['number']}*{PIN}*{NUMBER[2:]}*2"
    assert (question["number"], question["who"], question["station"]) == (NUMBER, "busy", "a-sample")
    assert PIN not in json.dumps(question["about"])
    assert question["about"]["before"][f"number:{NUMBER}:prepaid"] == 1000


def test_a_hotline_rings_where_it_leads(client: Client, jail, asked):
    words = {"key": KEY, "resident": jail["number"], "other": "77", "how": "at_once", "who": "", "payer": ""}
    assert client.post(PAGE, words).status_code == 303
    assert asked[0]["number"] == "+15185550177"


@pytest.mark.parametrize(
    "wrong",
    [{"other": "12a"}, {"number": "+19995550100"}, {"who": "nobody"}, {"how": ""}, {"payer": "3"}, {"key": "x"}],
)
def test_what_cannot_be_dialled_is_not_asked(client: Client, jail, asked, wrong):
    words = {"key": KEY, "resident": jail["number"], "number": NUMBER, "how": "at_once", "who": "", "payer": ""}
    assert client.post(PAGE, words | wrong).status_code == 200
    assert asked == []


def test_a_key_that_is_none_is_not_pressed(client: Client, jail, asked):
    assert client.post(f"{PAGE}{KEY}/", {"leg": "nobody", "keys": "1"}).status_code == 303
    assert client.post(f"{PAGE}{KEY}/", {"leg": "called", "keys": "1x"}).status_code == 303
    assert asked == []
    client.post(f"{PAGE}{KEY}/", {"leg": "called", "keys": "1"})
    client.post(f"{PAGE}{KEY}/", {"leg": "caller", "hang_up": "1"})
    assert [(one["do"], one["leg"]) for one in asked] == [("press", "called"), ("hang_up", "caller")]


def test_a_telephone_that_nobody_has_is_not_heard(client: Client, jail, asked):
    assert client.get(f"{PAGE}{KEY}/nobody.wav").status_code == 404


def test_the_page_offers_whatever_somebody_outside_can_do():
    assert {name for name, _text in WHO if name} == set(behaviour.ALL)
    assert door.LEGS == ("caller", "called")
