import pytest

from kinline.design.letters import as_html, paragraphs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One.", [["One."]]),
        ("One.\nTwo.", [["One.", "Two."]]),
        ("One.\n\nTwo.", [["One."], ["Two."]]),
        ("One.\r\n\r\n\r\nTwo.", [["One."], ["Two."]]),
        ("One.\n \t \nTwo.", [["One."], ["Two."]]),
        ("One.\u2029Two.\u2028Three.", [["One."], ["Two.", "Three."]]),
        ("  indented\n    verse", [["  indented", "    verse"]]),
        ("nul\x00bell\x07", [["nulbell"]]),
        ("\n\nOne.\n\n", [["One."]]),
    ],
)
def test_paragraphs(text: str, expected: list[list[str]]) -> None:
    assert paragraphs(text) == expected


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", '<p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;</p>'),
        ("a & b\n\"c\" 'd'", '<p dir="auto">a &amp; b<br>&quot;c&quot; &#x27;d&#x27;</p>'),
        ("</p><p>", '<p dir="auto">&lt;/p&gt;&lt;p&gt;</p>'),
        (
            "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
            '<p dir="auto">family \U0001f468\u200d\U0001f469\u200d\U0001f467</p>',
        ),
    ],
)
def test_everything_is_escaped(text: str, html: str) -> None:
    assert as_html(text) == html


def test_an_open_override_stays_in_its_paragraph() -> None:
    """Each paragraph is isolated by `dir="auto"`; the mark itself is kept as written."""
    assert as_html("\u202eabc\n\ndef") == '<p dir="auto">\u202eabc</p><p dir="auto">def</p>'
