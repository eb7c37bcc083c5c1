"""Run inside a running site (`kinline shell -c`): letters and people in the states that the sample jail does not have.

Prints, as JSON, the ids and addresses that the table of pages (`pages.py`) fills into its paths. Idempotent.
"""

import json
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.facilities import queries as places
from kinline.flows import appeal, contacts, decide_review, mailbox
from kinline.flows.deposit import record_deposit
from kinline.flows.send_message import send
from kinline.identity import queries as identity
from kinline.identity import services as people
from kinline.identity.models import Purpose, User
from kinline.messaging.models import Appeal, Message
from kinline.ops.demo.people import key
from kinline.residents import services as residents
from kinline.residents.models import Resident

NOW = clock.now()
PASSWORD, PIN = "sample-letters", "58213"
HELD = "The neighbors call their old boat Contraband, and nobody may say a word against her.\n\nShe still floats."
EXPLANATION = "The letter speaks of contraband."
LETTERS = (
    "ana-1", "daniel-1", "daniel-3", "omar-1", "luis-1", "luis-refused", "luis-review", "luis-scheduled", "ben-left",
    "ben-declined", "ben-collect", "grace-1", "carmen-1", "carmen-back", "rosa-2",
)  # fmt: skip
done_before = suppress(Refusal)


def family(username: str, first: str, *, activated: bool = True) -> User:
    found = User.objects.filter(username=username).first()
    return found or people.create_family_user(
        username=username, email=f"{username}@family.example", password=PASSWORD, first_name=first,
        last_name="Sample", address_line1="1 Sample Street", city="Sampleton", region="NY", postal_code="10001",
        gender="prefer_not_to_say", now=NOW - timedelta(days=9), activated=activated,
    )  # fmt: skip


def resident(number: str, first: str, slug: str) -> Resident:
    found = Resident.objects.filter(number=number).first()
    if found:
        return found
    place = places.facility_by_slug(slug)
    person = residents.create(
        agency_id=place.agency_id, number=number, first_name=first, last_name="Sample", now=NOW - timedelta(days=9)
    )
    unit = place.units.order_by("pk").first()
    residents.book(resident_id=person.pk, facility_id=place.pk, unit_id=unit.pk, now=NOW - timedelta(days=9))
    residents.set_pin(resident_id=person.pk, pin=PIN, must_change=False, now=NOW)
    return person


def paid(party: Party, cents: int) -> None:
    record_deposit(
        account=party, amount_cents=cents, method="test", client_key=key(f"stage:{party.side}:{party.id}"), now=NOW,
        payer_name="Sample visitor",
    )  # fmt: skip


def letter(
    name: str, sender: Party, contact: int, subject: str, body: str, *, days: int = 2, collect: bool = False
) -> int:
    at = NOW - timedelta(days=days, hours=3)
    return send(
        sender, contact_id=contact, subject=subject, body=body, client_key=key(f"stage:{name}"), collect=collect, now=at
    ).message_id


def refused(name: str, sender: Party, contact: int, staff: User, subject: str) -> int:
    message = letter(name, sender, contact, subject, HELD)
    with done_before:
        decide_review.refuse(
            staff=staff, message_id=message, reason_code="contraband", explanation=EXPLANATION,
            now=NOW - timedelta(days=1, hours=5),
        )  # fmt: skip
    return message


def appealed(party: Party, message: int, won: bool | None) -> int:
    """The appeal's id; with its answer unless `won` is None."""
    with done_before:
        at = NOW - timedelta(days=1, hours=2)
        appeal.file(party, message_id=message, text="It is the name of a boat. Please read it once more.", now=at)
    row = Appeal.objects.get(review__message_id=message, side=party.side)
    if won is not None and not row.outcome:
        answer = (
            "A boat may be called so." if won else "The name alone is the reason. You can write it anew without it."
        )
        county = identity.staff_by_username("sample.county")
        appeal.decide(staff=county, appeal_id=row.pk, won=won, answer=answer, now=NOW - timedelta(hours=4))
    return row.pk


def sample(name: str) -> Message:
    return Message.objects.get(client_key=UUID(str(key(name))))


def stage() -> dict[str, object]:
    pia, empty = family("sample.pia", "Pia"), family("sample.empty", "Emil")
    sam, sol, eve = (
        resident("97001", "Sam", "sample-north-jail"),
        resident("97002", "Sol", "sample-south-jail"),
        resident("97003", "Eve", "sample-north-jail"),
    )
    pia_party, sam_party = Party(FAMILY, pia.pk), Party(RESIDENT, sam.pk)
    paid(pia_party, 1000)
    paid(sam_party, 500)
    long_ago = NOW - timedelta(days=8)
    to_sam = contacts.ask(user_id=pia.pk, resident_id=sam.pk, relation="sister", now=long_ago)
    to_sol = contacts.ask(user_id=pia.pk, resident_id=sol.pk, relation="cousin", now=long_ago)
    north = identity.staff_by_username("sample.reviewer")
    south = identity.staff_by_username("sample.reviewer.south")

    ids: dict[str, object] = {"pia": pia.pk, "empty": empty.pk, "eve": eve.number, "to_sam": to_sam, "to_sol": to_sol}
    for name, won in (("refused", None), ("appealed", None), ("lost", False), ("won", True)):
        ours = refused(f"pia-{name}", pia_party, to_sol, south, "The old boat")
        theirs = refused(f"sam-{name}", sam_party, to_sam, north, "The old boat")
        ids |= {f"pia_{name}": ours, f"sam_{name}": theirs}
        if name != "refused":
            ids[f"pia_{name}_appeal"] = appealed(pia_party, ours, won)
            ids[f"sam_{name}_appeal"] = appealed(sam_party, theirs, won)
    ids["sam_review"] = letter("sam-review", sam_party, to_sam, "A film", HELD, days=1)
    ids["pia_archived"] = letter("pia-archived", pia_party, to_sam, "Put away", "For later.", days=7)
    ids["pia_removed"] = letter("pia-removed", pia_party, to_sam, "Removed", "Not for later.", days=6)
    ids["sam_to_pia"] = letter("sam-to-pia", sam_party, to_sam, "", "Only three words.", days=5)
    mailbox.archive(pia_party, [ids["pia_archived"]])
    mailbox.remove(pia_party, [ids["pia_removed"]], now=NOW)
    mailbox.archive(sam_party, [ids["pia_archived"]])
    mailbox.remove(sam_party, [ids["pia_removed"]], now=NOW)
    for party, contact in ((pia_party, to_sam), (sam_party, to_sam)):
        mailbox.save_draft(
            party,
            contact_id=contact,
            subject="The garden",
            text="The garden is",
            client_key=key("stage:draft"),
            now=NOW,
        )
    contacts.watch_arrival(user_id=pia.pk, now=NOW, first_name="Wanda", last_name="Sample-Wanted")
    with done_before:
        contacts.invite(resident_id=eve.pk, email=empty.email, now=NOW)
    with done_before:
        contacts.invite(resident_id=sam.pk, email="somebody@family.example", now=NOW)

    for name in LETTERS:
        row = sample(name)
        ids[name.replace("-", "_")] = row.pk
        ids[name.replace("-", "_") + "_contact"] = row.contact_id
    ids["ana_appeal"] = Appeal.objects.get(review__message_id=ids["luis_refused"]).pk
    for name, user, number in (("maya", "ben", "10006"), ("tom", "carmen", "10007"), ("ivan", "carmen", "10008")):
        owner = identity.by_identifier(f"sample.{user}")
        ids[name] = owner.contacts.get(resident__number=number).pk
    waiting = family("sample.waiting", "Wilma", activated=False)
    for name, user, purpose, new in (
        ("activate", waiting, Purpose.ACTIVATE, ""),
        ("reset", pia, Purpose.RESET, ""),
        ("email", pia, Purpose.CHANGE_EMAIL, "sample.pia.new@family.example"),
    ):
        ids[f"{name}_token"], _ = people.issue_code(user_id=user.pk, purpose=purpose, now=NOW, new_email=new)
    return ids


print(json.dumps(stage()))
