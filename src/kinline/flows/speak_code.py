"""A code spoken to a telephone number, so that whoever answers there can prove that it is theirs (TEL-8).

Asked for, it waits for a switch of the deployment, which asks what there is to say with each sign of life, calls the
number, says it, and tells how that went. An agency's own switch is not asked: the number is of no place.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.flows.call_terms import Pieces
from kinline.payments.models import NumberCode
from kinline.payments.queries import numbers
from kinline.payments.services.numbers import code_to_speak
from kinline.telephony.models import CodeCall, Switch
from kinline.telephony.services import code_calls

RING_MS: Final = 30_000
RESULTS: Final = ("spoken", "no_answer", "busy", "unreachable", "hung_up")


@dataclass(frozen=True, slots=True)
class Spoken:
    """`said`: from when it is answered, in `language`; then hang up. No key is waited for."""

    key: UUID
    number: str
    said: Pieces
    language: str
    ring_ms: int = RING_MS

    def __repr__(self) -> str:  # no code in a log
        return f"Spoken({self.key})"


def ask(code: NumberCode, *, number: str, language: str, now: datetime) -> None:
    """Step: this code is to be spoken to `number` (E.164)."""
    code_calls.ask(number=number, code_id=code.pk, language=language, now=now)


@story
def take(switch: Switch, *, now: datetime) -> list[Spoken]:
    """What this switch is to say now, each once. Nothing that is not a live code is spoken."""
    if switch.agency_id is not None:
        return []
    return [said for one in code_calls.take(switch, now=now) if (said := _said(switch, one, now))]


def _said(switch: Switch, one: CodeCall, now: datetime) -> Spoken | None:
    code = numbers.code_by_id(one.code_id, now)
    if code is None:
        code_calls.end(switch, one.key, result="no_code", now=now)
        return None
    digits: Pieces = tuple(("number", digit) for digit in code_to_speak(code))
    begins: Pieces = (("call.hello", ""), ("name", settings.PROVIDER), ("code.spoken", ""))
    return Spoken(one.key, one.number, (*begins, *digits, ("code.again", ""), *digits), one.language)


@story
def over(switch: Switch, *, key: UUID, result: str, now: datetime) -> bool:
    """How it went: one of `RESULTS`. False: this switch has no such call. The same again changes nothing."""
    found = code_calls.end(switch, key, result=result, now=now)
    if found is not None and found.ended_at == now:
        record("system", "number.speak_code", f"code_call:{found.pk}", now=now, result=result)
    return found is not None
