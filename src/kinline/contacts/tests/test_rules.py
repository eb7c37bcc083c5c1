"""Who may write, as a table (CON-2, CON-3): the first line that fits is what is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.contacts import wording
from kinline.contacts.rules import Facts, needs, writing

ASKED = datetime(2027, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SOME = ASKED + DAY
LATER = ASKED + 2 * DAY
FREE = Facts("family", ASKED)

TABLE = [
    # facts, what the family is told, what the resident is told
    ({}, "ok", "ok"),
    ({"consent_needed": True}, "waiting_consent", "waiting_consent"),
    ({"consent_needed": True, "consented_at": SOME}, "ok", "ok"),
    ({"consented_at": None, "consent_needed": False}, "ok", "ok"),
    ({"approval_needed": True}, "waiting_approval", "waiting_approval"),
    ({"approval_needed": True, "approved_at": SOME}, "ok", "ok"),
    ({"consent_needed": True, "approval_needed": True}, "waiting_consent", "waiting_consent"),
    ({"consent_needed": True, "consented_at": SOME, "approval_needed": True}, "waiting_approval", "waiting_approval"),
    ({"consent_needed": True, "approval_needed": True, "approved_at": SOME}, "waiting_consent", "waiting_consent"),
    ({"consent_needed": True, "declined_at": SOME}, "declined", "declined_by_me"),
    ({"approval_needed": True, "denied_at": SOME}, "denied", "denied"),
    ({"family_blocked_at": SOME}, "blocked_by_me", "blocked"),
    ({"resident_blocked_at": SOME}, "blocked", "blocked_by_me"),
    ({"family_blocked_at": SOME, "resident_blocked_at": LATER}, "blocked_by_me", "blocked_by_me"),
    ({"restricted_since": SOME}, "restricted", "restricted"),
    ({"restricted_since": SOME, "resident_blocked_at": SOME}, "restricted", "blocked_by_me"),
    ({"released_at": SOME}, "released", "released"),
    ({"released_at": SOME, "family_blocked_at": SOME}, "released", "released"),
    ({"messages_offered": False}, "not_offered", "not_offered"),
    ({"messages_offered": False, "approval_needed": True}, "waiting_approval", "waiting_approval"),
    ({"family_closed_at": SOME, "released_at": SOME}, "closed_account", "closed_account"),
    ({"denied_at": SOME, "declined_at": SOME}, "denied", "denied"),
    ({"privileged": True}, "privileged", "privileged"),
    ({"privileged": True, "restricted_since": SOME}, "privileged", "privileged"),
]


@pytest.mark.parametrize(("facts", "family", "resident"), TABLE)
def test_what_each_side_is_told(facts, family, resident):
    for side, code in (("family", family), ("resident", resident)):
        said = writing(replace(FREE, side=side, **facts))
        assert (said.code, said.can_write) == (code, code == "ok")


SINCE = [
    ({}, ASKED),
    ({"consent_needed": True}, ASKED),
    ({"approval_needed": True, "consented_at": SOME}, SOME),
    ({"approved_at": SOME, "approval_needed": True}, SOME),
    ({"family_blocked_at": LATER}, LATER),
    ({"released_at": LATER}, LATER),
    ({"restricted_since": LATER}, LATER),
    ({"messages_offered": False}, ASKED),
]


@pytest.mark.parametrize(("facts", "since"), SINCE)
def test_since_when(facts, since):
    assert writing(replace(FREE, **facts)).since == since


def test_only_a_restriction_says_what_staff_allowed():
    told = replace(FREE, restricted_since=SOME, restriction_told="A court order.")
    assert writing(told).told == "A court order."
    assert writing(replace(told, restricted_since=None)).told == ""


maybe = st.none() | st.just(SOME)


@given(
    st.builds(
        Facts,
        side=st.sampled_from(["family", "resident"]),
        asked_at=st.just(ASKED),
        consent_needed=st.booleans(),
        consented_at=maybe,
        declined_at=maybe,
        approval_needed=st.booleans(),
        approved_at=maybe,
        denied_at=maybe,
        family_blocked_at=maybe,
        resident_blocked_at=maybe,
        family_closed_at=maybe,
        restricted_since=maybe,
        released_at=maybe,
        messages_offered=st.booleans(),
    )
)
def test_writing_needs_that_nothing_stands_between(facts):
    free = not any(
        [
            facts.declined_at,
            facts.denied_at,
            facts.family_blocked_at,
            facts.resident_blocked_at,
            facts.family_closed_at,
            facts.restricted_since,
            facts.released_at,
            facts.consent_needed and not facts.consented_at,
            facts.approval_needed and not facts.approved_at,
            not facts.messages_offered,
        ]
    )
    assert writing(facts).can_write == free
    other = replace(facts, side="resident" if facts.side == "family" else "family")
    assert writing(other).can_write == free  # if one may write, so may the other


def sentence(code: str, side: str) -> str:
    return wording.sentence(
        code, side, name="Daniel", since=SOME, facility="Sample North", time_zone="America/New_York"
    )


def test_a_block_is_told_in_the_words_of_a_declined_consent():
    assert sentence("blocked", "family") == sentence("declined", "family")
    assert sentence("blocked", "family") == "Letters to Daniel cannot be sent at this time."


@pytest.mark.parametrize("side", ["family", "resident"])
@pytest.mark.parametrize("code", sorted({code for code, _ in wording.SENTENCES} - {"declined_by_me"}))
def test_each_state_has_a_sentence_in_both_languages(code, side):
    from django.utils import translation

    english = sentence(code, side)
    with translation.override("es"):
        assert sentence(code, side) != english


RULES = [
    ("open", (False, False)),
    ("consent", (True, False)),
    ("approval", (False, True)),
    ("both", (True, True)),
    ("what?", (True, True)),
]


@pytest.mark.parametrize(("rule", "needed"), RULES)
def test_what_a_place_asks_for(rule, needed):
    assert needs(rule) == needed
