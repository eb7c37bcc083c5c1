"""Whose balance money over the counter is for: what a member of staff types, at their facility (MON-3, MON-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.facilities.models import Facility
from kinline.identity import queries as identity
from kinline.identity.models import Kind as UserKind
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.payments.models import Deposit
from kinline.payments.telephone import spoken, typed
from kinline.residents import queries as residents
from kinline.residents.models import Custody, Resident

Kind = Literal["resident", "calls", "phone", "family"]
MOST = 20  # people of one name to choose from

WHY_NOT: dict[str, str | Promise] = {
    "resident": _("This facility does not take message credits for residents. Take it for the family member instead."),
    "calls": _("This facility has no calling accounts (PIN Debit). Use a prepaid number (PPC) instead."),
    "phone": _("This facility has no prepaid numbers (PPC). Use the resident's calling account (PIN Debit) instead."),
}


@dataclass(frozen=True, slots=True)
class LobbyAccount:
    """One balance. `code`: what a form calls it, as `calls:12`. `why_not`: empty when money may be added."""

    code: str
    kind: Kind
    account: str
    name: str
    detail: str
    why_not: str = ""


def find(place: Facility, kind: str, text: str) -> list[LobbyAccount]:
    """Who is meant: a resident by number or name, a telephone number, a family member by user name or email."""
    if kind in ("resident", "calls"):
        return [_resident(place, kind, one) for one in _residents(place, text)]
    if kind == "phone":
        number = typed(text, settings.COUNTRY).number
        return [_phone(place, number)] if number else []
    user = identity.by_identifier(text) if kind == "family" else None
    return [_family(user)] if user is not None and user.activated_at is not None else []


def by_code(place: Facility, code: str) -> LobbyAccount | None:
    """The balance that a form names again; None if it is nobody's here."""
    kind, _colon, key = code.partition(":")
    if kind == "phone":
        return next(iter(find(place, "phone", key)), None) if key.startswith("+") else None
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    if kind in ("resident", "calls"):
        person = Resident.objects.filter(pk=int(key), agency_id=place.agency_id).first()
        return _resident(place, kind, person) if person else None
    people = User.objects.filter(kind=UserKind.FAMILY, closed_at=None, activated_at__isnull=False)
    user = people.filter(pk=int(key)).first() if kind == "family" else None
    return _family(user) if user else None


def _residents(place: Facility, text: str) -> list[Resident]:
    """The one with this number, in custody or not; else people in custody of this name."""
    person = residents.by_number(place.agency_id, text) if text else None
    if person is not None:
        return [person]
    ids = [one.resident_id for one in residents.find(text, agency_id=place.agency_id, limit=MOST)]
    found = Resident.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def _resident(place: Facility, kind: str, person: Resident) -> LobbyAccount:
    custody = Custody.objects.select_related("facility", "unit").filter(resident=person, ended_at=None).first()
    where = custody.facility if custody else place
    offered = where.resident_deposits if kind == "resident" else where.pin_debit
    made = chart.resident_messages if kind == "resident" else chart.resident_calls
    at = " · ".join(filter(None, [where.name, custody.unit.name if custody.unit else ""])) if custody else ""
    return LobbyAccount(
        f"{kind}:{person.pk}", "resident" if kind == "resident" else "calls", made(person.pk), person.name,
        " · ".join(filter(None, [person.number, at])), "" if offered else str(WHY_NOT[kind]),
    )  # fmt: skip


def _phone(place: Facility, number: str) -> LobbyAccount:
    shown = spoken(number, settings.COUNTRY)
    why_not = "" if place.prepaid_numbers else str(WHY_NOT["phone"])
    return LobbyAccount(f"phone:{number}", "phone", chart.number_prepaid(number), shown, number, why_not)


def _family(user: User) -> LobbyAccount:
    return LobbyAccount(f"family:{user.pk}", "family", chart.family_messages(user.pk), user.name, user.username)


# What the lobby took


@dataclass(frozen=True, slots=True)
class Taken:
    """One deposit at a facility, with whom it is for as its printed receipt names them. `kind` as of `LobbyAccount`."""

    number: str
    at: datetime
    amount_cents: int
    method: str
    kind: Kind
    name: str
    detail: str
    payer_name: str
    reference: str
    recorded_by: str
    facility_name: str


def taken(facility_ids: Sequence[int], limit: int = 20) -> list[Taken]:
    """The newest deposits at these places: cash, money orders, and lines of files."""
    return [_taken(one) for one in _rows(facility_ids).order_by("-at", "-pk")[:limit]]


def receipt(facility_ids: Sequence[int], number: str) -> Taken | None:
    """A deposit that one of these places took; None if there is none, or it is another place's."""
    row = _rows(facility_ids).filter(receipt=number).first()
    return _taken(row) if row else None


def _rows(facility_ids: Sequence[int]) -> QuerySet[Deposit]:
    return Deposit.objects.filter(facility_id__in=facility_ids).select_related("facility", "recorded_by", "payer")


def _taken(row: Deposit) -> Taken:
    kind, name, detail = _whose(row.account)
    return Taken(
        number=row.receipt, at=row.at, amount_cents=row.amount_cents, method=row.method, kind=kind, name=name,
        detail=detail, payer_name=row.payer.name if row.payer else row.payer_name, reference=row.reference,
        recorded_by=row.recorded_by.username if row.recorded_by else "",
        facility_name=row.facility.name if row.facility else "",
    )  # fmt: skip


def _whose(account: str) -> tuple[Kind, str, str]:
    side, key, purpose = chart.owner(account)
    if side == "number":
        return "phone", spoken(key, settings.COUNTRY), ""
    if side == "family":
        user = User.objects.get(pk=int(key))
        return "family", user.name, "" if user.closed_at else user.username
    person = Resident.objects.get(pk=int(key))
    return ("resident" if purpose == "messages" else "calls"), person.name, person.number
