"""What state a contact is in and who may write. Pure; `writing` is a table read from the top (CON-2, CON-3)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kinline.core.parties import FAMILY, RESIDENT, Side

OPEN, CONSENT, APPROVAL = "open", "consent", "approval"


@dataclass(frozen=True, slots=True)
class Facts:
    """What may stand between the two. `side` is who wants to write."""

    side: Side
    asked_at: datetime
    consent_needed: bool = False
    consented_at: datetime | None = None
    declined_at: datetime | None = None
    approval_needed: bool = False
    approved_at: datetime | None = None
    denied_at: datetime | None = None
    family_blocked_at: datetime | None = None
    resident_blocked_at: datetime | None = None
    family_closed_at: datetime | None = None
    restricted_since: datetime | None = None
    restriction_told: str = ""
    released_at: datetime | None = None
    messages_offered: bool = True
    privileged: bool = False
    privileged_offered: bool = False
    privilege_asked_at: datetime | None = None
    privilege_ended_at: datetime | None = None
    can_seal: bool = True
    on_paper: bool = False

    @property
    def blocked_by_me_at(self) -> datetime | None:
        return self.family_blocked_at if self.side == FAMILY else self.resident_blocked_at

    @property
    def blocked_by_other_at(self) -> datetime | None:
        return self.resident_blocked_at if self.side == FAMILY else self.family_blocked_at

    @property
    def waiting_consent(self) -> bool:
        return self.consent_needed and self.consented_at is None

    @property
    def waiting_approval(self) -> bool:
        return self.approval_needed and self.approved_at is None

    @property
    def waiting_privilege(self) -> bool:
        return not self.privileged and self.privileged_offered and self.privilege_asked_at is not None


@dataclass(frozen=True, slots=True)
class Writing:
    """`code` picks the sentence (`contacts.wording`); `since` fills it; `told` is what staff allowed to be said."""

    can_write: bool
    code: str
    since: datetime
    told: str = ""


_Since = Callable[[Facts], datetime | None]

# The first line that fits is what is said. What the reader can change comes before what only others can, and a
# block by the other side is told in the same words as a declined consent: neither is ever told (CON-3).
_TABLE: tuple[tuple[str, Callable[[Facts], bool], _Since], ...] = (
    ("closed_account", lambda f: f.family_closed_at is not None, lambda f: f.family_closed_at),
    ("released", lambda f: f.released_at is not None, lambda f: f.released_at),
    # DEL-7, never a mixture: sent as an ordinary letter, a confidential one would be screened and read by staff. So
    # where the class is not offered, or has ended, there are no letters; and while it is asked for they wait for it.
    ("privileged", lambda f: f.privileged and not f.privileged_offered, lambda f: f.asked_at),
    ("privileged_ended", lambda f: f.privileged and f.privilege_ended_at is not None, lambda f: f.privilege_ended_at),
    ("privileged_paper", lambda f: f.privileged and f.on_paper and f.side == FAMILY, lambda f: f.asked_at),
    ("blocked_by_me", lambda f: f.blocked_by_me_at is not None, lambda f: f.blocked_by_me_at),
    ("denied", lambda f: f.denied_at is not None, lambda f: f.denied_at),
    ("declined_by_me", lambda f: f.declined_at is not None and f.side == RESIDENT, lambda f: f.declined_at),
    ("declined", lambda f: f.declined_at is not None, lambda f: f.declined_at),
    ("waiting_consent", lambda f: f.waiting_consent, lambda f: f.asked_at),
    ("waiting_approval", lambda f: f.waiting_approval, lambda f: f.consented_at or f.asked_at),
    ("restricted", lambda f: f.restricted_since is not None, lambda f: f.restricted_since),
    ("blocked", lambda f: f.blocked_by_other_at is not None, lambda f: f.blocked_by_other_at),
    ("not_offered", lambda f: not f.messages_offered, lambda f: f.asked_at),
    # Last, after all that also keeps a letter on its way from arriving: these two keep from writing only.
    ("privileged_waiting", lambda f: f.waiting_privilege, lambda f: f.privilege_asked_at),
    ("privileged_closed", lambda f: f.privileged and not f.can_seal, lambda f: f.asked_at),
)


def writing(facts: Facts) -> Writing:
    """May `facts.side` write now, and what is said about it."""
    for code, holds, since in _TABLE:
        if holds(facts):
            told = facts.restriction_told if code == "restricted" else ""
            return Writing(False, code, since(facts) or facts.asked_at, told)
    return Writing(True, "ok", facts.approved_at or facts.consented_at or facts.asked_at)


_ATTORNEY = frozenset({
    "attorney", "attorneys", "lawyer", "lawyers", "counsel", "paralegal", "esq", "esquire",
    "abogado", "abogada", "abogados", "licenciado", "defensor", "defensora",
})  # fmt: skip


def says_attorney(relation: str) -> bool:
    """Whether somebody calls themselves a lawyer in their own words: a word of theirs, in English or Spanish (M11)."""
    return not _ATTORNEY.isdisjoint(re.findall(r"\w+", relation.casefold()))


def needs(contact_rule: str) -> tuple[bool, bool]:
    """(consent, approval) that a facility's rule asks of a new contact; an unknown rule asks for both."""
    return {OPEN: (False, False), CONSENT: (True, False), APPROVAL: (False, True)}.get(contact_rule, (True, True))
