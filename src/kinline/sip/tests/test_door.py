"""Who may call: telephones that prove themselves, in the sample those of this machine, and nobody else (T3)."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from kinline.sip.control import Telephone
from kinline.sip.phone import Call
from kinline.sip.phone.message import request
from kinline.sip.quiet import sparse
from kinline.sip.tests.stage import ALLOWED, DIALLED, SECRET, FakeControl, Stage, play, staged


async def refused(stage: Stage, call: Call, code: int) -> None:
    assert await call.until("ended", timeout=10)
    assert call.code == code
    assert stage.control.asked == []
    assert stage.media.past == []
    await stage.until(lambda: not stage.switch.around.calls)


def test_a_telephone_registers_and_leaves(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            assert await stage.telephone.register(stage.switch.address) == 200
            assert stage.control.sightings == ["west"]
            assert list(stage.switch.door.registered) == ["west"]
            assert await stage.telephone.register(stage.switch.address, 30) == 423
            assert await stage.telephone.register(stage.switch.address, 0) == 200
            assert stage.switch.door.registered == {}

    play(scene)


@pytest.mark.parametrize(("user", "password"), [("west", "wrong"), ("east", SECRET), ("we st", SECRET)])
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(tmp_path: Path, user: str, password: str) -> None:
    async def scene() -> None:
        async with staged(tmp_path, user=user, password=password) as stage:
            assert await stage.telephone.register(stage.switch.address) == 403
            await refused(stage, await stage.call(), 403)
            assert stage.control.sightings == []

    play(scene)


def test_without_a_proof_there_is_a_challenge(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, password="") as stage:
            await refused(stage, await stage.call(), 403)  # the telephone answers it, with an empty password
            headers = [stage.telephone.via(), ("from", "<sip:west@a>;tag=1"), ("to", "<sip:west@a>")]
            headers += [("call-id", "1@a"), ("cseq", "1 REGISTER"), ("contact", stage.telephone.contact)]
            answered = await stage.telephone.transact(request("REGISTER", "sip:a", headers), stage.switch.address)
            assert answered.code == 401
            assert re.match(
                r'Digest realm="kinline",nonce="[^"]+",qop=auth,algorithm=MD5', answered.header("www-authenticate")
            )

    play(scene)


def test_a_proof_is_good_for_one_request(tmp_path: Path) -> None:
    """Whoever heard one on the wire cannot call with it."""

    async def scene() -> None:
        async with staged(tmp_path) as stage:
            a = await stage.call()
            await stage.ring()
            heard = a._invite
            assert heard is not None
            again = [(name, value) for name, value in heard.headers if name not in {"via", "call-id", "content-length"}]
            headers = [stage.outside.via(), *again, ("call-id", "stolen@a")]
            answered = await stage.outside.transact(
                request("INVITE", heard.uri, headers, heard.body), stage.switch.address
            )
            assert answered.code == 401
            assert len(stage.control.asked) == 1

    play(scene)


def test_in_the_sample_a_telephone_of_this_machine_need_not_prove_itself(tmp_path: Path) -> None:
    async def scene() -> None:
        control = FakeControl()
        control.telephones[""] = Telephone("", "")
        async with staged(tmp_path, control=control, user="sipp", password="", trust_loopback=True) as stage:
            await stage.call()
            await stage.ring()
            assert stage.control.asked[0][0] == ""

    play(scene)


def test_a_name_that_is_known_is_used_without_a_proof_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, password="", trust_loopback=True) as stage:
            await stage.call()
            await stage.ring()
            assert stage.control.asked[0][0] == "west"

    play(scene)


@pytest.mark.parametrize(
    ("dialled", "headers", "code"),
    [
        ("operator", (), 404),
        ("1" * 65, (), 404),
        (DIALLED, (("require", "100rel"),), 420),
        (DIALLED, (("max-forwards", "0"),), 483),
    ],
)  # fmt: skip
def test_what_is_no_call_is_refused_before_anybody_is_asked(
    tmp_path: Path, dialled: str, headers: tuple[tuple[str, str], ...], code: int
) -> None:
    async def scene() -> None:
        async with staged(tmp_path, password="", trust_loopback=True) as stage:
            at = stage.switch.address
            fields = [stage.telephone.via(), ("from", "<sip:west@a>;tag=1"), ("to", "<sip:b@a>"), ("call-id", "1@a")]
            fields += [
                ("cseq", "1 INVITE"),
                ("contact", stage.telephone.contact),
                ("content-type", "application/sdp"),
                *headers,
            ]
            invite = request("INVITE", f"sip:{dialled}@{at[0]}:{at[1]}", fields, b"v=0\r\n")
            answered = await stage.telephone.transact(invite, at)
            assert answered.code == code
            assert stage.media.past == []

    play(scene)


@pytest.mark.parametrize(
    ("method", "code"), [("OPTIONS", 200), ("BYE", 405), ("MESSAGE", 405), ("SUBSCRIBE", 405), ("DANCE", 501)]
)
def test_other_requests_get_their_answer(tmp_path: Path, method: str, code: int) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            for to, expected in (("<sip:b@a>", code), ("<sip:b@a>;tag=gone", 481)):
                fields = [
                    stage.telephone.via(),
                    ("from", "<sip:west@a>;tag=1"),
                    ("to", to),
                    ("call-id", f"{method}{to[-1]}@a"),
                ]
                asked = request(method, "sip:b@a", [*fields, ("cseq", f"1 {method}")])
                assert (await stage.telephone.transact(asked, stage.switch.address)).code == expected

    play(scene)


def test_when_the_lines_are_full_one_more_is_told_so(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path, most_calls=1) as stage:
            first = await stage.call()
            await stage.ring()
            second = await stage.call()
            assert await second.until("ended")
            assert second.code == 503
            assert first.state == "early"
            assert len(stage.control.asked) == 1

    play(scene)


def test_before_the_old_calls_are_settled_none_is_let_in(tmp_path: Path) -> None:
    async def scene() -> None:
        async with staged(tmp_path) as stage:
            stage.switch.door.open = False
            await refused(stage, await stage.call(), 503)

    play(scene)


def test_a_database_that_does_not_answer_is_try_later(tmp_path: Path) -> None:
    class Slow(FakeControl):
        async def telephone(self, username: str) -> Telephone | None:
            raise TimeoutError

    async def scene() -> None:
        async with staged(tmp_path, control=Slow()) as stage:
            await refused(stage, await stage.call(), 503)
            assert await stage.telephone.register(stage.switch.address) == 503

    play(scene)


def test_logs_name_no_pin_and_no_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async def scene() -> None:
        async with staged(tmp_path, control=FakeControl(replace(ALLOWED, seconds=1))) as stage:
            await stage.talk()
            await stage.over()
            stage.telephone.password = "wrong"
            await (await stage.call()).until("ended")

    sparse._told.clear()  # each kind of line comes at most once in ten seconds
    with caplog.at_level("DEBUG"):
        play(scene)
    said = caplog.text + "".join(capfd.readouterr())
    assert "digest refused" in said
    assert not re.search(r"2580|3155550101", said)
