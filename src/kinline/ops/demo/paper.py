"""Photos and paper in the sample: a photo that waits to be looked at, one that was seen, and letters on paper."""

from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from kinline.flows import contacts, decide_review, mailbox, printing, set_up
from kinline.flows.deliver_message import deliver_due
from kinline.flows.deposit import record_deposit
from kinline.flows.photos import add_photo
from kinline.flows.send_message import send
from kinline.messaging import queries
from kinline.messaging.queries.printing import on_paper, waiting_for_paper
from kinline.ops.demo.calendar import OPENED_DAYS, ago
from kinline.ops.demo.people import DANIEL, IVAN, Cast, key
from kinline.ops.demo.places import Jail

ANA = "sample.ana"
PHOTOS_A_LETTER = 3
COST_CENTS = 350  # of everything below, so that the rest of the sample is as it was
SEEN = "Red, finally", "Daniel, here they are, as promised.\n\nMama"
NEW = "And the last ones", "Daniel, this is what is left of the garden.\n\nMama"
HANDED, PRINTED, WAITS = "paper-handed", "paper-printed", "paper-waits"
WORDS = {
    HANDED: "Dear Ivan,\n\nthe doctor says your hand needs three more weeks, so I write to you on paper until then. "
    "The cat misses you and sleeps on your chair.\n\nAna",
    PRINTED: "Dear Ivan,\n\nthe neighbors have painted their door, and now the whole street wants one.\n\nAna",
    WAITS: "Dear Ivan,\n\nonly a short one: everybody says hello, and the cat sends you nothing, as always.\n\nAna",
}


def make(jail: Jail, cast: Cast, now: datetime) -> None:
    opened = ago(now, OPENED_DAYS, "08:00")
    set_up.change_facility(
        staff=None, facility_id=jail.north.pk, changes={"photos_a_letter": PHOTOS_A_LETTER}, now=opened
    )
    record_deposit(
        account=cast.parties[ANA], amount_cents=COST_CENTS, method="cash", client_key=key("deposit:paper"),
        now=ago(now, 27, "14:20"), recorded_by=jail.staff["sample.finance"], facility_id=jail.north.pk,
        payer_name="Sample visitor",
    )  # fmt: skip
    _photos(jail, cast, now)
    _paper(jail, cast, now)


def _photos(jail: Jail, cast: Cast, now: datetime) -> None:
    seen = _with_photo(cast, "photo-seen", SEEN, 4, now)
    if seen is not None:
        read = ago(now, 4, "20:30")
        decide_review.release(staff=jail.staff["sample.reviewer"], message_id=seen, now=read)
        mailbox.open_message(cast.parties[DANIEL], message_id=seen, now=read + timedelta(hours=13))
    _with_photo(cast, "photo-waits", NEW, 1, now)


def _with_photo(cast: Cast, name: str, words: tuple[str, str], days: int, now: datetime) -> int | None:
    """The letter's id; None when an earlier build has sent it."""
    ana, contact_id, at = cast.parties[ANA], cast.contacts[ANA, DANIEL], ago(now, days, "19:20")
    if queries.may_be_repeat(ana, contact_id, key(name)) is not None:
        return None
    photo_id = add_photo(ana, contact_id=contact_id, content=_tomatoes(days), now=at)
    return send(
        ana, contact_id=contact_id, subject=words[0], body=words[1], client_key=key(name), collect=False, now=at,
        photo_ids=[photo_id],
    ).message_id  # fmt: skip


def _tomatoes(count: int) -> bytes:
    """A drawing that nobody takes for a photo of anybody: as many tomatoes in the grass."""
    picture = Image.new("RGB", (960, 640), (214, 232, 240))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 380, 960, 640), fill=(118, 158, 92))
    for n in range(count):
        x = 90 + n * 200
        pen.ellipse((x, 330, x + 170, 490), fill=(196, 62, 44))
        pen.polygon(((x + 60, 345), (x + 85, 305), (x + 110, 345)), fill=(70, 120, 60))
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _paper(jail: Jail, cast: Cast, now: datetime) -> None:
    """Ivan cannot use a kiosk: one letter was handed over, one is printed, one waits."""
    place, clerk = jail.north.pk, jail.staff["sample.mailroom"]
    if any(one.number == IVAN for one in on_paper(place)):
        return
    printing.mark_paper(staff=clerk, facility_id=place, number=IVAN, on=True, now=ago(now, 9, "10:00"))
    contact_id = contacts.ask(
        user_id=cast.parties[ANA].id, resident_id=cast.parties[IVAN].id, relation="neighbor", now=ago(now, 9, "18:00")
    )
    for name, days in ((HANDED, 8), (PRINTED, 2), (WAITS, 1)):
        at = ago(now, days, "09:40")
        sent = send(
            cast.parties[ANA], contact_id=contact_id, subject="", body=WORDS[name], client_key=key(name), collect=False,
            now=at,
        )  # fmt: skip
        deliver_due(message_id=sent.message_id, now=at)
        if name != WAITS:
            _print(jail, place, sent.message_id, at + timedelta(hours=2), handed=name == HANDED)


def _print(jail: Jail, place: int, message_id: int, at: datetime, *, handed: bool) -> None:
    clerk = jail.staff["sample.mailroom"]
    here = next(iter(waiting_for_paper(clerk, place)))
    batch_id = printing.make_batch(staff=clerk, facility_id=place, unit_id=here.unit_id, now=at)
    printing.document(staff=clerk, facility_id=place, batch_id=batch_id, now=at)
    if handed:
        printing.hand_over(staff=clerk, facility_id=place, batch_id=batch_id, handed=[message_id], now=at)
