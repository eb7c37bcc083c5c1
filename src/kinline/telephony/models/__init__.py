from kinline.telephony.models.calls import Call, CallEvent, CallState, Cdr, Recording
from kinline.telephony.models.numbers import (
    AllowedNumber,
    Hotline,
    KnownNumber,
    NumberBlock,
    NumberNote,
    SpeedDial,
)
from kinline.telephony.models.places import CallLimits, LineHours, LineStop, Station, Switch, TelephoneSettings, Trunk
from kinline.telephony.models.plans import CallRate, Population, RateCap, RatePlan, Termination

__all__ = [
    "AllowedNumber",
    "Call",
    "CallEvent",
    "CallLimits",
    "CallRate",
    "CallState",
    "Cdr",
    "Hotline",
    "KnownNumber",
    "LineHours",
    "LineStop",
    "NumberBlock",
    "NumberNote",
    "Population",
    "RateCap",
    "RatePlan",
    "Recording",
    "SpeedDial",
    "Station",
    "Switch",
    "TelephoneSettings",
    "Termination",
    "Trunk",
]
