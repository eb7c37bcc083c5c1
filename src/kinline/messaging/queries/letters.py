"""One letter, as one of its two sides may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from kinline.core.parties import Party
from kinline.messaging import bodies, rules
from kinline.messaging.models import Folder, Mailbox, Message, Payer, ReplyState
from kinline.messaging.queries.numbers import usual_wait
from kinline.messaging.queries.photos import PhotoView, photos_of
from kinline.messaging.queries.refusals import RefusalView, refusal
from kinline.messaging.queries.replies import PaidReply, ReplyView, paid_reply, prepaid_reply
from kinline.messaging.wording import payer_sentence, status_sentence, step_sentence


@dataclass(frozen=True, slots=True)
class StepView:
    code: str
    at: datetime | None
    done: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class LetterView:
    """`body` is None and `subject` empty for a collect letter that its recipient has not paid for. `why`: sentences of
    the rules that hold it (sender only). `refusal`: present for a letter that was not delivered. `paid_by`: who pays,
    if neither of the two does for this letter. `reply`: what its sender paid ahead; `paid_reply`: to its
    reader. `photos`: where the body may be read. `closed`: confidential, and nothing here opens it now (DEL-7)."""

    id: int
    contact_id: int
    other_name: str
    other_first_name: str
    subject: str
    body: str | None
    length: int
    direction: Literal["in", "out"]
    folder: str
    state: str
    sent_at: datetime
    at: datetime
    status_sentence: str
    steps: tuple[StepView, ...]
    why: tuple[str, ...]
    price_cents: int
    payer: str
    free: bool
    unread: bool
    reply_to: int | None
    kind: str
    can_take_back: bool
    can_accept: bool
    can_pay: bool
    refusal: RefusalView | None
    paid_by: str
    reply: ReplyView | None
    paid_reply: PaidReply | None
    photos: tuple[PhotoView, ...] = ()
    closed: bool = False

    @property
    def photos_cents(self) -> int:
        """Set aside for its photos, or paid for them; 0 when that went back."""
        return sum(photo.paid_cents for photo in self.photos)


def letter(party: Party, message_id: int, *, now: datetime) -> LetterView | None:
    """The party's own copy of a message, or None: no such message, or not theirs."""
    copy = (
        Mailbox.objects.select_related("message", "contact__user", "contact__resident")
        .filter(**party.filter, message_id=message_id)
        .first()
    )
    return _view(party, copy, now) if copy else None


def kept_of(party: Party, message_ids: Iterable[int | None]) -> set[int]:
    """Which of these letters lie in the party's mailbox: only these have a page. One statement, or none for none."""
    wanted = {message_id for message_id in message_ids if message_id is not None}
    if not wanted:
        return set()
    return set(Mailbox.objects.filter(**party.filter, message_id__in=wanted).values_list("message_id", flat=True))


def _view(party: Party, copy: Mailbox, now: datetime) -> LetterView:
    message = copy.message
    mine = message.sender == party.side
    other = copy.contact.resident if party.side == "family" else copy.contact.user
    facts = facts_of(message)
    open_to_me = mine or message.state == "delivered"
    usual = usual_wait(message.facility_id, now=now) if mine and facts.state == "review" else None
    ways = rules.steps(facts) if mine else ()
    words = bodies.words_or_none(message.pk) if open_to_me else None
    return LetterView(
        id=message.pk, contact_id=message.contact_id, other_name=other.name, other_first_name=other.first_name,
        subject=words.subject if words else "", body=words.text if words else None, closed=open_to_me and not words,
        length=message.length, direction="out" if mine else "in", folder=copy.folder, state=facts.state,
        sent_at=message.sent_at, at=copy.at,
        status_sentence=status_sentence(facts, other.first_name, now=now, usual=usual) if mine else "",
        steps=tuple(StepView(s.code, s.at, s.done, step_sentence(s, facts, other.first_name, now=now)) for s in ways),
        why=_why(message) if mine else (), price_cents=message.price_cents, payer=message.payer,
        free=message.payer == "nobody", unread=copy.folder == Folder.INBOX and copy.read_at is None,
        reply_to=message.reply_to_id, kind=copy.contact.kind, can_take_back=mine and rules.may_take_back(message.state),
        can_accept=not mine and message.state == "collect", can_pay=mine and rules.may_pay(message.state),
        refusal=refusal(party, message.pk, now=now) if message.state == "refused" or facts.reviewed else None,
        paid_by=_paid_by(message, mine=mine, name=other.first_name),
        reply=prepaid_reply(message, other.first_name, now=now) if mine else None,
        paid_reply=None if mine or message.state != "delivered" else paid_reply(party, message.pk, now=now),
        photos=photos_of(message.pk) if open_to_me and message.photo_count else (),
    )  # fmt: skip


def _paid_by(message: Message, *, mine: bool, name: str) -> str:
    """Empty for the two usual payers, and once the letter has ended without costing anybody anything."""
    if message.payer not in {Payer.AGENCY, Payer.PREPAID} or rules.has_ended(rules.shown_state(message.state)):
        return ""
    agency = message.facility.agency.name if message.payer == Payer.AGENCY else ""
    return payer_sentence(message.payer, mine=mine, name=name, agency=agency)


def facts_of(message: Message) -> rules.Facts:
    """What `rules` need to say where a message is."""
    held = message.decision.get("outcome") == "review"
    return rules.Facts(
        rules.shown_state(message.state), message.payer, message.price_cents, message.sent_at, message.deliver_at,
        message.delivered_at, message.opened_at, message.ended_at, reviewed=held,
    )  # fmt: skip


def _why(message: Message) -> tuple[str, ...]:
    """The public reasons of the rules that hold or delay it, in the reader's language."""
    from django.utils.translation import get_language

    language = (get_language() or "en")[:2]
    fired = message.decision.get("fired", []) if rules.shown_state(message.state) in {"review", "scheduled"} else []
    sentences = (rule.get("why") for rule in fired)
    return tuple(
        text for why in sentences if (text := why.get(language) or why.get("en", "") if isinstance(why, dict) else why)
    )


def may_be_repeat(party: Party, contact_id: int, client_key: UUID) -> Message | None:
    """The message that this party sent with this key before, if any."""
    owner = {f"contact__{party.column}": party.id}
    return Message.objects.filter(contact_id=contact_id, sender=party.side, client_key=client_key, **owner).first()


@dataclass(frozen=True, slots=True)
class Answered:
    """`is_prepaid`: something may be set aside for a reply to it; whether this one may use it, the flow asks."""

    message_id: int | None
    is_prepaid: bool = False


def answered(party: Party, contact_id: int, message_id: int | None) -> Answered:
    """As `answerable`, with what was paid ahead; one statement, or none for none."""
    if message_id is None:
        return Answered(None)
    mine = Mailbox.objects.filter(**party.filter, contact_id=contact_id, message_id=message_id)
    state = mine.values_list("message__prepaid_reply__state").first()
    return Answered(message_id, state[0] == ReplyState.OPEN) if state else Answered(None)


def answerable(party: Party, contact_id: int, message_id: int | None) -> int | None:
    """`message_id` if it is a letter between these two that the party has; None for any other number."""
    if message_id is None:
        return None
    mine = Mailbox.objects.filter(**party.filter, contact_id=contact_id, message_id=message_id)
    return message_id if mine.exists() else None
