"""An email leaves: made in one story, sent outside any, written down in another (ACC-4, stack.md).

At least once: a worker killed between the server's "yes" and our row sends the email again, under the same Message-ID,
so that mail programs show it once. A code is made anew for each try and replaces the one before.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from kinline.core.transaction import story
from kinline.flows.keep import token_for
from kinline.identity.models import Purpose
from kinline.identity.services import issue_code
from kinline.notices.emails import EMAILS, Rendered, Secret, render
from kinline.notices.models import Email

GIVE_UP_AFTER = timedelta(days=3)
_PERMANENT = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """One email, ready to leave."""

    id: int
    to: str
    content: Rendered


class NotSentYet(Exception):
    """The mail server could not be reached or said "later". The text names a class of error, never an address."""


def send_email(*, email_id: int, now: datetime) -> None:
    """Send the email unless it has left already. Raises NotSentYet when it should be tried again."""
    letter = _prepare(email_id=email_id, now=now)
    if letter is None:
        return
    try:
        _hand_over(letter)
    except (OSError, smtplib.SMTPException) as problem:
        if _note_failure(email_id=email_id, problem=problem, now=now):
            return
        raise NotSentYet(type(problem).__name__) from None
    _note_sent(email_id=email_id, now=now)


@story
def _prepare(*, email_id: int, now: datetime) -> Letter | None:
    """What to send, with a fresh code if the kind carries one; None if it has left, has failed, or makes no sense."""
    email = Email.objects.select_related("user").select_for_update(of=("self",)).filter(pk=email_id).first()
    if email is None or email.sent_at or email.failed_at:
        return None
    email.tries += 1
    if email.kind not in EMAILS or _is_stale(email):
        _end(email, "not to be sent any more", now)
        return None
    email.save(update_fields=["tries"])
    return Letter(email.pk, email.to, render(email.kind, email.params, email.language, _secret(email, now)))


def _is_stale(email: Email) -> bool:
    """It carries a code that the account needs no more, or whose place a later email has taken.

    Only the newest code works, so sending the older email late would make the newer one useless.
    """
    purpose, user = EMAILS[email.kind].purpose, email.user
    if purpose is None:
        return False
    if user is None or user.closed_at or (purpose == Purpose.ACTIVATE and user.activated_at):
        return True
    return Email.objects.filter(user=user, kind=email.kind, pk__gt=email.pk).exists()


def _secret(email: Email, now: datetime) -> Secret | None:
    purpose = EMAILS[email.kind].purpose
    if EMAILS[email.kind].keeps and email.user_id is not None:
        return Secret(token_for(email.params["account"], email.user_id), "")
    if purpose is None or email.user_id is None:
        return None
    new_email = email.to if purpose == Purpose.CHANGE_EMAIL else ""
    token, code = issue_code(user_id=email.user_id, purpose=purpose, now=now, new_email=new_email)
    return Secret(token, code)


def _hand_over(letter: Letter) -> None:
    message = EmailMultiAlternatives(
        letter.content.subject,
        letter.content.text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.to],
        headers={
            "Message-ID": f"<letter-{letter.id}@{parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(letter.content.html, "text/html")
    message.send()


@story
def _note_sent(*, email_id: int, now: datetime) -> None:
    Email.objects.filter(pk=email_id).update(sent_at=now, error="")


@story
def _note_failure(*, email_id: int, problem: Exception, now: datetime) -> bool:
    """Write down what went wrong; true if it is over: the server refused for good, or days have passed."""
    email = Email.objects.select_for_update().get(pk=email_id)
    if _is_permanent(problem) or now - email.created_at > GIVE_UP_AFTER:
        _end(email, type(problem).__name__, now)
        return True
    email.error = type(problem).__name__
    email.save(update_fields=["error"])
    return False


def _end(email: Email, why: str, now: datetime) -> None:
    email.failed_at, email.error = now, why
    email.save(update_fields=["tries", "failed_at", "error"])


def _is_permanent(problem: Exception) -> bool:
    """Only a refused recipient or content is final. A wrong password or sender is the operator's, and gets repaired."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _ in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code >= _PERMANENT
