"""Asking, agreeing, approving, blocking, restricting, inviting, waiting (CON-1 to CON-3)."""

from datetime import timedelta

import pytest

from kinline.contacts import errors, queries
from kinline.contacts.models import ArrivalWatch, Contact, Invitation, Restriction
from kinline.core.models import AuditEvent
from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.flows import contacts, custody
from kinline.identity.models import User
from kinline.identity.permissions import NotPermitted
from kinline.notices.models import Email, Notice


def everything():
    tables = (Contact, Restriction, Invitation, ArrivalWatch, Notice, Email, AuditEvent)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def refused(refusal, function, *args, **kwargs):
    """It is refused, and nothing happened."""
    before = everything()
    with pytest.raises(refusal):
        function(*args, **kwargs)
    assert everything() == before


def told(kind: str) -> set[str]:
    """Who got a notice of this kind: `user` or `resident` ids with their side."""
    rows = Notice.objects.filter(kind=kind)
    return {f"family:{row.user_id}" if row.user_id else f"resident:{row.resident_id}" for row in rows}


def rule(place, name):
    place.contact_rule = name
    place.save()


def code(party, contact_id, now):
    return queries.contact(party, contact_id, now).state_code


def ask(mother, resident, now):
    return contacts.ask(user_id=mother.pk, resident_id=resident.pk, relation="mother", now=now)


def test_open_at_once(mother, resident, mother_party, resident_party, now):
    contact_id = ask(mother, resident, now)
    assert code(mother_party, contact_id, now) == "ok"
    assert told("contact_approved") == {resident_party.channel}
    assert AuditEvent.objects.filter(act="contact.ask", actor=mother_party.channel).count() == 1


def test_asking_again_is_the_same_contact(mother, resident, now):
    first = ask(mother, resident, now)
    before = everything()
    assert ask(mother, resident, now) == first
    assert everything() == before


def test_consent(mother, resident, north, mother_party, resident_party, now):
    rule(north, "consent")
    contact_id = ask(mother, resident, now)
    assert code(mother_party, contact_id, now) == "waiting_consent"
    assert told("contact_waiting") == {resident_party.channel}
    contacts.consent(resident_id=resident.pk, contact_id=contact_id, now=now)
    assert code(mother_party, contact_id, now) == "ok"
    assert told("contact_approved") == {mother_party.channel}
    assert Email.objects.get(kind="contact_approved").to == mother.email
    before = everything()
    contacts.consent(resident_id=resident.pk, contact_id=contact_id, now=now)
    assert everything() == before


def test_a_no_is_not_told_and_can_become_a_yes(mother, resident, north, mother_party, resident_party, now):
    rule(north, "consent")
    contact_id = ask(mother, resident, now)
    contacts.decline(resident_id=resident.pk, contact_id=contact_id, now=now)
    assert code(mother_party, contact_id, now) == "declined"
    assert not Notice.objects.filter(user=mother).exists()
    assert not Email.objects.exists()
    contacts.consent(resident_id=resident.pk, contact_id=contact_id, now=now)
    assert code(resident_party, contact_id, now) == "ok"
    refused(errors.NothingToDecide, contacts.decline, resident_id=resident.pk, contact_id=contact_id, now=now)


def test_only_the_resident_consents(mother, resident, resident_south, outsider, north, now):
    rule(north, "consent")
    contact_id = ask(mother, resident, now)
    for somebody in (resident_south, outsider):
        refused(errors.NoSuchContact, contacts.consent, resident_id=somebody.pk, contact_id=contact_id, now=now)
        refused(errors.NoSuchContact, contacts.decline, resident_id=somebody.pk, contact_id=contact_id, now=now)


def test_approval_by_staff_of_the_place(mother, resident, north, officer, mother_party, resident_party, now):
    rule(north, "approval")
    contact_id = ask(mother, resident, now)
    assert code(mother_party, contact_id, now) == "waiting_approval"
    assert [one.pk for one in queries.waiting_for_approval(north.pk)] == [contact_id]
    contacts.approve(staff=officer, contact_id=contact_id, now=now)
    assert code(mother_party, contact_id, now) == "ok"
    assert told("contact_approved") == {mother_party.channel, resident_party.channel}
    audit = AuditEvent.objects.get(act="contact.approve")
    assert (audit.actor, audit.object, audit.facility_id) == (f"staff:{officer.pk}", f"contact:{contact_id}", north.pk)
    assert queries.waiting_for_approval(north.pk) == []


def test_both_and_in_any_order(mother, resident, north, officer, mother_party, now):
    rule(north, "both")
    contact_id = ask(mother, resident, now)
    contacts.approve(staff=officer, contact_id=contact_id, now=now)
    assert code(mother_party, contact_id, now) == "waiting_consent"
    assert told("contact_approved") == set()
    contacts.consent(resident_id=resident.pk, contact_id=contact_id, now=now)
    assert code(mother_party, contact_id, now) == "ok"


def test_nobody_else_approves(mother, resident, north, officer_south, stranger, now):
    rule(north, "approval")
    contact_id = ask(mother, resident, now)
    for somebody in (officer_south, stranger, mother):
        refused(errors.NoSuchContact, contacts.approve, staff=somebody, contact_id=contact_id, now=now)
        refused(errors.NoSuchContact, contacts.deny, staff=somebody, contact_id=contact_id, reason="x", now=now)


def test_nobody_decides_about_a_contact_of_their_own(mother, resident, north, officer, now):
    rule(north, "approval")
    contact_id = ask(mother, resident, now)
    User.objects.filter(pk=officer.pk).update(email=mother.email.upper())
    officer.refresh_from_db()
    refused(errors.OwnContact, contacts.approve, staff=officer, contact_id=contact_id, now=now)


def test_a_denial_needs_a_reason_and_is_told(mother, resident, north, officer, mother_party, resident_party, now):
    rule(north, "approval")
    contact_id = ask(mother, resident, now)
    refused(errors.ReasonNeeded, contacts.deny, staff=officer, contact_id=contact_id, reason=" ", now=now)
    contacts.deny(staff=officer, contact_id=contact_id, reason="A court order.", now=now)
    assert code(mother_party, contact_id, now) == "denied"
    assert told("contact_denied") == {mother_party.channel, resident_party.channel}
    contacts.approve(staff=officer, contact_id=contact_id, now=now)
    assert code(mother_party, contact_id, now) == "ok"


def test_an_open_contact_is_not_for_staff_to_decide(contact, officer, now):
    refused(errors.NothingToDecide, contacts.approve, staff=officer, contact_id=contact.pk, now=now)


def test_only_people_in_custody_where_letters_are_offered(mother, resident, north, now):
    north.messages_offered = False
    north.save()
    refused(errors.NotOffered, ask, mother, resident, now)
    custody.release_resident(staff=None, resident_id=resident.pk, now=now)
    refused(errors.NotFoundHere, ask, mother, resident, now)
    refused(errors.NotFoundHere, contacts.ask, user_id=mother.pk, resident_id=99_999, relation="", now=now)


@pytest.mark.parametrize("side", [FAMILY, RESIDENT])
def test_a_block_is_silent(contact, mother_party, resident_party, now, side):
    mine, theirs = (mother_party, resident_party) if side == FAMILY else (resident_party, mother_party)
    contacts.block(mine, contact.pk, now)
    assert code(mine, contact.pk, now) == "blocked_by_me"
    assert code(theirs, contact.pk, now) == "blocked"
    assert not Notice.objects.exists()
    contacts.unblock(mine, contact.pk, now)
    assert code(theirs, contact.pk, now) == "ok"


def test_nobody_blocks_for_others(contact, stranger, outsider, now):
    for party in (Party(FAMILY, stranger.pk), Party(RESIDENT, outsider.pk)):
        refused(errors.NoSuchContact, contacts.block, party, contact.pk, now)
        refused(errors.NoSuchContact, contacts.set_always_accept, party, contact.pk, True, now)


def test_restrictions(contact, mother, resident, north, supervisor, officer, mother_party, resident_party, now):
    pair = {"user_id": mother.pk, "resident_id": resident.pk}
    where = {"facility_id": north.pk, "reason": "for the record", "now": now}
    refused(NotPermitted, contacts.restrict, staff=officer, **where, **pair)
    refused(errors.ReasonNeeded, contacts.restrict, staff=supervisor, **where | {"reason": ""}, **pair)
    refused(errors.BadPeriod, contacts.restrict, staff=supervisor, **where, **pair, ends_at=now)
    refused(errors.NotFoundHere, contacts.restrict, staff=supervisor, **where)
    number = contacts.restrict(staff=supervisor, **where, **pair, told="A court order.")
    assert code(mother_party, contact.pk, now) == "restricted"
    assert queries.contact(mother_party, contact.pk, now).state_sentence.endswith("A court order.")
    assert told("contact_restricted") == {mother_party.channel, resident_party.channel}
    refused(NotPermitted, contacts.end_restriction, staff=officer, restriction_id=number, now=now)
    later = now + timedelta(hours=1)
    contacts.end_restriction(staff=supervisor, restriction_id=number, now=later)
    assert code(mother_party, contact.pk, later) == "ok"
    before = everything()
    contacts.end_restriction(staff=supervisor, restriction_id=number, now=later)
    assert everything() == before


def test_a_quiet_restriction_says_only_that_it_is_so(contact, mother, resident, north, supervisor, mother_party, now):
    contacts.restrict(
        staff=supervisor,
        facility_id=north.pk,
        reason="secret reason",
        now=now,
        user_id=mother.pk,
        resident_id=resident.pk,
    )
    assert not Notice.objects.exists()
    assert "secret" not in queries.contact(mother_party, contact.pk, now).state_sentence


def test_a_restriction_of_somebody_elsewhere_is_not_this_places(resident_south, north, supervisor, now):
    refused(
        errors.NotFoundHere,
        contacts.restrict,
        staff=supervisor,
        facility_id=north.pk,
        reason="x",
        now=now,
        resident_id=resident_south.pk,
    )


# Invitations


def test_an_invitation_is_mailed_once(resident, now):
    contacts.invite(resident_id=resident.pk, email=" new@family.example ", now=now)
    mail = Email.objects.get()
    assert (mail.to, mail.kind, mail.params) == ("new@family.example", "invitation", {"other_name": "Daniel Sample"})
    before = everything()
    contacts.invite(resident_id=resident.pk, email="NEW@family.example", now=now)
    assert everything() == before


def test_bad_addresses_and_too_many(resident, now):
    for bad in ("", "nobody", "a@b", "a b@c.example"):
        refused(errors.BadEmail, contacts.invite, resident_id=resident.pk, email=bad, now=now)
    for number in range(10):
        contacts.invite(resident_id=resident.pk, email=f"a{number}@family.example", now=now)
    refused(errors.TooManyInvitations, contacts.invite, resident_id=resident.pk, email="b@family.example", now=now)
    contacts.invite(resident_id=resident.pk, email="b@family.example", now=now + timedelta(days=1))


def test_the_invited_person_accepts(mother, resident, north, mother_party, resident_party, now):
    rule(north, "consent")
    contacts.invite(resident_id=resident.pk, email=mother.email.upper(), now=now)
    (invitation,) = queries.invitations_for(mother.pk, now)
    contact_id = contacts.accept_invitation(user_id=mother.pk, invitation_id=invitation.pk, now=now)
    assert code(mother_party, contact_id, now) == "ok"  # who invites has consented
    assert told("invitation_accepted") == {resident_party.channel}
    assert queries.invitations_for(mother.pk, now) == []
    refused(errors.InvitationGone, contacts.accept_invitation, user_id=mother.pk, invitation_id=invitation.pk, now=now)


def test_a_no_after_the_invitation_outlasts_it(mother, resident, north, mother_party, resident_party, now):
    """An invitation of last week is no consent against what the resident has said since."""
    rule(north, "consent")
    contacts.invite(resident_id=resident.pk, email=mother.email, now=now)
    (invitation,) = queries.invitations_for(mother.pk, now)
    contact_id = contacts.ask(user_id=mother.pk, resident_id=resident.pk, relation="", now=now)
    contacts.decline(resident_id=resident.pk, contact_id=contact_id, now=now + timedelta(days=1))
    later = now + timedelta(days=2)
    contacts.accept_invitation(user_id=mother.pk, invitation_id=invitation.pk, now=later)
    assert code(mother_party, contact_id, later) == "declined"
    assert code(resident_party, contact_id, later) == "declined_by_me"


def test_an_invitation_after_a_no_is_a_yes(mother, resident, north, mother_party, now):
    rule(north, "consent")
    contact_id = contacts.ask(user_id=mother.pk, resident_id=resident.pk, relation="", now=now)
    contacts.decline(resident_id=resident.pk, contact_id=contact_id, now=now)
    later = now + timedelta(days=1)
    contacts.invite(resident_id=resident.pk, email=mother.email, now=later)
    (invitation,) = queries.invitations_for(mother.pk, later)
    contacts.accept_invitation(user_id=mother.pk, invitation_id=invitation.pk, now=later)
    assert code(mother_party, contact_id, later) == "ok"


def test_nobody_else_accepts(mother, stranger, resident, now):
    contacts.invite(resident_id=resident.pk, email=mother.email, now=now)
    invitation = Invitation.objects.get()
    assert queries.invitations_for(stranger.pk, now) == []
    refused(
        errors.InvitationGone, contacts.accept_invitation, user_id=stranger.pk, invitation_id=invitation.pk, now=now
    )
    late = now + timedelta(days=61)
    assert queries.invitations_for(mother.pk, late) == []
    refused(errors.InvitationGone, contacts.accept_invitation, user_id=mother.pk, invitation_id=invitation.pk, now=late)


# "Tell me when they are here"


def test_told_when_they_come(mother, admin, north, now):
    contacts.watch_arrival(user_id=mother.pk, first_name="Ana", last_name="Perez", now=now)
    assert not Notice.objects.exists()
    custody.book_resident(
        staff=admin, facility_id=north.pk, number="77", first_name="ANA MARÍA", last_name="Pérez", now=now
    )
    assert told("arrival") == {f"family:{mother.pk}"}
    assert Email.objects.get(kind="arrival").to == mother.email
    assert queries.watches_of(mother.pk) == []


def test_told_at_once_if_they_are_here(mother, resident, now):
    contacts.watch_arrival(user_id=mother.pk, number="1001", now=now)
    assert told("arrival") == {f"family:{mother.pk}"}


WATCHES = [
    ({"number": "78"}, False),
    ({"number": " 7 7 "}, True),
    ({"last_name": "PEREZ"}, True),
    ({"first_name": "Eva", "last_name": "Perez"}, False),
    ({"first_name": "ana", "last_name": "Pérez"}, True),
    ({"first_name": "An", "last_name": "Pérez"}, False),
    ({"last_name": "Pere"}, False),
]


@pytest.mark.parametrize(("words", "fits"), WATCHES)
def test_who_is_meant(mother, north, now, words, fits):
    contacts.watch_arrival(user_id=mother.pk, now=now, **words)
    custody.book_resident(staff=None, facility_id=north.pk, number="77", first_name="Ana", last_name="Perez", now=now)
    assert Notice.objects.filter(kind="arrival").exists() == fits


def test_a_watch_needs_words_and_there_are_not_too_many(mother, now):
    refused(errors.WatchNeedsName, contacts.watch_arrival, user_id=mother.pk, first_name="Ana", now=now)
    for number in range(20):
        contacts.watch_arrival(user_id=mother.pk, number=str(number), now=now)
    first = ArrivalWatch.objects.earliest("pk")
    assert contacts.watch_arrival(user_id=mother.pk, number="0", now=now) == first.pk
    refused(errors.TooManyWatches, contacts.watch_arrival, user_id=mother.pk, number="20", now=now)
    contacts.end_watch(user_id=mother.pk, watch_id=first.pk, now=now)
    contacts.watch_arrival(user_id=mother.pk, number="20", now=now)


def test_nobody_ends_the_watch_of_others(mother, stranger, now):
    watch_id = contacts.watch_arrival(user_id=mother.pk, number="5", now=now)
    contacts.end_watch(user_id=stranger.pk, watch_id=watch_id, now=now)
    assert [one.pk for one in queries.watches_of(mother.pk)] == [watch_id]


def test_who_has_an_account_finds_the_invitation_in_the_portal(mother, stranger, resident, family_client, now):
    contacts.invite(resident_id=resident.pk, email=mother.email, now=now)
    assert told("invited") == {f"family:{mother.pk}"}
    invitation = Invitation.objects.get()
    address = f"/people/invitation/{invitation.pk}/"
    assert family_client(stranger).post(address)["Location"] == "/people/"
    assert not Contact.objects.exists()
    client = family_client(mother)
    assert address in client.get("/people/").content.decode()
    answer = client.post(address)
    contact = Contact.objects.get(user=mother, resident=resident)
    assert (answer.status_code, answer["Location"]) == (303, f"/people/{contact.pk}/")
    assert address not in client.get("/people/").content.decode()


def test_who_proves_the_address_later_is_told_then(mother, resident, now):
    from kinline.flows.contacts import tell_invitations

    User.objects.filter(pk=mother.pk).update(activated_at=None)
    contacts.invite(resident_id=resident.pk, email=mother.email, now=now)
    assert told("invited") == set()
    User.objects.filter(pk=mother.pk).update(activated_at=now)
    tell_invitations(mother.pk, now)
    assert told("invited") == {f"family:{mother.pk}"}
