"""The one table of jobs: name → what it runs, and what runs by the clock.

A handler takes ids and `now`, runs at least once, and changes nothing the second time (core/jobs.py).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from kinline.core import clock
from kinline.core.jobs import QUEUE
from kinline.flows import appeal_desk
from kinline.flows.after_delivery import after_delivery, mail_unread
from kinline.flows.closing_refund import sweep_closed
from kinline.flows.decide_review import carry_out
from kinline.flows.deliver_message import deliver_due
from kinline.flows.emergency import end_stops
from kinline.flows.end_call import sweep as sweep_calls
from kinline.flows.finish_checkouts import finish_checkouts
from kinline.flows.housekeeping import housekeeping
from kinline.flows.idle_staff import stop_idle_staff
from kinline.flows.inactivity import sweep_idle
from kinline.flows.lines import begin_lockdowns
from kinline.flows.list_alerts import lists_over, tell_followers, tell_unsure
from kinline.flows.prepaid import expire_replies
from kinline.flows.privileged import confide, seal_all
from kinline.flows.processor_event import handle_event
from kinline.flows.purge import purge_record
from kinline.flows.reconcile import reconcile
from kinline.flows.recorded_names import purge as purge_names
from kinline.flows.recordings import purge_recordings, quarantine
from kinline.flows.release_refund import refund_release, sweep_released
from kinline.flows.requests import alert_overdue
from kinline.flows.review_alerts import alert_late_reviews
from kinline.flows.seal_audit import seal_audit, seal_late
from kinline.flows.send_email import send_email
from kinline.flows.send_pay_out import ask_sent_pay_outs, send_pay_out, sweep_pay_outs
from kinline.flows.top_up import forget_card, top_up_low
from kinline.flows.unclaimed import sweep_unclaimed

HANDLERS: Mapping[str, Callable[..., Any]] = {
    "send_email": send_email,
    "deliver_due": deliver_due,
    "after_delivery": after_delivery,
    "confide": confide,
    "seal_all": seal_all,
    "carry_out_ruling": carry_out,
    "carry_out_appeal": appeal_desk.carry_out,
    "alert_late_reviews": alert_late_reviews,
    "mail_unread": mail_unread,
    "tell_followers": tell_followers,
    "tell_unsure": tell_unsure,
    "lists_over": lists_over,
    "housekeeping": housekeeping,
    "expire_replies": expire_replies,
    "handle_event": handle_event,
    "finish_checkouts": finish_checkouts,
    "top_up_low": top_up_low,
    "forget_card": forget_card,
    "reconcile": reconcile,
    "send_pay_out": send_pay_out,
    "sweep_pay_outs": sweep_pay_outs,
    "ask_sent_pay_outs": ask_sent_pay_outs,
    "refund_release": refund_release,
    "sweep_released": sweep_released,
    "sweep_closed": sweep_closed,
    "sweep_idle": sweep_idle,
    "sweep_unclaimed": sweep_unclaimed,
    "alert_overdue": alert_overdue,
    "end_stops": end_stops,
    "sweep_calls": sweep_calls,
    "seal_audit": seal_audit,
    "seal_late": seal_late,
    "purge_record": purge_record,
    "begin_lockdowns": begin_lockdowns,
    "quarantine_recordings": quarantine,
    "purge_names": purge_names,
    "purge_recordings": purge_recordings,
    "stop_idle_staff": stop_idle_staff,
}
BY_THE_CLOCK: Mapping[str, str] = {  # cron, UTC
    "housekeeping": "17 * * * *",
    "alert_late_reviews": "*/10 * * * *",
    "expire_replies": "23 * * * *",
    "lists_over": "7 * * * *",
    "seal_all": "43 * * * *",
    "finish_checkouts": "*/5 * * * *",
    "top_up_low": "* * * * *",
    "reconcile": "40 10 * * *",  # the day before is over in all of the country
    "sweep_pay_outs": "*/10 * * * *",
    "ask_sent_pay_outs": "53 * * * *",
    "sweep_released": "31 * * * *",
    "sweep_closed": "37 * * * *",
    "sweep_idle": "5 11 * * *",
    "sweep_unclaimed": "35 11 * * *",
    "alert_overdue": "*/10 * * * *",
    "end_stops": "* * * * *",
    "sweep_calls": "* * * * * */15",  # the last are seconds: nobody's money is held for longer than it must be
    "seal_audit": "* * * * *",
    "seal_late": "50 8 * * *",
    "purge_record": "15 9 * * *",
    "begin_lockdowns": "* * * * *",
    "quarantine_recordings": "11 * * * *",
    "purge_names": "25 9 * * *",
    "purge_recordings": "20 9 * * *",
    "stop_idle_staff": "25 9 * * *",
}

FIRST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 600


class BackOff(BaseRetryStrategy):
    """Again after 5 s, 10 s, 20 s … 10 min, without end: what was promised to somebody is not given up silently.

    A handler that must end (an email after three days) returns instead of raising. A job with a queueing lock is not
    put back: another may wait under the same lock by then, and what runs by the clock comes again anyway.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.queueing_lock is not None or not isinstance(exception, Exception):
            return None
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(job.attempts, 10), LONGEST_WAIT_SECONDS)
        return RetryDecision(retry_in={"seconds": wait})


def register(app: Any) -> None:
    """Make every handler a task of the procrastinate app."""
    for name, handler in HANDLERS.items():
        task = app.task(name=name, queue=QUEUE, retry=BackOff())(_timed(handler))
        if name in BY_THE_CLOCK:
            app.periodic(cron=BY_THE_CLOCK[name])(task)


def _timed(handler: Callable[..., Any]) -> Callable[..., None]:
    """Gives `now`. For what runs by the clock that is the hour it was due, which procrastinate sends as `timestamp`."""

    def run(timestamp: int | None = None, **ids: Any) -> None:
        now = datetime.fromtimestamp(timestamp, UTC) if timestamp is not None else clock.now()
        handler(now=now, **ids)

    return run
