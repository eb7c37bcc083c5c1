"""Photos go with a letter (MSG-9): put beside it while it is written, paid like it, read like it, never without it.

A photo is paid by whoever sends it, whoever pays for the letter: set aside with the letter, captured when it is
delivered, given back when it is not. A letter with photos always waits for a person.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kinline.contacts import queries as contacts
from kinline.contacts.models import ContactClass
from kinline.contacts.queries import ContactView
from kinline.core import money
from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.delivery.rules import Decision, Fired
from kinline.facilities import queries as facilities
from kinline.flows.limiting import count_try
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.messaging import errors, pictures, services
from kinline.messaging.models import Message
from kinline.messaging.services import photos

_WHY = {
    "en": "A letter with photos is always read first.",
    "es": "Una carta con fotos siempre se lee primero.",
}


def add_photo(party: Party, *, contact_id: int, content: bytes, now: datetime) -> int:
    """Put a photo beside the letter that is being written to this contact; the same file again is there already.

    raises NotFound, CannotWrite, NoPhotos, TooManyPhotos, TooOften, and what `pictures.remake` raises; on each, nothing
    was kept. The photo is decoded before anything is locked, and not at all when there is no place for it.
    """
    limit, digest = _limit(party, contact_id, now), hashlib.sha256(content).digest()
    known = photos.known_photo(contact_id, digest, limit=limit)
    if known is not None:
        return known.pk
    count_try("photos", party.id, now)
    return _keep(contact_id, pictures.remake(content), digest, limit=limit, now=now)


def _limit(party: Party, contact_id: int, now: datetime) -> int:
    contact = contacts.contact(party, contact_id, now)
    if contact is None:
        raise errors.NotFound
    if not contact.can_write:
        raise errors.CannotWrite(why=contact.state_sentence)
    return _offered(party, contact)


def _offered(party: Party, contact: ContactView) -> int:
    """How many photos one letter takes. raises NoPhotos: also to a privileged contact, whose letters nobody reads."""
    place = facilities.facility_by_id(contact.facility_id)
    limit = place.photos_a_letter if place else 0
    if not limit or party.side != FAMILY or contact.kind != ContactClass.PERSONAL:
        raise errors.NoPhotos
    return limit


@story
def _keep(contact_id: int, picture: pictures.Picture, digest: bytes, *, limit: int, now: datetime) -> int:
    services.lock_pair(contact_id)
    return photos.keep_photo(contact_id, picture, digest, limit=limit, now=now).pk


@story
def drop_photo(party: Party, *, contact_id: int, photo_id: int, now: datetime) -> None:
    """Take one away from beside an unsent letter. raises NotFound; asked again, nothing happens."""
    if party.side != FAMILY or contacts.contact(party, contact_id, now) is None:
        raise errors.NotFound
    photos.drop_photos(contact_id, [photo_id])


def read_first(decision: Decision) -> Decision:
    """MSG-9: with photos, what a rule would deliver now or later is read by a person; what it refuses stays refused."""
    if decision.outcome in {"review", "refuse"}:
        return decision
    fired = (*decision.fired, Fired("photos", "review", _WHY))
    return replace(decision, outcome="review", deliver_at=None, fired=fired)


def attach(
    party: Party,
    contact: ContactView,
    message_id: int,
    photo_ids: Sequence[int],
    *,
    shown_cents: int | None,
    refused: bool,
    now: datetime,
) -> None:
    """Step: photos from beside the letter go with it, and the price of each is set aside.

    `shown_cents`: of one photo, as the sender has seen it, if they have. `refused`: a rule refused the letter by
    itself, so nothing is charged. raises NoPhotos, TooManyPhotos, PhotosChanged, PhotoPriceChanged, NoCreditForPhotos.
    """
    limit = _offered(party, contact)
    if len(photo_ids) > limit:
        raise errors.TooManyPhotos(limit=limit)
    cents = facilities.photo_price_cents(contact.agency_id, now)
    if shown_cents is not None and shown_cents != cents:
        raise errors.PhotoPriceChanged(price=money.short(cents))
    for photo in photos.locked_beside(contact.id, photo_ids):
        hold_id = None if refused or not cents else _set_aside(party, photo.pk, cents, now)
        photos.attach_photo(photo, message_id, price_cents=cents, hold_id=hold_id)
    photos.count_photos(message_id, len(photo_ids))
    subject = f"message:{message_id}"
    record(party.channel, "photo.send", subject, now=now, facility_id=contact.facility_id, count=len(photo_ids))


def _set_aside(party: Party, photo_id: int, cents: int, now: datetime) -> int:
    account = chart.messages_of(party)
    hold_id = ledger.try_hold(key=f"photo:{photo_id}", purpose="photo", lines=[(account, cents)], now=now)
    if hold_id is None:
        raise errors.NoCreditForPhotos
    return hold_id


def settle(message: Message, now: datetime) -> None:
    """Step: the letter is delivered now, and its photos with it."""
    revenue = chart.facility_revenue(message.facility_id)
    for photo in photos.held_photos(message):
        if photo.hold_id is not None:
            ledger.capture(hold_id=photo.hold_id, to=revenue, now=now, reference=f"photo:{photo.pk}")


def release_price(message: Message, now: datetime) -> None:
    """Step: the letter will not be delivered: what was set aside for its photos goes back."""
    held = photos.held_photos(message)
    for photo in held:
        if photo.hold_id is not None:
            ledger.void(hold_id=photo.hold_id, now=now)
            photos.unhold_photo(photo)
    if held:
        announce(services.sender_of(message), "money")
