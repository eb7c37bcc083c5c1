"""What each email says: one table, kind → subject, paragraphs, button. Rendered as text and HTML from it.

An email never quotes a message and never names a facility (experience.md, rule 9): whoever reads over a shoulder
learns that somebody has mail at Kinline, no more. Codes and links with a token come as `Secret` from the job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from kinline.identity.models import Purpose
from kinline.notices.wording import filled


class Mail(NamedTuple):
    """`path` is where the button leads; `{token}` in it is the secret's, any other name a param's.

    `purpose`: it carries a code made for that. `shows_code`: the typed code is written out beside the link (ACC-4).
    `keeps`: its link keeps the money of its param `account` (MON-6).
    """

    subject: str | Promise
    paragraphs: tuple[str | Promise, ...]
    button: str | Promise = ""
    path: str = ""
    after: tuple[str | Promise, ...] = ()
    purpose: Purpose | None = None
    shows_code: bool = False
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Secret:
    """What was made for one email and is kept nowhere else."""

    token: str
    code: str


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


_NOT_YOU = _("If this was not you, you do not need to do anything.")
_WAS_IT_YOU = _("If this was you, all is well. If not, choose a new password now and see who is logged in.")
_WAS_IT_STAFF = _("If this was you, all is well. If not, tell whoever manages staff accounts at once.")
_READ_THERE = _("For your privacy we do not show it in an email.")

EMAILS: Mapping[str, Mail] = {
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
    # Letters. MSG-3, MSG-5, DEL-5, DEL-6
    "message_waiting": Mail(
        _("A letter is waiting for you"),
        (_("You have a new letter."), _READ_THERE),
        _("Read it"),
        "/messages/",
    ),
    "collect_waiting": Mail(
        _("A letter is waiting for you (to be paid by you)"),
        (
            _("You have a new letter. The sender had no message credits, so it waits until you accept the charge."),
            _("You see who sent it and what it costs before you decide. Saying no is free."),
        ),
        _("See who wrote"),
        "/messages/",
    ),
    "message_not_delivered": Mail(
        _("A letter was not delivered"),
        (
            _("A letter of yours, or one to you, was not delivered. Your notices say why."),
            _("You can ask another person to decide again until the end of %(appeal_until_on)s. This is free."),
            _("What was paid came back."),
        ),
        _("Read why"),
        "/notices/",
    ),
    "appeal_decided": Mail(
        _("There is an answer to your appeal"),
        (_("Another person decided again on a letter, as was asked."), _READ_THERE),
        _("Read the answer"),
        "/notices/",
    ),
    # People. CON-1 to CON-3
    "contact_approved": Mail(
        _("You can write now"),
        (_("Somebody you asked to write to is now your contact."),),
        _("See your people"),
        "/people/",
    ),
    "invitation": Mail(
        _("%(other_name)s would like to hear from you"),
        (
            _("%(other_name)s gave us this email address, to invite you to write letters through Kinline."),
            _("An account is free. You see every price before you pay."),
        ),
        _("Create an account"),
        "/signup/",
        (_("If you do not know this person, you do not need to do anything. We will not write again."),),
    ),
    "arrival": Mail(
        _("The person you asked about can be found now"),
        (_("You asked us to tell you when somebody can be found. They can be found now."),),
        _("Find them"),
        "/people/find/",
    ),
    # Money by card. MON-3, MON-7
    "card_payment_failed": Mail(
        _("A payment of %(amount_cents)s did not work"),
        (_("Your payment of %(amount_cents)s by card did not work."), _("%(why)s")),
        _("See the payment"),
        "/credits/buy/{payment_id}/",
    ),
    "payment_sent_back": Mail(
        _("Your payment of %(amount_cents)s goes back to your card"),
        (
            _("Your payment of %(amount_cents)s came when nothing could be added any more."),
            _("All of it goes back to the card that paid. You do not need to do anything."),
        ),
    ),
    "top_up_done": Mail(
        _("Automatic top-up: %(amount_cents)s"),
        (
            _("Your automatic top-up added %(amount_cents)s from your card %(card)s, as you asked us to. No fee."),
            _("This month so far: %(month_cents)s of at most %(cap_cents)s."),
        ),
        _("See or stop the top-up"),
        "/credits/topup/",
    ),
    "top_up_failed": Mail(
        _("Your automatic top-up did not work"),
        (
            _("Your automatic top-up of %(amount_cents)s did not work."),
            _("%(why)s"),
            _("We try again after %(again_at)s. After three times the top-up ends."),
        ),
        _("See or change the top-up"),
        "/credits/topup/",
    ),
    "top_up_stopped": Mail(
        _("Your automatic top-up has ended"),
        (_("Your automatic top-up has ended."), _("%(why)s"), _("You can set it up again at any time.")),
        _("See the top-up"),
        "/credits/topup/",
    ),
    "dispute_opened": Mail(
        _("Your bank asked for a payment back"),
        (
            _("The bank of your card asked for your payment of %(amount_cents)s back."),
            _("%(recovered_cents)s of it that was not spent was taken off the balance it was for."),
            _("Automatic top-ups from your cards have ended. If this was a mistake, please tell your bank."),
        ),
        _("See your credits"),
        "/credits/",
    ),
    "dispute_won": Mail(
        _("A payment that your bank asked back stands"),
        (_("The bank let the payment of %(amount_cents)s stand. %(recovered_cents)s is back on the balance."),),
        _("See your credits"),
        "/credits/",
    ),
    # Money. MON-5
    "receipt": Mail(
        _("Receipt %(number)s: %(amount_cents)s"),
        (
            _("Thank you. %(amount_cents)s was added to %(whose)s. There is no fee."),
            _("Paid: %(paid)s. %(balance)s"),
            _("Receipt number: %(number)s"),
        ),
        _("See the receipt"),
        "/credits/receipts/{number}/",
    ),
    # Money that goes back. MON-6
    "refund_asked": Mail(
        _("%(amount_cents)s is on its way back to you"),
        (
            _("You asked for %(amount_cents)s of unused money. All of it comes back to you, without a fee."),
            _(
                "What came by card goes back to the card that paid; most banks show it within 10 days. What did not "
                "come by card comes as a cheque, to the address in your account."
            ),
        ),
        _("See where it is"),
        "/credits/refund/",
    ),
    "refund_of_others": Mail(
        _("%(amount_cents)s is on its way back to you"),
        (
            _(
                "You put money into a telephone number. Whoever owns that number asked for what was not used, so "
                "%(amount_cents)s of yours comes back to you, the way you paid it."
            ),
        ),
        _("See where it is"),
        "/credits/refund/",
    ),
    "refund_sent": Mail(
        _("%(amount_cents)s was sent to your card"),
        (_("We sent %(amount_cents)s back to the card that paid. Most banks show it within 10 days."),),
    ),
    "refund_card_failed": Mail(
        _("Your card could not take %(amount_cents)s back, so we send a cheque"),
        (
            _(
                "The card that paid could not take %(amount_cents)s back. "
                "Nothing is lost: we send you a cheque instead."
            ),
            _("It goes to the address in your account. Please look whether that is right."),
        ),
        _("See my address"),
        "/account/profile/",
    ),
    "refund_paid": Mail(
        _("%(amount_cents)s was paid to you"),
        (_("We paid %(amount_cents)s of unused money to you, as a cheque or as you agreed with the staff."),),
    ),
    "refund_returned": Mail(
        _("A payment to you came back to us: %(amount_cents)s"),
        (
            _("We sent you %(amount_cents)s, and it came back to us or was not cashed. It is still yours."),
            _("Correct the address in your account, and we send it again by ourselves."),
        ),
        _("See my address"),
        "/account/profile/",
    ),
    "refund_recalled": Mail(
        _("Your bank took a payment back: %(amount_cents)s"),
        (
            _(
                "You asked your bank to take a payment back, and it did. So there was nothing left of it for us to "
                "send to you: your bank has given you the %(amount_cents)s."
            ),
        ),
    ),
    "refund_inactive": Mail(
        _("%(amount_cents)s is on its way back to you"),
        (
            _("You did not use your balance for a long time, and we asked you twice. So we send it back to you."),
            _(
                "What came by card goes back to the card that paid; most banks show it within 10 days. What did not "
                "come by card comes as a cheque, to the address in your account."
            ),
        ),
        _("See where it is"),
        "/credits/refund/",
    ),
    "keep_reminder": Mail(
        _("Do you want to keep your money with us? %(amount_cents)s"),
        (
            _("You have %(amount_cents)s of unused money, and have not used it for some months."),
            _(
                "It is yours and does not get less. If we hear nothing until %(refund_on)s, we send it back to you. "
                "If you want to keep it for later, press the button."
            ),
        ),
        _("Keep my money"),
        "/credits/keep/{token}/",
        (_("You can also ask for it at any time, free: log in and open “Credits”."),),
        keeps=True,
    ),
    "unclaimed_notice": Mail(
        _("We could not send you %(amount_cents)s"),
        (
            _("%(amount_cents)s belongs to you, and we could not send it to you for a long time."),
            _(
                "If we hear nothing, the law makes us hand it to your state, where you can ask for it. Log in and "
                "correct your address, or answer to the facility, and we send it to you."
            ),
        ),
        _("See my address"),
        "/account/profile/",
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


def render(kind: str, params: Mapping[str, Any], language: str, secret: Secret | None = None) -> Rendered:
    """The email in `language`. Raises KeyError for a kind that is not in the table."""
    mail = EMAILS[kind]
    with override(language):
        subject = " ".join(filled(mail.subject, params).split())  # a header has one line, whatever a name contains
        context = {
            "language": language,
            "subject": subject,
            "paragraphs": [filled(one, params) for one in mail.paragraphs],
            "button": mail.button,
            "link": settings.BASE_URL + mail.path.format(token=secret.token if secret else "", **params),
            "code": secret.code if secret and mail.shows_code else "",
            "after": [filled(one, params) for one in mail.after],
            "footer": _footer(),
        }
        return Rendered(
            subject=subject,
            text=render_to_string("email/letter.txt", context),
            html=render_to_string("email/letter.html", context),
        )


def _footer() -> list[str]:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return [
        gettext("Our emails come from %(address)s. If you miss one, look in the spam folder and mark it as “not spam”.")
        % {"address": address},
        gettext("You can choose which emails you get: log in and open “My account”."),
    ]
