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
from kinline.messaging.models.photos import Photo, Pixels
from kinline.messaging.models.printing import PaperOutcome, PrintBatch, PrintedLetter
from kinline.messaging.models.record import LegalHold, LetGo, Purge, Purged, RecordClass, Retention
from kinline.messaging.models.reviews import AlertRecipient, Appeal, AppealRuling, End, Look, Review, Ruling
from kinline.messaging.models.searches import Search

__all__ = [
    "SIDES",
    "AlertRecipient",
    "Appeal",
    "AppealRuling",
    "Body",
    "Draft",
    "End",
    "Folder",
    "LegalHold",
    "LetGo",
    "Look",
    "Mailbox",
    "Message",
    "PaperOutcome",
    "Payer",
    "Photo",
    "Pixels",
    "PrepaidReply",
    "PrintBatch",
    "PrintedLetter",
    "Purge",
    "Purged",
    "RecordClass",
    "ReplyState",
    "Retention",
    "Review",
    "Ruling",
    "Search",
    "SearchEntry",
    "State",
]
