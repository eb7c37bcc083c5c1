"""Whatever happens to a call, in whatever order: it ends once, costs what was accepted, frees both lines (TEL-6)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.sip import call as c

LEGS = st.sampled_from(["a", "b"])
TIMERS = st.sampled_from(["keys", "authorise", "ring", "accept", "limit", "warn", "tell", "name"])
PLANS = st.builds(
    c.Plan,
    seconds=st.integers(1, 200),
    warn_at=st.integers(0, 100),
    announcement=st.just((c.Say("menu"),)),
    parting=st.sampled_from([(), (c.Say("how_to_pay"),)]),
    record=st.booleans(),
    passive=st.booleans(),
)
EVENTS = st.one_of(
    st.builds(c.Invited, st.sampled_from(["1*2*3", "77", "", "9000"]), st.booleans(), names=st.booleans()),
    st.builds(c.Key, LEGS, st.sampled_from("0123456789*#")),
    st.builds(c.Key, st.just("b"), st.sampled_from("1279")),
    st.builds(c.Fired, TIMERS),
    st.builds(c.Said, LEGS),
    st.builds(c.Authorised, PLANS),
    st.builds(c.Refused, st.just("no_money"), st.booleans(), st.booleans()),
    st.just(c.NameWanted()),
    st.builds(c.Taken, st.sampled_from([b"", b"name"])),
    st.just(c.Kept()),
    st.builds(c.NumberAsked, st.sampled_from(["done", "full"])),
    st.just(c.Ringing()),
    st.just(c.Answered()),
    st.builds(c.Failed, st.sampled_from([302, 404, 486, 500, 603])),
    st.builds(c.HungUp, LEGS),
    st.builds(c.Lost, LEGS, st.integers(0, 100_000)),
    st.just(c.EndAsked("lockdown")),
    st.builds(c.Renegotiated, LEGS, st.just("transfer")),
)
STORIES = st.lists(st.tuples(st.integers(0, 5_000), EVENTS), max_size=60)
# Most random stories never get far; these begin where money is.
BEGUN: list[tuple[int, c.Event]] = [(0, c.Invited("1*2*3", menu=False))]


def run(story: list[tuple[int, c.Event]]) -> tuple[c.Call, list[tuple[int, c.Action]]]:
    call, done, at = c.Call(), [], 0
    for after, event in story:
        at += after
        call, actions = c.step(call, event, at)
        done += [(at, action) for action in actions]
    return call, done


@settings(max_examples=400)
@given(st.booleans(), STORIES)
def test_every_story_of_a_call_keeps_its_promises(begun: bool, story: list[tuple[int, c.Event]]) -> None:
    call, done = run((BEGUN if begun else []) + story)
    ended = [(at, one) for at, one in done if isinstance(one, c.End)]
    joined = [at for at, one in done if isinstance(one, c.Join)]
    assert len(ended) <= 1, "a call is settled once"
    assert len(joined) <= 1
    assert len([1 for _, one in done if isinstance(one, c.Dial)]) <= 1
    assert [1 for _, one in done if isinstance(one, c.Record)] == [] or joined, "REC1"
    for at, end in ended:
        since = at - joined[0] if joined else 0
        assert 0 <= end.billable_ms <= since or end.reason == "time_limit"
        assert call.plan is None or end.billable_ms <= call.plan.seconds * 1000
        assert joined or end.billable_ms == 0, "only acceptance begins a price (T7)"
    for leg in ("a", "b"):
        assert len([1 for _, one in done if one in (c.HangUp(leg),)]) <= 1
    if call.state == "over":
        assert ended
        assert not call.legs


@settings(max_examples=200)
@given(st.booleans(), STORIES)
def test_a_call_can_always_be_ended_and_frees_its_lines(begun: bool, story: list[tuple[int, c.Event]]) -> None:
    call, done = run((BEGUN if begun else []) + story)
    after, actions = c.step(call, c.EndAsked("lockdown"), 10**6)
    if call.state == "over":
        assert actions == ()
        return
    assert after.state == "over"
    freed = {one.leg for one in actions if isinstance(one, c.HangUp)}
    assert freed == set(call.legs)
    assert sum(isinstance(one, c.End) for _, one in done) + sum(isinstance(one, c.End) for one in actions) == 1


@settings(max_examples=200)
@given(STORIES, STORIES)
def test_after_the_end_nothing_happens(before: list[tuple[int, c.Event]], after: list[tuple[int, c.Event]]) -> None:
    call, _ = run([*BEGUN, *before, (0, c.EndAsked("lockdown"))])
    assert call.state == "over"
    for at, event in after:
        assert c.step(call, event, 10**6 + at) == (call, ())
