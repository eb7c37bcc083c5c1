"""Versions of a facility's rules, and what cannot be set."""

from datetime import timedelta

import pytest

from kinline.core.transaction import story
from kinline.delivery import queries
from kinline.delivery.errors import BrokenRules, RulesInThePast
from kinline.delivery.models import Policy
from kinline.delivery.services import set_policy

DELIVER = [{"id": "at-once", "then": "deliver"}]


def test_the_newest_version_that_has_begun_counts(north, now):
    assert queries.policy_at(north.pk, now).version == 1
    set_policy(facility_id=north.pk, rules=DELIVER, now=now, effective_from=now + timedelta(days=1))
    assert queries.policy_at(north.pk, now).version == 1
    assert queries.policy_at(north.pk, now + timedelta(days=1)).version == 2
    third = set_policy(facility_id=north.pk, rules=DELIVER, now=now)
    assert third.version == 3
    assert queries.policy_at(north.pk, now).version == 3
    assert [one.version for one in queries.versions(north.pk)] == [3, 2, 1]


def test_a_place_without_rules_has_none(north, now, long_ago):
    assert queries.policy_at(north.pk, long_ago - timedelta(days=1)) is None
    assert queries.policy_at(north.pk + 999, now) is None


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([], "policy: has no rule."),
        ([{"id": "a", "then": "fly"}], "a: `then` must be one of deliver, wait, hours, review, refuse."),
        (
            [{"id": "a", "then": "refuse", "reason": "mood", "why": {"en": "No."}}],
            "a: the facility's list has no reason mood.",
        ),
    ],
)
def test_broken_rules_are_refused_and_nothing_changes(north, now, rules, why):
    with pytest.raises(BrokenRules) as refusal:
        story(set_policy)(facility_id=north.pk, rules=rules, now=now)
    assert str(refusal.value) == f"These rules cannot be used. {why}"
    assert Policy.objects.filter(facility=north).count() == 1


def test_rules_do_not_change_the_past(north, now):
    with pytest.raises(RulesInThePast):
        story(set_policy)(facility_id=north.pk, rules=DELIVER, now=now, effective_from=now - timedelta(seconds=1))
    assert Policy.objects.filter(facility=north).count() == 1
