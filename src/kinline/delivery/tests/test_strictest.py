"""Whatever fires, of rules and of lists: the strictest wins, in any order, and nothing loosens it (DEL-2, DEL-3)."""

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinline.delivery.rules import decide, decide_for, parse
from kinline.delivery.screening import Entry, Hit, ListFacts
from kinline.delivery.tests.test_rules import DAY, DELIVER, NIGHT, REFUSE, REVIEW, WAIT, facts, moments

STRICTNESS = {"deliver": 0, "delay": 1, "review": 2, "refuse": 3}
WHENS = [
    {}, {"first": True}, {"first": False, "links": False}, {"direction": "family"}, {"direction": "resident"},
    {"words": ["gun"]}, {"words": ["gun"], "direction": "family"}, {"links": True}, {"photos": True}, {"photos": False},
    {"watched": True}, {"watched": False}, {"sample": 50}, {"sample": 100}, {"longer_than": 10}, {"class": "personal"},
]  # fmt: skip
KINDS = [DELIVER, WAIT, WAIT | {"minutes": 600}, DAY, NIGHT, REVIEW, REFUSE]
rule_sets = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(WHENS)), max_size=6).map(
    lambda pairs: [rule | {"id": f"r{n}", "when": when} for n, (rule, when) in enumerate(pairs)]
)
SILENT, SAYS = ListFacts(8, date(2027, 1, 1)), ListFacts(9, date(2027, 1, 1), "threat", {"en": "No."})
HITS = [
    *(Hit(Entry(n, of.id, tier, folded="gun"), of) for of in (SILENT, SAYS)
      for n, tier in enumerate(("alert", "review", "refuse"))),
    *(Hit(Entry(n, 8, tier, party="family:1"), SILENT) for n, tier in enumerate(("alert", "review"), 5)),
]  # fmt: skip
letters = st.builds(
    lambda text, first, side, photos, draw, found, may, now: facts(
        text=text, length=len(text), first_of_contact=first, direction=side, photos=photos, draw=draw,
        hits=tuple(found), lists_version=1, words_may_refuse=may, now=now,
    ),
    st.sampled_from(["", "hello", "a GUN", "see www.example.com", "gun " * 20]), st.booleans(),
    st.sampled_from(["family", "resident"]), st.integers(0, 2), st.sampled_from([0, 4999, 5000, 9999]),
    st.lists(st.sampled_from(HITS), max_size=2), st.booleans(), moments,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(letter=letters, rules=rule_sets, data=st.data())
def test_the_strictest_of_all_that_fires_in_any_order(letter, rules, data):
    decision = decide(letter, parsed(rules), 1)
    kinds = {one.then for one in decision.fired}
    strictest = "refuse" if "refuse" in kinds else "review" if "review" in kinds else None
    if strictest:
        assert decision.outcome == strictest
    else:
        assert kinds - {"alert"}, "something lets it through"
        assert decision.outcome in {"deliver", "delay"}
    mixed = decide(replace(letter, hits=tuple(data.draw(st.permutations(letter.hits)))),
                   parsed(data.draw(st.permutations(rules))), 1)  # fmt: skip
    assert (mixed.outcome, mixed.deliver_at) == (decision.outcome, decision.deliver_at)
    assert sorted(map(repr, mixed.fired)) == sorted(map(repr, decision.fired))
    assert decide(letter, parsed(rules), 1) == decision, "asked again it says the same"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(letter=letters, rules=rule_sets, more=rule_sets)
def test_a_rule_more_never_loosens_what_some_rule_said(letter, rules, more):
    before = decide(letter, parsed(rules), 1)
    if any(one.id == "no-rule" for one in before.fired):
        return  # nothing had let it through: a rule may do that
    added = [rule | {"id": f"more-{rule['id']}"} for rule in more]
    after = decide(letter, parsed([*rules, *added]), 1)
    assert STRICTNESS[after.outcome] >= STRICTNESS[before.outcome]
    if after.outcome == before.outcome == "delay":
        assert after.deliver_at >= before.deliver_at


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(letter=letters)
def test_no_rule_at_all_never_delivers(letter):
    assert decide(letter, (), 1).outcome in {"review", "refuse"}
    assert decide_for(letter, None).outcome == "review"


def parsed(rules):
    return parse(rules) if rules else ()
