import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.design import colour


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345g", "0b5f66", "#0b5f66;}", "url(x)"])
def test_what_is_no_colour_changes_nothing(text: str) -> None:
    assert colour.stylesheet(text) == ""


def test_our_own_accent_needs_no_change() -> None:
    assert colour.light((11, 95, 102)).accent == "#0b5f66"


def test_known_contrasts() -> None:
    assert colour.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert colour.contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_any_colour_is_made_readable(rgb: tuple[int, int, int]) -> None:
    """Buttons, links on the page, and links on the soft ground, in both schemes."""
    for accent, ground in ((colour.light(rgb), colour.LIGHT_GROUND), (colour.dark(rgb), colour.DARK_GROUND)):
        ink, deep, soft, on = (colour.parse(c) for c in (accent.accent, accent.deep, accent.soft, accent.on))
        assert None not in (ink, deep, soft, on)
        for text, behind in ((ink, ground), (ink, soft), (deep, ground), (deep, soft), (on, ink)):
            assert colour.contrast(text, behind) >= colour.READABLE
