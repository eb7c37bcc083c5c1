"""Reads of places. What is public here is public to everybody, so these take no actor."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from kinline.facilities.models import Agency, Facility, Holiday, HousingUnit, Kiosk, MessagePrice, RefusalReason
from kinline.facilities.rules import DEFAULT_MESSAGE_CENTS


def token_digest(token: str) -> bytes:
    """Only this is kept of a kiosk's token. The token is 256 random bits, so one plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def kiosk_by_token(token: str) -> Kiosk | None:
    """The enrolled kiosk of this token with its unit, facility and agency; None if unknown or disabled."""
    kiosks = Kiosk.objects.select_related("unit", "facility__agency")
    return kiosks.filter(token_digest=token_digest(token), disabled_at=None).first()


def kiosk_by_link(token: str, now: datetime) -> Kiosk | None:
    """The kiosk that an unused address is for. Reading it uses nothing up."""
    kiosks = Kiosk.objects.select_related("unit", "facility__agency")
    return kiosks.filter(link_digest=token_digest(token), link_until__gt=now, disabled_at=None).first()


def kiosk_by_id(kiosk_id: int) -> Kiosk | None:
    return Kiosk.objects.select_related("unit", "facility").filter(pk=kiosk_id).first()


def kiosks_of(facility_id: int) -> list[Kiosk]:
    """The kiosks of a place in the order of their enrolment, disabled ones too."""
    return list(Kiosk.objects.select_related("unit", "facility").filter(facility_id=facility_id).order_by("pk"))


def facility_by_slug(slug: str) -> Facility | None:
    return Facility.objects.select_related("agency").filter(slug=slug).first()


def facility_by_id(facility_id: int) -> Facility | None:
    return Facility.objects.select_related("agency").filter(pk=facility_id).first()


def facilities_by_id(ids: Iterable[int]) -> list[Facility]:
    """Those places with their agency, by name."""
    return list(Facility.objects.select_related("agency").filter(pk__in=list(ids)).order_by("name"))


def facilities_by_slug(slugs: Iterable[str]) -> dict[str, Facility]:
    return {f.slug: f for f in Facility.objects.select_related("agency").filter(slug__in=set(slugs))}


def public_facilities() -> list[Facility]:
    """Every facility with its agency, ordered as a list for people: by state, then name."""
    return list(Facility.objects.select_related("agency").order_by("region", "name"))


def facilities_of(agency_id: int) -> list[Facility]:
    """The places of one agency with their units."""
    return list(Facility.objects.filter(agency_id=agency_id).prefetch_related("units").order_by("name"))


def agency_by_slug(slug: str) -> Agency | None:
    return Agency.objects.filter(slug=slug).first()


def regions() -> list[str]:
    """The states in which there is a facility."""
    return list(Facility.objects.order_by("region").values_list("region", flat=True).distinct())


def units_of(facility_id: int) -> list[HousingUnit]:
    return list(HousingUnit.objects.filter(facility_id=facility_id).order_by("name"))


def unit_named(facility_id: int, name: str) -> HousingUnit | None:
    return HousingUnit.objects.filter(facility_id=facility_id, name__iexact=name.strip()).first()


def message_price_cents(agency_id: int, now: datetime) -> int:
    """Cents of one message at an agency at `now` (MSG-2)."""
    prices = MessagePrice.objects.filter(agency_id=agency_id, effective_from__lte=now)
    cents = prices.order_by("-effective_from").values_list("cents", flat=True).first()
    return DEFAULT_MESSAGE_CENTS if cents is None else cents


def photo_price_cents(agency_id: int, now: datetime) -> int:
    """Cents of one photo that goes with a letter at an agency at `now` (MSG-9)."""
    prices = MessagePrice.objects.filter(agency_id=agency_id, effective_from__lte=now)
    row = prices.order_by("-effective_from").values_list("cents", "photo_cents").first()
    return _photo_cents(*(row or (None, None)))


def _photo_cents(message_cents: int | None, photo_cents: int | None) -> int:
    """A photo costs as much as a message where the agency has not said otherwise."""
    if photo_cents is not None:
        return photo_cents
    return DEFAULT_MESSAGE_CENTS if message_cents is None else message_cents


@dataclass(frozen=True, slots=True)
class Price:
    agency_name: str
    message_cents: int
    photo_cents: int
    facilities: tuple[Facility, ...]


def prices(now: datetime) -> list[Price]:
    """What one message costs, by agency, with the agency's facilities."""
    newest = MessagePrice.objects.filter(agency=OuterRef("pk"), effective_from__lte=now).order_by("-effective_from")
    agencies = Agency.objects.annotate(
        message_cents=Subquery(newest.values("cents")[:1]), photo_cents=Subquery(newest.values("photo_cents")[:1])
    )
    return [
        Price(
            agency.name,
            DEFAULT_MESSAGE_CENTS if agency.message_cents is None else agency.message_cents,
            _photo_cents(agency.message_cents, agency.photo_cents),
            tuple(agency.facilities.all()),
        )
        for agency in agencies.prefetch_related("facilities").order_by("name")
    ]


def reason(facility_id: int, code: str) -> RefusalReason | None:
    """A reason that may be used now; None if the facility has none of this code or retired it."""
    return RefusalReason.objects.filter(facility_id=facility_id, code=code, retired_at=None).first()


def reasons(facility_id: int) -> list[RefusalReason]:
    """The facility's public list of reasons (DEL-5, DEL-8)."""
    return list(RefusalReason.objects.filter(facility_id=facility_id, retired_at=None).order_by("id"))


def retired_reasons(facility_id: int) -> list[RefusalReason]:
    """What nobody may choose any more, the last one first."""
    retired = RefusalReason.objects.filter(facility_id=facility_id).exclude(retired_at=None)
    return list(retired.order_by("-retired_at", "-id"))


def coming_holidays(agency_id: int, today: date) -> list[Holiday]:
    """From `today` on, the next one first."""
    return list(Holiday.objects.filter(agency_id=agency_id, day__gte=today).order_by("day"))


def holidays(agency_id: int) -> frozenset[date]:
    """Days that are no working days of the agency (DEL-6)."""
    days = Holiday.objects.filter(agency_id=agency_id)
    return frozenset(days.values_list("day", flat=True))
