from kinline.telephony.models.appeals import NumberAppeal
from kinline.telephony.models.calls import (
    Call,
    CallCorrection,
    CallEvent,
    CallState,
    Cdr,
    CodeCall,
    Recording,
    RecordingPurge,
)
from kinline.telephony.models.names import RecordedName
from kinline.telephony.models.notes import CALL_ME_LENGTH, CallMe
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
    "CALL_ME_LENGTH",
    "AllowedNumber",
    "Call",
    "CallCorrection",
    "CallEvent",
    "CallLimits",
    "CallMe",
    "CallRate",
    "CallState",
    "Cdr",
    "CodeCall",
    "Hotline",
    "KnownNumber",
    "LineHours",
    "LineStop",
    "NumberAppeal",
    "NumberBlock",
    "NumberNote",
    "Population",
    "RateCap",
    "RatePlan",
    "RecordedName",
    "Recording",
    "RecordingPurge",
    "SpeedDial",
    "Station",
    "Switch",
    "TelephoneSettings",
    "Termination",
    "Trunk",
]
