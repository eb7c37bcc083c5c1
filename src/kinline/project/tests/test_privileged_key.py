"""DEL-7: which process has the key of letters with attorneys, and which has none, wherever it lies."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from kinline.project.settings import _privileged_keys

KEY, OLD = "k" * 40, "o" * 40


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    for name in ("KEY", "KEY_FILE", "OLD_KEYS"):
        monkeypatch.delenv(f"KINLINE_PRIVILEGED_{name}", raising=False)
    monkeypatch.delenv("KINLINE_WITHOUT_PRIVILEGED_KEY", raising=False)


def test_none_is_none():
    assert _privileged_keys() == ()


def test_the_key_of_now_comes_first(monkeypatch):
    monkeypatch.setenv("KINLINE_PRIVILEGED_KEY", KEY)
    monkeypatch.setenv("KINLINE_PRIVILEGED_OLD_KEYS", f"{OLD} {KEY}")
    assert _privileged_keys() == (KEY, OLD, KEY)


def test_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n")
    monkeypatch.setenv("KINLINE_PRIVILEGED_KEY_FILE", str(tmp_path / "key"))
    assert _privileged_keys() == (KEY,)


def test_the_staff_face_has_none_even_where_it_is_set_or_a_file_that_it_may_not_read(monkeypatch):
    monkeypatch.setenv("KINLINE_PRIVILEGED_KEY", KEY)
    monkeypatch.setenv("KINLINE_PRIVILEGED_KEY_FILE", "/no/such/file")
    monkeypatch.setenv("KINLINE_WITHOUT_PRIVILEGED_KEY", "1")
    assert _privileged_keys() == ()


@pytest.mark.parametrize("name", ["KINLINE_PRIVILEGED_KEY", "KINLINE_PRIVILEGED_OLD_KEYS"])
def test_a_short_one_is_refused_at_the_start(monkeypatch, name):
    monkeypatch.setenv("KINLINE_PRIVILEGED_KEY", KEY)
    monkeypatch.setenv(name, "short")
    with pytest.raises(ImproperlyConfigured, match="32 characters"):
        _privileged_keys()
