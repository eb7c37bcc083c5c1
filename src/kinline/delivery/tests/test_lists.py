"""Watch lists: words in three tiers, people, last days, figures (STF-6, DEL-1)."""

from datetime import timedelta

import pytest

from kinline.core.transaction import story
from kinline.delivery import errors, queries
from kinline.delivery import services as delivery
from kinline.delivery.models import Hit, Phrase, Screening, WatchList
from kinline.delivery.screening import Folded
from kinline.delivery.services import NewPhrase


@pytest.fixture
def today(north, now):
    return queries.today_at(north, now)


@pytest.fixture
def words(north, officer, now, today):
    return _list(north, officer, now, today)


def _list(place, owner, now, today, kind="words", name="Contraband", **more):
    return delivery.create_list(
        facility_id=place.pk, kind=kind, name=name, purpose="Since the finds of May.", owner_id=owner.pk,
        until=today + timedelta(days=90), today=today, now=now, **more,
    )  # fmt: skip


def found(place, text, day):
    version, _may = queries.screening_of(place.pk)
    return [hit.entry.tier for hit in queries.screen(place.pk, version).words_in(Folded(text), day)]


def test_a_place_without_lists_has_no_row(north):
    assert queries.screening_of(north.pk) == (0, False)
    assert not Screening.objects.exists()


def test_each_change_is_seen_at_once(north, words, now, today):
    assert found(north, "a shank", today) == []
    delivery.add_phrases(words, [NewPhrase("Shank", "review"), NewPhrase("pipe", "alert")], now=now)
    assert found(north, "a SHANK in the pipe", today) == ["review", "alert"]
    shank = Phrase.objects.get(text="Shank")
    assert delivery.remove_phrase(words, phrase_id=shank.pk, now=now) == "Shank"
    assert found(north, "a SHANK in the pipe", today) == ["alert"]
    assert delivery.remove_phrase(words, phrase_id=shank.pk, now=now) is None
    delivery.end_list(words, now=now)
    assert found(north, "a SHANK in the pipe", today) == []


def test_what_is_kept_ready_costs_no_statement(north, words, now, today, django_assert_num_queries):
    delivery.add_phrases(words, [NewPhrase("shank", "review")], now=now)
    version, _may = queries.screening_of(north.pk)
    queries.screen(north.pk, version)
    with django_assert_num_queries(0):
        queries.screen(north.pk, version)


def test_after_its_last_day_it_does_nothing(north, words, now, today):
    delivery.add_phrases(words, [NewPhrase("shank", "review")], now=now)
    assert found(north, "shank", words.until) == ["review"]
    assert found(north, "shank", words.until + timedelta(days=1)) == []


def test_another_places_lists_are_not_asked(north, south, words, now, today):
    delivery.add_phrases(words, [NewPhrase("shank", "review")], now=now)
    delivery.set_may_refuse(facility_id=south.pk, on=False)
    assert found(south, "shank", today) == []
    assert queries.list_of(south, words.pk, now) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "empty"), (" .,;_ ", "empty"), ("(a+)+$", "pattern"), ("a*", "pattern"), ("x|y", "pattern"),
     (r"\bgun\b", "pattern"), ("[ab]", "pattern"), ("a" * 201, "long"), ("\ufdfa" * 60, "long"), ("\u200b", "empty")],
)  # fmt: skip
def test_what_is_no_phrase_is_refused_and_nothing_is_added(words, now, text, why):
    assert delivery.fault(text) == why
    with pytest.raises(errors.BadPhrase):
        story(delivery.add_phrases)(words, [NewPhrase("shank", "review"), NewPhrase(text, "review")], now=now)
    assert not Phrase.objects.exists()


@pytest.mark.parametrize("text", ["🔫", "$100", "C++", "السلام", "逃跑", "Peña", "what?", "rock & roll", "9"])
def test_words_of_any_language_and_signs_are_phrases(north, words, now, today, text):
    assert delivery.fault(text) == ""
    delivery.add_phrases(words, [NewPhrase(text, "review")], now=now)
    assert found(north, f"so: {text}, yes", today) == ["review"]


def test_the_same_words_again_change_the_tier(words, now):
    delivery.add_phrases(words, [NewPhrase("Café", "alert")], now=now)
    assert delivery.add_phrases(words, [NewPhrase("CAFE", "review"), NewPhrase("tea", "review")], now=now) == 1
    kept = Phrase.objects.filter(removed_at=None).order_by("folded")
    assert [(one.text, one.tier) for one in kept] == [("CAFE", "review"), ("tea", "review")]
    assert Phrase.objects.count() == 3, "what fired before keeps its row"


@pytest.mark.parametrize("days", [-1, 367])
def test_a_last_day_is_from_today_on_and_within_a_year(north, officer, now, today, days):
    with pytest.raises(errors.BadUntil):
        story(delivery.create_list)(
            facility_id=north.pk, kind="words", name="Old", purpose="p", owner_id=officer.pk,
            until=today + timedelta(days=days), today=today, now=now,
        )  # fmt: skip
    assert not WatchList.objects.exists()


def test_a_name_is_there_once_while_it_counts(north, officer, words, now, today):
    with pytest.raises(errors.NameTaken):
        story(_list)(north, officer, now, today)
    delivery.end_list(words, now=now)
    assert _list(north, officer, now, today).pk != words.pk


def test_people_are_on_a_list_once(north, officer, resident, mother, now, today):
    row = _list(north, officer, now, today, kind="people")
    for tier in ("alert", "review"):
        delivery.add_person(row, tier=tier, resident_id=resident.pk, now=now)
    delivery.add_person(row, tier="alert", user_id=mother.pk, now=now)
    version, _may = queries.screening_of(north.pk)
    asked = queries.screen(north.pk, version)
    both = (f"family:{mother.pk}", f"resident:{resident.pk}")
    assert [hit.entry.tier for hit in asked.people_among(both, today)] == ["review", "alert"]
    assert asked.people_among(("resident:0",), today) == []
    one = queries.people_of(row)[0].person
    assert delivery.remove_person(row, person_id=one.pk, now=now)
    assert not delivery.remove_person(row, person_id=one.pk, now=now)


def test_where_the_words_stand(north, words, now):
    delivery.add_phrases(words, [NewPhrase("north gate", "review"), NewPhrase("gate", "alert")], now=now)
    text = "At the NÓRTH — gate. A gate."
    spans = queries.fired(north.pk, text)
    assert [(text[one.start : one.end], one.tier) for one in spans] == [("NÓRTH — gate", "review"), ("gate", "alert")]
    both = Phrase.objects.get(folded="north gate")
    decision = {"version": 1, "fired": [{"id": f"list:{words.pk}", "phrase": both.pk, "tier": "review"}]}
    delivery.remove_phrase(words, phrase_id=both.pk, now=now)
    assert [one.phrase_id for one in queries.fired(north.pk, text, decision)] == [both.pk]


def test_words_of_a_rule_are_marked_too(north, now):
    rules = [{"id": "at-once", "then": "deliver"}, {"id": "w", "then": "review", "when": {"words": ["Cake"]}}]
    policy = delivery.set_policy(facility_id=north.pk, rules=rules, now=now)
    decision = {"version": policy.version, "fired": [{"id": "at-once"}, {"id": "w"}]}
    assert queries.fired(north.pk, "a cake", decision) == [queries.Span(2, 6, "review", None)]
    assert queries.fired(north.pk, "a cake", {"version": policy.version, "fired": [{"id": "at-once"}]}) == []
    assert queries.fired(north.pk, "a cake", {}) == []


def test_a_hit_names_its_letter(words, now):
    delivery.add_phrases(words, [NewPhrase("shank", "alert")], now=now)
    from kinline.delivery.rules import Fired

    entry = Fired(f"list:{words.pk}", "alert", {}, tier="alert", phrase=Phrase.objects.get().pk)
    delivery.record_hits(message_id=7, entries=[entry], now=now)
    assert Hit.objects.get().list == words
    assert queries.letters_untold(words) == 1
