"""What emails say about letters and contacts. None quotes a letter or names a facility (experience.md 9)."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from kinline.notices.mails.mail import Mail

_READ_THERE = _("For your privacy we do not show it in an email.")

LETTERS: Mapping[str, Mail] = {
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
}
