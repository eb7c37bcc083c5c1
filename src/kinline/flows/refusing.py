"""What a refusal means, whoever decided it (DEL-5): price back, reason written, both sides told. Steps only."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.events import announce
from kinline.core.parties import FAMILY, RESIDENT, Side
from kinline.delivery.rules import Decision
from kinline.facilities.models import RefusalReason
from kinline.flows.paying import release_price
from kinline.identity.models import User
from kinline.messaging import queries, services
from kinline.messaging.models import Message, State
from kinline.notices import services as notices

WORD_LIST = "word-list"  # which list it was is nobody's business outside


def refuse_by_rule(message: Message, decision: Decision, now: datetime) -> None:
    """A rule refused by itself. A reason that the facility's list does not have holds for a person instead (DEL-3)."""
    rule = decision.refused_by
    reason = RefusalReason.objects.filter(
        facility_id=message.facility_id, code=rule.reason if rule else "", retired_at=None
    ).first()
    if rule is None or reason is None:
        return
    explanation = rule.why.get("en", "") or reason.text
    named = WORD_LIST if rule.tier else rule.id
    refused(message, reason=reason, explanation=explanation, by_rule=named, now=now)


def refused(
    message: Message,
    *,
    reason: RefusalReason,
    explanation: str,
    now: datetime,
    decided_by: User | None = None,
    by_rule: str = "",
    withheld_by: User | None = None,
) -> None:
    """End a locked letter as refused: in one transaction its price is back and both have their notice (M1, M7)."""
    release_price(message, now)
    services.end_review(
        message, "refuse", now=now, decided_by=decided_by, reason=reason, explanation=explanation, by_rule=by_rule,
        withheld_by=withheld_by,
    )  # fmt: skip
    services.move(message, State.REFUSED if withheld_by is None else State.WITHHELD, ended_at=now)
    actor = f"staff:{decided_by.pk}" if decided_by else "system"
    record(
        actor, "message.refuse", f"message:{message.pk}", now=now, facility_id=message.facility_id,
        reason=reason.code, rule=by_rule, withheld=withheld_by is not None,
    )  # fmt: skip
    if withheld_by is None:
        _tell(message, FAMILY, now)
        _tell(message, RESIDENT, now)
    announce(services.sender_of(message), "status", message_id=message.pk)


def _tell(message: Message, side: Side, now: datetime) -> None:
    """M1: other party, date, rule, reason, explanation, how to appeal and until when."""
    party = services.sender_of(message) if message.sender == side else services.recipient_of(message)
    view = queries.refusal(party, message.pk, now=now)
    if view is None:
        return
    kind = "message_not_delivered" if message.sender == side else "message_to_you_not_delivered"
    notices.tell(
        party, kind, now, message_id=message.pk, contact_id=message.contact_id, other_name=view.other_name,
        sent_at=view.sent_at, rule=view.rule, reason=services.reason_texts(message), explanation=view.explanation,
        appeal_until_on=view.last_day.isoformat(),
    )  # fmt: skip
    if side == FAMILY:
        user = message.contact.user
        notices.mail(
            to=user.email, kind="message_not_delivered", now=now, user=user, language=user.language,
            appeal_until_on=view.last_day.isoformat(),
        )  # fmt: skip
