"""Reads of contacts. A contact is read with all that decides about writing, in one round trip (quality.md, P1).

The statement reads four tables of domains above by name, `delivery_policy`, `delivery_screening`, `messaging_message`
and `payments_allowance`: a send needs the facility's rules, whether it has lists, whether this is the first letter and
whether the agency pays together with the contact, and a second trip would cost more than the whole of it. Nothing is
imported from above.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Subquery
from django.db.models.functions import Lower

from kinline.contacts import rules, wording
from kinline.contacts.models import ArrivalWatch, Contact, ContactClass, Invitation
from kinline.core import confidential
from kinline.core.parties import FAMILY, RESIDENT, Party, Side
from kinline.facilities.rules import DEFAULT_MESSAGE_CENTS
from kinline.identity.models import User


class PolicyNow(NamedTuple):
    """The delivery rules that count now, as stored."""

    id: int
    version: int
    rules: Any


@dataclass(frozen=True, slots=True)
class ContactView:
    """One contact as one side sees it: who, where, and whether they may be written to now.

    Facility, agency, price and rules are those of the current custody, after a release those of the last one.
    `other_always_accepts` is never shown: a send reads it. `facts` holds what the other side's view needs, too.
    `reply_days`: how long a prepaid reply waits there, 0 where none is offered (MSG-3). `letters_a_week`: what the
    agency pays for each resident of the place, by either side (MON-8). `stopped_until`, `stopped_told`: an emergency
    holds all letters there, and why by language (STF-8).
    """

    id: int
    side: Side
    kind: str
    relation: str
    user_id: int
    resident_id: int
    user_first_name: str
    user_name: str
    resident_first_name: str
    resident_name: str
    resident_number: str
    resident_language: str
    user_language: str
    facility_id: int
    facility_name: str
    facility_slug: str
    agency_id: int
    region: str
    time_zone: str
    messages_offered: bool
    calls_offered: bool
    collect_limit: int
    price_cents: int
    always_accept: bool
    other_always_accepts: bool
    family_wrote: bool
    resident_wrote: bool
    reply_days: int
    letters_a_week: int
    policy: PolicyNow | None
    lists_version: int
    words_may_refuse: bool
    stopped_until: datetime | None
    stopped_told: Mapping[str, str]
    on_paper: bool
    facts: rules.Facts
    writing: rules.Writing

    @property
    def other_name(self) -> str:
        return self.resident_name if self.side == FAMILY else self.user_name

    @property
    def other_first_name(self) -> str:
        return self.resident_first_name if self.side == FAMILY else self.user_first_name

    def written_before(self, side: Side) -> bool:
        """Whether this side has ever sent the other a letter, delivered or not."""
        return self.family_wrote if side == FAMILY else self.resident_wrote

    @property
    def quoted_cents(self) -> int:
        """What a button may say that a letter costs; 0 where the agency may pay: the writing page says who does."""
        return 0 if self.letters_a_week else self.price_cents

    @property
    def can_write(self) -> bool:
        return self.writing.can_write

    @property
    def state_code(self) -> str:
        return self.writing.code

    @property
    def since(self) -> datetime:
        return self.writing.since

    @property
    def state_sentence(self) -> str:
        """In the language of the moment. Not computed before it is read: a send does not need it."""
        return wording.sentence(
            self.writing.code,
            self.side,
            name=self.other_first_name or self.other_name,
            since=self.writing.since,
            facility=self.facility_name,
            time_zone=self.time_zone,
            told=self.writing.told,
        )

    @property
    def blocked_by_me(self) -> bool:
        return self.facts.blocked_by_me_at is not None

    @property
    def stopped_by_facility(self) -> bool:
        """A restriction or a denial stands, whatever else is said first: no letter may arrive (CON-3)."""
        return self.facts.restricted_since is not None or self.facts.denied_at is not None

    @property
    def private(self) -> bool:
        """Its letters are sealed, and nobody on staff reads them (DEL-7)."""
        return self.facts.privileged

    @property
    def may_claim(self) -> bool:
        """Somebody outside may ask for the confidential class here: offered, not asked for and not theirs (CON-5)."""
        theirs = self.private and self.facts.privilege_ended_at is None
        free = not theirs and not self.facts.waiting_privilege
        return self.side == FAMILY and self.in_custody and self.facts.privileged_offered and free

    @property
    def is_read_by_staff(self) -> bool:
        """One of the two is, or says they are, an attorney, and their letters are not confidential: M11 says to say so.

        Before each letter, and not to be skipped (`flows.send_message`).
        """
        said = self.facts.privilege_asked_at or self.facts.privilege_ended_at or rules.says_attorney(self.relation)
        return not self.private and bool(said)

    @property
    def in_custody(self) -> bool:
        return self.facts.released_at is None


# Restrictions that name the resident follow them from place to place (a no-contact order does not end with a
# transfer); one that names only the family member is that facility's own.
_SELECT = """
SELECT c.id, c.kind, c.relation, c.user_id, c.resident_id, u.first_name, u.last_name, r.first_name, r.last_name,
       r.number, r.language, u.language, f.id, f.name, f.slug, f.agency_id, f.region, f.time_zone,
       f.messages_offered, f.calls_offered, f.collect_limit,
       (SELECT p.cents FROM facilities_messageprice p
         WHERE p.agency_id = f.agency_id AND p.effective_from <= %(now)s ORDER BY p.effective_from DESC LIMIT 1),
       c.family_always_accepts, c.resident_always_accepts,
       EXISTS (SELECT 1 FROM messaging_message m WHERE m.contact_id = c.id AND m.sender = 'family'),
       EXISTS (SELECT 1 FROM messaging_message m WHERE m.contact_id = c.id AND m.sender = 'resident'),
       d.id, d.version, d.rules::text,
       c.created_at, c.consent_needed, c.consented_at, c.declined_at, c.approval_needed, c.approved_at, c.denied_at,
       c.family_blocked_at, c.resident_blocked_at, u.closed_at, x.starts_at, x.told,
       CASE WHEN k.ended_at <= %(now)s THEN k.ended_at END, f.reply_days,
       (SELECT a.per_week FROM payments_allowance a
         WHERE a.facility_id = f.id AND a.kind = 'messages' AND a.effective_from <= %(now)s
         ORDER BY a.effective_from DESC LIMIT 1),
       s.version, s.may_refuse, e.until, e.told::text, r.paper_since IS NOT NULL,
       f.privileged_offered, c.privilege_asked_at, c.privilege_ended_at
  FROM contacts_contact c
  JOIN identity_user u ON u.id = c.user_id
  JOIN residents_resident r ON r.id = c.resident_id
  JOIN LATERAL (SELECT facility_id, ended_at FROM residents_custody
                 WHERE resident_id = c.resident_id
                 ORDER BY ended_at DESC NULLS FIRST, started_at DESC, id DESC LIMIT 1) k ON true
  JOIN facilities_facility f ON f.id = k.facility_id
  LEFT JOIN LATERAL (SELECT id, version, rules FROM delivery_policy
                      WHERE facility_id = f.id AND effective_from <= %(now)s AND withdrawn_at IS NULL
                      ORDER BY effective_from DESC, version DESC LIMIT 1) d ON true
  LEFT JOIN delivery_screening s ON s.facility_id = f.id
  LEFT JOIN delivery_stop e ON e.facility_id = f.id AND e.ended_at IS NULL AND e.until > %(now)s
  LEFT JOIN LATERAL (SELECT starts_at, told FROM contacts_restriction
                      WHERE (resident_id = c.resident_id AND (user_id = c.user_id OR user_id IS NULL)
                             OR user_id = c.user_id AND resident_id IS NULL AND facility_id = f.id)
                        AND starts_at <= %(now)s AND (ends_at IS NULL OR ends_at > %(now)s)
                      ORDER BY starts_at LIMIT 1) x ON true
"""
_MINE = {FAMILY: " WHERE c.user_id = %(me)s", RESIDENT: " WHERE c.resident_id = %(me)s"}
_BY_NAME = {
    FAMILY: " ORDER BY r.last_name, r.first_name, c.id",
    RESIDENT: " ORDER BY u.last_name, u.first_name, c.id",
}


def contact(party: Party, contact_id: int, now: datetime) -> ContactView | None:
    """One contact of `party`; None if it is somebody else's or there is none. One statement."""
    rows = _rows(_SELECT + _MINE[party.side] + " AND c.id = %(id)s", {"me": party.id, "id": contact_id, "now": now})
    return _view(party.side, rows[0]) if rows else None


def contact_with(party: Party, other_id: int, now: datetime) -> ContactView | None:
    """The contact of `party` with this resident (or, for a resident, with this family member)."""
    column = "c.resident_id" if party.side == FAMILY else "c.user_id"
    sql = f"{_SELECT}{_MINE[party.side]} AND {column} = %(other)s"
    rows = _rows(sql, {"me": party.id, "other": other_id, "now": now})
    return _view(party.side, rows[0]) if rows else None


def contacts_of(party: Party, now: datetime) -> list[ContactView]:
    """All contacts of `party`, by name. One statement."""
    rows = _rows(_SELECT + _MINE[party.side] + _BY_NAME[party.side], {"me": party.id, "now": now})
    return [_view(party.side, row) for row in rows]


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _view(side: Side, row: tuple[Any, ...]) -> ContactView:
    (contact_id, kind, relation, user_id, resident_id, user_first, user_last, first, last) = row[:9]
    (number, language, user_language, facility_id, facility, slug, agency_id, region, zone) = row[9:18]
    (messages, calls, collect_limit, cents, family_accepts, resident_accepts) = row[18:24]
    facts = _facts(side, row[29:42], messages, row[48:52], privileged=kind != ContactClass.PERSONAL)
    return ContactView(
        id=contact_id,
        side=side,
        kind=kind,
        relation=relation,
        user_id=user_id,
        resident_id=resident_id,
        user_first_name=user_first,
        user_name=f"{user_first} {user_last}".strip(),
        resident_first_name=first,
        resident_name=f"{first} {last}".strip(),
        resident_number=number,
        resident_language=language,
        user_language=user_language,
        facility_id=facility_id,
        facility_name=facility,
        facility_slug=slug,
        agency_id=agency_id,
        region=region,
        time_zone=zone,
        messages_offered=messages,
        calls_offered=calls,
        collect_limit=collect_limit,
        price_cents=DEFAULT_MESSAGE_CENTS if cents is None else cents,
        always_accept=family_accepts if side == FAMILY else resident_accepts,
        other_always_accepts=resident_accepts if side == FAMILY else family_accepts,
        family_wrote=row[24],
        resident_wrote=row[25],
        reply_days=row[42],
        letters_a_week=row[43] or 0,
        policy=_policy(*row[26:29]),
        lists_version=row[44] or 0,
        words_may_refuse=bool(row[45]),
        stopped_until=row[46],
        stopped_told=json.loads(row[47]) if row[47] else {},
        on_paper=row[48],
        facts=facts,
        writing=rules.writing(facts),
    )


@lru_cache(maxsize=256)  # a version never changes, and every letter of its place is decided by it
def _policy(policy_id: int | None, version: int, text: str) -> PolicyNow | None:
    return None if policy_id is None else PolicyNow(policy_id, version, json.loads(text))


def _facts(
    side: Side, row: tuple[Any, ...], messages_offered: bool, more: tuple[Any, ...], *, privileged: bool
) -> rules.Facts:
    asked, consent, consented, declined, approval, approved, denied, family, resident, closed, since, told, left = row
    on_paper, offered, claimed, ended = more
    return rules.Facts(
        side=side,
        asked_at=asked,
        consent_needed=consent,
        consented_at=consented,
        declined_at=declined,
        approval_needed=approval,
        approved_at=approved,
        denied_at=denied,
        family_blocked_at=family,
        resident_blocked_at=resident,
        family_closed_at=closed,
        restricted_since=since,
        restriction_told=told or "",
        released_at=left,
        messages_offered=messages_offered,
        privileged=privileged,
        privileged_offered=offered,
        privilege_asked_at=claimed,
        privilege_ended_at=ended,
        can_seal=confidential.can_seal(),
        on_paper=on_paper,
    )


# For commands of staff: the flow asks for the permission


def contact_at(contact_id: int) -> Contact | None:
    """The row with its two people, for the flows."""
    return Contact.objects.select_related("user", "resident").filter(pk=contact_id).first()


def in_confidence() -> list[int]:
    """Ids of all whose letters are sealed (DEL-7)."""
    return list(Contact.objects.exclude(kind=ContactClass.PERSONAL).order_by("pk").values_list("pk", flat=True))


def lock(contact_id: int) -> None:
    """Until the story ends, nobody else who asks for this lock goes on: what is counted between a pair stays true."""
    Contact.objects.select_for_update(no_key=True).only("pk").get(pk=contact_id)


def waiting_for_approval(facility_id: int) -> list[Contact]:
    """Contacts of residents now at this facility that wait for its approval, oldest first (CON-2)."""
    rows = Contact.objects.select_related("user", "resident").filter(
        resident__custodies__facility_id=facility_id,
        resident__custodies__ended_at=None,
        approval_needed=True,
        approved_at=None,
        denied_at=None,
    )
    return list(rows.order_by("created_at", "id"))


def contact_here(facility_id: int, contact_id: int) -> Contact | None:
    """A contact of a resident who is at this facility now; None for any other."""
    rows = Contact.objects.select_related("user", "resident", "approved_by").filter(
        resident__custodies__facility_id=facility_id, resident__custodies__ended_at=None
    )
    return rows.filter(pk=contact_id).first()


def watches_of(user_id: int) -> list[ArrivalWatch]:
    """Whom a family member waits for, newest first."""
    rows = ArrivalWatch.objects.select_related("agency").filter(user_id=user_id, told_at=None, ended_at=None)
    return list(rows.order_by("-id"))


def invitations_of(resident_id: int, now: datetime) -> list[Invitation]:
    """Invitations of a resident that nobody has accepted yet and that still hold, newest first."""
    rows = Invitation.objects.filter(resident_id=resident_id, accepted_at=None, expires_at__gt=now)
    return list(rows.order_by("-id"))


def invitations_for(user_id: int, now: datetime) -> list[Invitation]:
    """Who invited this person, by the address they proved; newest first. Only residents still in custody."""
    proved = User.objects.filter(pk=user_id, activated_at__isnull=False).values(address=Lower("email"))
    rows = Invitation.objects.select_related("resident").annotate(address=Lower("email"))
    rows = rows.filter(
        address=Subquery(proved),
        accepted_at=None,
        expires_at__gt=now,
        resident__custodies__ended_at=None,
        resident__custodies__isnull=False,
    )
    return list(rows.order_by("-id"))


def families_of_place(facility_id: int) -> list[int]:
    """Ids of family members with an open account and a contact who is in custody there now."""
    here = Contact.objects.filter(resident__custodies__facility_id=facility_id, resident__custodies__ended_at=None)
    return sorted(set(here.filter(user__closed_at=None, declined_at=None).values_list("user_id", flat=True)))
