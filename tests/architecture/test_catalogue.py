"""Spanish from the first day (experience.md, rule 2): nothing that people read is without it."""

from pathlib import Path

import pytest

from . import catalogues
from .catalogues import PLACEHOLDER, Wanted, read_mo, read_po


@pytest.fixture(scope="module")
def spanish() -> dict[object, str]:
    """All compiled catalogues of ours together."""
    together: dict[object, str] = {}
    for path in catalogues.catalogues():
        together |= {key: text for key, text in read_mo(path.with_suffix(".mo")).items() if text}
    return together


def _has(spanish: dict[object, str], one: Wanted) -> bool:
    return (one.key, 0) in spanish and (one.key, 1) in spanish if one.plural else one.key in spanish


def test_every_string_has_spanish(spanish: dict[object, str]) -> None:
    missing = [f"{one.where}: {one.singular!r}" for one in catalogues.wanted() if not _has(spanish, one)]
    assert missing == []


def test_nothing_is_translated_for_nobody() -> None:
    wanted = {one.key for one in catalogues.wanted()}
    written = {entry.key for path in catalogues.catalogues() for entry in read_po(path) if entry.key}
    assert written - wanted == set()


def test_the_reader_of_strings_finds_them() -> None:
    """The test above must not pass because nothing was found."""
    found = {(one.where, one.singular) for one in catalogues.wanted()}
    assert ("design/wording.py", "just now") in found
    assert ("family/templates/family/public/home.html", "Write to the person you miss.") in found
    assert any(one.plural for one in catalogues.wanted() if one.where.endswith(".html"))
    assert any(one.context for one in catalogues.wanted())


@pytest.mark.parametrize("path", catalogues.catalogues(), ids=lambda path: path.parts[-5])
def test_a_catalogue_is_whole(path: Path) -> None:
    for entry in read_po(path):
        assert not entry.fuzzy, entry.key
        assert all(entry.forms), entry.key
        assert len(entry.forms) == (2 if entry.plural else 1), entry.key


@pytest.mark.parametrize("path", catalogues.catalogues(), ids=lambda path: path.parts[-5])
def test_placeholders_survive_translation(path: Path) -> None:
    for entry in read_po(path):
        english = set(PLACEHOLDER.findall(entry.key + entry.plural))
        for form in entry.forms:
            assert set(PLACEHOLDER.findall(form)) <= english, entry.key
        assert set(PLACEHOLDER.findall(entry.forms[-1])) == english, entry.key


@pytest.mark.parametrize("path", catalogues.catalogues(), ids=lambda path: path.parts[-5])
def test_what_runs_is_what_is_written(path: Path) -> None:
    """The compiled catalogue has the texts of its source, no more and no fewer."""
    compiled = {key: text for key, text in read_mo(path.with_suffix(".mo")).items() if key != ""}
    written: dict[object, str] = {}
    for entry in read_po(path):
        plain = {entry.key: entry.forms[0]} if not entry.plural else {}
        written |= plain or {(entry.key, n): form for n, form in enumerate(entry.forms)}
    assert compiled == written
