"""Notices with the button that each leads to. Tables."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.parties import Party
from kinline.messaging import queries as messages
from kinline.notices.queries import NoticeView

Button = tuple[str | Promise, Callable[[NoticeView], str]]

_LETTER: Button = _("See the letter"), lambda notice: reverse("letter", args=[notice.message_id])
_APPEAL: Button = _("See why, and appeal"), lambda notice: reverse("appeal_new", args=[notice.message_id])
_PERSON: Button = _("See this person"), lambda notice: reverse("person", args=[notice.contact_id])

# What one does next, where it is not simply to see the letter or the person.
SPECIAL: dict[str, Button] = {
    "message_to_you_not_delivered": _APPEAL,
    "appeal_lost": _APPEAL,
    "appeal_filed": _APPEAL,
    "arrival": (_("Find this person"), lambda notice: reverse("people_find")),
    "money_added": (_("See your credits"), lambda notice: reverse("credits")),
    "password_changed": (_("My account"), lambda notice: "/account/"),
    "email_changed": (_("My account"), lambda notice: "/account/"),
}
# Where the letter is not in the mailbox, its refusal still has a page.
WITHOUT_LETTER: dict[str, Button] = {"message_not_delivered": _APPEAL, "appeal_won": _APPEAL}


@dataclass(frozen=True, slots=True)
class Told:
    notice: NoticeView
    label: str
    href: str


def with_buttons(party: Party, notices: Sequence[NoticeView]) -> list[Told]:
    """Each notice and where it leads; no button where there is nothing (any more) to see."""
    kept = messages.kept_of(party, (notice.message_id for notice in notices))
    return [_told(notice, kept) for notice in notices]


def _told(notice: NoticeView, kept: Container[int | None]) -> Told:
    letter = _LETTER if notice.message_id in kept else WITHOUT_LETTER.get(notice.kind)
    button = SPECIAL.get(notice.kind) or letter or (_PERSON if notice.contact_id else None)
    return Told(notice, str(button[0]), button[1](notice)) if button else Told(notice, "", "")
