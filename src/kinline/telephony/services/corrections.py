"""Verbs of corrections: a record stays as it was written, and a newer one stands beside it (T14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.telephony.models import Call, CallCorrection, Cdr


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a record is corrected and by whom; `by` None: by itself. `key`: of the wish, by which a repeat is known."""

    key: UUID
    why: str
    note: str = ""
    by: User | None = None


@verb
def locked(facility_id: int, call_id: int) -> Call | None:
    """A call of a place that is over; until the story ends nobody else corrects it. Not one of a hotline (REC3)."""
    rows = Call.objects.select_for_update(of=("self",), no_key=True).select_related("facility")
    rows = rows.filter(pk=call_id, facility_id=facility_id, ended_at__isnull=False)
    return rows.exclude(call_type="hotline").first()


@verb
def write(standing: Cdr, changed: Mapping[str, Any], grounds: Grounds, *, entry_id: int | None, now: datetime) -> Cdr:
    """A new record in place of the one that stands, which is of a locked call. `changed`: where it differs."""
    same = {field.attname: getattr(standing, field.attname) for field in Cdr._meta.concrete_fields}
    entries = [*standing.entries, entry_id] if entry_id else standing.entries
    new = same | {"id": None, "corrects_id": standing.pk, "entries": entries, "written_at": now} | dict(changed)
    written = Cdr.objects.create(**new)
    CallCorrection.objects.create(
        record=written, key=grounds.key, why=grounds.why, note=grounds.note, made_by=grounds.by, entry_id=entry_id,
        back_cents=standing.cents - written.cents, at=now,
    )  # fmt: skip
    return written
