"""How what changes is put into words: names as they are, numbers, money. And, without an engine, into recorded parts.

A `number` of up to three digits is an amount ("fifteen"); a longer one, or one with other keys, is read key by key.
`money` is as `telephony.rating.in_dollars` writes it: `$0.11`, `$1.50`, `$0.115`.
"""

import re
from typing import Final

KINDS: Final = frozenset({"name", "number", "money"})
_LONGEST_NAME: Final = 100
_AMOUNT_DIGITS: Final = 3
_MONEY: Final = re.compile(r"\$(\d[\d,]*)\.(\d{2})(\d*)")
_COINS: Final = {
    ("en", "dollars"): ("1 dollar", "dollars"),
    ("en", "cents"): ("1 cent", "cents"),
    ("es", "dollars"): ("un dólar", "dólares"),
    ("es", "cents"): ("un centavo", "centavos"),
}
_KEYS: Final = {"en": {"*": "star", "#": "pound"}, "es": {"*": "asterisco", "#": "numeral"}}


def words(kind: str, value: str, language: str) -> str:
    """For the engine; empty: there is nothing to say."""
    if kind == "number":
        return _number(value, language)
    if kind == "money":
        return _money(value, language)
    return re.sub(r"[^\w\s'.,&-]+", " ", value)[:_LONGEST_NAME].strip()  # letters only: no marks that engines obey


def _number(value: str, language: str) -> str:
    if value.isdecimal() and len(value) <= _AMOUNT_DIGITS:
        return value
    keys = _KEYS.get(language, _KEYS["en"])
    return ", ".join(keys.get(one, one) for one in value if one.isdecimal() or one in keys)


def _money(value: str, language: str) -> str:
    found = _MONEY.fullmatch(value)
    if found is None:
        return ""
    dollars, cents = found[1].replace(",", "").lstrip("0"), found[2].lstrip("0") or "0"
    if found[3]:
        cents += f".{found[3]}"
    said = [_counted(dollars, "dollars", language)] if dollars else []
    if cents != "0" or not dollars:
        said.append(_counted(cents, "cents", language))
    return (" y " if language == "es" else " and ").join(said)


def _counted(count: str, coin: str, language: str) -> str:
    one, many = _COINS["es" if language == "es" else "en", coin]
    if count == "1":
        return one
    return f"{count.replace('.', ' punto ') if language == 'es' else count} {many}"


def parts(kind: str, value: str) -> list[str]:
    """The recorded parts that say it, digit by digit."""
    if kind == "name":
        return ["part.somebody"]
    named = {".": "part.point", "*": "part.star", "#": "part.pound"}
    said = [named.get(one, f"part.{one}") for one in value if one in named or (one.isascii() and one.isdecimal())]
    return [*said, "part.dollars"] if kind == "money" else said
