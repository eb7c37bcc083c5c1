"""What emails say to staff: their sign-in, and what waits too long or needs a look (STF-1, M8)."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from kinline.identity.models import Purpose
from kinline.notices.mails.mail import Mail

_WAS_IT_STAFF = _("If this was you, all is well. If not, tell whoever manages staff accounts at once.")
_READ_THERE = _("For your privacy we do not show it in an email.")

STAFF: Mapping[str, Mail] = {
    "factor_reset": Mail(
        _("Your second sign-in step was reset"),
        (
            _("Somebody who manages staff accounts reset the second step of your sign-in, as after a lost phone."),
            _("You were signed out everywhere. At your next sign-in you set up the second step again."),
            _("If you did not ask for this, tell whoever manages staff accounts at once."),
        ),
        _("Sign in"),
        "/staff/login/",
    ),
    "factor_changed": Mail(
        _("Your second sign-in step was changed"),
        (
            _("In your account, a passkey, an authenticator app or recovery codes were added, changed or taken away."),
            _WAS_IT_STAFF,
        ),
        _("Sign in"),
        "/staff/account/",
    ),
    "staff_password_changed": Mail(
        _("Your password was changed"),
        (_("The password of your staff sign-in was changed. Other browsers were signed out."), _WAS_IT_STAFF),
        _("Sign in"),
        "/staff/account/",
    ),
    "staff_locked": Mail(
        _("Your staff sign-in is locked"),
        (
            _("Somebody typed a wrong password or code for your account five times. To keep it safe, it is locked."),
            _("Ask whoever manages staff accounts to open it again, and tell them if it was not you."),
        ),
    ),
    "staff_idle": Mail(
        _("Your staff sign-in will be stopped soon"),
        (
            _("You have not signed in for a long time. An account that nobody uses for 90 days is stopped."),
            _("Sign in within two weeks if you still need it."),
        ),
        _("Sign in"),
        "/staff/login/",
    ),
    "staff_stopped": Mail(
        _("Your staff sign-in was stopped"),
        (
            _("Nobody signed in to your account for 90 days, so it is stopped. Nothing is lost."),
            _("Whoever manages staff accounts can open it again."),
        ),
    ),
    "staff_invitation": Mail(
        _("Choose your password for the staff sign-in"),
        (
            _("Whoever manages staff accounts asks you to choose a password."),
            _("Your user name is: %(username)s"),
            _("Press the button to choose one. At your first sign-in you also set up a second step."),
        ),
        _("Choose my password"),
        "/staff/invitation/{token}/",
        (
            _("The link works once, for 72 hours."),
            _("If you do not know what this is about, you do not need to do anything."),
        ),
        Purpose.INVITE,
    ),
    # Staff: what waits too long. M4, M8
    "review_late": Mail(
        _("Letters wait too long for a decision"),
        (
            _("Letters that have waited longer than %(hours)s hours for a decision: %(count)s."),
            _("Nothing is refused or delivered by time: they wait until a person decides."),
        ),
        _("Open the list"),
        "/staff/review/",
    ),
    "appeal_late": Mail(
        _("An appeal is past its last day"),
        (
            _("Appeals without an answer whose last working day is over: %(count)s."),
            _("They wait until a person who had no part in the refusal decides."),
        ),
        _("Open the appeals"),
        "/staff/appeals/",
    ),
    # To staff: requests of residents. KSK-5
    "request_emergency": Mail(
        _("An emergency was filed and needs a first answer"),
        (_("A resident filed a grievance as an emergency. It needs a first answer within its hours."), _READ_THERE),
        _("Open the queue"),
        "/staff/requests/",
    ),
    "requests_overdue": Mail(
        _("Requests are overdue: %(count)s"),
        (_("The deadline of %(count)s requests or grievances has passed without an answer."),),
        _("Open the queue"),
        "/staff/requests/",
    ),
    # To staff: rules and lists. DEL-3, STF-6
    "list_fired": Mail(
        _("A list that you follow has fired"),
        (_("Letters in which it fired since the last email: %(count)s."), _READ_THERE),
        _("Open the list"),
        "/staff/words/{list_id}/",
    ),
    "list_ends": Mail(
        _("A list of yours ends soon"),
        (
            _("Its last day is %(day)s. After it the list does nothing."),
            _("Look through it. If it is still needed, give it a new last day."),
        ),
        _("Open the list"),
        "/staff/words/{list_id}/",
    ),
    "list_over": Mail(
        _("A list of yours has stopped"),
        (
            _("Its last day has passed, so it does nothing any more."),
            _("Look through it. If it is still needed, give it a new last day."),
        ),
        _("Open the list"),
        "/staff/words/{list_id}/",
    ),
    "rules_unsure": Mail(
        _("Letters are held because the rules cannot be read"),
        (
            _(
                "Something is wrong with the delivery rules or the word lists. Nothing is lost: every letter that "
                "comes waits for a person until this is repaired."
            ),
        ),
        _("Open the rules"),
        "/staff/rules/",
    ),
}
