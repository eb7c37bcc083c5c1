"""The call-control API described for programs: OpenAPI 3.1 at `/api/v1/openapi.json` (API-1). It holds no data.

The words that it lists come from the code that reads them, so that the two cannot part.
"""

from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from kinline.api.calls import DAY_MS, MOMENTS, MOST_CALLS, PAYERS, SIDES
from kinline.flows.speak_code import RESULTS

Schema = dict[str, Any]


def _text(told: str, most: int) -> Schema:
    return {"type": "string", "maxLength": most, "description": told}


def _whole(told: str, most: int = DAY_MS) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": most, "description": told}


def _object(needed: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "required": needed, "properties": properties}


_ID: Final = {"type": "string", "format": "uuid"}
_IDS: Final = {"type": "array", "items": _ID}
_AT: Final = {"type": "string", "format": "date-time", "description": "By the switch's clock, with its offset."}
_FLAG: Final = {"type": "boolean"}
_PIECES: Final = {
    "type": "array",
    "description": "What is said, piece after piece: a sentence by its name, or a value (`name`, `number`, `money`).",
    "items": _object(["prompt", "value"], prompt={"type": "string"}, value={"type": "string"}),
}

_SCHEMAS: Final[dict[str, Schema]] = {
    "Problem": _object(
        ["type", "title", "status", "detail", "code"], type={"type": "string"}, title={"type": "string"},
        status={"type": "integer"}, detail={"type": "string"}, code=_text("Stable.", 40),
    ),
    "Try": _object(
        ["call_id", "station"],
        call_id=_ID | {"description": "Made by the switch; the same again gives the same answer."},
        station=_text("The telephone's user name.", 50), resident_id=_text("As keyed in.", 30),
        pin=_text("As keyed in; never kept.", 24), dialed=_text("The keys of the number, or of a speed dial.", 32),
        payer={"type": "string", "enum": list(PAYERS)}, language=_text("As chosen at the telephone.", 5),
    ),
    "Terms": _object(
        ["call_id", "decision", "reason_code", "reasons", "deny_prompt"], call_id=_ID,
        decision={"type": "string", "enum": ["allow", "deny"]}, reason_code={"type": "string"},
        reasons={"type": "array", "items": {"type": "string"}}, ask_pin_again=_FLAG, language={"type": "string"},
        deny_prompt=_PIECES, number={"type": "string", "description": "Whom to dial, in E.164."},
        caller_id={"type": "string"}, payer={"type": "string"}, hold_cents=_whole("Set aside.", 10**9),
        max_seconds=_whole("From acceptance; cut then, by your own clock.", 14_400),
        warn_at_seconds=_whole("From acceptance; 0: no warning.", 14_400), ring_timeout_ms=_whole(""),
        accept_timeout_ms=_whole("From the answer, or from the last key."),
        cuts_forwarded=_FLAG | {"description": "End the call, for nothing, at a sign of forwarding or a third party."},
        passive=_FLAG | {"description": "Join at the answer: nothing is announced and no key is asked for."},
        record=_FLAG, announcement=_PIECES, price=_PIECES, parting=_PIECES, accept_digit={"type": "string"},
        refuse_digit={"type": "string"}, price_digit={"type": "string"}, block_digit={"type": "string"},
        heartbeat_s=_whole("", 60), lease_s=_whole("Without a sign of life for so long a call is settled.", 600),
        dial_before={"type": "string", "format": "date-time"},
    ),
    "Moment": _object(
        ["seq", "type"], seq=_whole("Of the call; the same again changes nothing.", 2**31 - 1),
        type={"type": "string", "enum": list(MOMENTS)}, at=_AT, detail=_text("", 60), elapsed_ms=_whole(""),
    ),
    "Heartbeat": _object(["type", "elapsed_ms"], type={"const": "heartbeat"}, elapsed_ms=_whole("Since acceptance.")),
    "Ended": _object(
        ["type", "reason"], type={"const": "ended"}, reason=_text("Small letters and underscores.", 30),
        side={"type": "string", "enum": list(SIDES)}, billable_ms=_whole("Since acceptance, by a monotonic clock."),
        sip_code=_whole("", 699), at=_AT,
    ),
    "Told": _object(
        ["call_id"], call_id=_ID, new=_FLAG, hangup=_FLAG | {"description": "End this call now."},
        result={"type": "string"}, reason={"type": "string"}, seconds=_whole("", 14_400), cents=_whole("", 10**9),
        agency_cents=_whole("", 10**9),
    ),
    "Alive": _object(
        ["calls"],
        calls={"type": "array", "maxItems": MOST_CALLS,
               "items": _object(["call_id"], call_id=_ID, elapsed_ms=_whole("Since acceptance."))},
    ),
    "Hangups": _object(
        ["hangup", "speak"], hangup=_IDS, heartbeat_s=_whole("", 60),
        speak={"type": "array", "items": _object(
            ["call_id", "number", "say"], call_id=_ID, number={"type": "string"}, language={"type": "string"},
            ring_timeout_ms=_whole(""), say=_PIECES)},
    ),
    "Spoken": _object(["call_id", "result"], call_id=_ID, result={"type": "string", "enum": list(RESULTS)}),
    "Boot": _object(["boot_id"], boot_id=_text("Another one at each start of the switch.", 64)),
    "Lost": _object(
        ["calls"],
        calls={"type": "array", "items": _object(["call_id", "number"], call_id=_ID, number={"type": "string"})},
    ),
}  # fmt: skip


def _body(*names: str) -> Schema:
    found = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    return {"application/json": {"schema": found[0] if len(found) == 1 else {"oneOf": found}}}


def _no(told: str) -> Schema:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": told, "content": {"application/problem+json": schema}}


def _act(told: str, sent: tuple[str, ...], answer: str, *parts: str) -> Schema:
    return {
        "post": {
            "operationId": told.split(":", maxsplit=1)[0].replace(" ", "_").lower(),
            "summary": told,
            "parameters": [
                {"name": part, "in": "path", "required": True,
                 "schema": _ID if part == "call_id" else {"type": "string"}} for part in parts
            ],
            "requestBody": {"required": True, "content": _body(*sent)},
            "responses": {
                "200": {"description": "Done, or done before.", "content": _body(answer)},
                "400": _no("Cannot be read."), "401": _no("No token of a switch."),
                "404": _no("Not this switch's, or not there."), "409": _no("The id is another switch's call."),
                "413": _no("Too long."), "503": _no("Ask the same again in a moment."),
            },
        }
    }  # fmt: skip


DESCRIPTION: Final[Schema] = {
    "openapi": "3.1.0",
    "info": {"title": "Kinline call control", "version": "1", "license": {"name": "AGPL-3.0-or-later"}},
    "security": [{"switch": []}],
    "paths": {
        "/api/v1/calls/authorize": _act("Authorize: may this call be placed?", ("Try",), "Terms"),
        "/api/v1/calls/{call_id}/events": _act(
            "Tell: what happens to a call, or its end", ("Moment", "Heartbeat", "Ended"), "Told", "call_id"
        ),
        "/api/v1/switches/{name}/heartbeat": _act("Alive: the calls that go on", ("Alive",), "Hangups", "name"),
        "/api/v1/switches/{name}/spoken": _act("Spoken: how a code was spoken", ("Spoken",), "Told", "name"),
        "/api/v1/switches/{name}/boot": _act("Boot: a switch starts", ("Boot",), "Lost", "name"),
    },
    "components": {
        "securitySchemes": {"switch": {"type": "http", "scheme": "bearer"}},
        "schemas": _SCHEMAS,
    },
}


@require_safe
def openapi(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(DESCRIPTION)
