"""One call from the lifted phone to the price: events in, actions out (TEL-2, TEL-4, TEL-6, TEL-13, T13). Pure.

`step(call, event, at)` gives the call as it is then and what is to be done, in that order. `at` is in milliseconds of
the switch's own monotonic clock; nobody here looks at one. The gateway turns datagrams, digits and timers into events,
and actions into datagrams; it decides nothing. Leg `a` is the facility's telephone, leg `b` the outside party.

    new → identify → authorise → ring → announce → talk → tell → over

Billing is the time from acceptance to the first end of any kind, never more than the length that was authorised. Before
acceptance neither side hears the other. A call has exactly one `End`, and what comes after it costs nothing.
"""

from kinline.sip.call.machine import Call, step
from kinline.sip.call.words import (
    Action,
    Answered,
    Arm,
    Ask,
    Authorised,
    Dial,
    Disarm,
    End,
    EndAsked,
    Entry,
    Event,
    Failed,
    Fired,
    HangUp,
    HungUp,
    Hush,
    Invited,
    Join,
    Key,
    Leg,
    Lost,
    Pick,
    Plan,
    Play,
    Record,
    Refused,
    Renegotiated,
    Ringing,
    Said,
    Say,
    Tell,
)

__all__ = [
    "Action",
    "Answered",
    "Arm",
    "Ask",
    "Authorised",
    "Call",
    "Dial",
    "Disarm",
    "End",
    "EndAsked",
    "Entry",
    "Event",
    "Failed",
    "Fired",
    "HangUp",
    "HungUp",
    "Hush",
    "Invited",
    "Join",
    "Key",
    "Leg",
    "Lost",
    "Pick",
    "Plan",
    "Play",
    "Record",
    "Refused",
    "Renegotiated",
    "Ringing",
    "Said",
    "Say",
    "Tell",
    "step",
]
