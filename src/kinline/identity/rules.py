"""What may be typed about oneself: names, postal codes, ages; devices, and where passkeys work. Pure."""

import ipaddress
import re
import unicodedata
from datetime import date
from urllib.parse import urlsplit

# Country (ISO 3166) → what a postal code looks like there, after spaces at the ends and case are evened out, and an
# example for the sentence. A country that is not listed: anything short, as we cannot know better.
POSTAL_CODES: dict[str, tuple[str, str]] = {
    "US": (r"\d{5}(-\d{4})?", "32804"),
    "PR": (r"\d{5}(-\d{4})?", "00901"),
    "CA": (r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "K1A 0B1"),
    "MX": (r"\d{5}", "06000"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA"),
    "AU": (r"\d{4}", "2000"),
    "NZ": (r"\d{4}", "6011"),
    "DE": (r"\d{5}", "10115"),
    "FR": (r"\d{5}", "75001"),
    "ES": (r"\d{5}", "28001"),
}
_ANY_POSTAL_CODE = (r"[A-Z0-9][A-Z0-9 \-]{1,11}", "12345")
USERNAME = re.compile(r"[A-Za-z0-9._-]{3,30}")
# Who somebody is: what My account shows, and asks of everybody who signs up.
PROFILE = (
    "first_name",
    "last_name",
    "address_line1",
    "address_line2",
    "city",
    "region",
    "postal_code",
    "date_of_birth",
    "gender",
    "gender_self",
)
_JOINERS = "\u200c\u200d"  # part of spelling in Persian, Hindi and other scripts, when inside a word


def postal_code(country: str, typed: str) -> str | None:
    """The code as it is written there, or None when it cannot be one (ACC-2)."""
    pattern, _ = POSTAL_CODES.get(country, _ANY_POSTAL_CODE)
    code = " ".join(unicodedata.normalize("NFKC", typed).upper().split())
    return code if re.fullmatch(pattern, code, re.ASCII) else None


def postal_example(country: str) -> str:
    return POSTAL_CODES.get(country, _ANY_POSTAL_CODE)[1]


def age_on(born: date, day: date) -> int:
    """Full years on `day`. Somebody born on February 29 is a year older on March 1 of a common year (ACC-2)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def tidy(text: str) -> str | None:
    """A line in any script as we keep it: NFC, single spaces, nothing invisible; None if it holds what no line has.

    Zero-width and direction marks are dropped: with them two names look the same and are not. Joiners stay inside a
    word of a script that spells with them. Control characters, surrogates and what was not valid text are refused.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(c) in {"Cc", "Cs", "Co"} or c == "\ufffd" for c in line):
        return None
    kept = (c for i, c in enumerate(line) if unicodedata.category(c) != "Cf" or _spells(line, i))
    return " ".join("".join(kept).split())


def _spells(line: str, i: int) -> bool:
    around = line[i - 1 : i] + line[i + 1 : i + 2]
    return line[i] in _JOINERS and len(around) == 2 and all(not c.isascii() and _is_letter(c) for c in around)


def _is_letter(c: str) -> bool:
    return unicodedata.category(c)[0] in "LM"


def has_letter(text: str) -> bool:
    return any(_is_letter(c) for c in text)


# What a browser says of itself → a word that its owner knows it by. The first that fits: Edge also says Chrome.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("SamsungBrowser", "Samsung Internet"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device(agent: str) -> tuple[str, str]:
    """`("Firefox", "Android")`; empty words for what is not known."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    return browser, next((name for mark, name in _MACHINES if mark in agent), "")


_PORTS = {"https": 443, "http": 80}


def passkey_site(address: str) -> tuple[str, str] | None:
    """(relying party's id, origin) of a site at this address, as browsers will have it; None: they make no passkeys
    there. They do for a name over https. On one's own machine they do without, but only by the name `localhost`.
    """
    parts = urlsplit(address)
    host, scheme = parts.hostname or "", parts.scheme
    if scheme == "http" and (host == "localhost" or _is_loopback(host)):
        host = "localhost"
    elif scheme != "https" or not host or _is_number(host):
        return None
    port = "" if parts.port in (None, _PORTS[scheme]) else f":{parts.port}"
    return host, f"{scheme}://{host}{port}"


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_number(host) and ipaddress.ip_address(host).is_loopback
