"""Every read of letters, actor first. Absent and forbidden look alike: None, or an empty page."""

from kinline.messaging.queries.drafts import DraftView, draft, drafts
from kinline.messaging.queries.export import export
from kinline.messaging.queries.letters import LetterView, answerable, answered, kept_of, letter, may_be_repeat
from kinline.messaging.queries.lists import Page, Row, conversation, last_between, page, search
from kinline.messaging.queries.numbers import Counts, Waiting, counts, usual_wait, waiting
from kinline.messaging.queries.photos import PhotoView, beside, held_photo, photo, photos_of
from kinline.messaging.queries.refusals import (
    AppealRow,
    AppealView,
    RefusalView,
    appeal,
    appeals_of,
    appeals_open,
    refusal,
)
from kinline.messaging.queries.replies import PaidReply, ReplyView, paid_reply, prepaid_reply, replies_due
from kinline.messaging.queries.reviews import ReviewRow, between, review_text, reviews_waiting

__all__ = [
    "AppealRow",
    "AppealView",
    "Counts",
    "DraftView",
    "LetterView",
    "Page",
    "PaidReply",
    "PhotoView",
    "RefusalView",
    "ReplyView",
    "ReviewRow",
    "Row",
    "Waiting",
    "answerable",
    "answered",
    "appeal",
    "appeals_of",
    "appeals_open",
    "beside",
    "between",
    "conversation",
    "counts",
    "draft",
    "drafts",
    "export",
    "held_photo",
    "kept_of",
    "last_between",
    "letter",
    "may_be_repeat",
    "page",
    "paid_reply",
    "photo",
    "photos_of",
    "prepaid_reply",
    "refusal",
    "replies_due",
    "review_text",
    "reviews_waiting",
    "search",
    "usual_wait",
    "waiting",
]
