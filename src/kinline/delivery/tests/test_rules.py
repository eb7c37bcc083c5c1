"""The decision on a message as tables (DEL-1 to DEL-3). Times of rows are wall time in New York."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinline.delivery.rules import BadRule, Facts, decide, decide_for, parse
from kinline.delivery.screening import Folded

ZONE = "America/New_York"

DELIVER = {"id": "at-once", "then": "deliver"}
WAIT = {"id": "wait", "then": "wait", "minutes": 30}
DAY = {"id": "day", "then": "hours", "from": "07:00", "to": "21:00"}
NIGHT = {"id": "night", "then": "hours", "from": "20:00", "to": "06:00"}
REVIEW = {"id": "read", "then": "review"}
REFUSE = {"id": "no", "then": "refuse", "reason": "threat", "why": {"en": "We do not take letters."}}


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE), fold=fold).astimezone(UTC)


def facts(**changes) -> Facts:
    usual = {
        "direction": "family",
        "first_of_contact": False,
        "contact_class": "personal",
        "length": 100,
        "text": "hello",
        "now": local("2027-03-10T12:00"),
        "time_zone": ZONE,
    }
    return Facts(**usual | changes)


def outcome(rules: list, **changes) -> tuple[str, datetime | None]:
    decision = decide(facts(**changes), parse(rules), 1)
    return decision.outcome, decision.deliver_at


# The strictest wins

STRICTEST = [
    ([DELIVER], "deliver"),
    ([WAIT], "delay"),
    ([REVIEW], "review"),
    ([REFUSE], "refuse"),
    ([DELIVER, WAIT], "delay"),
    ([WAIT, DELIVER], "delay"),
    ([DELIVER, DAY], "deliver"),  # it is noon: the hours are open
    ([DAY], "deliver"),
    ([DELIVER, REVIEW], "review"),
    ([WAIT, DAY, REVIEW], "review"),
    ([REVIEW, REFUSE], "refuse"),
    ([REFUSE, REVIEW], "refuse"),
    ([DELIVER, WAIT, DAY, REVIEW, REFUSE], "refuse"),
]


@pytest.mark.parametrize(("rules", "expected"), STRICTEST)
def test_the_strictest_wins_in_any_order(rules, expected):
    assert outcome(rules)[0] == expected
    assert outcome(rules[::-1])[0] == expected


def test_it_says_every_rule_that_fired():
    decision = decide(facts(), parse([DELIVER, WAIT, REVIEW | {"when": {"first": True}}, REFUSE]), 7)
    assert [(one.id, one.then) for one in decision.fired] == [
        ("at-once", "deliver"),
        ("wait", "wait"),
        ("no", "refuse"),
    ]
    assert decision.refused_by.reason == "threat"
    assert decision.as_json() == {
        "outcome": "refuse",
        "version": 7,
        "fired": [
            {"id": "at-once", "then": "deliver", "why": {}},
            {"id": "wait", "then": "wait", "why": {}},
            {"id": "no", "then": "refuse", "why": {"en": "We do not take letters."}},
        ],
    }


# When

WHEN = [
    ("2027-03-10T12:00", [WAIT], "2027-03-10T12:30"),
    ("2027-03-10T12:00", [WAIT, WAIT | {"id": "longer", "minutes": 45}], "2027-03-10T12:45"),
    # Hours: `from` belongs to them, `to` does not.
    ("2027-03-10T06:59", [DAY], "2027-03-10T07:00"),
    ("2027-03-10T07:00", [DAY], None),
    ("2027-03-10T20:59", [DAY], None),
    ("2027-03-10T21:00", [DAY], "2027-03-11T07:00"),
    ("2027-03-10T23:30", [DAY], "2027-03-11T07:00"),
    ("2027-03-11T00:00", [DAY], "2027-03-11T07:00"),
    # Across midnight.
    ("2027-03-10T23:30", [NIGHT], None),
    ("2027-03-11T00:00", [NIGHT], None),
    ("2027-03-11T05:59", [NIGHT], None),
    ("2027-03-11T06:00", [NIGHT], "2027-03-11T20:00"),
    # A wait that ends outside the hours goes on until they begin.
    ("2027-03-10T20:45", [WAIT, DAY], "2027-03-11T07:00"),
    ("2027-03-10T06:15", [WAIT, DAY], "2027-03-10T07:00"),
    ("2027-03-10T06:45", [WAIT, DAY], "2027-03-10T07:15"),
    # Two rules of hours: only when both are open.
    ("2027-03-10T12:00", [DAY, NIGHT], "2027-03-10T20:00"),
    ("2027-03-10T20:30", [DAY, NIGHT], None),
    ("2027-03-10T21:30", [DAY, NIGHT], "2027-03-11T20:00"),
    # Clocks go forward on 2027-03-14: 02:00 to 03:00 is skipped.
    ("2027-03-13T23:00", [DAY], "2027-03-14T07:00"),
    ("2027-03-14T01:45", [WAIT], "2027-03-14T03:15"),
    ("2027-03-14T01:00", [DAY | {"from": "02:30"}], "2027-03-14T03:30"),
    # Clocks go back on 2027-11-07: 01:00 to 02:00 comes twice.
    ("2027-11-06T22:00", [DAY], "2027-11-07T07:00"),
]


@pytest.mark.parametrize(("now", "rules", "expected"), WHEN)
def test_when_a_letter_is_delivered(now, rules, expected):
    wanted = ("deliver", None) if expected is None else ("delay", local(expected))
    assert outcome(rules, now=local(now)) == wanted


TWICE = [
    # (now, its fold, opens, expected, its fold); the hour from one to two comes twice
    ("2027-11-07T00:30", 0, "01:30", "2027-11-07T01:30", 0),
    ("2027-11-07T01:10", 0, "01:30", "2027-11-07T01:30", 0),
    ("2027-11-07T01:40", 0, "01:30", None, 0),
    ("2027-11-07T01:10", 1, "01:30", "2027-11-07T01:30", 1),  # the clock says closed again
    ("2027-11-07T01:40", 1, "01:30", None, 0),
]


@pytest.mark.parametrize(("now", "fold", "opens", "expected", "expected_fold"), TWICE)
def test_the_hour_that_comes_twice(now, fold, opens, expected, expected_fold):
    wanted = ("deliver", None) if expected is None else ("delay", local(expected, expected_fold))
    assert outcome([DAY | {"from": opens}], now=local(now, fold)) == wanted


def test_a_wait_is_real_time_also_in_the_night_when_clocks_change():
    before = local("2027-11-07T01:45", 0)
    assert outcome([WAIT], now=before) == ("delay", before + timedelta(minutes=30))


def test_hours_are_those_of_the_place():
    at = datetime(2027, 3, 10, 11, 0, tzinfo=UTC)  # six in New York, seven in Halifax
    assert outcome([DAY], now=at)[0] == "delay"
    assert outcome([DAY], now=at, time_zone="America/Halifax") == ("deliver", None)


def test_hours_that_never_meet_hold():
    early = {"id": "early", "then": "hours", "from": "06:00", "to": "08:00"}
    late = {"id": "late", "then": "hours", "from": "20:00", "to": "22:00"}
    decision = decide(facts(), parse([early, late]), 1)
    assert decision.outcome == "review"
    assert decision.fired[-1].id == "hours-never-meet"


# Conditions

CONDITIONS = [
    ({"direction": "family"}, {}, True),
    ({"direction": "resident"}, {}, False),
    ({"direction": "resident"}, {"direction": "resident"}, True),
    ({"first": True}, {"first_of_contact": True}, True),
    ({"first": True}, {}, False),
    ({"first": False}, {}, True),
    ({"class": "privileged"}, {}, False),
    ({"class": "privileged"}, {"contact_class": "privileged"}, True),
    ({"longer_than": 99}, {}, True),
    ({"longer_than": 100}, {}, False),
    ({"words": ["hello"]}, {}, True),
    ({"words": ["bye", "hello"]}, {}, True),
    ({"words": ["bye"]}, {}, False),
    ({"direction": "family", "words": ["bye"]}, {}, False),  # every condition must fit
    ({}, {}, True),
]


@pytest.mark.parametrize(("when", "changes", "fits"), CONDITIONS)
def test_conditions(when, changes, fits):
    rules = [DELIVER, REVIEW | {"when": when}]
    assert outcome(rules, **changes)[0] == ("review" if fits else "deliver")


WORDS = [
    ("The GUN is here", "gun", True),
    ("a gunner", "gun", False),
    ("begun", "gun", False),
    ("gun.", "gun", True),
    ("«gun»", "gun", True),
    ("gun_", "gun", True),
    ("9gun", "gun", False),
    ("cafe", "café", True),
    ("CAFÉ", "cafe", True),
    ("cafe\u0301", "café", True),
    ("g\u200bu\u00adn", "gun", True),  # invisible characters inside
    ("ｇｕｎ", "gun", True),  # full-width letters
    ("STRASSE", "straße", True),
    ("meet at the north gate", "north gate", True),
    ("meet at the north\n   gate", "north gate", True),
    ("north-gate", "north gate", True),
    ("northgate", "north gate", False),
    ("побег завтра", "Побег", True),
    ("我们明天逃跑吧", "逃跑", True),  # no spaces between words
    ("", "gun", False),
]


@pytest.mark.parametrize(("text", "phrase", "found"), WORDS)
def test_whole_words_in_any_language(text, phrase, found):
    rules = [DELIVER, REVIEW | {"when": {"words": [phrase]}}]
    assert (outcome(rules, text=text)[0] == "review") == found


def test_a_phrase_is_looked_for_as_given_by_the_rule():
    assert Folded("The  Big\tone").holds(["big one"])


# DEL-3: if unsure, hold


def test_nothing_that_lets_it_through_means_hold():
    decision = decide(facts(), parse([REVIEW | {"when": {"first": True}}]), 3)
    assert (decision.outcome, [one.id for one in decision.fired]) == ("review", ["no-rule"])


def test_a_missing_policy_holds():
    decision = decide_for(facts(), None)
    assert (decision.outcome, decision.version, [one.id for one in decision.fired]) == ("review", 0, ["no-policy"])


BROKEN = [
    None,
    {},
    "deliver",
    [],
    [None],
    ["deliver"],
    [{}],
    [{"id": "a"}],
    [{"then": "deliver"}],
    [{"id": "", "then": "deliver"}],
    [{"id": "A b", "then": "deliver"}],
    [{"id": 1, "then": "deliver"}],
    [{"id": "a", "then": "explode"}],
    [{"id": "a", "then": ["deliver"]}],
    [DELIVER, {"id": "a", "then": "unknown-kind"}],
    [DELIVER, DELIVER],  # the same id twice
    [DELIVER | {"colour": "red"}],
    [DELIVER | {"minutes": 3}],
    [DELIVER | {"why": "because"}],
    [DELIVER | {"why": {"en": 1}}],
    [{"id": "a", "then": "wait"}],
    [WAIT | {"minutes": 0}],
    [WAIT | {"minutes": -5}],
    [WAIT | {"minutes": 1.5}],
    [WAIT | {"minutes": True}],
    [WAIT | {"minutes": "30"}],
    [WAIT | {"minutes": 10**9}],
    [DAY | {"from": "7:00"}],
    [DAY | {"from": "24:00"}],
    [DAY | {"from": 700}],
    [DAY | {"to": "07:00"}],  # from = to
    [{"id": "a", "then": "hours", "from": "07:00"}],
    [{"id": "a", "then": "refuse"}],
    [REFUSE | {"reason": ""}],
    [REFUSE | {"why": {}}],
    [REFUSE | {"why": {"en": " ", "es": "No."}}],
    [DELIVER | {"when": None}],
    [DELIVER | {"when": {"moon": "full"}}],
    [DELIVER | {"when": {"direction": "up"}}],
    [DELIVER | {"when": {"first": "yes"}}],
    [DELIVER | {"when": {"class": "secret"}}],
    [DELIVER | {"when": {"words": "gun"}}],
    [DELIVER | {"when": {"words": []}}],
    [DELIVER | {"when": {"words": ["..."]}}],
    [DELIVER | {"when": {"words": [5]}}],
    [DELIVER | {"when": {"longer_than": "many"}}],
]


@pytest.mark.parametrize("rules", BROKEN)
def test_a_broken_rule_holds_everything(rules):
    with pytest.raises(BadRule):
        parse(rules)
    decision = decide_for(facts(), SimpleNamespace(rules=rules, version=4))
    assert (decision.outcome, decision.version, [one.id for one in decision.fired]) == ("review", 4, ["broken-rule"])


def test_a_bad_rule_says_which_and_why():
    with pytest.raises(BadRule, match=r"^wait: `minutes` must be a whole number from 1 to 10080$"):
        parse([DELIVER, WAIT | {"minutes": 0}])


def test_an_unknown_time_zone_holds():
    decision = decide_for(facts(time_zone="Moon/Crater"), SimpleNamespace(rules=[DELIVER], version=1))
    assert decision.outcome == "review"


def test_a_moment_without_time_zone_holds():
    naive = datetime(2027, 3, 10, 12, tzinfo=UTC).replace(tzinfo=None)
    assert decide_for(facts(now=naive), SimpleNamespace(rules=[DELIVER], version=1)).outcome == "review"


# Whatever is stored and written: decided, and never delivered by a policy that cannot be read

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
rule_like = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b", "c"]), "then": st.sampled_from(["deliver", "wait", "hours", "review", "refuse"])},
    optional={
        "minutes": st.integers(-1, 20000),
        "from": st.sampled_from(["07:00", "21:00", "25:00"]),
        "to": st.sampled_from(["07:00", "06:00"]),
        "reason": st.sampled_from(["threat", ""]),
        "why": st.sampled_from([{"en": "No."}, {}]),
        "when": st.sampled_from([{}, {"first": True}, {"direction": "family"}, {"words": ["gun"]}, {"x": 1}]),
    },
)
policies = st.lists(rule_like, max_size=4) | json_values
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine says nothing about rules
@given(policy=policies, text=st.text(max_size=40), now=moments, first=st.booleans())
def test_it_always_decides_and_never_delivers_by_mistake(policy, text, now, first):
    asked = facts(text=text, now=now, first_of_contact=first, length=len(text))
    decision = decide_for(asked, SimpleNamespace(rules=policy, version=1))
    try:
        rules = parse(policy)
    except BadRule:
        assert decision.outcome == "review"
        return
    fired = {one.then for one in decision.fired}
    assert decision.fired
    assert (decision.deliver_at is not None) == (decision.outcome == "delay")
    if decision.outcome in {"deliver", "delay"}:
        assert fired <= {"deliver", "wait", "hours"}
    if decision.outcome == "delay":
        assert decision.deliver_at > now
        opened = [rule for rule in rules if rule.then == "hours" and rule.id in {one.id for one in decision.fired}]
        assert opened or decision.deliver_at <= now + timedelta(days=7)
        again = decide(facts(text=text, now=decision.deliver_at, first_of_contact=first, length=len(text)), opened, 1)
        assert not opened or again.outcome == "deliver"  # it arrives inside all the hours
