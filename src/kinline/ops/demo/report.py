"""`demo.json`: the addresses and sign-ins of the sample jail."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from kinline.facilities import queries
from kinline.facilities.models import Facility, Kiosk
from kinline.flows import set_up
from kinline.ops import datadir, telephones
from kinline.ops.demo import calls, people, places


def facts(base: str, old: Path, now: datetime) -> dict[str, Any]:
    """`old`: the file of an earlier run, which alone knows the kiosk's token; without it there is a new token."""
    kiosk, token = _kiosk(old, now)
    lines = calls.facts_of([*people.numbers(), people.NEWCOMER])
    return {
        "portal": f"{base}/",
        "kiosk": f"{base}/kiosk/enrol/{token}/",
        "staff": f"{base}/staff/",
        "mail": f"{base}/dev/mail/",
        "sip": os.environ.get(telephones.SIP, telephones.DEFAULT),
        **({"processor": f"{settings.STRIPE_PAGE_ORIGIN}/test/"} if settings.STRIPE_STANDS_IN else {}),
        "families": [{"username": name, "password": people.FAMILY_PASSWORD} for name in people.FAMILIES],
        "staff_users": [
            {
                "username": name,
                "password": places.STAFF_PASSWORD,
                "role": str(role),
                "facility": slug,
                "totp_secret": places.totp_secret(name, now),
            }
            for slug, team in places.STAFF.items()
            for name, role in team.items()
        ],
        "residents": [
            *(_resident(number, lines[number]) for number in people.numbers()),
            _resident(people.NEWCOMER, lines[people.NEWCOMER]) | {"first_use": True},
        ],
        "ppc_numbers": calls.prepaid_numbers(),
        "kiosks": [{"facility": kiosk.facility.slug, "unit": kiosk.unit.name, "token": token}],
    }


def _resident(number: str, telephones: Mapping[str, Any]) -> dict[str, Any]:
    facility = places.SOUTH if people.in_south(number) else places.NORTH
    name = " ".join(people.name_of(number))
    known = {"name": name, "number": number, "pin": people.pin_of(number), "facility": facility}
    return known | dict(telephones)


def _kiosk(old: Path, now: datetime) -> tuple[Kiosk, str]:
    for known in datadir.read_json(old).get("kiosks", ()):
        kiosk = queries.kiosk_by_token(str(known.get("token", "")))
        if kiosk is not None:
            return kiosk, known["token"]
    kiosk = queries.kiosks_of(Facility.objects.get(slug=places.NORTH).pk)[0]
    return kiosk, set_up.renew_kiosk(staff=None, kiosk_id=kiosk.pk, now=now)


def as_text(facts: dict[str, Any]) -> str:
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
