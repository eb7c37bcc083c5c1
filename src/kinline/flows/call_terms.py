"""The answer to a switch in plain values: may it dial, whom, for how long, and what both sides hear (TEL-2, F24, T6).

What is heard is a row of pieces, `(prompt, value)`. A prompt is a fixed sentence of `sip/prompts` and has no value; a
value belongs to one of `SPOKEN`: a `name`, a `number` (digits), `money` (as `$0.11`). Any switch can say them.
"""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.conf import settings

from kinline.flows.authorise_call import Answer
from kinline.telephony.models import TelephoneSettings
from kinline.telephony.queries import authority, names
from kinline.telephony.rating import MICRO_A_CENT, Rate, cost, in_dollars
from kinline.telephony.rules import Decision

Piece = tuple[str, str]
Pieces = tuple[Piece, ...]

SPOKEN: Final = frozenset({"name", "number", "money"})
# Beside these: `refused.<code>` for each code of a refusal.
PROMPTS: Final = frozenset(
    {
        "call.hello", "call.prepaid_collect", "call.pin_debit", "call.allowance", "call.courtesy", "call.free",
        "call.at", "call.somebody_at", "call.recorded", "call.private",
        "accept.keys", "price.keys", "refuse.keys", "block.keys",
        "price.a_minute", "price.longest", "price.minutes", "price.nothing_else", "price.free", "price.agency",
        "price.complaints", "parting.add_money", "code.spoken", "code.again",
    }
)  # fmt: skip
ACCEPT_MS: Final = 40_000  # from each announcement until the outside party has pressed a key
AGAIN: Final = frozenset({"wrong_pin"})  # the PIN may be keyed once more in the same call
NAME_WANTED: Final = "name_wanted"  # no refusal: the question comes again when the name was said


@dataclass(frozen=True, slots=True)
class Terms:
    """`code`: the first of `reasons`, empty when allowed. `seconds` and `warn_at` (0: none) count from acceptance.

    `number` is whom to dial, in E.164. `payer`: `prepaid_collect`, `pin_debit`, `agency`, or empty: nobody pays.
    `cuts_forwarded`: a sign of forwarding ends it, and it costs nothing (TEL-14).
    `offers`: the caller may ask for the number that was refused (T10). `name_of`: the resident who is to say their name
    first; `name_sound`: how they said it (µ-law), played where `announcement` has their name. Both stay in the house.
    `passive`: no key is asked for, and nothing is announced (T7). `language`: in which all of it is said.
    """

    call_id: UUID
    allowed: bool
    code: str
    reasons: tuple[str, ...]
    again: bool = False
    number: str = ""
    caller_id: str = ""
    seconds: int = 0
    warn_at: int = 0
    ring_ms: int = 45_000
    accept_ms: int = ACCEPT_MS
    announcement: Pieces = ()
    price: Pieces = ()
    parting: Pieces = ()
    refusal: Pieces = ()
    accept_key: str = "1"
    refuse_key: str = "2"
    price_key: str = "9"
    block_key: str = "7"
    record: bool = False
    passive: bool = False
    cuts_forwarded: bool = False
    payer: str = ""
    hold_cents: int = 0
    language: str = "en"
    offers: bool = False
    name_of: int | None = None
    name_sound: bytes = field(default=b"", repr=False)


def terms(answer: Answer, language: str = "en", *, voice: bool = False) -> Terms:
    """What the switch is told. `language`: what the caller chose, one of the deployment's; else its first.

    `voice`: with the caller's name as they said it, where there is that (T6).
    """
    call, decision = answer.call, answer.decision
    codes = tuple(reason.code for reason in decision.reasons)
    spoken = language if language in dict(settings.LANGUAGES) else settings.LANGUAGES[0][0]
    if codes:
        refusal = ((f"refused.{codes[0]}", ""),)
        offers = codes[0] == "not_on_list" and call.resident_id is not None
        again = codes[0] in AGAIN
        return Terms(call.key, False, codes[0], codes, again, refusal=refusal, language=spoken, offers=offers)
    setting = authority.settings_of(call.facility)
    passive = decision.call_type == "hotline"
    return Terms(
        call_id=call.key,
        allowed=True,
        code="",
        reasons=(),
        number=answer.number,
        caller_id=setting.caller_id,
        seconds=decision.seconds,
        warn_at=decision.warn_at or 0,
        ring_ms=1000 * setting.ring_seconds,
        announcement=() if passive else _announcement(answer, setting),
        price=_price(decision),
        parting=(("parting.add_money", ""),) if decision.call_type == "courtesy" else (),
        accept_key=setting.accept_key,
        refuse_key=setting.refuse_key,
        price_key=setting.price_key,
        block_key=setting.block_key,
        record=decision.record,
        passive=passive,
        cuts_forwarded=setting.cuts_forwarded,
        payer="agency" if decision.call_type == "allowance" else decision.payer or "",
        hold_cents=decision.hold_cents,
        language=spoken,
        name_sound=_voice(answer, setting) if voice and not passive else b"",
    )


def _voice(answer: Answer, setting: TelephoneSettings) -> bytes:
    who = answer.call.resident_id
    return names.sound_of(who) if who is not None and setting.records_names else b""


def _announcement(answer: Answer, setting: TelephoneSettings) -> Pieces:
    """Provider, kind of call, who calls, from where, whether it is recorded, and what to press (T6)."""
    who: Pieces = (("name", answer.name), ("call.at", "")) if answer.name else (("call.somebody_at", ""),)
    heard: Pieces = ()
    if answer.decision.record:
        heard = (("call.recorded", ""),)
    elif answer.call.facts.get("privileged"):
        heard = (("call.private", ""),)
    keys: Pieces = (
        ("accept.keys", ""), ("number", setting.accept_key), ("price.keys", ""), ("number", setting.price_key),
        ("refuse.keys", ""), ("number", setting.refuse_key), ("block.keys", ""), ("number", setting.block_key),
    )  # fmt: skip
    begins: Pieces = (("call.hello", ""), ("name", settings.PROVIDER), (f"call.{answer.decision.call_type}", ""))
    return (*begins, *who, ("name", answer.call.facility.name), *heard, *keys)


def _price(decision: Decision) -> Pieces:
    """What it costs, within one key (F24): a minute, the longest call, and that there is nothing besides (F8)."""
    if decision.call_type == "allowance":
        return (("price.agency", ""), ("price.complaints", ""))
    if decision.rate.is_free:
        return (("price.free", ""),)
    return (*_priced(decision.seconds, decision.rate), ("price.nothing_else", ""), ("price.complaints", ""))


def _priced(seconds: int, rate: Rate) -> Pieces:
    whole = cost(seconds, rate) * MICRO_A_CENT
    return (
        ("price.a_minute", ""), ("money", in_dollars(rate.total)), ("price.longest", ""),
        ("number", str(seconds // 60)), ("price.minutes", ""), ("money", in_dollars(whole)),
    )  # fmt: skip
