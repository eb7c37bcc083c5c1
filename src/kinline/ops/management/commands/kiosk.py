"""`kiosk enrol|renew|disable`: shared screens (KSK-1)."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings

from kinline.flows import set_up
from kinline.flows.authority import Actor
from kinline.ops.acting import ActingCommand, facility_named, unit_named


class Command(ActingCommand):
    help = "Kiosks: enrol a browser, give it a new address, disable it."
    operator_may = True

    def acts(self, act: Callable[[str, str], ArgumentParser]) -> None:
        enrol = act("enrol", "prints the address that makes a browser this kiosk; open it there once")
        enrol.add_argument("facility")
        enrol.add_argument("unit")
        enrol.add_argument("label", help="how staff know it, such as: West, by the door")
        act("renew", "a new address for a kiosk; the browser that had it must open the new one").add_argument(
            "kiosk", type=int
        )
        act("disable", "it opens nothing any more").add_argument("kiosk", type=int)

    def enrol(self, actor: Actor, now: datetime, *, facility: str, unit: str, label: str, **_options: Any) -> None:
        place = facility_named(facility)
        unit_id = unit_named(place, unit).pk
        kiosk, token = set_up.enrol_kiosk(staff=actor, facility_id=place.pk, unit_id=unit_id, label=label, now=now)
        self._address(kiosk.pk, token)

    def renew(self, actor: Actor, now: datetime, *, kiosk: int, **_options: Any) -> None:
        self._address(kiosk, set_up.renew_kiosk(staff=actor, kiosk_id=kiosk, now=now))

    def disable(self, actor: Actor, now: datetime, *, kiosk: int, **_options: Any) -> None:
        set_up.disable_kiosk(staff=actor, kiosk_id=kiosk, now=now)
        self.say(f"Kiosk {kiosk} is disabled.")

    def _address(self, kiosk: int, token: str) -> None:
        self.say(f"Kiosk {kiosk}. Open once in its browser (this address is shown only now):")
        self.say(f"{settings.BASE_URL}/kiosk/enrol/{token}/")
