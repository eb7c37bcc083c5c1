"""Reports as the flows take them: what of a batch can be told together, and in what order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kinline.flows.end_call import Ended
from kinline.flows.tell_call import Moment
from kinline.sip.call import Entry
from kinline.sip.journal import Report


@dataclass(frozen=True, slots=True)
class Group:
    """Told in this order: `moments` of calls, their `ends`, `others`; each kind in the order in which it came."""

    moments: Sequence[Report]
    ends: Sequence[Report]
    others: Sequence[Report]


def sorted_out(batch: Sequence[Report]) -> Group:
    """What came of a call after its end stays behind it."""
    over: set[str] = set()
    moments: list[Report] = []
    ends: list[Report] = []
    others: list[Report] = []
    for report in batch:
        if report.key in over or report.what not in {"tell", "end"}:
            others.append(report)
        elif report.what == "tell":
            moments.append(report)
        else:
            over.add(report.key)
            ends.append(report)
    return Group(moments, ends, others)


def moment(report: Report) -> Moment:
    """Raises ValueError: it can never be told."""
    return Moment(report.number, report.kind, datetime.fromisoformat(report.at), report.detail, report.ms)


def ended(report: Report) -> Ended:
    """Raises ValueError: it can never be told."""
    at = datetime.fromisoformat(report.at) if report.at else None
    return Ended(UUID(report.key), report.kind, report.detail, report.ms, report.number, at)


def signs_of(entry: Entry) -> frozenset[object]:
    """By what two calls may be of one caller, or of one balance. No PIN is kept."""
    return frozenset({hash((entry.id, entry.pin)), entry.number})
