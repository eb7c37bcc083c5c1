"""What waits for a person's decision (DEL-4). The caller has checked the staff role at each facility."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kinline.identity.models import User
from kinline.messaging import bodies
from kinline.messaging.models import End, Look, Message, Review, Ruling, State
from kinline.messaging.rules import late_hours
from kinline.messaging.wording import localised

PRIVILEGED = "privileged"
HISTORY = 10  # letters before and after, on the page of one
TOLD_VOID = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """`fired`: the rules that hold it, as `delivery.rules` wrote them; `late_hours`: 0, 24, 48 or 72 (M8).

    `claimed_by`: who works on it now, other than oneself; `mine`: one's own claim; `looked`: one has opened it.
    """

    message_id: int
    facility_id: int
    since: datetime
    sender_name: str
    recipient_name: str
    direction: str
    length: int
    subject: str
    fired: list[dict[str, Any]]
    late_hours: int = 0
    claimed_by: str = ""
    mine: bool = False
    looked: bool = False
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """One letter of the desk, without its text. `ends`: how its review ended, empty while it waits.

    `ruling_id`: a decision that has not taken effect; `ruled_by_me`. `claimed_by`: who else has it.
    """

    message_id: int
    facility_id: int
    contact_id: int
    since: datetime
    sent_at: datetime
    late_hours: int
    sender_name: str
    recipient_name: str
    resident_number: str
    direction: str
    length: int
    subject: str
    price_cents: int
    decision: dict[str, Any]
    privileged: bool
    claimed_by: str
    claimed_until: datetime | None
    mine: bool
    passed_at: datetime | None
    passed_by: str
    passed_note: str
    ruling_id: int | None
    ruled_by_me: bool
    state: str
    ends: str
    decided_by: str
    decided_at: datetime | None
    reason: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Between:
    """Another letter of the same two people, as the facility knows it. `text`: empty unless it was asked for."""

    message_id: int
    sent_at: datetime
    sender_name: str
    direction: str
    subject: str
    state: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class RulingRow:
    """A decision of one's own: it waits for its ten seconds (`end` empty), or it could not take effect (`void`)."""

    id: int
    message_id: int
    sender_name: str
    recipient_name: str
    decision: str
    effective_at: datetime
    end: str
    why: str


def reviews_waiting(facility_ids: list[int], *, limit: int = 200) -> list[ReviewRow]:
    """Oldest first."""
    return [_row(review) for review in _waiting(facility_ids)[:limit]]


def _waiting(facility_ids: list[int]) -> QuerySet[Review]:
    rows = Review.objects.select_related("message__contact__user", "message__contact__resident", "claimed_by")
    return rows.filter(facility_id__in=facility_ids, decision="", message__state=State.REVIEW).order_by("since", "pk")


def for_desk(user: User, facility_ids: list[int], *, passed: bool, now: datetime, limit: int = 200) -> list[ReviewRow]:
    """What waits for this person to look, oldest first: nothing that is just decided, nobody's own contacts (STF-1).

    `passed`: what waits for an investigator, else what does not.
    """
    rows = _open_to(user, facility_ids).filter(passed_at__isnull=not passed)
    looked = rows.annotate(looked=Exists(Look.objects.filter(review=OuterRef("pk"), staff=user)))
    return [_row(review, user, now) for review in looked[:limit]]


def how_many(user: User, facility_ids: list[int], *, passed: bool | None = None) -> int:
    """How many letters `for_desk` has; both lists together if `passed` is not said."""
    rows = _open_to(user, facility_ids)
    return (rows if passed is None else rows.filter(passed_at__isnull=not passed)).count()


def oldest(user: User, facility_ids: list[int], *, passed: bool | None = None) -> datetime | None:
    """Since when the first of them waits."""
    rows = _open_to(user, facility_ids)
    asked = rows if passed is None else rows.filter(passed_at__isnull=not passed)
    return asked.values_list("since", flat=True).first()


def _open_to(user: User, facility_ids: list[int]) -> QuerySet[Review]:
    rows = _waiting(facility_ids).exclude(message__contact__user__email__iexact=user.email)
    return rows.exclude(Exists(Ruling.objects.filter(review=OuterRef("pk"), end="")))


def _row(review: Review, user: User | None = None, now: datetime | None = None) -> ReviewRow:
    message = review.message
    sender, recipient = _names(message)
    privileged = message.contact.kind == PRIVILEGED  # became so while it waited: its words are not staff's (DEL-7)
    claimed, mine = _claim(review, user, now)
    return ReviewRow(
        message.pk, review.facility_id, review.since, sender, recipient, message.sender, message.length,
        "" if privileged else message.subject, message.decision.get("fired", []),
        late_hours=late_hours(review.since, now) if now else 0, claimed_by=claimed, mine=mine,
        looked=getattr(review, "looked", False), passed=review.passed_at is not None,
    )  # fmt: skip


def _names(message: Message) -> tuple[str, str]:
    """Sender, recipient."""
    names = message.contact.user.name, message.contact.resident.name
    return names if message.sender == "family" else (names[1], names[0])


def _claim(review: Review, user: User | None, now: datetime | None) -> tuple[str, bool]:
    """The name of somebody else who works on it, and whether one does oneself."""
    by, until = review.claimed_by, review.claimed_until
    if by is None or until is None or user is None or now is None or until <= now:
        return "", False
    return ("", True) if by.pk == user.pk else (by.name, False)


def held(user: User, facility_ids: list[int], message_id: int, *, now: datetime) -> Held | None:
    """One letter that is or was in review at these places; None when it is not, or is a contact of one's own."""
    rows = Review.objects.select_related(
        "message__contact__user", "message__contact__resident", "claimed_by", "passed_by", "decided_by", "reason"
    ).filter(facility_id__in=facility_ids, message_id=message_id)
    review = rows.exclude(message__contact__user__email__iexact=user.email).first()
    return _held(review, user, now) if review else None


def _held(review: Review, user: User, now: datetime) -> Held:
    message, ruling = review.message, Ruling.objects.filter(review=review, end="").first()
    sender, recipient = _names(message)
    claimed, mine = _claim(review, user, now)
    privileged = message.contact.kind == PRIVILEGED
    return Held(
        message_id=message.pk, facility_id=review.facility_id, contact_id=message.contact_id, since=review.since,
        sent_at=message.sent_at, late_hours=late_hours(review.since, now), sender_name=sender,
        recipient_name=recipient, resident_number=message.contact.resident.number, direction=message.sender,
        length=message.length, subject="" if privileged else message.subject, price_cents=message.price_cents,
        decision=message.decision, privileged=privileged, claimed_by=claimed,
        claimed_until=review.claimed_until, mine=mine, passed_at=review.passed_at,
        passed_by=review.passed_by.name if review.passed_by else "", passed_note=review.passed_note,
        ruling_id=ruling.pk if ruling else None, ruled_by_me=ruling is not None and ruling.staff_id == user.pk,
        state=message.state, ends=review.decision, decided_by=review.decided_by.name if review.decided_by else "",
        decided_at=review.decided_at, reason=localised_reason(review), explanation=review.explanation,
    )  # fmt: skip


def localised_reason(review: Review) -> str:
    """The reason of a refusal in the reader's language."""
    reason = review.reason
    if reason is None:
        return ""
    return localised(reason.text, reason.text_es)


def between(facility_ids: list[int], message_id: int, *, texts: bool = False) -> list[Between]:
    """The last other letters of the same two people at these places, newest first; never privileged ones (DEL-7)."""
    this = Message.objects.filter(pk=message_id, facility_id__in=facility_ids).values("contact_id")
    rows = Message.objects.select_related("contact__user", "contact__resident")
    others = rows.filter(contact_id__in=this, facility_id__in=facility_ids).exclude(pk=message_id)
    found = others.exclude(contact__kind=PRIVILEGED).order_by("-sent_at", "-pk")[:HISTORY]
    return [
        Between(
            one.pk, one.sent_at, _names(one)[0], one.sender, one.subject, one.state,
            (bodies.read_kept(one.pk) or "") if texts else "",
        )
        for one in found
    ]  # fmt: skip


def rulings_of(user: User, facility_ids: list[int], *, now: datetime) -> list[RulingRow]:
    """One's own decisions that have not taken effect, and those of the last day that could not; the last one first."""
    rows = Ruling.objects.select_related("review__message__contact__user", "review__message__contact__resident")
    mine = rows.filter(staff=user, review__facility_id__in=facility_ids)
    found = [*mine.filter(end="").order_by("-pk"), *mine.filter(end=End.VOID, ended_at__gt=now - TOLD_VOID)[:20]]
    return [
        RulingRow(
            one.pk, one.review.message_id, *_names(one.review.message), one.decision, one.effective_at, one.end, one.why
        )
        for one in found
    ]  # fmt: skip


def review_text(facility_ids: list[int], message_id: int) -> str | None:
    """The text of a message that is or was in review at one of these facilities. Never a privileged one (DEL-7).

    None also when it was purged (MSG-8).
    """
    found = Review.objects.filter(facility_id__in=facility_ids, message_id=message_id).exclude(
        message__contact__kind="privileged"
    )
    return bodies.read_kept(message_id) if found.exists() else None
