"""What staff read of numbers: flags, notes, blocks of a place, hotlines (T4, TEL-9). Who works for the agency asks."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from kinline.telephony.models import Hotline, KnownNumber, NumberBlock, NumberNote

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Told:
    """All that is known of one number here. `row` None: an ordinary number. `blocks`: of this place, and the called
    party's own, lifted ones too, newest first."""

    number: str
    row: KnownNumber | None
    notes: list[NumberNote]
    blocks: list[NumberBlock]

    @property
    def blocked(self) -> list[NumberBlock]:
        return [one for one in self.blocks if one.lifted_at is None]


def known(agency_id: int, *, digits: str, owner: str) -> list[KnownNumber]:
    """Numbers with a flag, or whose holder staff wrote down."""
    flagged = Q(privileged_since__isnull=False) | Q(do_not_record=True) | Q(relay=True) | Q(watched=True)
    rows = KnownNumber.objects.filter(flagged | ~Q(owner=""), agency_id=agency_id)
    if digits:
        rows = rows.filter(number__contains=digits)
    elif owner:
        rows = rows.filter(owner__icontains=owner)
    return list(rows.order_by("owner", "number")[:MOST])


def told(agency_id: int, facility_id: int, number: str) -> Told:
    begins = [number[:length] for length in range(2, len(number) + 1)]
    fits = Q(number=number) | Q(is_prefix=True, number__in=begins)
    here = Q(facility=None) | Q(facility_id=facility_id)
    blocks = NumberBlock.objects.select_related("made_by", "lifted_by").filter(fits, here)
    notes = NumberNote.objects.select_related("made_by").filter(agency_id=agency_id, number=number)
    return Told(
        number=number,
        row=KnownNumber.objects.filter(agency_id=agency_id, number=number).first(),
        notes=list(notes.order_by("-made_at", "-pk")[:MOST]),
        blocks=list(blocks.order_by("-made_at", "-pk")[:MOST]),
    )


def blocks(facility_id: int, *, digits: str = "") -> list[NumberBlock]:
    """What is blocked at a place now, the newest first; what called parties blocked themselves is not the place's."""
    rows = NumberBlock.objects.select_related("made_by").filter(facility_id=facility_id, lifted_at=None)
    if digits:
        rows = rows.filter(number__contains=digits)
    return list(rows.order_by("-made_at", "-pk")[:MOST])


def lifted(facility_id: int, limit: int = 50) -> list[NumberBlock]:
    rows = NumberBlock.objects.select_related("made_by", "lifted_by")
    rows = rows.filter(facility_id=facility_id, lifted_at__isnull=False)
    return list(rows.order_by("-lifted_at", "-pk")[:limit])


def block(facility_id: int, block_id: int) -> NumberBlock | None:
    rows = NumberBlock.objects.select_related("made_by", "lifted_by")
    return rows.filter(facility_id=facility_id, pk=block_id).first()


def hotlines(facility_id: int) -> list[Hotline]:
    """Those in use first."""
    return list(Hotline.objects.filter(facility_id=facility_id).order_by("retired_at", "name", "pk"))
