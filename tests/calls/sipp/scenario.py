"""SIPp scenarios, put together from steps: what a telephone says, and an outside party that it calls, as SIPp's XML.

`;transport=[transport]` in each Contact is `UDP` in capitals: a switch that cannot read that never sends its BYE.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

_SDP = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=sendrecv"""

_CONTACT = "Contact: <sip:sample@[local_ip]:[local_port];transport=[transport]>\n"
_WITH_SDP = f"Content-Type: application/sdp\nContent-Length: [len]\n\n{_SDP}"
_WITHOUT_EVENTS = _WITH_SDP.replace("RTP/AVP 0 101", "RTP/AVP 0").replace(
    "a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\n", ""
)
_EMPTY = "Content-Length: 0\n"
_VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
_OPTIONAL = ' optional="true"'
_labels = itertools.count(1)

Steps = str  # one or several, to be put one behind another


def write(path: Path, steps: Steps) -> Path:
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<scenario name="{path.stem}">\n{steps}\n</scenario>\n')
    return path


def _send(text: str, *, again: bool = False) -> Steps:
    """`again`: until it is answered."""
    words = ' retrans="500"' if again else ""
    return f"<send{words}><![CDATA[\n{text}\n]]></send>\n"


def hears(response: int, *, optional: bool = False, more: str = "") -> Steps:
    return f'<recv response="{response}"{_OPTIONAL if optional else ""}{more}/>\n'


def is_asked(method: str, *, optional: bool = False, more: str = "") -> Steps:
    return f'<recv request="{method}"{_OPTIONAL if optional else ""}{more}/>\n'


def waits(seconds: float) -> Steps:
    return f'<pause milliseconds="{int(seconds * 1000)}"/>\n'


def says(voice: Path) -> Steps:
    """Begin to say this; the next step comes at once."""
    return f'<nop><action><exec play_pcap_audio="{voice}"/></action></nop>\n'


def _same(to: str = "[last_To:]") -> str:
    return f"[last_Via:]\n[last_From:]\n{to}\n[last_Call-ID:]\n[last_CSeq:]\n"


def _ok() -> Steps:
    return _send(f"SIP/2.0 200 OK\n{_same()}{_EMPTY}")


def is_hung_up() -> Steps:
    """The other side says BYE."""
    return is_asked("BYE") + _ok()


def _crossing() -> Steps:
    """After a BYE: while one of the other side's may be on its way. Whichever comes is answered."""
    crossed, done = next(_labels), next(_labels)
    return (
        is_asked("BYE", optional=True, more=f' next="{crossed}"')
        + hears(200, more=f' next="{done}"')
        + f'<label id="{crossed}"/>\n{_ok()}'
        + hears(481, optional=True, more=f' next="{done}"')
        + hears(200)
        + f'<label id="{done}"/>\n'
    )


@dataclass(frozen=True, slots=True)
class Telephone:
    """One of the facility, that dials `user`: `ID*PIN*NUMBER`, a hotline, or the menu."""

    station: str
    password: str
    user: str

    @property
    def _uri(self) -> str:
        return f"sip:{self.user}@[remote_ip]:[remote_port]"

    @property
    def _from(self) -> str:
        return f"From: <sip:{self.station}@[remote_ip]>;tag=[pid]p[call_number]\n"

    def invites(self, more: str = "") -> Steps:
        head = f"INVITE {self._uri} SIP/2.0\n{_VIA}{self._from}To: <{self._uri}>\nCall-ID: [call_id]\n"
        return _send(f"{head}CSeq: [cseq] INVITE\nMax-Forwards: 70\n{more}{_CONTACT}{_WITH_SDP}", again=True)

    def dials(self) -> Steps:
        """It is asked who it is, and says so (RFC 2617)."""
        proof = f"[authentication username={self.station} password={self.password}]\n"
        return (
            self.invites()
            + hears(100, optional=True)
            + hears(401, more=' auth="true"')
            + self._no
            + self.invites(proof)
        )

    @property
    def _no(self) -> Steps:
        """ACK of an answer that is no call."""
        head = f"ACK {self._uri} SIP/2.0\n[last_Via:]\n{self._from}[last_To:]\n[last_Call-ID:]\n"
        return _send(f"{head}CSeq: [cseq] ACK\nMax-Forwards: 70\n{_EMPTY}")

    def hears_something(self) -> Steps:
        """It rings, or somebody says something, before the call is answered."""
        return hears(100, optional=True) + hears(183)

    def is_answered(self) -> Steps:
        earlier = "".join(hears(code, optional=True) for code in (100, 180, 183))
        return earlier + hears(200) + self._yes

    @property
    def _yes(self) -> Steps:
        """ACK of an answer that is one."""
        head = f"ACK sip:[remote_ip]:[remote_port] SIP/2.0\n{_VIA}{self._from}[last_To:]\n[last_Call-ID:]\n"
        return _send(f"{head}CSeq: [cseq] ACK\nMax-Forwards: 70\n{_EMPTY}")

    def is_answered_or_refused(self, code: int, then: Steps) -> Steps:
        """`then`: what it does where it is answered."""
        up, done = next(_labels), next(_labels)
        either = hears(200, optional=True, more=f' next="{up}"') + hears(code) + self._no
        return f'{either}<nop next="{done}"/>\n<label id="{up}"/>\n{self._yes}{then}<label id="{done}"/>\n'

    def is_refused(self, code: int) -> Steps:
        return hears(100, optional=True) + hears(183, optional=True) + hears(code) + self._no

    def registers(self, code: int) -> Steps:
        """Asked who it is, it says so, and is told this."""
        where = "sip:[remote_ip]:[remote_port]"

        def asks(more: str = "") -> Steps:
            head = f"REGISTER {where} SIP/2.0\n{_VIA}{self._from}To: <sip:{self.station}@[remote_ip]>\n"
            rest = f"Call-ID: [call_id]\nCSeq: [cseq] REGISTER\nMax-Forwards: 70\nExpires: 300\n{more}{_CONTACT}"
            return _send(f"{head}{rest}{_EMPTY}", again=True)

        proof = f"[authentication username={self.station} password={self.password}]\n"
        return asks() + hears(401, more=' auth="true"') + asks(proof) + hears(code)

    def is_turned_away(self, code: int) -> Steps:
        """Dials, and is not even asked who it is."""
        return self.invites() + hears(100, optional=True) + hears(code) + self._no

    def cancels(self) -> Steps:
        """It hangs up before anybody has answered."""
        head = f"CANCEL {self._uri} SIP/2.0\n[last_Via:]\n{self._from}To: <{self._uri}>\n[last_Call-ID:]\n"
        cancel = _send(f"{head}CSeq: [cseq] CANCEL\nMax-Forwards: 70\n{_EMPTY}", again=True)
        return cancel + hears(200) + hears(487) + self._no

    def asks(self, method: str, more: str = _EMPTY) -> Steps:
        """A request within the call."""
        head = f"{method} sip:[remote_ip]:[remote_port] SIP/2.0\n{_VIA}{self._from}[last_To:]\nCall-ID: [call_id]\n"
        return _send(f"{head}CSeq: [cseq] {method}\nMax-Forwards: 70\n{more}", again=True)

    def hangs_up(self) -> Steps:
        return self.asks("BYE") + _crossing()


@dataclass(frozen=True, slots=True)
class Outside:
    """Who is called."""

    def is_called(self) -> Steps:
        kept = "".join(
            f'<ereg regexp=".*" search_in="hdr" header="{name}:" assign_to="{name.lower()}"/>'
            for name in ("From", "To")
        )  # fmt: skip
        return f'<recv request="INVITE"><action>{kept}</action></recv>\n<Reference variables="from,to"/>\n'

    def _answers(self, code: int, words: str, rest: str = _EMPTY, *, again: bool = False) -> Steps:
        head = _same("[last_To:];tag=[pid]o[call_number]")
        return _send(f"SIP/2.0 {code} {words}\n{head}{_CONTACT}{rest}", again=again)

    def rings(self) -> Steps:
        return self._answers(180, "Ringing")

    def answers(self, *, events: bool = True) -> Steps:
        """`events`: its keys come as such, and not as tones."""
        return self._answers(200, "OK", _WITH_SDP if events else _WITHOUT_EVENTS, again=True) + is_asked("ACK")

    def fails(self, code: int, words: str, more: str = "") -> Steps:
        return self._answers(code, words, more + _EMPTY, again=True) + is_asked("ACK")

    def is_given_up(self) -> Steps:
        """The switch stops calling while it rings; or another does, that was started since."""
        gone = (
            f"SIP/2.0 487 Request Terminated\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]o[call_number]\n"
            f"[last_Call-ID:]\nCSeq: [last_cseq_number] INVITE\n{_EMPTY}"
        )
        tagged = "[last_To:];tag=[pid]o[call_number]"
        given_up = is_asked("CANCEL") + _send(f"SIP/2.0 200 OK\n{_same(tagged)}{_EMPTY}")
        return given_up + _send(gone, again=True) + is_asked("ACK")

    def _own(self, method: str) -> str:
        return (
            f"{method} sip:[remote_ip]:[remote_port] SIP/2.0\n{_VIA}From:[$to];tag=[pid]o[call_number]\n"
            f"To:[$from]\nCall-ID: [call_id]\nCSeq: [cseq] {method}\nMax-Forwards: 70\n"
        )

    def asks(self, method: str, more: str = _EMPTY) -> Steps:
        """A request within the call."""
        return _send(self._own(method) + more, again=True)

    def hangs_up(self) -> Steps:
        return self.asks("BYE") + _crossing()

    def hangs_up_after(self, seconds: float) -> Steps:
        """Unless the other side is first."""
        own, done = next(_labels), next(_labels)
        waiting = is_asked("BYE", more=f' timeout="{int(seconds * 1000)}" ontimeout="{own}"')
        first = waiting + _ok() + f'<nop next="{done}"/>\n'
        return first + f'<label id="{own}"/>\n' + self.hangs_up() + f'<label id="{done}"/>\n'

    def holds(self) -> Steps:
        """A re-INVITE that sends nothing any more."""
        held = _CONTACT + _WITH_SDP.replace("a=sendrecv", "a=sendonly")
        ack = _send(self._own("ACK") + _EMPTY)
        return self.asks("INVITE", held) + hears(100, optional=True) + hears(200) + ack


def transfer() -> str:
    """The header of a REFER, for `asks`."""
    return f"Refer-To: <sip:+12125550199@[local_ip]>\n{_CONTACT}{_EMPTY}"


def key_by_info(key: str) -> str:
    """A key by SIP INFO, for `asks`."""
    return f"Content-Type: application/dtmf-relay\nContent-Length: [len]\n\nSignal={key}\nDuration=160"
