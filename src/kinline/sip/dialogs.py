"""Dialogs of calls on disk, so that a switch that was killed can hang up on both sides when it comes back (TEL-6).

A file a call, written when a leg changes and removed at its end. No PIN is in it: of a telephone's INVITE that is not
answered yet only what its answer needs is kept, and what was dialled is masked.
"""

import contextlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from kinline.sip import agents
from kinline.sip.aio import (
    SipCallId,
    SipContact,
    SipFrom,
    SipRequest,
    SipRoute,
    SipTo,
    SipURL,
    UaStateConnected,
)
from kinline.sip.quiet import sparse

CSEQ_AHEAD: Final = 100  # requests since it was saved, at most
Saved = dict[str, Any]


class Dialogs:
    """`folder`: a file for each call that goes on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._writer = ThreadPoolExecutor(1, "dialogs")  # one: what is written last is what is there

    def save(self, call: str, legs: Sequence[Saved]) -> None:
        self._writer.submit(self._save, call, json.dumps(legs))

    def _save(self, call: str, text: str) -> None:
        path = self._folder / f"{call}.json"
        try:
            fresh = path.with_suffix(".new")
            fresh.write_text(text)
            os.replace(fresh, path)
        except OSError as problem:
            sparse.warn("no dialog saved", type(problem).__name__)

    def forget(self, call: str) -> None:
        self._writer.submit((self._folder / f"{call}.json").unlink, missing_ok=True)

    def left(self) -> dict[str, list[Saved]]:
        """What an earlier run left behind."""
        found = {}
        for path in sorted(self._folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError):
                found[path.stem] = json.loads(path.read_text())
        return found

    def close(self) -> None:
        self._writer.shutdown()


# Taking down


def _here(config: dict[str, Any]) -> Any:
    """Our own address, as it stands in what we send."""
    return config["_sip_tm"].l4r.getServer(None).getSIPaddr()


def of_agent(agent: agents.UserAgent) -> Saved:
    """An answered leg: enough to send a BYE in it."""
    here = _here(agent.global_config)
    local = agent.lUri.getCopy()
    if agent.origin == "caller":  # what the telephone dialled, with its PIN; a dialog is known by its tags
        local.getUrl().username = None
    return {
        "state": "answered",
        "call_id": str(agent.cId),
        "local": local.localStr(here),
        "remote": agent.rUri.localStr(here),
        "target": agent.rTarget.localStr(here),
        "routes": [route.localStr(here) for route in agent.routes or ()],
        "cseq": int(agent.lCSeq),
        "hop": list(agent.hop or agent.rAddr[0]),
    }


def of_incoming(request: Any, tag: str) -> Saved:
    """A telephone's INVITE that we have not answered. Whom it dialled, and by which PIN, is not kept: its answer is
    known by the branch of its Via.
    """
    whom = request.getHFBody("to").getCopy()
    whom.getUrl().username = None
    whom.setTag(tag)
    return {
        "state": "incoming",
        "via": [str(via) for via in request.getHFBodys("via")],
        "from": str(request.getHFBody("from")),
        "to": str(whom),
        "call_id": str(request.getHFBody("call-id")),
        "cseq": request.getHFBody("cseq").getCSeqNum(),
    }


def of_outgoing(agent: agents.UserAgent) -> Saved:
    """Our INVITE that nobody has answered yet: enough to cancel it."""
    request = agent.reqs[max(agent.reqs)]
    head = request.localStr(_here(agent.global_config)).partition("\r\n\r\n")[0].split("\r\n")
    invite = "\r\n".join([*(line for line in head if not line.startswith("Content-")), "", ""])
    return {"state": "outgoing", "invite": invite, "hop": list(agent.hop or agent.rAddr[0])}


# Hanging up


def hang_up(config: dict[str, Any], legs: Sequence[Saved]) -> int:
    """What is left of a call's lines is freed; how many. One that cannot be read frees itself in time."""
    done = 0
    for leg in legs:
        try:
            _WAYS[leg["state"]](config, leg)
        except Exception as fault:
            sparse.warn("dialog not ended", fault=fault)
        else:
            done += 1
    return done


def _bye(config: dict[str, Any], leg: Saved) -> None:
    agent = agents.UserAgent(config)
    agent.cId = SipCallId(leg["call_id"])
    agent.lUri, agent.rUri = _parsed(SipFrom(leg["local"])), _parsed(SipTo(leg["remote"]))
    agent.lTag = agent.lUri.getTag()
    agent.rTarget = SipURL(leg["target"])
    agent.routes = [_parsed(SipRoute(route)) for route in leg["routes"]]
    agent.lCSeq = leg["cseq"] + CSEQ_AHEAD
    agent.lContact = SipContact()
    host, port = leg["hop"]
    agent.hop = (host, port)
    agent.rAddr = agent.rAddr0 = (agent.hop, "udp")
    config["_sip_tm"].regConsumer(agent, str(agent.cId))
    agent.state = UaStateConnected(agent)
    agent.recvEvent(agents.bye("switch_lost"))


def _parsed(header: Any) -> Any:
    header.parse()
    return header


def _refuse(config: dict[str, Any], leg: Saved) -> None:
    """The telephone still hears that it rings: it is told that nothing comes of it."""
    lines = [f"Via: {via}" for via in leg["via"]]
    lines += [f"From: {leg['from']}", f"To: {leg['to']}", f"Call-ID: {leg['call_id']}", f"CSeq: {leg['cseq']} INVITE"]
    request = SipRequest("\r\n".join(["INVITE sip:kinline SIP/2.0", *lines, "", ""]))
    transactions = config["_sip_tm"]
    response = agents.answer(request, 503)
    address = response.getHFBody("via").getTAddr()
    transactions.transmitMsg(transactions.l4r.getServer(address), response, address, None)


def _cancel(config: dict[str, Any], leg: Saved) -> None:
    request = SipRequest(leg["invite"])
    host, port = leg["hop"]
    request.setTarget(((host, port), "udp"))
    transactions = config["_sip_tm"]

    def answered(response: Any) -> None:
        if 200 <= response.getSCode()[0] < 300:  # it crossed the CANCEL: somebody picked up, and nobody is there
            _bye(config, _picked_up(response, (host, port), config))

    transactions.cancelTransaction(transactions.adopt(request, answered))


def _picked_up(response: Any, hop: tuple[str, int], config: dict[str, Any]) -> Saved:
    """The dialog that a late answer to our INVITE makes."""
    here = _here(config)
    routes = response.getHFBodys("record-route")
    return {
        "call_id": str(response.getHFBody("call-id")),
        "local": response.getHFBody("from").localStr(here),
        "remote": response.getHFBody("to").localStr(here),
        "target": response.getHFBody("contact").getUrl().localStr(here),
        "routes": [route.localStr(here) for route in reversed(routes)],
        "cseq": response.getHFBody("cseq").getCSeqNum(),
        "hop": list(hop),
    }


_WAYS: Final = {"answered": _bye, "incoming": _refuse, "outgoing": _cancel}
