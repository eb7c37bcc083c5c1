"""MSG-9 through the family's door: photos are chosen, shown with their price, sent, read first, seen by those two."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from PIL import Image

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities import services as facilities
from kinline.facilities.models import Facility
from kinline.flows import decide_review, proof
from kinline.flows.take_back import take_back
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.models import Draft, Message, Photo, Pixels
from kinline.messaging.tests.photo_files import DRAWING, archive, bomb, jpeg, png

Money = Callable[[Party, int], None]


@pytest.fixture
def offered(north: Facility, contact: Contact) -> Contact:
    """Two photos a letter, at 30 cents each."""
    facilities.change_facility(facility_id=north.pk, changes={"photos_a_letter": 2})
    now = datetime.now(UTC)
    facilities.set_price(agency_id=north.agency_id, cents=50, effective_from=now, now=now, photo_cents=30)
    return contact


def file(content: bytes, name: str = "IMG_0001.jpg") -> BytesIO:
    made = BytesIO(content)
    made.name = name
    return made


def typed(contact: Contact, **more: object) -> dict[str, object]:
    return {"to": contact.pk, "subject": "Garden", "body": "Dear Daniel", "key": str(uuid4()), "pay": "credits", **more}


def add(at_home: Client, contact: Contact, *files: BytesIO, **more: object):
    return at_home.post("/messages/new/", typed(contact, photos=list(files), add_photo="1", **more))


def shown(contact: Contact) -> dict[str, object]:
    """What the page's own form sends with the photos that it shows."""
    return {"photo": [photo.pk for photo in Photo.objects.filter(contact=contact, message=None)], "photo_price": "30"}


def cents(party: Party) -> tuple[int, int]:
    now = balance(chart.messages_of(party))
    return now.posted_cents, now.held_cents


def broken() -> set[str]:
    """Laws of the books that do not hold, but for those about where this cast's money came from."""
    return {one.law for one in proof.differences()} - {"deposits", "cash"}


@pytest.fixture
def sent(at_home: Client, offered: Contact, mother_party: Party, money: Money) -> Message:
    """A letter with two photos, which waits in review."""
    money(mother_party, 200)
    add(at_home, offered, file(jpeg()), file(png((300, 200)), "two.png"))
    at_home.post("/messages/new/", typed(offered, price="50", **shown(offered)))
    return Message.objects.get()


def test_photos_lie_beside_the_letter_with_their_price_before_anything_is_paid(
    at_home: Client, offered: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 200)
    page = at_home.get(f"/messages/new/?to={offered.pk}").content.decode()
    assert "Up to 2 photos may go with a letter here." in page
    assert "Each costs 30¢" in page
    answer = add(at_home, offered, file(jpeg()))
    assert (answer.status_code, answer["Location"]) == (303, f"/messages/new/?to={offered.pk}")
    page = at_home.get(answer["Location"]).content.decode()
    photo = Photo.objects.get()
    assert f"/messages/photos/{photo.pk}/small.jpg" in page
    assert "80¢ for this letter with 1 photo" in page
    assert "Send for 80¢" in page
    assert "Dear Daniel" in page
    assert Draft.objects.get().text == "Dear Daniel"
    assert (Message.objects.count(), cents(mother_party)) == (0, (200, 0))


def test_a_letter_with_photos_is_read_first_and_its_money_set_aside(
    at_home: Client, sent: Message, mother_party: Party
) -> None:
    """The north delivers at once; never with photos."""
    assert (sent.state, sent.photo_count) == ("review", 2)
    assert sent.decision["fired"][-1]["id"] == "photos"
    assert [photo.price_cents for photo in sent.photos.all()] == [30, 30]
    assert cents(mother_party) == (200, 110)
    page = at_home.get(f"/messages/{sent.pk}/").content.decode()
    assert "A letter with photos is always read first." in page
    assert "Your photo 2" in page
    assert "60¢ more is set aside for the photos." in page


def test_delivered_it_is_paid_once_and_the_reader_sees_it(
    sent: Message, mother_party: Party, officer: User, kiosk_client, resident, now: datetime
) -> None:
    photo = sent.photos.first()
    inside = kiosk_client(resident)
    assert inside.get(f"/kiosk/photos/{photo.pk}.jpg").status_code == 404
    decide_review.release(staff=officer, message_id=sent.pk, now=now)
    assert cents(mother_party) == (90, 0)
    assert broken() == set()
    page = inside.get(f"/kiosk/letters/{sent.pk}/").content.decode()
    assert f"/kiosk/letters/{sent.pk}/photos/1/" in page
    assert f"/kiosk/photos/{photo.pk}.jpg" in inside.get(f"/kiosk/letters/{sent.pk}/photos/1/").content.decode()
    seen = inside.get(f"/kiosk/photos/{photo.pk}.jpg")
    assert Image.open(BytesIO(seen.content)).size == (640, 480)
    assert inside.get(f"/kiosk/letters/{sent.pk}/photos/3/").status_code == 404


@pytest.mark.parametrize("how", ["refused", "taken back"])
def test_not_delivered_every_cent_is_back(
    how: str, sent: Message, mother_party: Party, officer: User, now: datetime
) -> None:
    if how == "refused":
        decide_review.refuse(staff=officer, message_id=sent.pk, reason_code="plan", explanation="It does.", now=now)
    else:
        take_back(mother_party, message_id=sent.pk, now=now)
    assert cents(mother_party) == (200, 0)
    assert [photo.hold_id for photo in sent.photos.all()] == [None, None]
    assert broken() == set()


def test_it_is_served_as_a_picture_and_nothing_else(at_home: Client, sent: Message) -> None:
    answer = at_home.get(f"/messages/photos/{sent.photos.first().pk}.jpg")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer["Content-Disposition"] == 'inline; filename="photo.jpg"'


def test_nobody_else_sees_it(sent: Message, stranger: User, family_client, resident_south, kiosk_client) -> None:
    photo = sent.photos.first()
    for size in (f"{photo.pk}.jpg", f"{photo.pk}/small.jpg"):
        assert family_client(stranger).get(f"/messages/photos/{size}").status_code == 404
        assert kiosk_client(resident_south).get(f"/kiosk/photos/{size}").status_code == 404
        assert Client().get(f"/messages/photos/{size}").status_code == 302
    assert family_client(stranger).get(f"/messages/new/?to={sent.contact_id}").status_code == 404


def test_once_the_copy_is_gone_so_is_the_way_to_its_photos(at_home: Client, sent: Message) -> None:
    sent.copies.all().delete()
    assert at_home.get(f"/messages/photos/{sent.photos.first().pk}.jpg").status_code == 404


BAD = {
    "zip.jpg": (archive(), "This file is an archive (such as a ZIP), not a photo."),
    "drawing.png": (DRAWING, "This file is a drawing (SVG), not a photo."),
    "both.jpg": (jpeg() + archive(), "Something else is hidden in this file"),
    "bomb.png": (bomb(), "This photo has more than 50 million pixels."),
    "large.jpg": (jpeg() + bytes(11_000_000), "This file is larger than 10 MB."),
    "huge.jpg": (jpeg() + bytes(14_000_000), "This file is larger than 10 MB."),
    "text.jpg": (b"Dear Daniel", "This file is not a photo that we can take."),
    "half.jpg": (jpeg()[:900], "We could not read this photo: the file is damaged."),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_photo_is_refused_by_name_and_the_words_stay(name: str, at_home: Client, offered: Contact) -> None:
    content, says = BAD[name]
    answer = add(at_home, offered, file(content, name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"{name}: {says}" in page
    assert "Dear Daniel" in page
    assert Draft.objects.get().text == "Dear Daniel"
    assert (Photo.objects.count(), Pixels.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_name_of_a_file_is_text_and_no_markup(at_home: Client, offered: Contact) -> None:
    page = add(at_home, offered, file(b"x", "<img src=x onerror=alert(1)>.jpg")).content.decode()
    assert "<img src=x" not in page


def test_one_bad_file_of_two_leaves_the_good_one(at_home: Client, offered: Contact) -> None:
    page = add(at_home, offered, file(jpeg()), file(DRAWING, "drawing.svg")).content.decode()
    assert Photo.objects.count() == 1
    assert "drawing.svg: This file is a drawing" in page
    assert "Photo 1 beside your letter" in page


def test_the_same_file_twice_is_there_once(at_home: Client, offered: Contact) -> None:
    add(at_home, offered, file(jpeg()), file(jpeg(), "again.jpg"))
    add(at_home, offered, file(jpeg()))
    assert Photo.objects.count() == 1


def test_not_more_than_the_place_takes(at_home: Client, offered: Contact) -> None:
    page = add(at_home, offered, file(jpeg()), file(png()), file(jpeg((100, 100)), "third.jpg")).content.decode()
    assert "third.jpg: One letter takes 2 photos here." in page
    assert Photo.objects.count() == 2


def test_choosing_and_pressing_send_shows_the_price_first(
    at_home: Client, offered: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 200)
    answer = at_home.post("/messages/new/", typed(offered, photos=[file(jpeg())]))
    assert answer.status_code == 303
    assert (Message.objects.count(), cents(mother_party)) == (0, (200, 0))
    assert "Send for 80¢" in at_home.get(answer["Location"]).content.decode()


def test_taking_one_away(at_home: Client, offered: Contact) -> None:
    add(at_home, offered, file(jpeg()), file(png()))
    first, second = Photo.objects.order_by("pk")
    at_home.post("/messages/new/", typed(offered, drop_photo=str(first.pk)))
    assert list(Photo.objects.all()) == [second]
    assert Pixels.objects.get().photo_id == second.pk


def test_without_enough_credits_nothing_is_sent_and_nothing_lost(
    at_home: Client, offered: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 60)
    add(at_home, offered, file(jpeg()))
    page = at_home.get(f"/messages/new/?to={offered.pk}").content.decode()
    assert "a letter with photos cannot be sent collect" in page
    page = at_home.post("/messages/new/", typed(offered, price="50", **shown(offered))).content.decode()
    assert "You do not have enough credits for the photos." in page
    assert "Photo 1 beside your letter" in page
    assert (Message.objects.count(), cents(mother_party)) == (0, (60, 0))
    assert Photo.objects.get().message_id is None


def test_with_no_credit_at_all_it_does_not_go_collect(at_home: Client, offered: Contact) -> None:
    add(at_home, offered, file(jpeg()))
    answer = at_home.post("/messages/new/", typed(offered, **{"pay": "collect"}, **shown(offered)))
    assert "You do not have enough credits for the photos." in answer.content.decode()
    assert Message.objects.count() == 0


def test_the_price_of_a_photo_that_changed_is_asked_again(
    at_home: Client, offered: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 200)
    add(at_home, offered, file(jpeg()))
    words = typed(offered, **{**shown(offered), "photo_price": "20"})
    page = at_home.post("/messages/new/", words).content.decode()
    assert "The price of a photo has changed: it is 30¢ now." in page
    assert (Message.objects.count(), cents(mother_party)) == (0, (200, 0))


def test_photos_that_another_tab_took_away_are_not_sent_without_a_word(
    at_home: Client, offered: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 200)
    add(at_home, offered, file(jpeg()))
    words = typed(offered, **shown(offered))
    Photo.objects.all().delete()
    assert "changed in another tab" in at_home.post("/messages/new/", words).content.decode()
    assert (Message.objects.count(), cents(mother_party)) == (0, (200, 0))


def test_a_repeat_of_the_same_send_is_the_same_letter(
    at_home: Client, offered: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 400)
    add(at_home, offered, file(jpeg()))
    words = typed(offered, price="50", **shown(offered))
    first = at_home.post("/messages/new/", words)
    again = at_home.post("/messages/new/", words)
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert cents(mother_party) == (400, 80)


def test_another_persons_photo_goes_with_no_letter_of_mine(
    at_home: Client, offered: Contact, sent: Message, mother_party: Party
) -> None:
    theirs = sent.photos.first()
    answer = at_home.post("/messages/new/", typed(offered, photo=[theirs.pk], photo_price="30"))
    assert "changed in another tab" in answer.content.decode()
    assert Message.objects.count() == 1


def test_where_they_are_not_offered_there_is_no_field_and_no_way(
    at_home: Client, contact: Contact, mother_party: Party, money: Money
) -> None:
    money(mother_party, 200)
    page = at_home.get(f"/messages/new/?to={contact.pk}").content.decode()
    assert 'type="file"' not in page
    assert "multipart" not in page
    page = add(at_home, contact, file(jpeg())).content.decode()
    assert Photo.objects.count() == 0
    assert "Photos cannot be sent to this facility." in page


def test_free_where_the_agency_says_so(at_home: Client, offered: Contact, north: Facility) -> None:
    now = datetime.now(UTC)
    facilities.set_price(agency_id=north.agency_id, cents=0, effective_from=now, now=now, photo_cents=0)
    add(at_home, offered, file(jpeg()))
    page = at_home.get(f"/messages/new/?to={offered.pk}").content.decode()
    assert "They are free here." in page
    at_home.post("/messages/new/", typed(offered, **{**shown(offered), "photo_price": "0"}))
    assert Message.objects.get().photos.get().hold_id is None
