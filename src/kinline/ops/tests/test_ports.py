import os
import socket
from collections.abc import Iterator

import pytest

from kinline.ops import ports
from kinline.ops.obstacles import Obstacle


def test_a_taken_port_is_told_with_its_holder_and_another_that_is_free() -> None:
    with ports.listen("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(Obstacle, match=f"Port {port} is taken by process {os.getpid()}") as refused:
            ports.listen("127.0.0.1", port)
    offered = int(str(refused.value).rsplit("--port ", 1)[1])
    assert offered != port
    ports.listen("127.0.0.1", offered).close()


def test_a_foreign_address_is_told() -> None:
    with pytest.raises(Obstacle, match="no such address"):
        ports.listen("192.0.2.1", 0)


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000")])
def test_the_address_is_one_a_browser_takes(host: str, url: str) -> None:
    assert ports.address(host, 8000) == url


def test_listening_everywhere_shows_an_address_of_this_machine() -> None:
    assert "0.0.0.0" not in ports.address("0.0.0.0", 8000)


@pytest.fixture
def held() -> Iterator[int]:
    """A UDP port that this process has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        yield int(line.getsockname()[1])


def test_a_taken_sip_port_that_somebody_chose_is_told_with_its_holder_and_a_free_one(held: int) -> None:
    with pytest.raises(Obstacle, match=f"UDP port {held} is taken by process {os.getpid()}") as refused:
        ports.free_for_sip("127.0.0.1", held, default=False)
    offered = ports.sip_address(str(refused.value).rsplit("--sip ", 1)[1])
    assert offered[1] != held
    assert ports.free_for_sip(*offered, default=False) == offered[1]


def test_a_taken_sip_port_that_nobody_chose_is_passed_over(held: int) -> None:
    assert ports.free_for_sip("127.0.0.1", held, default=True) > held


def test_a_foreign_sip_address_is_told() -> None:
    with pytest.raises(Obstacle, match="no such address"):
        ports.free_for_sip("192.0.2.1", 15060, default=True)


@pytest.mark.parametrize("text", ["15060", "127.0.0.1", "127.0.0.1:", ":15060", "127.0.0.1:99999", "127.0.0.1:-1", ""])
def test_what_is_no_sip_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        ports.sip_address(text)


@pytest.mark.parametrize("text", ["127.0.0.1:15060", "[::1]:5060", "switch.example.org:5060"])
def test_a_sip_address_reads_as_it_is_written(text: str) -> None:
    assert ports.sip_text(*ports.sip_address(text)) == text
