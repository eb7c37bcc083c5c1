"""Requests outside of any dialog: telephones that register or call, and everybody else (T3, traps 3 and 6).

A telephone proves itself with SIP digest, by a password made of its salt and the pepper. Each nonce is good for one
request. Who is not a telephone of ours learns nothing: a wrong name and a wrong password are answered alike.
"""

import ipaddress
import re
import time
from dataclasses import dataclass, field
from typing import Any, Final

from kinline.sip import agents
from kinline.sip.aio import SipWWWAuthenticate
from kinline.sip.around import Around
from kinline.sip.control import Telephone
from kinline.sip.gateway import LiveCall
from kinline.sip.quiet import sparse

REALM: Final = "kinline"
ALGORITHM: Final = "MD5"  # what telephones know; better ones are no use without TLS around them
NONCE_SECONDS: Final = 32  # as long as sippy takes one for fresh
SHORTEST_SECONDS: Final = 60
LONGEST_SECONDS: Final = 3600
DIALLED: Final = re.compile(r"[0-9*#+]{0,64}\Z")
_NAME: Final = re.compile(r"[-\w.]{1,80}\Z", re.ASCII)


@dataclass
class Door:
    """`open`: whether calls are let in; not before what an earlier run left is settled."""

    around: Around
    open: bool = False
    registered: dict[str, float] = field(default_factory=dict)
    _spent: dict[str, float] = field(default_factory=dict)

    def request(self, request: Any, transaction: Any) -> Any:
        """What sippy calls. Never raises."""
        try:
            return self._request(request, transaction)
        except Exception as problem:  # an unreadable header shows only when it is read
            sparse.warn("unreadable packet", type(problem).__name__)
            try:
                return (agents.answer(request, 400), None, None)
            except Exception:
                return None

    def _request(self, request: Any, transaction: Any) -> Any:
        method = request.getMethod()
        if request.getHFBody("to").getTag() is not None:
            return _refuse(request, 481)
        if method == "INVITE":
            return self._invite(request, transaction)
        if method == "OPTIONS" and not self.open:
            return None  # whoever waits for us to be there asks again
        if method != "REGISTER":
            return _refuse(request, 200 if method == "OPTIONS" else agents.refusal_of(method))
        if not self._fresh(request):
            return (_challenge(request), None, None)
        self.around.beside(self._register(request))
        return (None, None, None)

    def _invite(self, request: Any, transaction: Any) -> Any:
        code = self._obstacle(request) or _unfit(request)
        if code:
            return _refuse(request, code)
        if not self._trusted(request) and not self._fresh(request):
            return (_challenge(request), None, None)
        return LiveCall(self.around, request, self.identify).begin(transaction)

    def _obstacle(self, request: Any) -> int:
        """Why no call is begun now: a SIP code, or 0."""
        options, source = self.around.options, request.getSource()
        if not self.open or len(self.around.calls) >= options.most_calls:
            return 503
        if sum(call.source == source for call in self.around.calls.values()) >= options.most_of_one:
            return 503
        dialled = request.getRURI().username or ""
        return 0 if dialled in options.menu or DIALLED.match(dialled) else 404

    # Who is it

    def _trusted(self, request: Any) -> bool:
        """The sample's telephones: on this machine."""
        return self.around.options.trust_loopback and _is_here(request.getSource()[0])

    async def identify(self, request: Any) -> Telephone | None:
        """The telephone that sent an INVITE, which proved itself or need not. Raises TimeoutError."""
        control = self.around.control
        if self._trusted(request):
            name = str(request.getHFBody("from").getUrl().username or "")
            named = await control.telephone(name) if _NAME.match(name) else None
            return named or await control.telephone("")
        return await self._proved(request)

    async def _proved(self, request: Any) -> Telephone | None:
        proof = request.getHFBody("authorization")
        if not _NAME.match(proof.username or "") or proof.realm != REALM or proof.algorithm not in {None, ALGORITHM}:
            return None
        telephone = await self.around.control.telephone(proof.username)
        body = str(request.getBody() or "")
        if telephone is None or not proof.verify(telephone.password, request.getMethod(), body):
            sparse.warn("digest refused", request.getSource()[0])
            return None
        self.around.control.seen(telephone.username)
        return telephone

    def _fresh(self, request: Any) -> bool:
        """Whether it brings a proof under a nonce of ours that nobody has used."""
        if request.countHFs("authorization") != 1:
            return False
        proof = request.getHFBody("authorization")
        nonce = proof.nonce or ""
        now = time.monotonic()
        if nonce in self._spent or not _is_ours(proof, nonce):
            return False
        if len(self._spent) > 10_000 or (self._spent and now - next(iter(self._spent.values())) > 2 * NONCE_SECONDS):
            self._spent = {one: at for one, at in self._spent.items() if now - at <= NONCE_SECONDS}
        self._spent[nonce] = now
        return True

    # Registering

    async def _register(self, request: Any) -> None:
        """Nobody is ever called here (T3): that a telephone registered says that it is alive, and that is all."""
        transactions = self.around.config["_sip_tm"]
        try:
            telephone = await self._proved(request)
        except TimeoutError:
            response = agents.answer(request, 503, ("Retry-After", "10"))
        except Exception as problem:
            sparse.warn("unreadable packet", type(problem).__name__)
            response = agents.answer(request, 400)
        else:
            response = self._register_as(telephone, request)
        transactions.sendResponse(response)

    def _register_as(self, telephone: Telephone | None, request: Any) -> Any:
        if telephone is None:
            return agents.answer(request, 403)
        seconds, contact = _wanted(request)
        if 0 < seconds < SHORTEST_SECONDS:
            return agents.answer(request, 423, ("Min-Expires", str(SHORTEST_SECONDS)))
        if seconds == 0:
            self.registered.pop(telephone.username, None)
            return agents.answer(request, 200)
        self.registered[telephone.username] = time.monotonic() + seconds
        return agents.answer(request, 200, ("Contact", f"<{contact}>;expires={seconds}"), ("Expires", str(seconds)))


def _wanted(request: Any) -> tuple[int, str]:
    """For how long a telephone wants to be registered, and as what."""
    seconds, contact = LONGEST_SECONDS, ""
    if request.countHFs("expires"):
        seconds = request.getHFBody("expires").getNum()
    if request.countHFs("contact"):
        where = request.getHFBody("contact")
        if not where.asterisk:
            contact = str(where.getUrl())
            seconds = int(where.address.params.get("expires", seconds))
    return max(0, min(seconds, LONGEST_SECONDS)), contact


def _unfit(request: Any) -> int:
    """What an INVITE lacks, or wants and cannot have: a SIP code, or 0."""
    if request.countHFs("require") or request.countHFs("proxy-require"):
        return 420
    if request.countHFs("max-forwards") and request.getHFBody("max-forwards").getNum() <= 0:
        return 483
    if request.countHFs("contact") != 1 or request.getHFBody("contact").asterisk:
        return 400
    request.getHFBody("contact").getUrl()  # raises, if it is none
    body = request.getBody()
    return 0 if body is not None and body.getType() == "application/sdp" else 488


def _refuse(request: Any, code: int) -> Any:
    headers = [("Unsupported", str(one)) for one in request.getHFBodys("require")] if code == 420 else []
    return (agents.answer(request, code, *headers), None, None)


def _challenge(request: Any) -> Any:
    return agents.answer(request, 401, challenge=SipWWWAuthenticate(realm=REALM, algorithm=ALGORITHM))


def _is_ours(proof: Any, nonce: str) -> bool:
    try:
        return bool(nonce) and proof.ho.validate_challenge(nonce, _MASK)
    except Exception:  # not base64, too short, of another run
        return False


_MASK: Final = (1,)  # sippy's bit of MD5


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
