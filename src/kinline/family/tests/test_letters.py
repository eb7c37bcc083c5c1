"""MSG-3, MSG-4, MSG-6, MSG-7, DEL-5, DEL-6 through the door: one letter and what can be done with it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.test import Client

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.delivery import services as delivery
from kinline.facilities.models import Facility
from kinline.family.tests.conftest import Write
from kinline.flows import decide_review, mailbox
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.models import Appeal, Mailbox, Message

Money = Callable[[Party, int], None]


def cents(party: Party) -> tuple[int, int]:
    now = balance(chart.messages_of(party))
    return now.posted_cents, now.held_cents


def held_for_review(north: Facility, now: datetime) -> None:
    rule = {"id": "words", "then": "review", "why": {"en": "A word in it is on this facility's list.", "es": "…"}}
    delivery.set_policy(facility_id=north.pk, rules=[rule], now=now - timedelta(days=1))


def refused(officer: User, sent_id: int, now: datetime) -> None:
    decide_review.refuse(
        staff=officer, message_id=sent_id, reason_code="plan", explanation="It plans something.", now=now
    )


# Reading


def test_opening_reads_it_and_tells_the_writer(
    at_home: Client, resident_party: Party, money: Money, from_daniel: Write
) -> None:
    money(resident_party, 50)
    sent = from_daniel("The window faces east.")
    assert "One letter waits for you" in at_home.get("/home/").content.decode()
    shown = at_home.get(f"/messages/{sent.message_id}/").content.decode()
    assert "The window faces east." in shown
    assert "Answer for 50¢" in shown
    assert Message.objects.get().opened_at is not None
    assert "One letter waits for you" not in at_home.get("/home/").content.decode()


def test_looking_at_a_list_opens_nothing(
    at_home: Client, resident_party: Party, money: Money, from_daniel: Write
) -> None:
    money(resident_party, 50)
    from_daniel()
    for where in ("/home/", "/messages/", "/people/"):
        at_home.get(where)
    assert Message.objects.get().opened_at is None


def test_the_print_view_is_the_letter_alone(
    at_home: Client, resident_party: Party, money: Money, from_daniel: Write
) -> None:
    money(resident_party, 50)
    sent = from_daniel("The window faces east.")
    shown = at_home.get(f"/messages/{sent.message_id}/print/").content.decode()
    assert "The window faces east." in shown
    assert "<nav" not in shown


def test_the_answered_letters_way_stands_below(
    at_home: Client, mother_party: Party, resident_party: Party, money: Money, from_mother: Write, from_daniel: Write
) -> None:
    money(mother_party, 50)
    money(resident_party, 50)
    first = from_mother(subject="Garden")
    shown = at_home.get(f"/messages/{from_daniel(reply_to=first.message_id).message_id}/").content.decode()
    assert "Your letter “<bdi>Garden</bdi>”" in shown
    assert "50¢ paid" in shown


# One's own letter on its way


def test_a_held_letter_says_why_and_can_be_taken_back_once(
    at_home: Client, north: Facility, mother_party: Party, money: Money, from_mother: Write, now: datetime
) -> None:
    held_for_review(north, now)
    money(mother_party, 50)
    sent = from_mother()
    where = f"/messages/{sent.message_id}/"
    shown = at_home.get(where).content.decode()
    assert "A word in it is on this facility&#x27;s list." in shown
    assert "Being read by the facility since" in shown
    assert cents(mother_party) == (50, 50)
    for _ in range(2):
        answer = at_home.post(f"{where}take-back/")
        assert (answer.status_code, answer["Location"]) == (303, where)
    assert cents(mother_party) == (50, 0)
    assert "Taken back by you" in at_home.get(where).content.decode()


def test_a_delivered_letter_cannot_be_taken_back(
    at_home: Client, mother_party: Party, money: Money, from_mother: Write
) -> None:
    money(mother_party, 50)
    sent = from_mother()
    answer = at_home.post(f"/messages/{sent.message_id}/take-back/")
    shown = at_home.get(answer["Location"]).content.decode()
    assert "This is no longer possible: the letter has moved on." in shown
    assert (Message.objects.get().state, cents(mother_party)) == ("delivered", (0, 0))


# Collect


def test_a_collect_letter_shows_its_price_not_its_words(
    at_home: Client, mother_party: Party, money: Money, from_daniel: Write
) -> None:
    money(mother_party, 100)
    sent = from_daniel("Secret words", collect=True)
    for where in ("/messages/", f"/messages/{sent.message_id}/"):
        assert "Secret words" not in at_home.get(where).content.decode()
    shown = at_home.get(f"/messages/{sent.message_id}/").content.decode()
    assert "Open for 50¢" in shown
    assert "You have 2 credits, then 1." in shown
    assert at_home.get(f"/messages/{sent.message_id}/print/").status_code == 404
    assert cents(mother_party) == (100, 0)


def test_accepting_pays_once(at_home: Client, mother_party: Party, money: Money, from_daniel: Write) -> None:
    money(mother_party, 100)
    sent = from_daniel("Secret words", collect=True)
    for _ in range(2):
        answer = at_home.post(f"/messages/{sent.message_id}/accept/")
    assert "Secret words" in at_home.get(answer["Location"]).content.decode()
    assert cents(mother_party) == (50, 0)


def test_accepting_without_credits_offers_to_add_some(at_home: Client, mother_party: Party, from_daniel: Write) -> None:
    sent = from_daniel("Secret words", collect=True)
    answer = at_home.post(f"/messages/{sent.message_id}/accept/")
    shown = at_home.get(answer["Location"]).content.decode()
    assert "You need one message credit to open this letter." in shown
    assert 'href="/credits/"' in shown
    assert "Secret words" not in shown
    assert Message.objects.get().state == "collect"


def test_declining_costs_nothing_and_leads_back(at_home: Client, mother_party: Party, from_daniel: Write) -> None:
    sent = from_daniel("Secret words", collect=True)
    answer = at_home.post(f"/messages/{sent.message_id}/decline/")
    assert answer["Location"] == "/messages/"
    assert "Declined. You paid nothing" in at_home.get(answer["Location"]).content.decode()
    assert (Message.objects.get().state, cents(mother_party)) == ("declined", (0, 0))


def test_the_writer_pays_for_what_was_declined(
    at_home: Client, mother_party: Party, money: Money, from_mother: Write
) -> None:
    sent = from_mother(collect=True)
    where = f"/messages/{sent.message_id}/"
    refused_for_now = at_home.get(at_home.post(f"{where}pay/")["Location"]).content.decode()
    assert "Add credits" in refused_for_now
    assert Message.objects.get().state == "collect"
    money(mother_party, 50)
    assert "Pay 50¢ and deliver" in at_home.get(where).content.decode()
    for _ in range(2):
        at_home.post(f"{where}pay/")
    assert (Message.objects.get().state, cents(mother_party)) == ("delivered", (0, 0))


# Not delivered, and the appeal


def test_a_refusal_names_reason_explanation_and_deadline(
    at_home: Client, north: Facility, officer: User, mother_party: Party, money: Money, from_mother: Write,
    now: datetime,
) -> None:  # fmt: skip
    held_for_review(north, now)
    money(mother_party, 50)
    sent = from_mother()
    refused(officer, sent.message_id, now)
    shown = at_home.get(f"/messages/{sent.message_id}/").content.decode()
    assert "It was not delivered" in shown
    assert "It plans something unlawful." in shown
    assert "It plans something." in shown
    assert f"/appeals/new/{sent.message_id}/" in shown
    assert cents(mother_party) == (50, 0)


def test_an_appeal_is_filed_once_and_followed(
    at_home: Client, elsewhere: Client, client: Client, north: Facility, officer: User, mother_party: Party,
    money: Money, from_mother: Write, now: datetime,
) -> None:  # fmt: skip
    held_for_review(north, now)
    money(mother_party, 50)
    sent = from_mother()
    where = f"/appeals/new/{sent.message_id}/"
    assert at_home.get(where).status_code == 404
    refused(officer, sent.message_id, now)
    assert elsewhere.get(where).status_code == 404
    assert client.get(where).status_code == 302
    empty = at_home.post(where, {"text": "  "}).content.decode()
    assert "Write why you think the decision is wrong." in empty
    assert Appeal.objects.count() == 0
    answer = at_home.post(where, {"text": "It is about tomatoes."})
    appeal = Appeal.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/appeals/{appeal.pk}/")
    assert "It is about tomatoes." in at_home.get(answer["Location"]).content.decode()
    again = at_home.post(where, {"text": "Once more."}).content.decode()
    assert "You have already appealed." in again
    assert Appeal.objects.count() == 1
    assert elsewhere.get(answer["Location"]).status_code == 404
    assert client.get(answer["Location"]).status_code == 302


def test_the_recipient_of_a_refused_letter_appeals_without_seeing_it(
    at_home: Client, north: Facility, officer: User, resident_party: Party, money: Money, from_daniel: Write,
    now: datetime,
) -> None:  # fmt: skip
    held_for_review(north, now)
    money(resident_party, 50)
    sent = from_daniel("Secret words")
    refused(officer, sent.message_id, now)
    notices = at_home.get("/notices/").content.decode()
    assert "was not delivered" in notices
    assert f"/appeals/new/{sent.message_id}/" in notices
    assert at_home.get(f"/messages/{sent.message_id}/").status_code == 404
    shown = at_home.get(f"/appeals/new/{sent.message_id}/").content.decode()
    assert "It plans something unlawful." in shown
    assert "Secret words" not in shown
    assert at_home.post(f"/appeals/new/{sent.message_id}/", {"text": "Let it come."}).status_code == 303


# The mailbox


def test_ticked_letters_move_and_move_back(
    at_home: Client, resident_party: Party, money: Money, from_daniel: Write
) -> None:
    money(resident_party, 200)
    ids = [from_daniel().message_id for _ in range(3)]
    answer = at_home.post("/messages/tidy/", {"act": "remove", "ids": ids[:2], "folder": "inbox"})
    shown = at_home.get(answer["Location"])
    assert "2 letters removed. You can bring them back for 30 days." in shown.content.decode()
    assert shown.context["undo"] == {"act": "restore", "ids": ids[:2]}
    assert Mailbox.objects.filter(folder="removed").count() == 2
    at_home.post("/messages/tidy/", {"act": "restore", "ids": ids[:2], "folder": "inbox"})
    assert Mailbox.objects.filter(folder="inbox").count() == 3
    at_home.post("/messages/tidy/", {"act": "archive", "ids": ids[2:], "folder": "inbox"})
    assert [row.id for row in at_home.get("/messages/?folder=archive").context["letters"].rows] == ids[2:]


def test_a_stranger_moves_nothing(elsewhere: Client, resident_party: Party, money: Money, from_daniel: Write) -> None:
    money(resident_party, 50)
    sent = from_daniel()
    for act in ("archive", "remove", "restore", "unarchive"):
        assert elsewhere.post("/messages/tidy/", {"act": act, "ids": [sent.message_id]}).status_code == 303
    assert {row.folder for row in Mailbox.objects.all()} == {"inbox", "sent"}


def test_removing_never_touches_the_other_sides_copy(
    at_home: Client, resident_party: Party, money: Money, from_daniel: Write
) -> None:
    money(resident_party, 50)
    sent = from_daniel()
    at_home.post("/messages/tidy/", {"act": "remove", "ids": [sent.message_id]})
    assert Mailbox.objects.get(resident_id=resident_party.id).folder == "sent"


def test_too_late_to_bring_back_is_said(
    at_home: Client, mother_party: Party, resident_party: Party, money: Money, from_daniel: Write, now: datetime
) -> None:
    money(resident_party, 50)
    sent = from_daniel()
    mailbox.remove(mother_party, [sent.message_id], now=now - timedelta(days=31))
    answer = at_home.post("/messages/tidy/", {"act": "restore", "ids": [sent.message_id], "folder": "removed"})
    assert "That time is over." in at_home.get(answer["Location"]).content.decode()
    assert Mailbox.objects.get(user_id=mother_party.id).folder == "removed"


def test_nonsense_in_the_list_is_no_error(at_home: Client) -> None:
    assert at_home.post("/messages/tidy/", {"act": "burn", "ids": ["1"]}).status_code == 303
    assert at_home.post("/messages/tidy/", {"act": "remove", "ids": ["x", "²", "9" * 40]}).status_code == 303
    assert at_home.get("/messages/?folder=cellar").status_code == 404
    assert at_home.get("/messages/?before=zzz").status_code == 200
    assert at_home.get("/messages/?q=%00&before=-1").status_code == 200
    assert at_home.get("/messages/new/?to=zzz").status_code == 404
    assert at_home.get("/people/1/?before=%F0").status_code == 404
    assert at_home.get("/notices/?before=-3").status_code == 200
    assert at_home.get("/credits/?before=x").status_code == 200


def test_pages_of_a_folder_hold_twenty_and_lead_on(
    at_home: Client, mother_party: Party, resident_party: Party, money: Money, from_daniel: Write, now: datetime
) -> None:
    money(resident_party, 50 * 23)
    ids = [from_daniel(at=now - timedelta(minutes=60 - n)).message_id for n in range(23)]
    first = at_home.get("/messages/")
    assert [row.id for row in first.context["letters"].rows] == ids[:2:-1]
    older = at_home.get("/messages/", {"before": first.context["letters"].next})
    assert [row.id for row in older.context["letters"].rows] == [ids[2], ids[1], ids[0]]
    assert "Newest" in older.content.decode()


def test_a_list_costs_the_same_at_any_length(
    at_home: Client, mother_party: Party, resident_party: Party, money: Money, from_daniel: Write,
    from_mother: Write, contact: Contact, django_assert_max_num_queries: Callable[..., object],
) -> None:  # fmt: skip
    money(resident_party, 50 * 15)
    money(mother_party, 50 * 15)
    for _ in range(15):
        from_daniel()
        from_mother()
    for where, most in (("/messages/", 8), ("/home/", 12), ("/people/", 9), (f"/people/{contact.pk}/", 9)):
        with django_assert_max_num_queries(most):
            assert at_home.get(where).status_code == 200


def test_search_finds_ones_own_words_only(
    at_home: Client, elsewhere: Client, resident_party: Party, money: Money, from_daniel: Write
) -> None:
    from kinline.messaging import search

    money(resident_party, 100)
    sent = from_daniel("The tomatoes are taller than Mateo")
    from_daniel("Nothing of the kind")
    search.put(Message.objects.select_related("contact").get(pk=sent.message_id))
    shown = at_home.get("/messages/?q=TOMATOES")
    assert [row.id for row in shown.context["letters"].rows] == [sent.message_id]
    assert elsewhere.get("/messages/?q=tomatoes").context["letters"].rows == []
    assert "No letter has all these words." in at_home.get("/messages/?q=volcano").content.decode()
