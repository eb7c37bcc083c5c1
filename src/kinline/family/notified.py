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
_BACK: Button = _("See where it is"), lambda notice: reverse("refund")
_TOP_UP: Button = _("Automatic top-up"), lambda notice: reverse("top_up")
_MONEY: Button = _("All your money"), lambda notice: reverse("credits")

# What one does next, where it is not simply to see the letter or the person.
SPECIAL: dict[str, Button] = {
    "message_to_you_not_delivered": _APPEAL,
    "appeal_lost": _APPEAL,
    "appeal_filed": _APPEAL,
    "arrival": (_("Find this person"), lambda notice: reverse("people_find")),
    "money_added": (_("See your credits"), lambda notice: reverse("credits")),
    "card_payment_failed": (_("Try again"), lambda notice: reverse("buy")),
    "payment_sent_back": _BACK,
    "top_up_done": _TOP_UP,
    "top_up_failed": _TOP_UP,
    "top_up_stopped": _TOP_UP,
    "dispute_opened": _MONEY,
    "dispute_won": _MONEY,
    "refund_asked": _BACK,
    "refund_of_others": _BACK,
    "refund_sent": _BACK,
    "refund_card_failed": _BACK,
    "refund_paid": _BACK,
    "refund_returned": (_("Check your address"), lambda notice: reverse("account_profile")),
    "refund_recalled": _BACK,
    "refund_inactive": _BACK,
    "keep_reminder": _MONEY,
    "unclaimed_notice": _BACK,
    "number_proved": (_("See your numbers"), lambda notice: reverse("phone")),
    "number_blocked": (_("See your numbers"), lambda notice: reverse("phone")),
    "number_moved": (_("See your numbers"), lambda notice: reverse("phone")),
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
