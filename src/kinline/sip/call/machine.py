"""The steps of a call. What each state does with each event stands in `_HANDLERS`; what ends a call is `_end`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from kinline.sip.call import menu, naming
from kinline.sip.call.words import (
    LANGUAGES,
    Action,
    Answered,
    Arm,
    Ask,
    Asked,
    AskNumber,
    Authorised,
    Dial,
    Disarm,
    End,
    EndAsked,
    Entry,
    Event,
    Failed,
    Fired,
    HangUp,
    HungUp,
    Hush,
    Invited,
    Join,
    Kept,
    Key,
    Leg,
    Lost,
    NameWanted,
    NumberAsked,
    Pick,
    Plan,
    Play,
    Record,
    Refused,
    Renegotiated,
    Ringing,
    Said,
    Say,
    Side,
    Speech,
    Taken,
    Tell,
    Timer,
)

State = Literal["new", "identify", "name", "authorise", "offer", "asked", "ring", "announce", "talk", "tell", "over"]
Step = tuple["Call", tuple[Action, ...]]

AUTHORISE_MS: Final = 3_000  # then the caller hears "try later", and what is granted late is released
TELL_MS: Final = 20_000  # the longest that a last sentence may take before the line is freed
PIN_TRIES: Final = 3  # in one call; the lock after five is the database's
MENU_TIMES: Final = 3  # how often the outside party hears the announcement
MENU_MOST: Final = 9  # with prices and wrong keys: nobody keeps a line for ever

_A: Final[frozenset[Leg]] = frozenset({"a"})
_B: Final[frozenset[Leg]] = frozenset({"b"})
_BOTH: Final = _A | _B
_TIMERS: Final[tuple[Timer, ...]] = ("keys", "authorise", "ring", "accept", "limit", "warn", "tell", "name")

RINGBACK: Final = (Say("ringback"),)
OFFER: Final = (Say("offer.number"),)
OFFER_KEY: Final = "1"
OFFER_MS: Final = 15_000  # with the sentence itself
ONE_MINUTE: Final = (Say("one_minute_left"),)

# What an outside party's SIP answer means to the caller.
_FAILED: Final = {
    404: "no_such_number",
    410: "no_such_number",
    484: "no_such_number",
    604: "no_such_number",
    408: "no_answer",
    480: "no_answer",
    487: "no_answer",
    486: "busy",
    600: "busy",
    603: "refused_by_carrier",
    607: "refused_by_carrier",
    608: "refused_by_carrier",
}
# What a telephone that was never picked up is answered (SIP); any other reason: 403.
_ANSWERS: Final = {
    "busy": 486,
    "no_answer": 480,
    "not_accepted": 480,
    "called_hung_up": 480,
    "refused_by_called_party": 603,
    "blocked_by_called_party": 603,
    "refused_by_carrier": 603,
    "no_such_number": 404,
    "no_number": 404,
    "try_later": 503,
    "unreachable": 502,
    "contact_blocked": 502,  # as any number that cannot be reached (CON-3)
    "redirected": 502,
    "media_lost": 503,
    "media_failed": 503,
}


@dataclass(frozen=True, slots=True)
class Call:
    """Where a call is. Times in milliseconds of the switch's clock; None: it has not come to that.

    `names`: the place takes names in the caller's own voice; `name`: where that is (T6). `legs`: the lines that
    are there and must be freed. `telling`: those of them that still hear a last sentence.
    """

    state: State = "new"
    language: str = LANGUAGES[0]
    languages: tuple[str, ...] = LANGUAGES
    asks: tuple[Asked, ...] = ("id", "pin")
    picked: bool = False
    dialog: menu.Dialog = menu.NONE
    names: bool = False
    name: naming.Naming | None = None
    tries: int = 0
    heard: int = 0
    plan: Plan | None = None
    legs: frozenset[Leg] = frozenset()
    accepted_at: int | None = None
    ended: End | None = None
    telling: frozenset[Leg] = frozenset()


def step(call: Call, event: Event, at: int) -> Step:
    """The call after `event`, and what is to be done, in order. What does not concern a state changes nothing."""
    if call.state == "over":
        return call, ()
    handler = _ALWAYS.get(type(event)) or _HANDLERS.get((call.state, type(event)))
    return handler(call, event, at) if handler else (call, ())


# The caller's side


def _invited(call: Call, event: Invited, at: int) -> Step:
    call = replace(call, legs=_A, languages=event.languages, asks=event.asks, language=event.languages[0])
    call = replace(call, names=event.names)
    if not event.menu:
        call, actions = _ask(call, menu.dialled(event.keys, event.asks))
        return call, (Pick(early=True), *actions)
    dialog = menu.begin(event.languages, event.asks, names=event.names)
    call = replace(call, state="identify", picked=True, dialog=dialog)
    return call, (Pick(early=False), *_prompt(call, dialog.prompt))


def _prompt(call: Call, speech: Speech) -> tuple[Action, ...]:
    return Play("a", speech, call.language), Arm("keys", menu.FIRST_KEY_MS)


def _keyed(call: Call, event: Key, at: int) -> Step:
    return _answered_menu(call, menu.keyed(call.dialog, event.key)) if event.leg == "a" else (call, ())


def _no_key(call: Call, event: Fired, at: int) -> Step:
    return _answered_menu(call, menu.waited(call.dialog)) if event.timer == "keys" else (call, ())


def _answered_menu(call: Call, dialog: menu.Dialog) -> Step:
    language = dialog.language or call.language
    call = replace(call, dialog=dialog, language=language)
    if dialog.given_up:
        call, actions = _tell(call, "nobody_keyed", "caller")
        return call, (Disarm("keys"), *actions)
    if dialog.step == "done":
        call, actions = _ask(call, dialog.entry)
        return call, (Disarm("keys"), Hush("a"), *actions)
    if dialog.fresh:
        return call, _prompt(call, dialog.prompt)
    return call, (Hush("a"), Arm("keys", menu.NEXT_KEY_MS))


def _ask(call: Call, entry: Entry) -> Step:
    call = replace(call, state="authorise", dialog=replace(call.dialog, entry=entry))
    may_name = call.names and call.picked and call.name is None
    return call, (Ask(entry, call.language, names=may_name), Arm("authorise", AUTHORISE_MS))


def _name_wanted(call: Call, event: NameWanted, at: int) -> Step:
    if not call.picked:  # nobody said that they could
        return call, ()
    wanted, actions = naming.begin(call.language)
    return replace(call, state="name", name=wanted), (Disarm("authorise"), *actions)


def _named(call: Call, event: Event, at: int) -> Step:
    """A step on the way to a name of their own voice; at its end, the number, or the question once more (T6)."""
    if call.name is None:
        return call, ()
    went, actions = naming.turn(call.name, event)
    call = replace(call, name=went)
    if went.step != "over":
        return call, actions
    if call.dialog.entry.rename:
        dialog = menu.number(call.dialog)
        call = replace(call, state="identify", dialog=dialog, name=None)
        return call, (*actions, *_prompt(call, dialog.prompt))
    call, asked = _ask(call, call.dialog.entry)
    return call, (*actions, Hush("a"), *asked)


def _authorised(call: Call, event: Authorised, at: int) -> Step:
    call = replace(call, state="ring", plan=event.plan, legs=_BOTH)
    ringing = Play("a", RINGBACK, call.language, repeat=True)
    return call, (Disarm("authorise"), ringing, Dial(), Arm("ring", event.plan.ring_ms), Tell("dialling"))


def _refused(call: Call, event: Refused, at: int) -> Step:
    if event.again and call.picked and "pin" in call.asks and call.tries + 1 < PIN_TRIES:
        dialog = menu.again(call.dialog)
        call = replace(call, state="identify", dialog=dialog, tries=call.tries + 1)
        return call, (Disarm("authorise"), *_prompt(call, (Say(f"refused.{event.code}"), *dialog.prompt)))
    if event.offers and call.picked:
        offer = Play("a", OFFER, call.language)
        return replace(call, state="offer"), (Disarm("authorise"), offer, Arm("keys", OFFER_MS))
    call, actions = _tell(call, event.code, "system")
    return call, (Disarm("authorise"), *actions)


# A number that is not approved may be asked for (T10)


def _offered(call: Call, event: Key, at: int) -> Step:
    if event.leg == "b":
        return call, ()
    if event.key != OFFER_KEY:
        return _offer_declined(call, Fired("keys"), at)
    return replace(call, state="asked"), (Hush("a"), AskNumber(), Arm("keys", AUTHORISE_MS))


def _number_asked(call: Call, event: NumberAsked, at: int) -> Step:
    call, actions = _tell(call, "not_on_list", "system", to_a=(Say(f"asked.{event.code}"),))
    return call, (Disarm("keys"), *actions)


def _number_not_asked(call: Call, event: Fired, at: int) -> Step:
    return _number_asked(call, NumberAsked("try_later"), at) if event.timer == "keys" else (call, ())


def _offer_declined(call: Call, event: Fired, at: int) -> Step:
    if event.timer != "keys":
        return call, ()
    call, actions = _tell(call, "not_on_list", "system")
    return call, (Disarm("keys"), *actions)


def _no_authority(call: Call, event: Fired, at: int) -> Step:
    return _tell(call, "try_later", "system") if event.timer == "authorise" else (call, ())


# The outside party's side


def _ringing(call: Call, event: Ringing, at: int) -> Step:
    return call, (Tell("ringing"),)


def _failed(call: Call, event: Failed, at: int) -> Step:
    reason = "redirected" if 300 <= event.code < 400 else _FAILED.get(event.code, "unreachable")
    call, actions = _tell(replace(call, legs=_A), reason, "called", code=event.code)
    return call, (Disarm("ring"), *actions)


def _not_answered(call: Call, event: Fired, at: int) -> Step:
    return _tell(call, "no_answer", "called") if event.timer == "ring" else (call, ())


def _answered(call: Call, event: Answered, at: int) -> Step:
    plan = _plan(call)
    picked_up: tuple[Action, ...] = (Disarm("ring"), Tell("answered"))
    if plan.passive:
        call, actions = _accept(call, at)
        return call, (*picked_up, *actions)
    call = replace(call, state="announce")
    said = Play("b", plan.announcement, call.language)
    return call, (*picked_up, said, Arm("accept", plan.accept_ms), Tell("announced"))


def _announced(call: Call, event: Said, at: int) -> Step:
    if event.leg == "a" or call.heard + 1 >= MENU_TIMES:
        return call, ()
    return replace(call, heard=call.heard + 1), (Play("b", _plan(call).announcement, call.language),)


def _answer_key(call: Call, event: Key, at: int) -> Step:
    plan = _plan(call)
    if event.leg == "a":
        return call, ()
    if event.key == plan.accept_key:
        call, actions = _accept(call, at)
        return call, (Disarm("accept"), Hush("b"), *actions)
    if event.key == plan.refuse_key:
        call, actions = _tell(call, "refused_by_called_party", "called")
        return call, (Disarm("accept"), *actions)
    if event.key == plan.block_key:
        call, actions = _tell(call, "blocked_by_called_party", "called", to_b=(Say("number_blocked"),))
        return call, (Disarm("accept"), Tell("blocked"), *actions)
    if call.heard >= MENU_MOST:
        return call, ()
    speech = plan.price if event.key == plan.price_key else (Say("wrong_key"),)
    call = replace(call, heard=call.heard + 1)
    again = Play("b", (*speech, *plan.announcement), call.language)
    told = Tell("price_heard" if event.key == plan.price_key else "wrong_key")
    return call, (again, Arm("accept", plan.accept_ms), told)


def _not_accepted(call: Call, event: Fired, at: int) -> Step:
    return _tell(call, "not_accepted", "called") if event.timer == "accept" else (call, ())


def _accept(call: Call, at: int) -> Step:
    """The moment from which a call costs something: no earlier does one side hear the other, or a recording begin."""
    plan = _plan(call)
    actions: list[Action] = [Hush("a")]
    if not call.picked:
        actions.append(Pick(early=False))
    actions += [Join(), Arm("limit", plan.seconds * 1000), Tell("accepted")]
    if plan.warn_at:
        actions.append(Arm("warn", plan.warn_at * 1000))
    if plan.record:
        actions.append(Record())
    return replace(call, state="talk", picked=True, accepted_at=at), tuple(actions)


# The conversation


def _time(call: Call, event: Fired, at: int) -> Step:
    if event.timer == "warn":
        said = (Play(leg, ONE_MINUTE, call.language, over=True) for leg in sorted(_BOTH))
        return call, (*said, Tell("warned"))
    if event.timer != "limit":
        return call, ()
    plan = _plan(call)
    end = End("time_limit", "system", plan.seconds * 1000)
    call = replace(call, ended=end)
    if not plan.parting:
        return _over(call, (end,))
    call = replace(call, state="tell", legs=_B, telling=_B)
    return call, (HangUp("a"), end, Disarm("warn"), Play("b", plan.parting, call.language), Arm("tell", TELL_MS))


def _extra_key(call: Call, event: Key, at: int) -> Step:
    """A key pressed while they talk may answer a machine or dial a third party in: a sign; the digit is not kept."""
    return _signed(call, f"key:{event.leg}")


# Ends


def _billable(call: Call, at: int) -> int:
    if call.accepted_at is None or call.plan is None:
        return 0
    return max(0, min(at - call.accepted_at, call.plan.seconds * 1000))


def _tell(call: Call, reason: str, side: Side, *, code: int = 0, to_b: Speech = (), to_a: Speech = ()) -> Step:
    """The call will not come about: it ends now, costs nothing, and the caller hears why before the line is freed."""
    end = End(reason, side, 0, code)
    actions: list[Action] = [end]
    if "b" in call.legs:
        actions.append(Play("b", to_b, call.language) if to_b else HangUp("b"))
    actions += [Play("a", to_a or (Say(f"refused.{reason}"),), call.language), Arm("tell", TELL_MS)]
    legs = call.legs if to_b else _A
    return replace(call, state="tell", ended=end, legs=legs, telling=legs), tuple(actions)


def _told(call: Call, event: Said, at: int) -> Step:
    if event.leg not in call.telling:
        return call, ()
    telling = call.telling - {event.leg}
    if not telling:
        return _over(call, ())
    call = replace(call, telling=telling)
    return (replace(call, legs=_A), (HangUp("b"),)) if event.leg == "b" else (call, ())


def _told_enough(call: Call, event: Fired, at: int) -> Step:
    return _over(call, ()) if event.timer == "tell" else (call, ())


def _hung_up(call: Call, event: HungUp, at: int) -> Step:
    call = replace(call, legs=call.legs - {event.leg})
    if call.state == "tell" and event.leg == "b":
        return _told(call, Said("b"), at) if "b" in call.telling else (call, ())
    if event.leg == "a":
        return _close(call, "caller_hung_up", "caller", at)
    if call.state == "announce":
        call, actions = _tell(call, "called_hung_up", "called")
        return call, (Disarm("accept"), *actions)
    return _close(call, "called_hung_up", "called", at)


def _asked_to_end(call: Call, event: EndAsked, at: int) -> Step:
    return _close(call, event.reason, "staff", at)


def _media_lost(call: Call, event: Lost, at: int) -> Step:
    """Of no leg: the media server is gone, our fault, and then nobody pays (TEL-14). A silent telephone is no fault."""
    return _close(call, "media_lost" if event.leg else "media_failed", "system", min(at, event.since))


def _sign(call: Call, event: Renegotiated, at: int) -> Step:
    return _signed(call, f"{event.sign}:{event.leg}")


def _signed(call: Call, sign: str) -> Step:
    """Noted; where the place says so the call ends, for nothing: no wrong end needs to be asked back (TEL-14)."""
    told = Tell("sign", sign)
    if call.state != "talk" or not _plan(call).cuts:
        return call, (told,)
    end = End("forwarded", "system", 0)
    return _over(replace(call, ended=end), (told, end))


def _close(call: Call, reason: str, side: Side, at: int) -> Step:
    if call.ended is not None:  # settled already: only lines are left to be freed
        return _over(call, ())
    end = End(reason, side, _billable(call, at))
    return _over(replace(call, ended=end), (end,))


def _over(call: Call, actions: tuple[Action, ...]) -> Step:
    """Both lines are freed, all timers stopped. Lines first: a price can wait, a voice cannot."""
    reason = call.ended.reason if call.ended else ""
    code = 0 if call.picked else _ANSWERS.get(reason, 403)
    lines = (HangUp(leg, code if leg == "a" else 0) for leg in sorted(call.legs))
    stops = (Disarm(timer) for timer in _TIMERS)
    return replace(call, state="over", legs=frozenset(), telling=frozenset()), (*lines, *actions, *stops)


def _plan(call: Call) -> Plan:
    if call.plan is None:
        raise AssertionError(f"a call in state {call.state} has a plan")
    return call.plan


_Handler = Callable[[Call, Any, int], Step]
_ALWAYS: Final[dict[type, _Handler]] = {
    HungUp: _hung_up,
    EndAsked: _asked_to_end,
    Lost: _media_lost,
    Renegotiated: _sign,
}
_HANDLERS: Final[dict[tuple[State, type], _Handler]] = {
    ("new", Invited): _invited,
    ("identify", Key): _keyed,
    ("identify", Fired): _no_key,
    ("authorise", Authorised): _authorised,
    ("authorise", Refused): _refused,
    ("authorise", Fired): _no_authority,
    ("authorise", NameWanted): _name_wanted,
    **{("name", event): _named for event in (Said, Key, Fired, Taken, Kept)},
    ("offer", Key): _offered,
    ("offer", Fired): _offer_declined,
    ("asked", NumberAsked): _number_asked,
    ("asked", Fired): _number_not_asked,
    ("ring", Ringing): _ringing,
    ("ring", Failed): _failed,
    ("ring", Fired): _not_answered,
    ("ring", Answered): _answered,
    ("announce", Said): _announced,
    ("announce", Key): _answer_key,
    ("announce", Fired): _not_accepted,
    ("talk", Fired): _time,
    ("talk", Key): _extra_key,
    ("tell", Said): _told,
    ("tell", Fired): _told_enough,
}
