"""Digest authentication (RFC 8760, RFC 7616): what a telephone answers to 401 and 407. Pure."""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

_PAIR: Final = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False),
    "SHA-256": hashlib.sha256,
    "SHA-512-256": lambda data: hashlib.new("sha512_256", data),
}


def pairs(header: str) -> dict[str, str]:
    return {found[1].lower(): found[2] if found[2] is not None else found[3] for found in _PAIR.finditer(header)}


def answer(challenge: str, *, user: str, password: str, method: str, uri: str, cnonce: str = "") -> str:
    """The value of `Authorization` for a challenge; empty if it asks for an algorithm that is not known here."""
    asked = pairs(challenge.partition(" ")[2])
    algorithm = asked.get("algorithm", "MD5").upper()
    make = _HASHES.get(algorithm)
    if make is None:
        return ""

    def digest(*parts: str) -> str:
        return str(make(":".join(parts).encode()).hexdigest())

    realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
    who, what = digest(user, realm, password), digest(method, uri)
    said = [f'username="{user}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{uri}"', f"algorithm={algorithm}"]
    if "auth" in asked.get("qop", "").replace(" ", "").split(","):
        cnonce = cnonce or secrets.token_hex(8)
        said += ["qop=auth", "nc=00000001", f'cnonce="{cnonce}"']
        said.append(f'response="{digest(who, nonce, "00000001", cnonce, "auth", what)}"')
    else:
        said.append(f'response="{digest(who, nonce, what)}"')
    if "opaque" in asked:
        said.append(f'opaque="{asked["opaque"]}"')
    return "Digest " + ", ".join(said)
