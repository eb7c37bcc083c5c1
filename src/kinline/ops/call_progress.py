"""A demo call as the page shows it: what its telephones told, and what the books and the record say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kinline.flows.authorise_call import again
from kinline.flows.call_terms import SPOKEN, Pieces, terms
from kinline.ledger import chart, queries
from kinline.sip.prompts import texts
from kinline.telephony.models import Call, Cdr
from kinline.telephony.queries import calls

# Leg, what, detail → sentence. What is not here is not worth one.
_SAID: Final[Mapping[tuple[str, str, str], str | Promise]] = MappingProxyType(
    {
        ("caller", "state", "trying"): _("The resident dials."),
        ("caller", "state", "early"): _("The switch opens the resident's line, and listens to nobody yet."),
        ("caller", "state", "up"): _("The resident's call is answered."),
        ("caller", "state", "ended:us"): _("The resident hangs up."),
        ("caller", "state", "ended:them"): _("The switch ends the resident's call."),
        ("called", "state", "ringing"): _("The other telephone rings."),
        ("called", "state", "up"): _("Somebody picks up there."),
        ("called", "state", "ended:us"): _("They hang up there."),
        ("called", "state", "ended:them"): _("The switch ends the call there."),
        ("caller", "hears", "ringing"): _("The resident hears it ring."),
        ("caller", "hears", "voice"): _("The resident hears the telephone system speak."),
        ("caller", "hears", "other"): _("The resident hears the person called."),
        ("caller", "hears", "beep"): _("The resident hears a tone."),
        ("caller", "hears", "nothing"): _("The resident hears nothing."),
        ("called", "hears", "voice"): _("The person called hears the telephone system speak."),
        ("called", "hears", "other"): _("The person called hears the resident."),
        ("called", "hears", "beep"): _("The person called hears a tone."),
        ("called", "hears", "nothing"): _("The person called hears nothing."),
    }
)
_STATES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        "trying": _("dials"), "ringing": _("rings"), "early": _("waits"), "up": _("is in the call"),
        "ended": _("is free again"), "": _("has not rung"),
    }
)  # fmt: skip
_HEADS: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        "reserved": _("May be placed: the money is set aside"),
        "dialling": _("It rings there, or is announced: this costs nothing"),
        "talking": _("They talk"),
        "ended": _("The call is over"),
    }
)
_ENDS: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        "caller_hung_up": _("The resident hung up."),
        "called_hung_up": _("The person called hung up."),
        "time_limit": _("The time was up."),
        "ended_by_staff": _("Staff ended it."),
        "switch_lost": _("The switch died in the call. That is our fault: what was paid is given back."),
        "switch_stopped": _("The switch was stopped. That is our fault: what was paid is given back."),
        "media_failed": _("The media server died. That is our fault: what was paid is given back."),
    }
)


@dataclass(frozen=True, slots=True)
class Money:
    """A balance before this call and now, in cents; `held`: set aside for calls that go on."""

    name: str
    before: int
    now: int
    held: int


def purses(resident_id: int, number: str) -> dict[str, str]:
    """The balances that could pay: address → what it is."""
    found = {chart.number_prepaid(number): "number"} if number else {}
    return found | {chart.resident_calls(resident_id): "resident"}


def cents_of(addresses: Mapping[str, str]) -> dict[str, int]:
    found = queries.balances(list(addresses))
    return {address: found[address].posted_cents for address in addresses}


def money(about: Mapping[str, Any]) -> list[Money]:
    names = {"number": gettext("Money on the number"), "resident": gettext("The resident's own money for calls")}
    found = queries.balances(list(about["before"]))
    return [
        Money(names[about["purses"][address]], before, found[address].posted_cents, found[address].held_cents)
        for address, before in about["before"].items()
    ]


def call_of(about: Mapping[str, Any]) -> Call | None:
    """The call as the books know it: the first from this telephone since it was placed here."""
    began = datetime.fromisoformat(about["began"]) - timedelta(seconds=1)
    rows = Call.objects.select_related("facility__telephone", "resident", "station")
    rows = rows.filter(station__username=about["station"], started_at__gte=began)
    if not about["menu"]:
        rows = rows.filter(facts__keys=about["keys"][:24])
    return rows.order_by("pk").first()


@dataclass(frozen=True, slots=True)
class Shown:
    """All of the page. `spoken`: what is said to whoever is called; `told`: what the caller was told instead."""

    facts: Mapping[str, Any]
    head: str
    story: list[dict[str, Any]]
    legs: list[dict[str, str]]
    money: list[Money]
    call: Call | None
    record: Cdr | None
    reasons: list[str]
    spoken: str
    told: str
    talked: str

    @property
    def is_over(self) -> bool:
        return bool(self.facts["over"]) and (self.call is None or self.record is not None)


def shown(facts: Mapping[str, Any], language: str, now: datetime) -> Shown:
    about = facts["about"]
    call = call_of(about)
    record = calls.record_of(call.pk) if call else None
    codes = list(record.reasons) if record else []
    return Shown(
        facts=facts,
        head=_head(facts, call, record),
        story=[{"at": f"{one['at']:.1f}", "text": said} for one in facts["story"] if (said := _sentence(one))],
        legs=[_leg(facts, "caller"), _leg(facts, "called")],
        money=money(about),
        call=call,
        record=record,
        reasons=[reason_text(code, language) for code in codes],
        spoken=_spoken(call, language),
        told=reason_text(codes[0], language) if codes and record and not record.accepted_at else "",
        talked=_talked(call, record, now),
    )


def _head(facts: Mapping[str, Any], call: Call | None, record: Cdr | None) -> str:
    if call is None:
        return gettext("The call was not placed") if facts["over"] else gettext("The telephone dials")
    if record is not None and not record.accepted_at:
        return gettext("The call did not come about: it costs nothing")
    return str(_HEADS.get(call.state, ""))


def _talked(call: Call | None, record: Cdr | None, now: datetime) -> str:
    """`0:23`, while they talk and after."""
    if call is None or call.accepted_at is None:
        return ""
    seconds = record.seconds if record else max(0, int((now - call.accepted_at).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


def _sentence(one: Mapping[str, Any]) -> str:
    if one["what"] == "pressed":
        if one["leg"] == "caller":  # a PIN may be among them
            return gettext("Keys are pressed at the resident's telephone.")
        return gettext("The person called presses %(keys)s.") % {"keys": one["detail"]}
    return str(_SAID.get((one["leg"], one["what"], one["detail"]), ""))


def _leg(facts: Mapping[str, Any], leg: str) -> dict[str, str]:
    state = facts["state"].get(leg, "")
    hears = str(_SAID.get((leg, "hears", facts["sound"].get(leg, "nothing")), ""))
    return {"name": leg, "state": str(_STATES.get(state, state)), "hears": hears if state in {"early", "up"} else ""}


def reason_text(code: str, language: str) -> str:
    """The sentence that is heard, or how it ended; the code itself where nobody says anything."""
    if code in _ENDS:
        return str(_ENDS[code])
    prompt = f"refused.{code}"
    return texts.text(prompt, language) if prompt in texts.TEXTS else code


def _spoken(call: Call | None, language: str) -> str:
    if call is None or call.answered_at is None:
        return ""
    return as_text(terms(again(call), call.facts.get("language", language)).announcement, language)


def as_text(pieces: Pieces, language: str) -> str:
    """Pieces of speech, written: a sentence that ends in a number or a name ends with a full stop."""
    said = [value if prompt in SPOKEN else texts.text(prompt, language) for prompt, value in pieces]
    ends = [
        *(one[:1].isupper() and prompt not in SPOKEN for one, (prompt, _) in zip(said[1:], pieces[1:], strict=True)),
        True,
    ]
    written = (f"{one}." if last and one[-1:] not in ".,:" else one for one, last in zip(said, ends, strict=True))
    return " ".join(written).replace(" ,", ",")
