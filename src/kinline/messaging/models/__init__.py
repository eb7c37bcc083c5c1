"""Letters and what is decided about them: one noun a file."""

from kinline.messaging.models.letters import (
    SIDES,
    Body,
    Draft,
    Folder,
    Mailbox,
    Message,
    Payer,
    PrepaidReply,
    ReplyState,
    SearchEntry,
    State,
)
from kinline.messaging.models.reviews import Appeal, End, Look, Review, Ruling

__all__ = [
    "SIDES",
    "Appeal",
    "Body",
    "Draft",
    "End",
    "Folder",
    "Look",
    "Mailbox",
    "Message",
    "Payer",
    "PrepaidReply",
    "ReplyState",
    "Review",
    "Ruling",
    "SearchEntry",
    "State",
]
