"""A device with passkeys, in software: what a browser and a key would answer, and what a false one would (WebAuthn)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

SITE = "localhost"
ORIGIN = "http://localhost:8000"
_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey. `origin`: the page that asks; `verified`: its owner showed a finger or typed the PIN."""

    origin: str = ORIGIN
    site: str = SITE
    verified: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, asked: dict, **instead: str) -> str:
        """The answer to `navigator.credentials.create`."""
        client = self._client("webauthn.create", asked, instead)
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self._public()
        data = self._data(_WITH_KEY) + attested
        made = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(made)})

    def sign(self, asked: dict, **instead: str) -> str:
        """The answer to `navigator.credentials.get`; its counter goes up by one first."""
        self.count += 1
        client, data = self._client("webauthn.get", asked, instead), self._data(0)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: b64(value) for name, value in response.items()})

    def _client(self, kind: str, asked: dict, instead: dict) -> bytes:
        facts = {"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(facts | instead).encode()

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        return sha256(self.site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _public(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, response: dict) -> str:
        name = b64(self.credential_id)
        facts = {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        return json.dumps(facts)
