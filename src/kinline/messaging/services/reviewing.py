"""Verbs of the review desk: claims, looks, rulings. The lock on the letter stands for all of them."""

from datetime import datetime, timedelta

from django.db.models import Case, F, Q, When

from kinline.core.transaction import verb
from kinline.facilities.models import RefusalReason
from kinline.identity.models import User
from kinline.messaging import errors
from kinline.messaging.models import AlertRecipient, Appeal, End, Look, Message, Review, Ruling, State

LEASE = timedelta(minutes=15)
TIME_TO_WITHDRAW = timedelta(seconds=10)


@verb
def review_of(message: Message) -> Review:
    """The review of a locked letter, read after the lock was had. Made if a fault left none (DEL-3)."""
    review, _ = Review.objects.select_related("claimed_by").get_or_create(
        message=message, defaults={"facility_id": message.facility_id, "since": message.sent_at}
    )
    return review


def claimed_by_other(review: Review, staff: User, now: datetime) -> User | None:
    """Who works on it, if that is somebody else and their lease has not run out."""
    if review.claimed_by is None or review.claimed_by_id == staff.pk:
        return None
    return review.claimed_by if review.claimed_until is not None and review.claimed_until > now else None


@verb
def claim(review: Review, staff: User, *, now: datetime) -> None:
    """From now on it is this person's for 15 minutes; again, for 15 more."""
    review.claimed_by, review.claimed_until = staff, now + LEASE
    review.save(update_fields=["claimed_by", "claimed_until"])


@verb
def unclaim(review: Review) -> None:
    review.claimed_by = review.claimed_until = None
    review.save(update_fields=["claimed_by", "claimed_until"])


@verb
def lock_next(facility_id: int, staff: User, *, investigates: bool, tried: list[int], now: datetime) -> Message | None:
    """The oldest letter that seems free for this person, locked; whoever is at another one is not waited for.

    When no other is left, those that they have put aside come round again, the longest aside first. Read before it was
    locked: the caller looks at its review again, and names what was taken meanwhile in `tried`.
    """
    rows = Message.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("contact")
    free = rows.filter(state=State.REVIEW, review__facility_id=facility_id, review__decision="").exclude(pk__in=tried)
    free = free.exclude(contact__user__email__iexact=staff.email).exclude(review__rulings__end="")
    free = free.exclude(Q(review__claimed_until__gt=now) & ~Q(review__claimed_by=staff))
    if not investigates:
        free = free.filter(review__passed_at=None)
    mine = When(review__claimed_by=staff, review__claimed_until__gt=now, then=F("review__claimed_until"))
    aside = free.annotate(aside=Case(mine, default=None))
    return aside.order_by(F("aside").asc(nulls_first=True), "review__since", "pk").first()


@verb
def note_look(review: Review, staff: User, *, now: datetime) -> None:
    """This person has had it before them."""
    Look.objects.get_or_create(review=review, staff=staff, defaults={"first_at": now})


def has_looked(review: Review, staff: User) -> bool:
    return Look.objects.filter(review=review, staff=staff).exists()


@verb
def pass_on(review: Review, staff: User, *, note: str, now: datetime) -> None:
    """It waits for an investigator, and is nobody's."""
    review.passed_by, review.passed_at, review.passed_note = staff, now, note
    review.save(update_fields=["passed_by", "passed_at", "passed_note"])
    unclaim(review)


@verb
def rule(
    review: Review,
    staff: User,
    decision: str,
    *,
    now: datetime,
    reason: RefusalReason | None = None,
    explanation: str = "",
    withheld: bool = False,
) -> Ruling:
    """Write down what the person decided; nothing has happened yet."""
    return Ruling.objects.create(
        review=review, staff=staff, decision=decision, made_at=now, effective_at=now + TIME_TO_WITHDRAW,
        reason=reason, explanation=explanation, withheld=withheld,
    )  # fmt: skip


def open_ruling(review: Review) -> Ruling | None:
    """What is decided about it and has not taken effect yet."""
    return Ruling.objects.filter(review=review, end="").first()


def message_of_ruling(ruling_id: int) -> int:
    """The letter that must be locked before the ruling is looked at. raises NotFound."""
    found = Ruling.objects.filter(pk=ruling_id).values_list("review__message_id", flat=True).first()
    if found is None:
        raise errors.NotFound
    return found


def ruling(ruling_id: int) -> Ruling:
    """Read after its letter was locked."""
    return Ruling.objects.select_related("staff", "reason", "review").get(pk=ruling_id)


@verb
def end_ruling(ruling: Ruling, end: End, *, now: datetime, why: str = "") -> None:
    ruling.end, ruling.ended_at, ruling.why = end, now, why
    ruling.save(update_fields=["end", "ended_at", "why"])


def had_part(review: Review, staff: User) -> bool:
    """M3: made the refusal, withheld its notice, passed the letter on, or ruled on it, even if that was withdrawn."""
    if staff.pk in {review.decided_by_id, review.withheld_by_id, review.passed_by_id}:
        return True
    return Ruling.objects.filter(review=review, staff=staff).exists()


@verb
def choose_recipients(facility_id: int, hours: int, staff_ids: list[int]) -> None:
    """From now on these are told, and nobody else; none: whoever may act."""
    AlertRecipient.objects.filter(facility_id=facility_id, hours=hours).delete()
    AlertRecipient.objects.bulk_create(
        AlertRecipient(facility_id=facility_id, hours=hours, staff_id=one) for one in staff_ids
    )


@verb
def mark_alerted(review_ids: list[int], hours: int) -> int:
    return Review.objects.filter(pk__in=review_ids, alerted_hours__lt=hours).update(alerted_hours=hours)


@verb
def mark_appeals_alerted(appeal_ids: list[int], *, now: datetime) -> int:
    return Appeal.objects.filter(pk__in=appeal_ids, alerted_at=None).update(alerted_at=now)
