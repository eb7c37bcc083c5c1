"""Verbs that set up places. Who may call them is the flow's question (`flows.set_up`)."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import ProtectedError, QuerySet

from kinline.core.transaction import verb
from kinline.facilities.errors import (
    BadSetting,
    BadTimeZone,
    LastReason,
    NameTaken,
    PriceInThePast,
    ReasonNotNeutral,
    ReasonTaken,
    ReasonThere,
    ReasonWithoutCode,
    SettingsChanged,
    UnitInUse,
    UnknownReason,
    UnknownUnit,
)
from kinline.facilities.models import (
    Agency,
    ContactRule,
    Facility,
    Holiday,
    HousingUnit,
    Kiosk,
    MessagePrice,
    RefusalReason,
)
from kinline.facilities.queries import token_digest
from kinline.facilities.rules import DEFAULT_MESSAGE_CENTS, RANGES, about_opinion, code_from, free_code

LINK_LASTS = timedelta(hours=24)


@verb
def create_agency(
    *,
    name: str,
    slug: str,
    now: datetime,
    message_cents: int = DEFAULT_MESSAGE_CENTS,
    resident_word: str = "",
    resident_word_es: str = "",
) -> Agency:
    """An agency with its first price, in cents a message. raises NameTaken."""
    words = {"resident_word": resident_word, "resident_word_es": resident_word_es}
    agency, made = Agency.objects.get_or_create(slug=slug, defaults={"name": name, "created_at": now, **words})
    if not made:
        raise NameTaken(name=slug)
    MessagePrice.objects.create(agency=agency, cents=message_cents, effective_from=now)
    return agency


@verb
def create_facility(
    *,
    agency_id: int,
    name: str,
    slug: str,
    region: str,
    now: datetime,
    city: str = "",
    time_zone: str = "America/New_York",
    contact_rule: str = ContactRule.OPEN,
    **choices: Any,
) -> Facility:
    """`choices`: further columns of Facility by name. raises NameTaken, BadTimeZone."""
    check_time_zone(time_zone)
    values = {"name": name, "region": region, "city": city, "time_zone": time_zone, "contact_rule": contact_rule}
    facility, made = Facility.objects.get_or_create(
        slug=slug, defaults={"agency_id": agency_id, "created_at": now, **values, **choices}
    )
    if not made:
        raise NameTaken(name=slug)
    return facility


def check_time_zone(name: str) -> None:
    """raises BadTimeZone unless `name` is an IANA time zone known here."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadTimeZone(name=name) from None


@verb
def change_facility(*, facility_id: int, changes: Mapping[str, Any], seen: Mapping[str, Any] | None = None) -> None:
    """Change settings of a place by column name; its slug and agency never change. `seen`: what was there to look at.

    raises BadTimeZone, BadSetting: a number that makes no sense; SettingsChanged: not what was looked at.
    """
    if seen is not None:
        row = Facility.objects.select_for_update(no_key=True).filter(pk=facility_id).values(*seen).get()
        if row != dict(seen):
            raise SettingsChanged
    if "time_zone" in changes:
        check_time_zone(changes["time_zone"])
    fixed = {"slug", "agency", "agency_id", "id"} & changes.keys()
    if fixed:
        raise ValueError(f"never changes: {', '.join(sorted(fixed))}")
    for name, (least, most) in RANGES.items():
        if name in changes and not least <= changes[name] <= most:
            raise BadSetting(name=name, least=least, most=most)
    Facility.objects.filter(pk=facility_id).update(**changes)


@verb
def add_unit(*, facility_id: int, name: str) -> HousingUnit:
    """The unit of this name, made if there is none."""
    unit, _ = HousingUnit.objects.get_or_create(facility_id=facility_id, name=name.strip())
    return unit


@verb
def new_unit(*, facility_id: int, name: str) -> HousingUnit:
    """raises NameTaken: also where only case differs, as a roster would not tell the two apart."""
    _free_name(facility_id, name)
    return add_unit(facility_id=facility_id, name=name)


@verb
def rename_unit(*, facility_id: int, unit_id: int, name: str) -> None:
    """raises UnknownUnit, NameTaken."""
    _free_name(facility_id, name, but=unit_id)
    if not HousingUnit.objects.filter(facility_id=facility_id, pk=unit_id).update(name=name.strip()):
        raise UnknownUnit(name=unit_id)


def _free_name(facility_id: int, name: str, but: int = 0) -> None:
    # Two who choose one name at once: the second waits here, and then sees the first's.
    Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
    same = HousingUnit.objects.filter(facility_id=facility_id, name__iexact=name.strip())
    if same.exclude(pk=but).exists():
        raise NameTaken(name=name.strip())


@verb
def remove_unit(*, facility_id: int, unit_id: int) -> None:
    """One that was never used, such as a slip of the finger. raises UnknownUnit, UnitInUse."""
    unit = HousingUnit.objects.filter(facility_id=facility_id, pk=unit_id).first()
    if unit is None:
        raise UnknownUnit(name=unit_id)
    try:
        unit.delete()
    except ProtectedError:
        raise UnitInUse(name=unit.name) from None


@verb
def add_reason(*, facility_id: int, code: str, text: str, text_es: str = "") -> RefusalReason:
    """Put a reason on the facility's public list, or word an existing one anew (DEL-5). raises ReasonNotNeutral."""
    if about_opinion(code.replace("-", " ").replace("_", " "), text, text_es):
        raise ReasonNotNeutral
    reason, _ = RefusalReason.objects.update_or_create(
        facility_id=facility_id, code=code, defaults={"text": text, "text_es": text_es, "retired_at": None}
    )
    return reason


@verb
def new_reason(*, facility_id: int, code: str, text: str, text_es: str) -> RefusalReason:
    """One more on the list, never another wording of one that letters were refused for. `code` empty: from the text.

    raises ReasonTaken, ReasonThere, ReasonWithoutCode, ReasonNotNeutral.
    """
    reasons = _reasons_held(facility_id)
    taken, wanted = set(reasons.values_list("code", flat=True)), code or code_from(text)
    if not wanted:
        raise ReasonWithoutCode
    if code in taken:
        raise ReasonTaken(name=code, free=free_code(code, taken))
    if reasons.filter(retired_at=None, text__iexact=text).exists():
        raise ReasonThere
    return add_reason(facility_id=facility_id, code=free_code(wanted, taken), text=text, text_es=text_es)


@verb
def retire_reason(*, facility_id: int, reason_id: int, now: datetime) -> None:
    """Nobody can choose it from now on; what was refused for it keeps it. raises UnknownReason, LastReason."""
    listed = _reasons_held(facility_id).filter(retired_at=None)
    reason = listed.filter(pk=reason_id).first()
    if reason is None:
        raise UnknownReason
    if listed.count() == 1:
        raise LastReason
    reason.retired_at = now
    reason.save(update_fields=["retired_at"])


@verb
def restore_reason(*, facility_id: int, reason_id: int) -> None:
    """A retired one is on the list again, in its own words. raises UnknownReason, ReasonThere, ReasonNotNeutral."""
    reasons = _reasons_held(facility_id)
    reason = reasons.filter(pk=reason_id).exclude(retired_at=None).first()
    if reason is None:
        raise UnknownReason
    if reasons.filter(retired_at=None, text__iexact=reason.text).exists():
        raise ReasonThere
    add_reason(facility_id=facility_id, code=reason.code, text=reason.text, text_es=reason.text_es)


def _reasons_held(facility_id: int) -> QuerySet[RefusalReason]:
    # Two who change one list, or set rules by it, wait for each other here: the last reason is not retired twice.
    Facility.objects.select_for_update(no_key=True).get(pk=facility_id)
    return RefusalReason.objects.filter(facility_id=facility_id)


@verb
def add_holiday(*, agency_id: int, day: date, name: str) -> None:
    Holiday.objects.get_or_create(agency_id=agency_id, day=day, defaults={"name": name})


@verb
def drop_holiday(*, agency_id: int, day: date) -> None:
    Holiday.objects.filter(agency_id=agency_id, day=day).delete()


@verb
def set_price(
    *, agency_id: int, cents: int, effective_from: datetime, now: datetime, photo_cents: int | None = None
) -> None:
    """Cents of one message, and of one photo, from a moment on. A row is never changed once it counts.

    `photo_cents`: None leaves what a photo costs by then as it is. raises PriceInThePast.
    """
    if effective_from < now:
        raise PriceInThePast
    if photo_cents is None:
        before = MessagePrice.objects.filter(agency_id=agency_id, effective_from__lte=effective_from)
        photo_cents = before.order_by("-effective_from").values_list("photo_cents", flat=True).first()
    MessagePrice.objects.update_or_create(
        agency_id=agency_id, effective_from=effective_from, defaults={"cents": cents, "photo_cents": photo_cents}
    )


@verb
def enrol_kiosk(*, facility_id: int, unit_id: int, label: str, now: datetime) -> tuple[Kiosk, str]:
    """A new kiosk and its token, which is shown this once (KSK-1). raises UnknownUnit: not of this facility."""
    unit = HousingUnit.objects.filter(pk=unit_id, facility_id=facility_id).first()
    if unit is None:
        raise UnknownUnit(name=unit_id)
    token = secrets.token_urlsafe(32)
    kiosk = Kiosk.objects.create(
        facility_id=facility_id, unit=unit, label=label, token_digest=token_digest(token), created_at=now
    )
    return kiosk, token


@verb
def renew_kiosk(*, kiosk_id: int) -> str:
    """A new token for an enrolled kiosk; the old one stops to work. The kiosk keeps its sessions and its label."""
    token = secrets.token_urlsafe(32)
    Kiosk.objects.filter(pk=kiosk_id).update(token_digest=token_digest(token), disabled_at=None)
    return token


@verb
def link_kiosk(*, kiosk_id: int, now: datetime) -> str:
    """The token of an address that enrols one browser, once, within a day. The browser that had it before is out."""
    token = secrets.token_urlsafe(32)
    Kiosk.objects.filter(pk=kiosk_id).update(
        token_digest=token_digest(secrets.token_urlsafe(32)),
        link_digest=token_digest(token),
        link_until=now + LINK_LASTS,
        disabled_at=None,
    )
    return token


@verb
def use_kiosk_link(*, token: str, now: datetime) -> str | None:
    """The device's own token, in exchange for the link's, which ends. None: used, too old, or none of ours."""
    link = Kiosk.objects.filter(link_digest=token_digest(token), link_until__gt=now, disabled_at=None)
    own = secrets.token_urlsafe(32)
    used = link.update(token_digest=token_digest(own), link_digest=None, link_until=None)
    return own if used else None


@verb
def disable_kiosk(*, kiosk_id: int, now: datetime) -> bool:
    """From now on its token opens nothing. False if it was disabled already."""
    rows = Kiosk.objects.filter(pk=kiosk_id, disabled_at=None)
    return rows.update(disabled_at=now, link_digest=None, link_until=None) == 1


@verb
def kiosk_seen(*, kiosk_id: int, now: datetime) -> None:
    Kiosk.objects.filter(pk=kiosk_id).update(last_seen_at=now)
