"""The journal: what was answered is there after a restart, what was torn is as if it had not been."""

import pytest

from kinline.ops.fake_stripe.store import Store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "journal"


def one(ref: str, **more: object) -> dict[str, object]:
    return {"id": ref, "object": "thing", **more}


def test_everything_is_there_again_newest_first(path):
    store = Store(path)
    store.put(one("a"))
    store.put(one("b"))
    store.commit()
    store.put(one("a", x=2))
    store.put(one("c"))
    store.drop("b")
    store.commit()
    store.close()
    again = Store(path)
    assert again.of("thing") == [one("c"), one("a", x=2)]
    assert again.get("b") is None
    again.close()
    assert Store(path).of("thing") == [one("c"), one("a", x=2)], "also after it was rewritten"


def test_what_was_not_committed_is_not_there(path):
    store = Store(path)
    store.put(one("a"))
    assert Store(path).of("thing") == []


@pytest.mark.parametrize("torn", [b'\n{"b":{"id":"b","obj', b"\n\xff\xfe\n", b"\n[]\n", b"\n\n"])
def test_a_torn_line_loses_itself_only(path, torn):
    store = Store(path)
    store.put(one("a"))
    store.commit()
    with path.open("ab") as file:
        file.write(torn)
    store.put(one("c"))
    store.commit()  # as after a full disk that was cleared
    assert Store(path).of("thing") == [one("c"), one("a")]


def test_only_its_owner_may_read_it(path):
    Store(path)
    assert path.stat().st_mode & 0o077 == 0
