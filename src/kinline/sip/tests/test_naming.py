"""A caller says their name, hears it, keeps it; and asks for a number that is not approved: as tables (T6, T10)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.sip import call as c
from kinline.sip.call import machine, naming
from kinline.sip.tests.test_call import ENTRY, PLAN, Told, ends, keys, kinds, play

MENU = c.Invited("9000", menu=True, languages=("en",), names=True)
WANTED: tuple[tuple[int, c.Event], ...] = ((0, MENU), *keys("a", "10001#4321#8135550142#"), (1, c.NameWanted()))
SAID: tuple[tuple[int, c.Event], ...] = ((2, c.Said("a")), *keys("a", "#"), (3, c.Taken(b"daniel")))
KEPT: tuple[tuple[int, c.Event], ...] = (*keys("a", "1"), (5, c.Kept()))
SOUND = c.Say("name", sound=b"daniel")


def said(done: Told) -> list[str]:
    """What leg a hears, a line for each time."""
    return [
        " ".join(one.prompt for one in play.speech) for play in done if isinstance(play, c.Play) and play.leg == "a"
    ]


def asks(done: Told) -> list[tuple[c.Entry, bool]]:
    return [(one.entry, one.names) for one in done if isinstance(one, c.Ask)]


def test_the_first_time_a_name_is_said_heard_and_kept_and_then_the_call_goes_on() -> None:
    call, done = play(*WANTED, *SAID, *KEPT)
    assert said(done)[-2:] == ["name.ask beep", "name.is name name.keys"]
    assert kinds(done, c.Listen, c.Take, c.KeepName) == [c.Listen(4), c.Take(), c.KeepName(b"daniel")]
    assert asks(done) == [(ENTRY, True), (ENTRY, False)], "the second time nobody is asked for a name"
    assert call.state == "authorise"
    call, done = play((9, c.Authorised(PLAN)), call=call)
    assert (call.state, kinds(done, c.Dial)) == ("ring", [c.Dial()])


def test_what_is_played_back_is_what_was_said_and_its_sound_is_in_no_text() -> None:
    _, done = play(*WANTED, *SAID)
    back = next(one for one in done if isinstance(one, c.Play) and one.speech[0].prompt == "name.is")
    assert back.speech[1] == SOUND
    assert "daniel" not in repr(done)


def test_nobody_is_listened_to_before_the_tone_or_longer_than_four_seconds() -> None:
    """Never anything but a name: the question first, its end opens the ear, `#` or the time closes it."""
    _, before = play(*WANTED, *keys("a", "#19*"))
    assert kinds(before, c.Listen, c.Take) == []
    _, during = play(*WANTED, (2, c.Said("a")), *keys("a", "19*"))
    assert c.Arm("name", 4_000) in during
    assert kinds(during, c.Take) == []
    call, after = play(*WANTED, (2, c.Said("a")), (4_002, c.Fired("name")))
    assert kinds(after, c.Take) == [c.Take()]
    assert kinds(play((4_003, c.Said("a")), call=call)[1], c.Listen) == []


@pytest.mark.parametrize(
    ("events", "prompts", "kept", "asked_again"),
    [
        (keys("a", "2"), ["name.ask beep"], 0, False),
        (keys("a", "7"), ["wrong_key name.is name name.keys"], 0, False),
        (((9, c.Said("a")), (9, c.Fired("name"))), ["name.is name name.keys"], 0, False),
        (((9, c.Fired("name")),) * 3, ["name.is name name.keys"] * 2, 0, True),
        (keys("b", "1"), [], 0, False),
        ((*keys("a", "1"), (9, c.Fired("name"))), [], 1, True),
        ((*keys("a", "1"), (9, c.Key("a", "1")), (9, c.Kept())), [], 1, True),
    ],
    ids=["again", "wrong key", "silence", "three silences", "the other leg", "the database is away", "twice"],
)
def test_after_it_was_heard(
    events: tuple[tuple[int, c.Event], ...], prompts: list[str], kept: int, asked_again: bool
) -> None:
    call, _ = play(*WANTED, *SAID)
    after, done = play(*events, call=call)
    assert said(done) == prompts
    assert len(kinds(done, c.KeepName)) == kept
    assert (after.state == "authorise") == asked_again


def test_who_says_nothing_is_asked_four_times_and_then_calls_all_the_same() -> None:
    nothing: tuple[tuple[int, c.Event], ...] = ((2, c.Said("a")), (3, c.Fired("name")), (4, c.Taken(b"")))
    call, done = play(*WANTED, *nothing * naming.TIMES)
    assert said(done).count("name.nothing name.ask beep") == naming.TIMES - 1
    assert kinds(done, c.KeepName) == []
    assert (call.state, asks(done)[-1]) == ("authorise", (ENTRY, False))


def test_the_media_that_never_answers_is_not_waited_for() -> None:
    _, done = play(*WANTED, (2, c.Said("a")), (3, c.Fired("name")), (9_000, c.Fired("name")))
    assert said(done)[-1] == "name.nothing name.ask beep"


@pytest.mark.parametrize("event", [c.HungUp("a"), c.EndAsked("lockdown"), c.Lost("a", 3)])
@pytest.mark.parametrize("until", range(len(WANTED), len((*WANTED, *SAID, *KEPT)) + 1))
def test_at_every_step_a_call_can_end_and_nothing_more_is_kept(event: c.Event, until: int) -> None:
    call, done = play(*(*WANTED, *SAID, *KEPT)[:until])
    after, ending = play((9_999, event), call=call)
    assert after.state == "over"
    assert len(ends([*done, *ending])) == 1
    assert ends([*done, *ending])[0].billable_ms == 0
    assert kinds(ending, c.KeepName, c.Ask, c.Listen) == []
    assert c.Disarm("name") in ending


def test_a_telephone_that_dialled_by_itself_is_never_asked_for_a_name() -> None:
    _, done = play((0, c.Invited("10001*4321*8135550142", menu=False, names=True)))
    assert asks(done) == [(ENTRY, False)]
    call, done = play((1, c.NameWanted()), call=play((0, c.Invited("1*2*3", menu=False, names=True)))[0])
    assert (call.state, done) == ("authorise", [])
    _, done = play((0, replace(MENU, names=False)), *keys("a", "10001#4321#8135550142#"))
    assert asks(done) == [(ENTRY, False)], "nor where the place takes none"


def test_star_and_pound_instead_of_a_number_is_the_wish_to_say_it_again() -> None:
    wish = replace(ENTRY, number="", rename=True)
    call, done = play((0, MENU), *keys("a", "10001#4321#*#"))
    assert said(done)[-1] == "ask.number ask.rename"
    assert asks(done) == [(wish, True)]
    call, done = play((1, c.NameWanted()), *SAID, *KEPT, call=call)
    assert (call.state, said(done)[-1]) == ("identify", "ask.number ask.rename")
    call, done = play(*keys("a", "8135550142#"), call=call)
    assert asks(done)[0][0] == ENTRY


def test_where_no_names_are_taken_a_star_alone_is_no_number() -> None:
    _, done = play((0, replace(MENU, names=False)), *keys("a", "10001#4321#*#"))
    assert asks(done) == [(replace(ENTRY, number=""), False)]
    assert "ask.rename" not in " ".join(said(done))


# A number that is not approved


OFFER: tuple[tuple[int, c.Event], ...] = (
    (0, replace(MENU, names=False)), *keys("a", "10001#4321#8135550142#"), (1, c.Refused("not_on_list", offers=True)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("events", "prompts", "asked"),
    [
        ((*keys("a", "1"), (2, c.NumberAsked("done"))), ["asked.done"], 1),
        ((*keys("a", "11"), (2, c.NumberAsked("full"))), ["asked.full"], 1),
        ((*keys("a", "1"), (2, c.Fired("keys"))), ["asked.try_later"], 1),
        (keys("a", "3"), ["refused.not_on_list"], 0),
        (((2, c.Fired("keys")),), ["refused.not_on_list"], 0),
        (keys("b", "1"), [], 0),
    ],
    ids=["asked", "pressed twice", "no answer", "another key", "silence", "the other leg"],
)
def test_t10_a_number_that_is_not_approved_can_be_asked_for_by_a_key(
    events: tuple[tuple[int, c.Event], ...], prompts: list[str], asked: int
) -> None:
    call, done = play(*OFFER)
    assert said(done)[-1] == "offer.number"
    after, done = play(*events, call=call)
    assert said(done) == prompts
    assert len(kinds(done, c.AskNumber)) == asked
    if prompts:
        assert after.state == "tell"
        assert ends(done) == [c.End("not_on_list", "system", 0)]


def test_t10_nothing_is_offered_to_who_did_not_come_by_the_menu_or_is_refused_otherwise() -> None:
    call, _ = play((0, c.Invited("10001*4321*8135550142", menu=False)), (1, c.Refused("not_on_list", offers=True)))
    assert call.state == "tell"
    call, _ = play(*OFFER[:-1], (1, c.Refused("no_money")))
    assert call.state == "tell"


NAMING = st.lists(
    st.one_of(
        st.builds(c.Key, st.just("a"), st.sampled_from("12#*7")),
        st.just(c.Said("a")),
        st.just(c.Fired("name")),
        st.builds(c.Taken, st.sampled_from([b"", b"name"])),
        st.just(c.Kept()),
    ),
    max_size=80,
)


@settings(max_examples=300)
@given(NAMING)
def test_whatever_is_said_and_pressed_an_ear_is_open_only_between_tone_and_take(story: list[c.Event]) -> None:
    """And nothing is kept that was not heard back; it ends."""
    call, _ = play(*WANTED)
    heard, listening = b"", False
    for event in story:
        if call.state != "name":
            break
        call, actions = c.step(call, event, 10)
        for one in actions:
            if isinstance(one, c.Listen):
                assert isinstance(event, c.Said)
                assert not listening
                listening = True
            elif isinstance(one, c.Take):
                assert listening
                listening = False
            elif isinstance(one, c.KeepName):
                assert one.sound == heard != b""
            elif isinstance(one, c.Play):
                heard = next((piece.sound for piece in one.speech if piece.sound), heard)
            else:
                assert not isinstance(one, c.Record | c.Dial | c.Join)
    for _ in range(3 * naming.TIMES * (naming.CHECKS + 3)):
        if call.state != "name":
            break
        for event in (c.Said("a"), c.Fired("name")):
            call, _ = c.step(call, event, 20)
    assert call.state == "authorise", "nobody stays there for ever"
    assert machine.AUTHORISE_MS
