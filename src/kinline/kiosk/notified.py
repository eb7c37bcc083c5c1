"""Notices, each with the page that it leads to."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from django.urls import reverse

from kinline.core.parties import Party
from kinline.messaging import queries as messages
from kinline.notices.queries import NoticeView

# These lead to the refusal and its appeal, which has a page whether or not the letter ever came.
OF_A_REFUSAL = {
    "message_not_delivered", "message_to_you_not_delivered", "appeal_filed", "appeal_lost", "appeal_won",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    notice: NoticeView
    href: str


def with_pages(party: Party, notices: Sequence[NoticeView]) -> list[Told]:
    """`href` is empty where there is nothing (any more) to look at."""
    kept = messages.kept_of(party, (notice.message_id for notice in notices))
    return [Told(notice, _href(notice, kept)) for notice in notices]


def _href(notice: NoticeView, kept: Container[int | None]) -> str:
    if notice.kind in OF_A_REFUSAL:
        return reverse("kiosk_appeal", args=[notice.message_id])
    if notice.kind.startswith("request_"):
        return reverse("kiosk_requests")
    if notice.kind.startswith(("number_", "call_me")):
        return reverse("kiosk_phone")
    if notice.message_id in kept:
        return reverse("kiosk_letter", args=[notice.message_id])
    return reverse("kiosk_person", args=[notice.contact_id]) if notice.contact_id else ""
