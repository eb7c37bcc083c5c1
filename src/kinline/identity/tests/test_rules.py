"""What may be typed about oneself (ACC-2): tables."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.identity import rules


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2008, 6, 15), date(2026, 6, 14), 17),
        (date(2008, 6, 15), date(2026, 6, 15), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2008, 3, 1), date(2026, 2, 28), 17),
        (date(2008, 12, 31), date(2026, 12, 30), 17),
        (date(2008, 1, 1), date(2026, 12, 31), 18),
    ],
)
def test_age_is_exact_to_the_day(born, day, years):
    assert rules.age_on(born, day) == years


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("US", "10001", "10001"),
        ("US", " 10001-1234 ", "10001-1234"),
        ("US", "10001 1234", None),
        ("US", "1000", None),
        ("US", "100011", None),
        ("US", "ABCDE", None),
        ("US", "１０００１", "10001"),
        ("CA", "k1a 0b1", "K1A 0B1"),
        ("CA", "K1A0B1", "K1A0B1"),
        ("CA", "10001", None),
        ("GB", "sw1a 1aa", "SW1A 1AA"),
        ("MX", "06000", "06000"),
        ("XX", "AB-12", "AB-12"),
        ("XX", "!", None),
    ],
)
def test_postal_codes_by_country(country, typed, kept):
    assert rules.postal_code(country, typed) == kept


@pytest.mark.parametrize("country", [*rules.POSTAL_CODES, "XX"])
def test_the_example_of_each_country_is_right(country):
    assert rules.postal_code(country, rules.postal_example(country)) == rules.postal_example(country)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana   María ", "Ana María"),
        ("Jose\u0301", "José"),
        ("O’Brien", "O’Brien"),
        ("大村\u3000花", "大村 花"),
        ("An\u200ba", "Ana"),
        ("\u202eanA\u202c", "anA"),
        ("\ufeffAna", "Ana"),
        ("An\u00ada", "Ana"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("An\u200ca", "Ana"),
        ("\u200d", ""),
        ("Ana\tMaría\n", "Ana María"),
        ("Ana\0", None),
        ("Ana\x1b[1m", None),
        ("Ana\ud800", None),
        ("\ufffdAna", None),
        ("Ana\ue000", None),
    ],
)
def test_lines_are_tidied_or_refused(typed, kept):
    assert rules.tidy(typed) == kept


@given(st.text())
def test_what_is_tidy_stays_as_it_is(text):
    once = rules.tidy(text)
    assert once is None or rules.tidy(once) == once


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", ("Chrome", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1", ("Safari", "iPhone")),
        ("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Firefox/130.0", ("Firefox", "Android")),
        ("curl/8", ("", "")),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(agent, said):
    assert rules.device(agent) == said
