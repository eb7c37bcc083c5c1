"""Whether `up` brings a stand-in of the card processor, and that it is found again where it was."""

import socket
from types import SimpleNamespace

import pytest

from kinline.ops import processor, running, up
from kinline.ops.datadir import DataDir
from kinline.ops.obstacles import Obstacle
from kinline.ops.processor import standing_in

HOST = "127.0.0.1"


@pytest.fixture
def data(tmp_path, monkeypatch) -> DataDir:
    for name in (*processor.SHARED, "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return DataDir(tmp_path)


def test_it_listens_and_tells_everybody_where_and_with_which_key(data):
    with standing_in(data, HOST, demo=True) as found:
        port = found.listening.getsockname()[1]
        assert set(processor.SHARED) < set(found.environment)
        assert found.environment["KINLINE_STRIPE_API"] == f"http://127.0.0.1:{port}"
        assert found.environment["KINLINE_STRIPE_PAGE"] == f"http://127.0.0.1:{port}"
        assert found.environment["KINLINE_STRIPE_KEY"].startswith("sk_test_")
        with socket.create_connection((HOST, port), timeout=5):
            pass


def test_the_next_time_it_is_where_it_was_with_the_same_key(data):
    with standing_in(data, HOST, demo=True) as first:
        known = dict(first.environment)
    with standing_in(data, HOST, demo=True) as second:
        assert dict(second.environment) == known


def test_if_its_place_is_taken_it_takes_another_and_keeps_the_key(data):
    with standing_in(data, HOST, demo=True) as first, standing_in(data, HOST, demo=True) as second:
        assert second.environment["KINLINE_STRIPE_API"] != first.environment["KINLINE_STRIPE_API"]
        assert second.environment["KINLINE_STRIPE_KEY"] == first.environment["KINLINE_STRIPE_KEY"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"port": "x"}', '{"port": -1, "key": ""}', '{"port": 99999}'])
def test_what_it_remembers_may_be_damaged(data, text):
    (data.path / "processor.json").write_text(text)
    with standing_in(data, HOST, demo=True) as found:
        assert found.environment["KINLINE_STRIPE_KEY"].startswith("sk_test_")


def test_a_real_installation_has_none_so_that_nobody_pays_with_test_money(data):
    with standing_in(data, HOST, demo=False) as found:
        assert found is None
    assert not (data.path / "processor.json").exists()


def test_with_a_processor_of_ones_own_there_is_none(data, monkeypatch):
    monkeypatch.setenv("KINLINE_STRIPE_KEY", "sk_test_of_mine")
    with standing_in(data, HOST, demo=True) as found:
        assert found is None


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
def test_the_sample_takes_no_real_money(data, monkeypatch, key):
    monkeypatch.setenv("KINLINE_STRIPE_KEY", key)
    with pytest.raises(Obstacle, match="real money"), standing_in(data, HOST, demo=True):
        pass


def test_listening_everywhere_its_pages_are_at_our_address_and_its_api_is_near(data):
    with standing_in(data, "", demo=True) as found:
        assert found.environment["KINLINE_STRIPE_API"].startswith("http://127.0.0.1:")
        assert not found.environment["KINLINE_STRIPE_PAGE"].startswith("http://:")


def test_a_proxy_of_this_machine_is_not_asked_for_it(data, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    with standing_in(data, HOST, demo=True) as found:
        assert found.environment["NO_PROXY"] == "intranet.example,127.0.0.1"
        assert found.environment["no_proxy"] == "127.0.0.1"


@pytest.mark.parametrize("stands_in", [True, False])
def test_commands_beside_it_know_its_key_and_a_real_key_is_not_written_down(data, monkeypatch, stands_in):
    recorded: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(running, "record", lambda _data, **facts: recorded.update(facts))
    environment = {"DATABASE_URL": "postgresql:///x", "KINLINE_STRIPE_KEY": "sk_of_somebody"}
    with standing_in(data, HOST, demo=stands_in) as found:
        start = up.Start(data, up.Choices(HOST, 0, stands_in), "http://x", 3, environment, found, None, 0.0)
        up._record(start, SimpleNamespace(parts=dict), is_ready=True)
    assert ("KINLINE_STRIPE_KEY" in recorded["environment"]) == stands_in
    assert "DATABASE_URL" in recorded["environment"]
