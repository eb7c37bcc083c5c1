"""How audit rows hang together: each link is a digest over its row and the link before. Pure.

Anybody can prove an exported log with these few lines: SHA-256 over the digest before (32 bytes; zeros at the start)
and the row as JSON in UTF-8, a list in a fixed order, keys sorted, without spaces.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

START = bytes(32)


@dataclass(frozen=True, slots=True)
class Row:
    """One audit row as it is sealed. `object`: what was acted on; `detail`: ids, codes and counts."""

    id: int
    at: datetime
    actor: str
    act: str
    object: str
    facility_id: int | None
    detail: dict[str, Any]


def line(position: int, sealed_at: datetime, row: Row) -> str:
    """The text that is digested: everything that may never change, and when it was sealed."""
    facts = [
        position, _moment(sealed_at), row.id, _moment(row.at), row.actor, row.act, row.object, row.facility_id,
        row.detail,
    ]  # fmt: skip
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(before: bytes, text: str) -> bytes:
    return hashlib.sha256(before + text.encode("utf-8", "surrogatepass")).digest()


def _moment(at: datetime) -> str:
    """In UTC with microseconds, as the database keeps it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
