"""What follows a delivery and may come a moment later: the search index, and an email to a family that is away.

Both handlers run at least once; a second run changes nothing.
"""

from datetime import datetime, timedelta

from kinline.core.jobs import defer
from kinline.core.transaction import story
from kinline.messaging import search
from kinline.messaging.models import Mailbox, Message, State
from kinline.notices.models import Email
from kinline.notices.services import mail

SEEN_LATELY = timedelta(minutes=5)
TIME_TO_READ = timedelta(minutes=2)
_EMAIL = {State.DELIVERED: "message_waiting", State.COLLECT: "collect_waiting"}


@story
def after_delivery(*, message_id: int, now: datetime) -> None:
    """Index a message (for its sender already while it waits); once it is delivered or offered, write the email, or
    put it off while its reader seems to be here (MSG-5)."""
    message = _locked(message_id)
    if message is None:
        return
    search.put(message)
    if message.state not in _EMAIL or not _is_unread_by_family(message):
        return
    if message.contact.user.web_sessions.filter(last_seen_at__gt=now - SEEN_LATELY).exists():
        defer("mail_unread", at=now + TIME_TO_READ, message_id=message_id)
    else:
        _mail_once(message, now)


@story
def mail_unread(*, message_id: int, now: datetime) -> None:
    """The reader was here when the message came: if they have still not looked, tell them by email."""
    message = _locked(message_id)
    if message is not None and message.state in _EMAIL and _is_unread_by_family(message):
        _mail_once(message, now)


def _locked(message_id: int) -> Message | None:
    """Locked, so that two runs of the same job at once write one email. None also when its words are gone: a job may
    run long after it was due."""
    found = Message.objects.select_related("contact__user").select_for_update(of=("self",), no_key=True)
    return found.filter(pk=message_id, purged=None).first()


def _is_unread_by_family(message: Message) -> bool:
    """The recipient is a family member who wants emails and has an unread copy in the inbox."""
    user = message.contact.user
    if message.sender != "resident" or not user.notify_by_email or user.closed_at is not None:
        return False
    return Mailbox.objects.filter(message=message, user=user, folder="inbox", read_at=None).exists()


def _mail_once(message: Message, now: datetime) -> None:
    user, kind = message.contact.user, _EMAIL[State(message.state)]
    if Email.objects.filter(user=user, kind=kind, params__message_id=message.pk).exists():
        return
    mail(to=user.email, kind=kind, now=now, user=user, language=user.language, message_id=message.pk)
