"""Words found in letters of any kind: signs, scripts, base64, and where they stand (DEL-1)."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.delivery import numbers
from kinline.delivery.rules import Facts, decide, parse
from kinline.delivery.screening import Entry, Folded, Hit, ListFacts, Screen, number_places, phrase, places

TODAY = date(2027, 3, 10)

FOUND = [
    ("es\u200bca\u00adpe", "escape", True),  # hidden characters
    ("الســـلامُ عليكم", "السلام", True),  # tatweel and vowel marks
    ("السلام", "سلام", False),  # an article is part of its word
    ("a🔫b", "🔫", True),
    ("👍🏽", "👍", True),  # whatever the skin
    ("hose 🔫 gun", "hose gun", True),  # an emoji between does not hide
    ("hose gun", "hose 🔫 gun", False),  # but one that the phrase has must be there
    ("pay $100 now", "$100", True),
    ("pay 100 now", "$100", False),
    ("हिन्दी में", "हिन्दी", True),
    ("買刀了", "刀", True),
    ("ﬁnd", "find", True),
    ("ℌose", "hose", True),
    ("г\u043en", "gon", False),  # looks alike, is another letter
    ("aGVsbG8gd29ybGQ=", "hello", False),  # base64 is one long word
    ("line\nbreak", "line break", True),
    ("x" * 30_000, "x", False),
    ("GROẞE GRÖSSE", "grosse", True),
    ("한국어", "한국어", True),
    (unicodedata.normalize("NFD", "한국어 café"), "한국어 cafe", True),
]


@pytest.mark.parametrize(("text", "words", "found"), FOUND)
def test_found_or_not(text, words, found):
    assert Folded(text).holds([phrase(words)]) == found
    screen = Screen([ListFacts(1, TODAY)], [Entry(5, 1, "review", folded=phrase(words))])
    assert [hit.entry.id for hit in screen.words_in(Folded(text), TODAY)] == [5] * found
    assert bool(places(unicodedata.normalize("NFC", text), [phrase(words)])) == found


texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("aA éÉ🔫$\n-ـ가"), max_size=60)


@given(texts, texts)
def test_a_phrase_is_found_between_other_words_whatever_it_is(text, wanted):
    folded = phrase(wanted)
    letter = unicodedata.normalize("NFC", f"{text} {wanted} {text}")
    if folded:
        assert Folded(letter).holds([folded])
        assert phrase(folded) == folded, "folding what is folded changes nothing"
        for one in places(letter, [folded]):
            assert phrase(letter[one.start : one.end]) == folded


NUMBERS = [
    ("call (555) 010-1234 tonight", "555-010-1234", True),
    ("+1 555.010.1234", "5550101234", True),
    ("555 010\u00a01234, or so", "+1 (555) 010-1234", True),
    ("٥٥٥٠١٠١٢٣٤", "555 010 1234", True),  # Arabic digits
    ("5\u200b5\u200b5–010–1234", "5550101234", True),
    ("004955501012345", "55501012345", True),  # with whatever prefix
    ("555 010, 1234", "5550101234", False),
    ("555 010 1235", "5550101234", False),
    ("five five five", "5550101234", False),
    ("", "5550101234", False),
]


@pytest.mark.parametrize(("text", "number", "found"), NUMBERS)
def test_a_telephone_number_however_it_is_written(text, number, found):
    wanted = numbers.digits(number)
    screen = Screen([ListFacts(1, TODAY)], [Entry(5, 1, "review", number=wanted)])
    assert [hit.entry.id for hit in screen.words_in(Folded(text), TODAY)] == [5] * found
    for one in number_places(text, [wanted]):
        assert wanted in numbers.rows(text[one.start : one.end])
    assert bool(number_places(text, [wanted])) == found


@pytest.mark.parametrize("text", ["", "12", "123456", "1" * 16, "555 010 1234 x2", "gun", "555,010,1234", "\u200b"])
def test_what_is_no_telephone_number(text):
    assert numbers.digits(text) == ""


LINKS = [
    ("see www.example.com", True), ("http://x", True), ("https:/x", True), ("foo.example.com/a", True),
    ("ｅｘａｍｐｌｅ．ｃｏｍ", True), ("hi.com", True), ("so.That was it.", False), ("a@b.com", False),
    ("user.name@mail.example.com", False), ("Mr.Smith", False), ("at 3.30pm", False), ("example.computer", False),
    ("", False), ("a." * 15_000, False), ("a" * 30_000, False), ("www" * 10_000, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), LINKS)
def test_links(text, found):
    assert Folded(text).has_link == found


def test_all_of_it_over_and_over_is_bounded():
    entries = [Entry(n, 1, "alert", folded=phrase("a " * n)) for n in range(1, 401)]
    entries.append(Entry(999, 1, "refuse", folded="a"))
    hits = Screen([ListFacts(1, TODAY)], entries).words_in(Folded("a " * 15_000), TODAY)
    assert len(hits) == 200
    assert hits[0].entry.id == 999, "the strictest stays"


# What the rules make of it


def facts(**changes):
    noon = datetime(2027, 3, 10, 12, tzinfo=UTC)
    usual = {"direction": "family", "first_of_contact": False, "contact_class": "personal", "length": 5,
             "text": "hello", "now": noon, "time_zone": "America/New_York"}  # fmt: skip
    return Facts(**usual | changes)


def hit(tier, *, until=TODAY, party="", **list_facts):
    return Hit(Entry(3, 8, tier, folded="" if party else "gun", party=party), ListFacts(8, until, **list_facts))


DELIVER = [{"id": "at-once", "then": "deliver"}]
WHY = {"reason": "threat", "why": {"en": "No."}}
OUTCOMES = [
    (hit("alert"), False, "deliver", "alert"),
    (hit("review"), False, "review", "review"),
    (hit("refuse", **WHY), False, "review", "review"),
    (hit("refuse", **WHY), True, "refuse", "refuse"),
    (hit("refuse"), True, "review", "review"),
    (hit("alert", party="resident:1"), True, "deliver", "alert"),
    (hit("review", party="resident:1"), True, "review", "review"),
]


@pytest.mark.parametrize(("one", "may", "outcome", "then"), OUTCOMES)
def test_tiers(one, may, outcome, then):
    decision = decide(facts(hits=(one,), lists_version=4, words_may_refuse=may), parse(DELIVER), 2)
    assert (decision.outcome, decision.entries[0].then) == (outcome, then)
    told = decision.as_json()
    assert told["lists"] == 4
    assert told["fired"][1] == {"id": "list:8", "then": then, "why": decision.entries[0].why,
                                "tier": one.entry.tier, "person" if one.entry.party else "phrase": 3}  # fmt: skip


def test_an_alert_alone_lets_nothing_through():
    rules = parse([{"id": "a", "then": "deliver", "when": {"first": True}}])
    assert decide(facts(hits=(hit("alert"),)), rules, 1).outcome == "review"


def test_an_expired_list_does_nothing():
    screen = Screen([ListFacts(1, TODAY)], [Entry(1, 1, "review", folded="gun")])
    assert screen.words_in(Folded("gun"), TODAY)
    assert not screen.words_in(Folded("gun"), TODAY + timedelta(days=1))


CONDITIONS = [
    ({"links": True}, {"text": "go to example.com"}, True),
    ({"links": True}, {"text": "hello"}, False),
    ({"links": False}, {"text": "hello"}, True),
    ({"photos": True}, {"photos": 1}, True),
    ({"photos": True}, {}, False),
    ({"photos": False}, {}, True),
    ({"watched": True}, {"hits": (hit("alert", party="resident:1"),)}, True),
    ({"watched": True}, {"hits": (hit("alert"),)}, False),
    ({"watched": False}, {}, True),
    ({"sample": 5}, {"draw": 499}, True),
    ({"sample": 5}, {"draw": 500}, False),
    ({"sample": 100}, {"draw": 9999}, True),
    ({"words": ["hello"]}, {"contact_class": "privileged"}, False),  # DEL-7: never screened
    ({"links": True}, {"text": "example.com", "contact_class": "privileged"}, False),
    ({"words": ["🔫"]}, {"text": "a🔫"}, True),
]


@pytest.mark.parametrize(("when", "changes", "fits"), CONDITIONS)
def test_conditions(when, changes, fits):
    rules = parse([*DELIVER, {"id": "read", "then": "review", "when": when}])
    assert decide(facts(**changes), rules, 1).outcome == ("review" if fits else "deliver")


def test_the_lot_is_kept_only_where_a_rule_asked_for_it():
    sample = [*DELIVER, {"id": "s", "then": "review", "when": {"sample": 1}}]
    assert decide(facts(draw=77), parse(sample), 1).as_json()["draw"] == 77
    assert "draw" not in decide(facts(draw=77), parse(DELIVER), 1).as_json()


def test_words_of_a_rule_refuse_only_where_they_may():
    rules = parse([*DELIVER, {"id": "no", "then": "refuse", "when": {"words": ["hello"]}} | WHY])
    assert decide(facts(), rules, 1).outcome == "review"
    assert decide(facts(words_may_refuse=True), rules, 1).outcome == "refuse"
    always = parse([{"id": "no", "then": "refuse"} | WHY])
    assert decide(facts(), always, 1).outcome == "refuse", "a rule without words is no word rule"
