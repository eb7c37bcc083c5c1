"""Text as searches and word rules compare it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.folding import fold

FOLDED = [
    ("Peña", "pena"),
    ("pen\u0303a", "pena"),
    ("STRASSE", "strasse"),
    ("Straße", "strasse"),
    ("İstanbul", "istanbul"),
    ("ﬁre", "fire"),
    ("ＦＩＲＥ", "fire"),
    ("f\u200bi\u00adr\u2060e", "fire"),
    ("\u202efire", "fire"),
    ("Ёлка", "елка"),
    ("a b\tc", "a b\tc"),
    ("x²", "x2"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "folded"), FOLDED)
def test_without_case_accents_and_invisible_characters(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_is_done_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_case_makes_no_difference(text):
    assert fold(text.casefold()) == fold(text)
