import os

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
