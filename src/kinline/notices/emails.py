"""Each email, rendered as text and HTML from what `mails` says of its kind.

An email never quotes a message and never names a facility (experience.md, rule 9): whoever reads over a shoulder
learns that somebody has mail at Kinline, no more. Codes and links with a token come as `Secret` from the job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from kinline.notices.mails.accounts import ACCOUNTS
from kinline.notices.mails.letters import LETTERS
from kinline.notices.mails.mail import Mail
from kinline.notices.mails.money import MONEY
from kinline.notices.mails.staff import STAFF
from kinline.notices.wording import filled


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


EMAILS: Mapping[str, Mail] = {**ACCOUNTS, **LETTERS, **MONEY, **STAFF}


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
