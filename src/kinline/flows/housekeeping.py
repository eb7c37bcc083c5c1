"""What nobody needs any more goes away by itself: old tries, ended sessions, used codes, removed letters.

Small steps, each its own story: a step that fails is repeated an hour later and holds up nothing else.
"""

from datetime import datetime, timedelta

from django.db import connection

from kinline.core.transaction import story
from kinline.identity import services as identity
from kinline.identity.models import Attempt, Challenge, OneTimeCode, Session, SignInLock
from kinline.messaging.services import purge_removed
from kinline.messaging.services.photos import forget_photos
from kinline.messaging.services.record import end_claims_of_closed
from kinline.messaging.services.searches import forget_searches
from kinline.notices.models import Email
from kinline.payments.models import ProcessorEvent
from kinline.telephony.services import call_me, code_calls

ATTEMPTS_KEPT = timedelta(days=1)
LOCKS_KEPT = timedelta(days=30)
CODES_KEPT = timedelta(days=30)
EMAILS_KEPT = timedelta(days=90)
FAILED_JOBS_KEPT = timedelta(days=90)
EVENTS_KEPT = timedelta(days=365)
BATCH = 1000


def housekeeping(*, now: datetime) -> None:
    """Every hour. Each step repeats until nothing is left, in batches that lock few rows for a short time."""
    while purge_copies(now=now) == BATCH:
        pass
    while end_claims() == BATCH:
        pass
    forget_attempts(now=now)
    end_sessions(now=now)
    forget_codes(now=now)
    forget_emails(now=now)
    forget_waiting_accounts(now=now)
    forget_jobs(now=now)
    forget_events(now=now)
    forget_unsent_photos(now=now)
    forget_words(now=now)
    forget_notes(now=now)
    forget_code_calls(now=now)


@story
def purge_copies(*, now: datetime) -> int:
    """Copies that their owner removed more than 30 days ago (MSG-7)."""
    return purge_removed(now=now, limit=BATCH)


@story
def forget_notes(*, now: datetime) -> None:
    """Notes "please call me" of three months ago (TEL-13)."""
    call_me.forget(now)


@story
def forget_code_calls(*, now: datetime) -> None:
    """Calls that spoke a code, as long after as the codes themselves (TEL-8)."""
    code_calls.forget(now - CODES_KEPT)


@story
def end_claims() -> int:
    """Copies of accounts that are closed (MSG-8)."""
    return end_claims_of_closed(limit=BATCH)


@story
def forget_attempts(*, now: datetime) -> None:
    """Also locks of names that nobody has; those of a person stay until somebody opens them (rules C3)."""
    Attempt.objects.filter(at__lt=now - ATTEMPTS_KEPT).delete()
    Challenge.objects.filter(expires_at__lt=now).delete()
    SignInLock.objects.filter(user=None, at__lt=now - LOCKS_KEPT).delete()


@story
def end_sessions(*, now: datetime) -> None:
    Session.objects.filter(expire_date__lt=now).delete()


@story
def forget_codes(*, now: datetime) -> None:
    OneTimeCode.objects.filter(expires_at__lt=now - CODES_KEPT).delete()


@story
def forget_emails(*, now: datetime) -> None:
    """Rows of emails that left or failed long ago: they hold addresses."""
    Email.objects.filter(created_at__lt=now - EMAILS_KEPT).exclude(sent_at=None, failed_at=None).delete()


@story
def forget_waiting_accounts(*, now: datetime) -> None:
    """Sign-ups whose email nobody proved in a month."""
    identity.forget_waiting(now=now)


@story
def forget_jobs(*, now: datetime) -> None:
    """Failed jobs stay for the operator to look at; succeeded ones are deleted by the worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs j WHERE j.status IN ('failed', 'cancelled', 'aborted') AND NOT EXISTS "
            "(SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > %s)",
            [now - FAILED_JOBS_KEPT],
        )


@story
def forget_events(*, now: datetime) -> None:
    """The processor sends an event again for three days at most; after a year its name is of no use to anybody."""
    ProcessorEvent.objects.filter(handled_at__lt=now - EVENTS_KEPT).delete()


@story
def forget_words(*, now: datetime) -> None:
    """What staff typed into searches that they did not save."""
    forget_searches(now=now)


@story
def forget_unsent_photos(*, now: datetime) -> None:
    """Photos that have lain beside an unsent letter for 30 days (MSG-9)."""
    forget_photos(now=now, limit=BATCH)
