"""Notices with the button that each leads to. A table."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.notices.queries import NoticeView

_LETTER = _("See the letter"), lambda notice: reverse("letter", args=[notice.message_id])
_APPEAL = _("See why, and appeal"), lambda notice: reverse("appeal_new", args=[notice.message_id])
_PERSON = _("See this person"), lambda notice: reverse("person", args=[notice.contact_id])

# What one does next, where it is not simply to see the letter or the person.
SPECIAL: dict[str, tuple[str | Promise, Callable[[NoticeView], str]]] = {
    "message_not_delivered": _LETTER,
    "message_to_you_not_delivered": _APPEAL,
    "appeal_lost": _APPEAL,
    "appeal_filed": _APPEAL,
    "arrival": (_("Find this person"), lambda notice: reverse("people_find")),
    "money_added": (_("See your credits"), lambda notice: reverse("credits")),
    "money_returned": (_("See your credits"), lambda notice: reverse("credits")),
    "password_changed": (_("My account"), lambda notice: "/account/"),
    "email_changed": (_("My account"), lambda notice: "/account/"),
    "new_sign_in": (_("My account"), lambda notice: "/account/"),
}


@dataclass(frozen=True, slots=True)
class Told:
    notice: NoticeView
    label: str
    href: str


def with_button(notice: NoticeView) -> Told:
    """The notice and where it leads; no button where there is nothing to see."""
    special = SPECIAL.get(notice.kind)
    usual = _LETTER if notice.message_id else _PERSON if notice.contact_id else None
    label, where = special or usual or ("", lambda _notice: "")
    return Told(notice, str(label), where(notice))
