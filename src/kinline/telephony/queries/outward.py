"""What the built-in switch is configured with: ways outside, and telephones."""

from kinline.telephony.models import Station, Trunk


def trunks() -> list[Trunk]:
    """The ways outside, in the order in which they are tried."""
    return list(Trunk.objects.filter(disabled_at=None).order_by("rank", "pk"))


def station_of_nobody(resident_number: str = "", *, resident_id: int | None = None) -> Station | None:
    """Of the sample only, where a telephone on this machine need not say which it is: one of the place where this
    resident is, else the first there is.
    """
    rows = Station.objects.select_related("facility__agency", "facility__telephone", "unit")
    rows = rows.filter(disabled_at=None, facility__calls_offered=True).order_by("pk")
    who = {"resident_id": resident_id} if resident_id else {"resident__number": resident_number}
    held = {f"facility__custodies__{field}": value for field, value in who.items()}
    here = rows.filter(**held, facility__custodies__ended_at=None)
    return here.first() or rows.first()
