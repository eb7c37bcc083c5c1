"""The sample county jail: whole, buildable twice and after interruptions, and its sign-ins work."""

import json
from collections import Counter
from datetime import timedelta
from importlib import import_module

import pyotp
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Min

from kinline.contacts import queries as contacts
from kinline.contacts.models import Contact
from kinline.core.parties import FAMILY, Party
from kinline.facilities import queries as facilities
from kinline.flows import staff_sign_in
from kinline.flows.seal_audit import seal_audit
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.passwords import matches
from kinline.ledger import queries as ledger
from kinline.messaging.models import Message, Review
from kinline.ops import demo
from kinline.residents import queries as residents
from kinline.residents.models import Custody
from kinline.residents.services import check_pin
from kinline.staff.desk import Desk
from kinline.staff.waiting import QUEUES
from kinline.telephony.models import Call, CallRate, Cdr, RateCap

pytestmark = pytest.mark.django_db

STATES = {
    "review": 8, "scheduled": 1, "collect": 2, "refused": 3, "withdrawn": 1, "declined": 1,
    "returned": 1, "withheld": 1, "delivered": 19, "paper": 2,
}  # fmt: skip


@pytest.fixture
def data(tmp_path, settings):
    settings.DATA = tmp_path
    settings.BASE_URL = "http://sample.example"
    return tmp_path / "demo.json"


def rows() -> dict[str, int]:
    kept = (model for model in apps.get_models() if model.__module__.startswith("kinline."))
    return {model._meta.label: model.objects.count() for model in kept}


def test_the_jail_is_what_was_promised(data, now, capsys, settings):
    """One build for all of it: a build takes a second."""
    settings.PRIVILEGED_KEYS = ("only-for-tests-" + "k" * 32,)
    call_command("demo")
    assert capsys.readouterr().out == ""
    assert data.stat().st_mode & 0o777 == 0o600
    facts = json.loads(data.read_text())
    places_are_whole(facts)
    letters_are_in_every_state()
    everybody_may_call_somebody(facts)
    contacts_are_in_the_states_that_matter(now)
    every_sign_in_works(facts, now)
    each_list_of_staff_has_something_real(now)

    call_command("ledger", "verify")  # raises if a law of money does not hold of the sample
    seal_audit(now=now)
    call_command("audit", "verify")  # raises if the record of it does not hold
    before = rows()
    demo.build(now)
    assert rows() == before
    assert json.loads(data.read_text()) == facts

    a_lost_file_gives_the_kiosk_a_new_address(data, facts, now)


def places_are_whole(facts):
    assert set(facts) == {
        "portal", "kiosk", "staff", "mail", "sip", "families", "staff_users", "residents", "ppc_numbers", "kiosks",
    }  # fmt: skip
    assert facts["portal"] == "http://sample.example/"
    assert facts["mail"] == "http://sample.example/dev/mail/"
    assert len(facts["families"]) == 3
    assert len([one for one in facts["residents"] if not one.get("first_use")]) == 40
    places = facilities.public_facilities()
    assert len(places) == 2
    assert sum(len(facilities.units_of(place.pk)) for place in places) == 6
    assert {one["role"] for one in facts["staff_users"]} >= {"reviewer", "supervisor", "finance", "mailroom", "auditor"}
    (kiosk,) = facts["kiosks"]
    assert facts["kiosk"] == f"http://sample.example/kiosk/enrol/{kiosk['token']}/"
    assert facilities.kiosk_by_token(kiosk["token"]).facility.slug == kiosk["facility"]


def letters_are_in_every_state():
    assert Counter(Message.objects.values_list("state", flat=True)) == STATES
    assert [one.appeals.get().outcome for one in Review.objects.filter(message__state="refused")] == ["", "", ""]
    held = Message.objects.filter(state="review")
    assert all("review" in {fired["then"] for fired in message.decision["fired"]} for message in held)
    ana = User.objects.get(username="sample.ana").pk
    assert Message.objects.filter(contact__user_id=ana, state="delivered", opened_at=None).count() == 2
    assert ledger.replay() == []


def everybody_may_call_somebody(facts):
    """The sample's past calls took their money; what is left is in demo.json, and prices are within the law."""
    inside = [one for one in facts["residents"] if not one.get("first_use")]
    assert all(one["allowed_numbers"] for one in inside)
    assert all("55501" in number for one in inside for number in one["allowed_numbers"])
    daniel = inside[0]
    assert daniel["pin_debit_cents"] == 1000 - 46  # 277 seconds at $0.10 a minute, rounded down
    assert {one["number"]: one["cents"] for one in daniel["ppc_numbers"]}.keys() <= set(daniel["allowed_numbers"])
    results = Counter(Cdr.objects.values_list("result", flat=True))
    assert results["completed"] == 9
    assert {"no_answer", "busy", "refused_by_called_party", "not_on_list", "blocked_number"} <= set(results)
    assert not Call.objects.filter(ended_at=None).exists()
    assert Cdr.objects.filter(call_type="hotline", resident=None, cents=0).count() == 1
    caps = RateCap.objects.filter(jurisdiction="US", until=None).aggregate(least=Min("micro"))
    assert all(rate.base_micro + rate.additive_micro <= caps["least"] for rate in CallRate.objects.all())


def contacts_are_in_the_states_that_matter(now):
    families = [Party(FAMILY, user.pk) for user in User.objects.filter(kind="family")]
    states = {contact.state_code for party in families for contact in contacts.contacts_of(party, now)}
    assert states == {"ok", "waiting_consent", "waiting_approval", "restricted", "released", "privileged_waiting"}
    assert Contact.objects.filter(kind="privileged").count() == 1


def each_list_of_staff_has_something_real(now):
    """What the first page counts, at the place where the demo's staff work."""
    user = User.objects.get(username="sample.county")
    place = facilities.facility_by_slug("sample-north-jail")
    desk = Desk(user, place, (place,), permissions.places_of(user, now), locked=False, fresh=True, now=now)
    counts = {queue.page: queue.counted(desk, place).count for queue in QUEUES}
    assert {name for name, count in counts.items() if not count} <= {"staff_team"}  # nobody is locked out
    assert len(counts) > 9
    kept = ("PrintBatch", "Photo", "Restriction", "LegalHold", "Retention", "Purge", "Search", "WatchList", "Request",
            "RequestForm", "ResidentSession", "Kiosk", "Broadcast")  # fmt: skip
    names = {label.split(".")[1]: count for label, count in rows().items()}
    assert [name for name in kept if not names.get(name)] == []


def every_sign_in_works(facts, now):
    for one in [*facts["families"], *facts["staff_users"]]:
        assert matches(one["password"], User.objects.get(username=one["username"]).password)
    for one in facts["staff_users"]:
        user = User.objects.get(username=one["username"])
        staff_sign_in.check_factor(user=user, code=pyotp.TOTP(one["totp_secret"]).at(now), now=now)
        now += timedelta(seconds=30)  # who works at two places is in the list twice
    for one in facts["residents"]:
        place = facilities.facility_by_slug(one["facility"])
        person = check_pin(facility_id=place.pk, number=one["number"], pin=one["pin"], now=now)
        assert person.name == one["name"]
        assert residents.must_change_pin(person.pk) == bool(one.get("first_use"))


def a_lost_file_gives_the_kiosk_a_new_address(data, facts, now):
    data.unlink()
    demo.build(now)
    old, new = facts["kiosks"][0]["token"], json.loads(data.read_text())["kiosks"][0]["token"]
    assert facilities.kiosk_by_token(old) is None
    assert facilities.kiosk_by_token(new) is not None


class Interrupted(BaseException):
    """As if the power had gone: nothing catches it."""


STEPS = [
    ("places", "set_up", "enrol_kiosk", 1),
    ("places", "set_up", "set_rules", 1),
    ("people", "import_roster", "", 1),
    ("people", "record_deposit", "", 20),
    ("letters", "send", "", 12),
    ("letters", "deliver_due", "", 2),
    ("letters", "appeal", "file", 1),
    ("people", "custody", "release_resident", 1),
    ("letters", "_draft", "", 1),
    ("money", "take_money", "", 2),
    ("money", "pay_out", "returned", 1),
]


def test_interrupted_again_and_again_it_becomes_whole(data, now, monkeypatch):
    for module, name, inner, time in STEPS:
        interrupt(monkeypatch, module, name, inner, time)
        with pytest.raises(Interrupted):
            demo.build(now)
        monkeypatch.undo()
        assert not data.exists()
    demo.build(now)
    assert Counter(Message.objects.values_list("state", flat=True)) == STATES
    assert Custody.objects.filter(ended_at=None).count() == 41
    assert ledger.replay() == []


def interrupt(monkeypatch, module: str, name: str, inner: str, time: int) -> None:
    """Let the `time`-th call of a step be the last thing that happens."""
    owner = import_module(f"kinline.ops.demo.{module}")
    if inner:
        owner, name = getattr(owner, name), inner
    real, calls = getattr(owner, name), []

    def stops(*args, **kwargs):
        calls.append(1)
        if len(calls) == time:
            raise Interrupted
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, stops)
