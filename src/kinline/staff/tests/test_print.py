"""MSG-10 through the door: who gets paper, batches by unit, the document, handing over, and what it costs."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from django.test import Client

from kinline.contacts.models import Contact
from kinline.core.errors import Refusal
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.facilities import services as facilities
from kinline.facilities.models import Facility
from kinline.flows import contacts as contact_story
from kinline.flows import custody, printing, proof
from kinline.flows.decide_review import refuse, release
from kinline.flows.deliver_message import deliver_due
from kinline.flows.photos import add_photo
from kinline.flows.take_back import take_back
from kinline.flows.tests.test_send import write
from kinline.identity.models import Role, User
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.models import Message, PrintBatch, PrintedLetter, Review
from kinline.messaging.queries import reviews
from kinline.messaging.tests.photo_files import jpeg
from kinline.residents import services as people
from kinline.residents.models import Resident

pytestmark = pytest.mark.django_db
Money = Callable[[Party, int], None]


@pytest.fixture
def clerk(member, north: Facility) -> User:
    return member(Role.MAILROOM, north)


@pytest.fixture
def desk(staff_client, clerk: User) -> Client:
    return staff_client(clerk)


@pytest.fixture
def on_paper(resident: Resident, now) -> Resident:
    people.put_on_paper(resident_id=resident.pk, on=True, now=now)
    return resident


@pytest.fixture
def post(mother_party: Party, contact: Contact, on_paper: Resident, money: Money, now):
    """`post("words")`: a letter of the mother, which now waits for paper."""
    money(mother_party, 500)

    def sent(body: str = "The tomatoes are red.", **more: object) -> Message:
        message_id = write(mother_party, contact, now, body, **more).message_id
        deliver_due(message_id=message_id, now=now)
        return Message.objects.get(pk=message_id)

    return sent


def cents(party: Party) -> tuple[int, int]:
    here = balance(chart.messages_of(party))
    return here.posted_cents, here.held_cents


def make(desk: Client, place: Facility) -> PrintBatch:
    desk.post("/staff/print/", {"act": "make", "unit": place.units.get().pk})
    return PrintBatch.objects.latest("pk")


def pdf(answer) -> pypdf.PdfReader:
    assert answer["Content-Type"] == "application/pdf"
    return pypdf.PdfReader(BytesIO(answer.content))


def text(document: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in document.pages)


def broken() -> set[str]:
    return {one.law for one in proof.differences()} - {"deposits", "cash"}


def test_a_letter_to_somebody_on_paper_waits_and_its_price_is_set_aside(post, mother_party, family_client, mother):
    letter = post()
    assert (letter.state, letter.delivered_at) == ("paper", None)
    assert cents(mother_party) == (500, 50)
    assert letter.copies.count() == 1
    page = family_client(mother).get(f"/messages/{letter.pk}/").content.decode()
    assert "Printed, and handed over on paper" in page
    assert broken() == set()


def test_printed_and_handed_over_it_is_delivered_and_paid(desk, post, mother_party, north, kiosk_client, on_paper):
    letter = post()
    batch = make(desk, north)
    document = pdf(desk.get(f"/staff/print/{batch.pk}/letters.pdf"))
    assert "The tomatoes are red." in text(document)
    assert Message.objects.get().state == "paper"
    assert cents(mother_party) == (500, 50)
    desk.post(f"/staff/print/{batch.pk}/", {"handed": [letter.pk]})
    letter.refresh_from_db()
    assert letter.state == "delivered"
    assert cents(mother_party) == (450, 0)
    assert kiosk_client(on_paper).get(f"/kiosk/letters/{letter.pk}/").status_code == 200
    assert broken() == set()


def test_the_document_has_cover_lines_page_counts_and_a_sheet_for_each(desk, post, north, mother):
    post("First words.")
    post("Second words. " * 600)
    batch = make(desk, north)
    document = pdf(desk.get(f"/staff/print/{batch.pk}/letters.pdf"))
    cover = document.pages[0].extract_text()
    assert cover.count("Daniel Sample") == 2
    assert "1001" in cover
    assert mother.name in cover
    assert f"Pages in all: {len(document.pages)}" in cover
    batch.refresh_from_db()
    assert batch.pages == len(document.pages)
    starts = [n for n, page in enumerate(document.pages, 1) if "Page 1 of" in page.extract_text()]
    assert len(starts) == 2
    assert all(n % 2 == 1 for n in starts)  # printed on both sides, nobody gets another's words
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"] == "en"


def test_the_longest_letter_is_about_eight_to_ten_pages(desk, post, north):
    words = ("Dear Daniel, the garden is doing well and everybody at home sends their love. " * 400)[:30_000]
    post(words)
    batch = make(desk, north)
    document = pdf(desk.get(f"/staff/print/{batch.pk}/letters.pdf"))
    assert 7 <= len(document.pages) - 2 <= 11


def test_markup_and_strange_letters_are_words(desk, post, north):
    post('#set page(fill: red) $x$ \\ *bold* "q" <svg> مرحبا \U0001f600')
    batch = make(desk, north)
    words = text(pdf(desk.get(f"/staff/print/{batch.pk}/letters.pdf")))
    assert "#set page(fill: red) $x$" in words
    assert "مرحبا" in words
    assert "\U0001f600" in words


def test_a_writing_that_our_fonts_lack_is_said_and_not_given_as_boxes_without_a_word(desk, post, north):
    post("Привет, καλημέρα, مرحبا: these are drawn.")
    batch = make(desk, north)
    assert "not in our fonts" not in text(pdf(desk.get(f"/staff/print/{batch.pk}/letters.pdf")))
    desk.post(f"/staff/print/{batch.pk}/", {})
    post("你好 Daniel")
    batch = make(desk, north)
    document = pdf(desk.get(f"/staff/print/{batch.pk}/letters.pdf"))
    assert "in a writing that our fonts do not have" in document.pages[0].extract_text()
    said = [
        page.extract_text()
        for page in document.pages
        if "2 letters of this writing are not in our fonts" in page.extract_text()
    ]
    assert len(said) == 1
    assert "□□ Daniel" in said[0]


def test_the_empty_back_of_a_sheet_names_nobody(desk, post, north):
    post("First words.")
    post("Second words.")
    batch = make(desk, north)
    document = pdf(desk.get(f"/staff/print/{batch.pk}/letters.pdf"))
    assert ["Daniel" in page.extract_text() for page in document.pages] == [True, False, True, False, True]


def test_printing_again_is_allowed_and_written_down(desk, post, north, clerk):
    post()
    batch = make(desk, north)
    for _ in range(2):
        assert desk.get(f"/staff/print/{batch.pk}/letters.pdf").status_code == 200
    reads = AuditEvent.objects.filter(act="print.read", actor=f"staff:{clerk.pk}", object=f"batch:{batch.pk}")
    assert [row.detail["purpose"] for row in reads] == ["print", "print"]
    desk.post(f"/staff/print/{batch.pk}/", {"handed": [Message.objects.get().pk]})
    assert "The tomatoes" in text(pdf(desk.get(f"/staff/print/{batch.pk}/letters.pdf")))


def test_what_could_not_be_given_waits_for_the_next_batch(desk, post, north, mother_party):
    given, kept = post("One."), post("Two.")
    batch = make(desk, north)
    desk.post(f"/staff/print/{batch.pk}/", {"handed": [given.pk]})
    assert [Message.objects.get(pk=one.pk).state for one in (given, kept)] == ["delivered", "paper"]
    assert cents(mother_party) == (450, 50)
    again = make(desk, north)
    assert [one.message_id for one in again.letters.all()] == [kept.pk]


def test_handed_over_twice_is_paid_once(desk, post, north, mother_party):
    letter = post()
    batch = make(desk, north)
    for _ in range(2):
        assert desk.post(f"/staff/print/{batch.pk}/", {"handed": [letter.pk]}).status_code == 303
    assert cents(mother_party) == (450, 0)
    assert broken() == set()


def test_before_it_is_printed_the_sender_may_take_it_back_and_after_that_not(desk, post, north, mother_party, now):
    first = post("One.")
    take_back(mother_party, message_id=first.pk, now=now)
    second = post("Two.")
    batch = make(desk, north)
    with pytest.raises(Refusal) as no:
        take_back(mother_party, message_id=second.pk, now=now)
    assert no.value.code == "too_late"
    assert [one.message_id for one in batch.letters.all()] == [second.pk]
    assert cents(mother_party) == (500, 50)


def test_a_letter_that_may_not_arrive_any_more_is_not_delivered_by_handing_it_over(
    desk, post, north, mother_party, contact, now
):
    letter = post()
    batch = make(desk, north)
    contact_story.block(mother_party, contact.pk, now)
    page = desk.post(f"/staff/print/{batch.pk}/", {"handed": [letter.pk]}, follow=True).content.decode()
    assert "must not be handed over any more: destroy its paper" in page
    assert "Do not hand over" in page
    assert Message.objects.get().state == "returned"
    assert cents(mother_party) == (500, 0)
    assert desk.get(f"/staff/print/{batch.pk}/letters.pdf").status_code == 303  # its words are printed no more


def test_stopped_by_an_order_while_its_paper_is_on_the_way_a_person_decides_anew(
    desk, clerk, post, north, mother_party, contact, officer, supervisor, now
):
    """It was let through once; that decision must not hide it from the queue (DEL-3)."""
    facilities.change_facility(facility_id=north.pk, changes={"photos_a_letter": 2})
    photo_id = add_photo(mother_party, contact_id=contact.pk, content=jpeg(), now=now)
    letter = post(photo_ids=[photo_id])
    release(staff=officer, message_id=letter.pk, now=now)
    batch = make(desk, north)
    contact_story.restrict(
        staff=supervisor, facility_id=north.pk, user_id=contact.user_id, resident_id=contact.resident_id,
        reason="Order.", now=now,
    )  # fmt: skip
    later = now + timedelta(hours=1)
    handed = printing.hand_over(staff=clerk, facility_id=north.pk, batch_id=batch.pk, handed=[letter.pk], now=later)
    assert (handed.delivered, handed.ended) == (0, 1)
    assert Message.objects.get().state == "review"
    review = Review.objects.get()
    assert (review.decision, review.decided_by, review.since) == ("", None, later)
    assert [one.message_id for one in reviews.for_desk(officer, [north.pk], passed=False, now=later)] == [letter.pk]
    assert cents(mother_party) == (500, 100)
    refuse(staff=supervisor, message_id=letter.pk, reason_code="threat", explanation="The order.", now=later)
    assert cents(mother_party) == (500, 0)
    assert broken() == set()


def test_nothing_of_a_blocked_pair_is_printed_at_all(desk, post, north, mother_party, contact, now):
    post()
    contact_story.block(mother_party, contact.pk, now)
    desk.post("/staff/print/", {"act": "make", "unit": north.units.get().pk})
    assert not PrintBatch.objects.exists()
    assert cents(mother_party) == (500, 0)


def test_a_privileged_letter_is_in_no_batch(desk, post, north, contact):
    post()
    Contact.objects.filter(pk=contact.pk).update(kind="privileged")
    desk.post("/staff/print/", {"act": "make", "unit": north.units.get().pk})
    assert not PrintedLetter.objects.exists()
    assert "Nothing waits for paper." in desk.get("/staff/print/").content.decode()


def test_photos_are_printed_with_their_letter_and_paid_when_it_is_given(
    desk, post, north, mother_party, contact, officer, now
):
    facilities.change_facility(facility_id=north.pk, changes={"photos_a_letter": 2})
    photo_id = add_photo(mother_party, contact_id=contact.pk, content=jpeg(), now=now)
    letter = post(photo_ids=[photo_id])
    assert letter.state == "review"
    release(staff=officer, message_id=letter.pk, now=now)
    assert cents(mother_party) == (500, 100)
    batch = make(desk, north)
    document = pdf(desk.get(f"/staff/print/{batch.pk}/letters.pdf"))
    assert sum(len(page.images) for page in document.pages) == 1
    desk.post(f"/staff/print/{batch.pk}/", {"handed": [letter.pk]})
    assert cents(mother_party) == (400, 0)
    assert broken() == set()


def test_collect_is_said_to_be_impossible_before_anything_is_sent(mother_party, contact, on_paper, now):
    with pytest.raises(Refusal) as no:
        write(mother_party, contact, now, collect=True)
    assert no.value.code == "no_collect_on_paper"
    assert Message.objects.count() == 0


def test_marked_by_number_and_back_at_the_kiosk_what_waits_is_delivered(desk, resident, clerk, post, mother_party):
    letter = post()
    desk.post("/staff/print/", {"act": "kiosk", "number": resident.number})
    resident.refresh_from_db()
    letter.refresh_from_db()
    assert (resident.paper_since, letter.state) == (None, "delivered")
    assert cents(mother_party) == (450, 0)
    desk.post("/staff/print/", {"act": "paper", "number": f" {resident.number} "})
    resident.refresh_from_db()
    assert resident.paper_since is not None
    acts = AuditEvent.objects.filter(actor=f"staff:{clerk.pk}", act__startswith="paper.").values_list("act", flat=True)
    assert list(acts) == ["paper.off", "paper.on"]


def test_back_at_the_kiosk_with_paper_on_its_way_what_is_not_given_is_delivered_there(
    desk, post, north, resident, mother_party
):
    given, not_given = post("One."), post("Two.")
    batch = make(desk, north)
    desk.post("/staff/print/", {"act": "kiosk", "number": resident.number})
    assert {one.state for one in Message.objects.all()} == {"paper"}, "its paper is on its way"
    page = desk.post(f"/staff/print/{batch.pk}/", {"handed": [given.pk]}, follow=True).content.decode()
    assert "1 letter is delivered." in page
    assert "1 must not be handed over any more: destroy its paper." in page
    assert list(Message.objects.order_by("pk").values_list("pk", "state")) == [
        (given.pk, "delivered"), (not_given.pk, "delivered"),
    ]  # fmt: skip
    assert list(batch.letters.order_by("message_id").values_list("outcome", flat=True)) == ["handed", "ended"]
    assert cents(mother_party) == (400, 0)
    assert broken() == set()


def test_released_with_paper_on_its_way_it_goes_back_to_its_sender(desk, post, north, resident, mother_party, now):
    printed = post("One.")
    batch = make(desk, north)
    waits = post("Two.")
    custody.release_resident(staff=None, resident_id=resident.pk, now=now)
    assert {one.state for one in Message.objects.all()} == {"returned"}
    assert "Nothing waits for paper." in desk.get("/staff/print/").content.decode()
    page = desk.post(f"/staff/print/{batch.pk}/", {"handed": [printed.pk, waits.pk]}, follow=True).content.decode()
    assert "1 must not be handed over any more: destroy its paper." in page
    assert "Daniel" not in desk.get("/staff/print/").content.decode().split("Who gets paper")[1]
    assert {one.state for one in Message.objects.all()} == {"returned"}
    assert cents(mother_party) == (500, 0)
    assert broken() == set()


def test_moved_with_paper_on_its_way_it_is_handed_over_from_its_batch_or_printed_there(
    desk, post, north, south, resident, mother_party, member, staff_client, now
):
    letter = post()
    batch = make(desk, north)
    people.end_custody(resident_id=resident.pk, reason="transfer", now=now)
    people.book(resident_id=resident.pk, facility_id=south.pk, unit_id=south.units.get().pk, now=now)
    there = staff_client(member(Role.MAILROOM, south))
    assert "Nothing waits for paper." in there.get("/staff/print/").content.decode(), "its paper is on its way"
    desk.post(f"/staff/print/{batch.pk}/", {})
    assert "Nothing waits for paper." in desk.get("/staff/print/").content.decode()
    again = make(there, south)
    assert [one.message_id for one in again.letters.all()] == [letter.pk]
    there.post(f"/staff/print/{again.pk}/", {"handed": [letter.pk]})
    assert cents(mother_party) == (450, 0)
    assert broken() == set()


def test_a_clerk_of_the_mailroom_sees_paper_and_no_queue(desk, post, north):
    """MSG-10: printing needs no look at what is in review."""
    post()
    menu = desk.get("/staff/print/").content.decode()
    for path in ("review", "appeals", "search", "audit", "retention", "people", "money"):
        assert desk.get(f"/staff/{path}/").status_code in (403, 404), path
        assert f'href="/staff/{path}/"' not in menu


def test_nobody_of_another_place_is_marked(desk, resident_south):
    page = desk.post("/staff/print/", {"act": "paper", "number": resident_south.number}, follow=True).content.decode()
    assert "Nobody with the number 1002 is here now." in page
    resident_south.refresh_from_db()
    assert resident_south.paper_since is None


def test_another_place_sees_neither_batch_nor_letter(desk, post, north, south, member, staff_client):
    letter = post()
    batch = make(desk, north)
    elsewhere = staff_client(member(Role.MAILROOM, south))
    assert "Daniel" not in elsewhere.get("/staff/print/").content.decode()
    for path in (f"/staff/print/{batch.pk}/", f"/staff/print/{batch.pk}/letters.pdf"):
        assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(f"/staff/print/{batch.pk}/", {"handed": [letter.pk]}).status_code == 404
    assert Message.objects.get().state == "paper"


def test_after_a_transfer_it_is_printed_where_its_reader_is(desk, post, north, south, resident, now):
    post()
    people.end_custody(resident_id=resident.pk, reason="transfer", now=now)
    people.book(resident_id=resident.pk, facility_id=south.pk, unit_id=south.units.get().pk, now=now)
    assert "Nothing waits for paper." in desk.get("/staff/print/").content.decode()


@pytest.mark.parametrize("words", [{"act": "make", "unit": ""}, {"act": "make", "unit": "x"}, {"act": "paper"}, {}])
def test_what_makes_no_sense_does_nothing(desk, words):
    assert desk.post("/staff/print/", words).status_code == 303
    assert not PrintBatch.objects.exists()
