"""The call machine as tables: a story of events, what the switch does in each (TEL-2, TEL-4, TEL-6, T5, T7, T13)."""

from dataclasses import replace

import pytest

from kinline.sip import call as c

PLAN = c.Plan(
    seconds=120,
    warn_at=60,
    announcement=(c.Say("call_from"), c.Say("menu")),
    price=(c.Say("price", "$0.11"),),
    record=True,
)
DIALLED = c.Invited("10001*4321*8135550142", menu=False)
ENTRY = c.Entry("10001", "4321", "8135550142")
Told = list[c.Action]


def play(*events: tuple[int, c.Event], call: c.Call | None = None) -> tuple[c.Call, Told]:
    """The call after all `events`, each at its millisecond, and everything that was to be done."""
    call = call or c.Call()
    done: Told = []
    for at, event in events:
        call, actions = c.step(call, event, at)
        done += actions
    return call, done


def kinds(done: Told, *wanted: type) -> Told:
    return [action for action in done if isinstance(action, wanted)]


def ends(done: Told) -> list[c.End]:
    return [action for action in done if isinstance(action, c.End)]


def keys(leg: c.Leg, text: str, at: int = 0) -> tuple[tuple[int, c.Event], ...]:
    return tuple((at, c.Key(leg, key)) for key in text)


RING: tuple[tuple[int, c.Event], ...] = ((0, DIALLED), (10, c.Authorised(PLAN)))
ANSWERED: tuple[tuple[int, c.Event], ...] = (*RING, (500, c.Ringing()), (2_000, c.Answered()))
TALK: tuple[tuple[int, c.Event], ...] = (*ANSWERED, (5_000, c.Key("b", "1")))


def test_a_call_that_is_accepted_and_ends_with_its_time() -> None:
    call, done = play(*TALK, (65_000, c.Fired("warn")), (125_000, c.Fired("limit")))
    assert call.state == "over"
    assert ends(done) == [c.End("time_limit", "system", 120_000)]
    assert kinds(done, c.Ask) == [c.Ask(ENTRY, "en")]
    assert kinds(done, c.Pick) == [c.Pick(early=True), c.Pick(early=False)]
    assert kinds(done, c.HangUp) == [c.HangUp("a"), c.HangUp("b")]
    assert [one.kind for one in done if isinstance(one, c.Tell)] == [
        "dialling",
        "ringing",
        "answered",
        "announced",
        "accepted",
        "warned",
    ]


def test_nothing_is_joined_or_recorded_before_acceptance() -> None:
    _, before = play(*ANSWERED, (3_000, c.Key("b", "9")), (4_000, c.Key("b", "5")), (4_500, c.Key("a", "1")))
    assert kinds(before, c.Join, c.Record) == []
    _, after = play(*TALK)
    assert [type(one) for one in kinds(after, c.Join, c.Record)] == [c.Join, c.Record]
    assert c.Arm("limit", 120_000) in after
    assert c.Arm("warn", 60_000) in after


def test_rec1_a_call_that_is_not_to_be_recorded_is_not() -> None:
    _, done = play(
        *RING[:1], (10, c.Authorised(replace(PLAN, record=False))), (20, c.Answered()), (30, c.Key("b", "1"))
    )
    assert kinds(done, c.Join)
    assert kinds(done, c.Record) == []


@pytest.mark.parametrize(
    ("events", "end", "to_a", "b_hung_up"),
    [
        ([(0, DIALLED), (5, c.Refused("wrong_pin", again=True))], c.End("wrong_pin", "system", 0), 403, False),
        ([(0, DIALLED), (5, c.Refused("no_money"))], c.End("no_money", "system", 0), 403, False),
        ([(0, DIALLED), (3_000, c.Fired("authorise"))], c.End("try_later", "system", 0), 503, False),
        ([*RING, (900, c.Failed(486))], c.End("busy", "called", 0, 486), 486, False),
        ([*RING, (900, c.Failed(480))], c.End("no_answer", "called", 0, 480), 480, False),
        ([*RING, (900, c.Failed(404))], c.End("no_such_number", "called", 0, 404), 404, False),
        ([*RING, (900, c.Failed(302))], c.End("redirected", "called", 0, 302), 502, False),
        ([*RING, (900, c.Failed(603))], c.End("refused_by_carrier", "called", 0, 603), 603, False),
        ([*RING, (900, c.Failed(500))], c.End("unreachable", "called", 0, 500), 502, False),
        ([*RING, (45_010, c.Fired("ring"))], c.End("no_answer", "called", 0), 480, True),
        ([*ANSWERED, (9_000, c.Key("b", "2"))], c.End("refused_by_called_party", "called", 0), 603, True),
        ([*ANSWERED, (60_000, c.Fired("accept"))], c.End("not_accepted", "called", 0), 480, True),
        ([*ANSWERED, (3_000, c.HungUp("b"))], c.End("called_hung_up", "called", 0), 480, False),
    ],
)
def test_a_call_that_does_not_come_about_costs_nothing_and_says_why(
    events: list[tuple[int, c.Event]], end: c.End, to_a: int, b_hung_up: bool
) -> None:
    call, done = play(*events)
    assert call.state == "tell"
    assert ends(done) == [end], "settled at once, not after the sentence"
    assert done[-2:] == [c.Play("a", (c.Say(f"refused.{end.reason}"),), "en"), c.Arm("tell", 20_000)]
    assert (c.HangUp("b") in done) == b_hung_up
    call, last = play((90_000, c.Said("a")), call=call)
    assert call.state == "over"
    assert kinds(last, c.HangUp, c.End) == [c.HangUp("a", to_a)]


def test_who_blocks_hears_that_it_is_done_and_the_caller_why() -> None:
    call, done = play(*ANSWERED, (9_000, c.Key("b", "7")))
    assert ends(done) == [c.End("blocked_by_called_party", "called", 0)]
    assert c.Tell("blocked") in done
    assert c.Play("b", (c.Say("number_blocked"),), "en") in done
    call, done = play((11_000, c.Said("b")), call=call)
    assert (call.state, done) == ("tell", [c.HangUp("b")])
    call, done = play((12_000, c.Said("a")), call=call)
    assert call.state == "over"
    assert kinds(done, c.HangUp) == [c.HangUp("a", 603)]


def test_a_last_sentence_that_never_ends_frees_the_line_all_the_same() -> None:
    call, done = play(*ANSWERED, (9_000, c.Key("b", "7")), (29_000, c.Fired("tell")))
    assert call.state == "over"
    assert kinds(done, c.HangUp) == [c.HangUp("a", 603), c.HangUp("b")]
    assert len(ends(done)) == 1


@pytest.mark.parametrize("leg", ["a", "b"])
def test_both_may_hang_up_and_pay_for_the_seconds_until_the_first_did(leg: c.Leg) -> None:
    other: c.Leg = "b" if leg == "a" else "a"
    call, done = play(*TALK, (35_999, c.HungUp(leg)), (35_999, c.HungUp(other)))
    assert call.state == "over"
    side = "caller" if leg == "a" else "called"
    assert [(one.side, one.billable_ms) for one in ends(done)] == [(side, 30_999)]
    assert kinds(done, c.HangUp) == [c.HangUp(other)]


@pytest.mark.parametrize(
    ("events", "end"),
    [
        ((), c.End("caller_hung_up", "caller", 0)),
        (RING[:1], c.End("caller_hung_up", "caller", 0)),
        (RING, c.End("caller_hung_up", "caller", 0)),
        (ANSWERED, c.End("caller_hung_up", "caller", 0)),
        (TALK, c.End("caller_hung_up", "caller", 25_000)),
    ],
)
def test_the_caller_may_hang_up_at_any_moment(events: tuple[tuple[int, c.Event], ...], end: c.End) -> None:
    call, done = play(*events, (30_000, c.HungUp("a")))
    assert call.state == "over"
    assert ends(done) == [end]
    assert (c.HangUp("b") in done) == (len(events) > 1)
    assert c.HangUp("a") not in done


def test_a_granted_call_that_comes_too_late_is_not_placed() -> None:
    call, done = play((0, DIALLED), (3_000, c.Fired("authorise")), (3_100, c.Authorised(PLAN)))
    assert call.state == "tell"
    assert kinds(done, c.Dial) == []


def test_staff_or_a_lockdown_end_it_and_the_seconds_until_then_count() -> None:
    _, done = play(*TALK, (15_000, c.EndAsked("lockdown")))
    assert ends(done) == [c.End("lockdown", "staff", 10_000)]
    assert kinds(done, c.HangUp) == [c.HangUp("a"), c.HangUp("b")]


def test_silence_is_billed_to_the_last_sound() -> None:
    _, done = play(*TALK, (45_000, c.Lost("b", since=25_000)))
    assert ends(done) == [c.End("media_lost", "system", 20_000)]


def test_a_limit_that_fires_late_costs_no_second_more() -> None:
    _, done = play(*TALK, (140_000, c.HungUp("a")))
    assert ends(done) == [c.End("caller_hung_up", "caller", 120_000)]
    _, done = play(*TALK, (140_000, c.Fired("limit")))
    assert ends(done) == [c.End("time_limit", "system", 120_000)]


def test_the_price_is_heard_on_one_key_and_the_announcement_again() -> None:
    _, done = play(*ANSWERED, (3_000, c.Key("b", "9")))
    assert done[-3] == c.Play("b", (c.Say("price", "$0.11"), c.Say("call_from"), c.Say("menu")), "en")
    assert done[-1] == c.Tell("price_heard")


def test_the_announcement_is_said_three_times_and_other_keys_do_not_keep_the_line_for_ever() -> None:
    _, done = play(*ANSWERED, *((3_000, c.Said("b")) for _ in range(10)))
    assert kinds(done, c.Play).count(c.Play("b", PLAN.announcement, "en")) == 3
    _, done = play(*ANSWERED, *keys("b", "3" * 50))
    assert len(kinds(done, c.Arm)) < 15


def test_a_hotline_is_joined_when_it_answers() -> None:
    plan = c.Plan(seconds=14_400, passive=True)
    call, done = play((0, c.Invited("77", menu=False)), (5, c.Authorised(plan)), (900, c.Answered()))
    assert call.state == "talk"
    assert kinds(done, c.Ask) == [c.Ask(c.Entry(number="77"), "en")]
    assert kinds(done, c.Join)
    assert [one for one in kinds(done, c.Play) if isinstance(one, c.Play) and one.leg == "b"] == []


def test_tel_13_after_a_courtesy_call_the_other_side_hears_how_to_add_money() -> None:
    plan = replace(PLAN, seconds=60, warn_at=0, parting=(c.Say("how_to_pay"),))
    talk = (*RING[:1], (10, c.Authorised(plan)), (20, c.Answered()), (1_000, c.Key("b", "1")))
    call, done = play(*talk, (61_000, c.Fired("limit")))
    assert done[-5:-3] == [c.HangUp("a"), c.End("time_limit", "system", 60_000)]
    assert c.Play("b", plan.parting, "en") in done
    call, done = play((66_000, c.Said("b")), call=call)
    assert call.state == "over"
    assert kinds(done, c.HangUp, c.End) == [c.HangUp("b")]


@pytest.mark.parametrize("sign", ["hold", "transfer", "media", "hook_flash"])
def test_tel_14_signs_of_forwarding_are_noted_and_cut_nothing(sign: str) -> None:
    call, done = play(*TALK, (9_000, c.Renegotiated("b", sign)))  # type: ignore[arg-type]
    assert call.state == "talk"
    assert done[-1] == c.Tell("sign", f"{sign}:b")


def test_tel_14_digits_in_a_conversation_are_noted_but_not_which() -> None:
    call, done = play(*TALK, *keys("b", "5", 9_000))
    assert call.state == "talk"
    assert done[-1] == c.Tell("sign", "key:b")


@pytest.mark.parametrize("sign", ["hold", "transfer", "media", "hook_flash", "key"])
def test_tel_14_where_the_place_says_so_a_sign_ends_the_call_for_nothing(sign: str) -> None:
    plan = replace(PLAN, cuts=True)
    talk = (*RING[:1], (10, c.Authorised(plan)), (20, c.Answered()), (1_000, c.Key("b", "1")))
    event = c.Key("b", "5") if sign == "key" else c.Renegotiated("b", sign)  # type: ignore[arg-type]
    call, done = play(*talk, (9_000, event))
    assert call.state == "over"
    assert c.Tell("sign", f"{sign}:b") in done
    assert ends(done) == [c.End("forwarded", "system", 0)]
    assert {one.leg for one in kinds(done, c.HangUp)} == {"a", "b"}


def test_tel_14_before_acceptance_a_sign_ends_nothing() -> None:
    plan = replace(PLAN, cuts=True)
    call, done = play(*RING[:1], (10, c.Authorised(plan)), (20, c.Answered()), (900, c.Renegotiated("b", "media")))
    assert (call.state, ends(done)) == ("announce", [])


# The menu at the telephone


def menu(asks: tuple[c.words.Asked, ...] = ("id", "pin"), languages: tuple[str, ...] = ("en", "es")) -> c.Invited:
    return c.Invited("9000", menu=True, asks=asks, languages=languages)


def asked(done: Told) -> list[c.Ask]:
    return [one for one in done if isinstance(one, c.Ask)]


def test_the_menu_asks_language_id_pin_and_number() -> None:
    call, done = play((0, menu()), *keys("a", "210001#4321#8135550142#"))
    assert call.state == "authorise"
    assert asked(done) == [c.Ask(ENTRY, "es")]
    said = [one.speech[0].prompt for one in done if isinstance(one, c.Play)]
    assert said == ["ask.language.en", "ask.id", "ask.pin", "ask.number"]
    assert done[0] == c.Pick(early=False)


def test_a_key_stops_what_is_being_said_and_starts_the_wait_for_the_next() -> None:
    _, done = play((0, menu(languages=("en",))), *keys("a", "1"))
    assert done[-2:] == [c.Hush("a"), c.Arm("keys", 5_000)]


def test_a_pause_enters_what_was_keyed() -> None:
    events = [*keys("a", "10001"), (9, c.Fired("keys")), *keys("a", "4321"), (9, c.Fired("keys"))]
    _, done = play((0, menu(languages=("en",))), *events, *keys("a", "8135550142"), (9, c.Fired("keys")))
    assert asked(done) == [c.Ask(ENTRY, "en")]


def test_a_star_corrects_a_mistyped_answer_and_before_all_leads_to_free_lines() -> None:
    _, done = play((0, menu(languages=("en",))), *keys("a", "999*10001#4321#8135550142#"))
    assert asked(done) == [c.Ask(ENTRY, "en")]
    _, done = play((0, menu(languages=("en",))), *keys("a", "*77#"))
    assert asked(done) == [c.Ask(c.Entry(number="77"), "en")]


def test_who_pays_may_be_chosen_behind_the_number() -> None:
    _, done = play((0, menu(languages=("en",))), *keys("a", "10001#4321#8135550142*2#"))
    assert asked(done) == [c.Ask(replace(ENTRY, payer="2"), "en")]


def test_a_wrong_pin_may_be_keyed_again_and_the_number_is_kept() -> None:
    start = [(0, menu(languages=("en",))), *keys("a", "10001#1111#8135550142#")]
    wrong = c.Refused("wrong_pin", again=True)
    call, done = play(*start, (1, wrong), *keys("a", "4321#"))
    assert asked(done)[1:] == [c.Ask(ENTRY, "en")]
    call, done = play(*start, (1, wrong), *keys("a", "2222#"), (2, wrong), *keys("a", "3333#"), (3, wrong))
    assert call.state == "tell", "three times in one call"
    assert ends(done) == [c.End("wrong_pin", "system", 0)]
    call, done = play(*start, (1, c.Refused("pin_locked")))
    assert call.state == "tell"


def test_nobody_there_frees_the_line() -> None:
    call, done = play((0, menu()), *((10_000, c.Fired("keys")) for _ in range(4)))
    assert call.state == "tell"
    assert ends(done) == [c.End("nobody_keyed", "caller", 0)]
    assert c.Play("a", (c.Say("ask.language.en"), c.Say("ask.language.es")), "en") in done


@pytest.mark.parametrize(("key", "wrong"), [("9", True), ("#", True), ("2", False)])
def test_a_key_without_a_meaning_is_said_to_have_none(key: str, wrong: bool) -> None:
    _, done = play((0, menu()), *keys("a", key))
    last = [one for one in done if isinstance(one, c.Play)][-1]
    assert (last.speech[0] == c.Say("wrong_key")) == wrong


def test_an_answer_that_never_ends_is_not_kept() -> None:
    call, done = play((0, menu(languages=("en",))), *keys("a", "1" * 500))
    assert len(call.dialog.keys) <= 24
    assert asked(done) == []


@pytest.mark.parametrize(
    ("typed", "asks", "entry"),
    [
        ("10001*4321*8135550142", ("id", "pin"), ENTRY),
        ("10001*4321*8135550142*2", ("id", "pin"), replace(ENTRY, payer="2")),
        ("4321*8135550142", ("pin",), replace(ENTRY, id="")),
        ("10001*8135550142", ("id",), replace(ENTRY, pin="")),
        ("8135550142", (), c.Entry(number="8135550142")),
        ("8135550142*1", (), c.Entry(number="8135550142", payer="1")),
        ("77", ("id", "pin"), c.Entry(number="77")),
        ("", ("id", "pin"), c.Entry()),
        ("10001*4321*", ("id", "pin"), c.Entry("10001", "4321", "")),
        ("1*2*3*4*5", ("id", "pin"), c.Entry()),
        ("10001*8135550142", ("id", "pin"), c.Entry()),
    ],
)
def test_tel_12_what_a_telephone_dials(typed: str, asks: tuple[c.words.Asked, ...], entry: c.Entry) -> None:
    _, done = play((0, c.Invited(typed, menu=False, asks=asks)))
    assert asked(done) == [c.Ask(entry, "en")]


def test_no_pin_is_ever_printed() -> None:
    call, done = play((0, menu(languages=("en",))), *keys("a", "10001#4321#8135550142#"))
    assert "4321" not in f"{call!r} {done!r} {DIALLED!r} {c.Key('a', '4')!r}"
