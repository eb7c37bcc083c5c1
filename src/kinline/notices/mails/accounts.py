"""What emails say about accounts: getting in, staying in, leaving (ACC-3 to ACC-8)."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from kinline.identity.models import Purpose
from kinline.notices.mails.mail import Mail

_NOT_YOU = _("If this was not you, you do not need to do anything.")
_WAS_IT_YOU = _("If this was you, all is well. If not, choose a new password now and see who is logged in.")

ACCOUNTS: Mapping[str, Mail] = {
    # Getting in. ACC-3 to ACC-7
    "activation": Mail(
        _("Confirm your email address"),
        (
            _("Welcome to Kinline. One step is left: show us that this email address is yours."),
            _("Your username is: %(username)s"),
            _("Press the button, then press “Activate” on the page that opens."),
        ),
        _("Activate my account"),
        "/activate/{token}/",
        (
            _("Or type this code on the activation page, with your username or this email address:"),
            _("The link and the code work once, for 72 hours."),
            _("If you did not create an account, you do not need to do anything."),
        ),
        Purpose.ACTIVATE,
        shows_code=True,
    ),
    "already_registered": Mail(
        _("You already have an account"),
        (
            _("Somebody, maybe you, tried to create an account with this email address. There is one already."),
            _("You can log in. If you forgot your password or username, we help you on that page."),
        ),
        _("Log in"),
        "/login/",
        (_NOT_YOU,),
    ),
    "username_reminder": Mail(
        _("Your username"),
        (_("You asked for your username. It is: %(username)s"),),
        _("Log in"),
        "/login/",
        (_NOT_YOU,),
    ),
    "password_reset": Mail(
        _("Choose a new password"),
        (_("You asked for a new password. Press the button to choose one."),),
        _("Choose a new password"),
        "/password/reset/{token}/",
        (_("The link works once, for one hour."), _("If you did not ask for this, your old password still works.")),
        Purpose.RESET,
    ),
    "password_changed": Mail(
        _("Your password was changed"),
        (_("The password of your account was changed. Other browsers were logged out."), _WAS_IT_YOU),
        _("Get help with logging in"),
        "/login/help/",
    ),
    "email_change_confirm": Mail(
        _("Confirm your new email address"),
        (_("You asked us to use this email address from now on. Press the button to confirm it."),),
        _("Use this address"),
        "/account/email/{token}/",
        (
            _("Open it in the browser where you are logged in. Or type this code under “My account”:"),
            _("The link and the code work once, for 24 hours."),
            _NOT_YOU,
        ),
        Purpose.CHANGE_EMAIL,
        shows_code=True,
    ),
    "email_changed_old": Mail(
        _("Your email address is being changed"),
        (
            _("Somebody logged in to your account asked us to use another email address from now on."),
            _WAS_IT_YOU,
        ),
        _("Get help with logging in"),
        "/login/help/",
    ),
    "locked_out": Mail(
        _("Logging in to your account was paused"),
        (
            _("Somebody typed a wrong password for your account several times. We paused logging in for a while."),
            _("If it was you, wait a little, or choose a new password. If not, your account is safe."),
        ),
        _("Get help with logging in"),
        "/login/help/",
    ),
    "account_closed": Mail(
        _("Your account is closed"),
        (
            _("Your account is closed, as you asked. Nobody can log in to it any more."),
            _("Unused money at closing: %(owed_cents)s. It is yours; we pay it back to you."),
            _(
                "What came by card goes back to the card that paid; most banks show it within 10 days. What did not "
                "come by card comes as a cheque, to the address that was in your account."
            ),
        ),
    ),
}
