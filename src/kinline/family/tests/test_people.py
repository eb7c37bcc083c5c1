"""CON-1 to CON-3 through the door: finding, adding, waiting for, blocking."""

from collections.abc import Callable
from datetime import datetime

from django.test import Client

from kinline.contacts.models import ArrivalWatch, Contact
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.family.tests.conftest import Write
from kinline.identity.limits import LIMITS
from kinline.identity.models import User
from kinline.residents.models import Resident


def found(browser: Client, **asked: str) -> list[int]:
    hits = browser.get("/people/find/", asked).context["hits"]
    return [hit.person.resident_id for hit in hits]


def test_search_by_name_and_number_with_filters(
    elsewhere: Client, resident: Resident, resident_south: Resident, outsider: Resident
) -> None:
    assert found(elsewhere, q="daniel") == [resident.pk]
    assert found(elsewhere, q="1002") == [resident_south.pk]
    assert sorted(found(elsewhere, q="1001")) == sorted([resident.pk, outsider.pk])
    assert found(elsewhere, q="sample", facility="sample-south") == [resident_south.pk]
    assert found(elsewhere, q="sample", region="NY", facility="sample-north") == [resident.pk]


def test_results_show_what_is_offered_and_nothing_else(elsewhere: Client, resident: Resident) -> None:
    shown = elsewhere.get("/people/find/?q=daniel").content.decode()
    for public in ("Daniel Sample", "ID 1001", "Sample North", "No calls here"):
        assert public in shown
    assert "date of birth" not in shown.lower()


def test_nobody_found_offers_to_tell(elsewhere: Client, stranger: User, resident: Resident) -> None:
    assert "Nobody found" in elsewhere.get("/people/find/?q=zebediah").content.decode()
    missing = elsewhere.post("/people/watch/", {"first_name": "Zeb"}).content.decode()
    assert "Type a last name or an ID number, so that we know whom to look for." in missing
    assert 'value="Zeb"' in missing
    assert ArrivalWatch.objects.count() == 0
    answer = elsewhere.post("/people/watch/", {"first_name": "Zeb", "last_name": "Nowhere"})
    shown = elsewhere.get(answer["Location"]).content.decode()
    assert "We will send you an email when this person is in one of the facilities here." in shown
    watch = ArrivalWatch.objects.get(user=stranger)
    assert "Nowhere" in shown
    elsewhere.post(f"/people/watch/{watch.pk}/end/")
    assert "Nowhere" not in elsewhere.get("/people/").content.decode()


def test_nobody_ends_anothers_watch(at_home: Client, elsewhere: Client, stranger: User) -> None:
    elsewhere.post("/people/watch/", {"last_name": "Nowhere"})
    at_home.post(f"/people/watch/{ArrivalWatch.objects.get().pk}/end/")
    assert ArrivalWatch.objects.get().ended_at is None


def test_search_is_limited_in_rate(elsewhere: Client, at_home: Client, resident: Resident) -> None:
    for _ in range(LIMITS["search"].times):
        assert elsewhere.get("/people/find/?q=daniel").context["limited"] is None
    answer = elsewhere.get("/people/find/?q=daniel")
    assert answer.context["hits"] is None
    assert "You have searched many times in a few minutes." in answer.content.decode()
    assert found(at_home, q="daniel") == [resident.pk]


def test_adding_twice_is_one_contact_that_says_what_it_waits_for(
    elsewhere: Client, stranger: User, resident: Resident, north: Facility
) -> None:
    north.contact_rule = "consent"
    north.save()
    for _ in range(2):
        answer = elsewhere.post("/people/add/", {"resident": resident.pk, "relation": "friend"})
    contact = Contact.objects.get(user=stranger)
    assert answer["Location"] == f"/people/{contact.pk}/"
    shown = elsewhere.get(answer["Location"]).content.decode()
    assert "for Daniel to agree." in shown
    assert "Write for" not in shown
    assert "Already one of your people" in elsewhere.get("/people/find/?q=daniel").content.decode()


def test_somebody_not_there_cannot_be_added(elsewhere: Client, north: Facility) -> None:
    answer = elsewhere.post("/people/add/", {"resident": 987_654})
    assert "We do not find this person in custody here." in elsewhere.get(answer["Location"]).content.decode()
    assert elsewhere.post("/people/add/", {"resident": "x"}).status_code == 303
    assert Contact.objects.count() == 0


def test_block_is_silent_and_can_be_undone(
    at_home: Client, contact: Contact, kiosk_client: Callable[[Resident], Client], resident: Resident
) -> None:
    where = f"/people/{contact.pk}/"
    shown = at_home.get(at_home.post(f"{where}block/")["Location"]).content.decode()
    assert "Neither of you can write to the other now. We do not tell them." in shown
    assert "You blocked Daniel" in shown
    contact.refresh_from_db()
    assert contact.family_blocked_at is not None
    theirs = kiosk_client(resident).get("/kiosk/people/").content.decode()
    assert "blocked" not in theirs.lower()
    at_home.post(f"{where}unblock/")
    contact.refresh_from_db()
    assert contact.family_blocked_at is None


def test_always_accept_is_set_and_unset(at_home: Client, contact: Contact) -> None:
    for on in ("1", "0"):
        at_home.post(f"/people/{contact.pk}/always/", {"on": on})
        contact.refresh_from_db()
        assert contact.family_always_accepts is (on == "1")


def test_the_conversation_has_both_sides_and_not_the_removed(
    at_home: Client,
    contact: Contact,
    mother_party: Party,
    resident_party: Party,
    money: Callable[[Party, int], None],
    from_mother: Write,
    from_daniel: Write,
) -> None:
    money(mother_party, 100)
    money(resident_party, 100)
    mine, his, gone = from_mother().message_id, from_daniel().message_id, from_daniel().message_id
    at_home.post("/messages/tidy/", {"act": "remove", "ids": [gone]})
    rows = at_home.get(f"/people/{contact.pk}/").context["letters"].rows
    assert {row.id for row in rows} == {mine, his}


def test_released_closes_writing_and_keeps_reading(
    at_home: Client,
    contact: Contact,
    resident: Resident,
    resident_party: Party,
    money: Callable[[Party, int], None],
    from_daniel: Write,
    now: datetime,
) -> None:
    from kinline.residents import services as residents

    money(resident_party, 50)
    sent = from_daniel("Still here to read")
    residents.end_custody(resident_id=resident.pk, reason="release", now=now)
    assert "Daniel left custody" in at_home.get(f"/messages/new/?to={contact.pk}").content.decode()
    shown = at_home.get(f"/messages/{sent.message_id}/").content.decode()
    assert "Still here to read" in shown
    assert "Answer for" not in shown
