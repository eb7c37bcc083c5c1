"""A letter, its text, its copies, its drafts; a reply paid ahead; what search finds."""

from django.db import models
from django.db.models import F, Q

from kinline.contacts.models import Contact
from kinline.facilities.models import Facility
from kinline.identity.models import User
from kinline.residents.models import Resident

SIDES = [("family", "family"), ("resident", "resident")]


class State(models.TextChoices):
    """Where a message is. `review`, `scheduled` wait for the facility; `collect` waits for the recipient's credit.

    A `scheduled` one without `deliver_at` is held by an emergency (STF-8): `decision.due_at` says when it was due.
    """

    REVIEW = "review"
    SCHEDULED = "scheduled"
    COLLECT = "collect"
    DELIVERED = "delivered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    WITHHELD = "withheld"  # refused without notice (DEL-5): nobody is told, it looks like "in review"
    PAPER = "paper"  # waits to be printed and handed over (MSG-10)
    RETURNED = "returned"  # could not be delivered any more: released, or one side blocked the other meanwhile


class Payer(models.TextChoices):
    SENDER = "sender"
    RECIPIENT = "recipient"
    AGENCY = "agency"  # an allowance of the resident (MON-8)
    PREPAID = "prepaid"  # the other side paid for this reply ahead (MSG-3); `hold_id` is that hold
    NOBODY = "nobody"  # price 0, or delivered after a won appeal


class Message(models.Model):
    """One letter. `price_cents` is pinned at sending; `hold_id` is the ledger's hold while one is open or was used.

    `client_key` with `input_hash` (SHA-256 of recipient, subject, body, payment) makes a send idempotent.
    `decision`: `{"outcome", "version", "fired": [{"id", "then", "why"}]}` as `delivery.rules` gave it.
    """

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="messages")
    sender = models.CharField(max_length=10, choices=SIDES)
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="messages", db_index=False)
    subject = models.CharField(max_length=200, blank=True)
    length = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State)
    price_cents = models.PositiveIntegerField()
    payer = models.CharField(max_length=10, choices=Payer)
    hold_id = models.BigIntegerField(null=True, blank=True)
    decision = models.JSONField(default=dict)
    client_key = models.UUIDField()
    input_hash = models.BinaryField(max_length=32)
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField()
    deliver_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Refused, taken back, declined or returned.")
    photo_count = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Photos that go with it (MSG-9).")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "sender", "client_key"], name="message_sent_once"),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at=None)),
                name="delivered_has_time",
            ),
            models.CheckConstraint(condition=Q(length__gt=0) & Q(length__lte=30_000), name="message_length"),
        ]
        indexes = [
            models.Index(fields=["deliver_at"], condition=Q(state="scheduled"), name="message_due"),
            models.Index(fields=["id"], condition=Q(state="scheduled", deliver_at=None), name="message_held"),
            models.Index(fields=["contact"], condition=Q(state="collect"), name="message_collect"),
            models.Index(fields=["contact"], condition=Q(state="paper"), name="message_paper"),
            models.Index(
                fields=["contact", "sender"],
                condition=Q(payer="recipient", state__in=["review", "scheduled", "collect"]),
                name="message_collect_waits",
            ),
            models.Index(fields=["facility", "sent_at"], condition=Q(state="review"), name="message_in_review"),
            models.Index(fields=["facility", "sent_at"], name="message_of_place"),
        ]


class Body(models.Model):
    """The text of a message: NFC, LF. Read and written through `bodies` only (encryption comes there)."""

    message = models.OneToOneField(Message, models.PROTECT, primary_key=True, related_name="body")
    text = models.TextField()


class ReplyState(models.TextChoices):
    """`open`: waits for the reply. `used`: a reply took it, delivered or on its way. `returned`: the money is back."""

    OPEN = "open"
    USED = "used"
    RETURNED = "returned"


class PrepaidReply(models.Model):
    """The sender of `message` paid for its reply, too (MSG-3). Price and days are pinned when that letter is sent.

    `account`: the ledger address of who paid; `hold_id`: the ledger's hold, captured when the reply is delivered.
    `expires_at` is set when the letter is delivered: the days begin for its reader then. `used_by`: the reply.
    """

    message = models.OneToOneField(Message, models.PROTECT, related_name="prepaid_reply")
    account = models.CharField(max_length=80)
    hold_id = models.BigIntegerField(unique=True)
    price_cents = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ReplyState, default=ReplyState.OPEN)
    used_by = models.OneToOneField(Message, models.PROTECT, null=True, blank=True, related_name="paid_by_reply")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When the money went back.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="used", used_by__isnull=False) | (~Q(state="used") & Q(used_by=None)),
                name="used_reply_has_letter",
            ),
            models.CheckConstraint(
                condition=Q(state="returned", ended_at__isnull=False) | (~Q(state="returned") & Q(ended_at=None)),
                name="returned_reply_has_time",
            ),
            models.CheckConstraint(condition=Q(price_cents__gt=0), name="prepaid_reply_positive"),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="open"), name="prepaid_reply_due")]


class Folder(models.TextChoices):
    INBOX = "inbox"
    SENT = "sent"
    ARCHIVE = "archive"
    REMOVED = "removed"


class Mailbox(models.Model):
    """One side's copy of a message. `at` orders the page: sent for the sender, delivered (or offered) for the other."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.PROTECT, related_name="copies", db_index=False)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    folder = models.CharField(max_length=10, choices=Folder)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, resident=None) | Q(user=None, resident__isnull=False),
                name="mailbox_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(folder="removed", removed_at__isnull=False) | (~Q(folder="removed") & Q(removed_at=None)),
                name="removed_has_time",
            ),
            models.UniqueConstraint(
                fields=["message", "user"], condition=Q(user__isnull=False), name="one_family_copy"
            ),
            models.UniqueConstraint(
                fields=["message", "resident"], condition=Q(resident__isnull=False), name="one_resident_copy"
            ),
        ]
        indexes = [
            models.Index(
                "user",
                "folder",
                F("at").desc(),
                F("id").desc(),
                condition=Q(user__isnull=False),
                name="mailbox_of_family",
            ),
            models.Index(
                "resident",
                "folder",
                F("at").desc(),
                F("id").desc(),
                condition=Q(resident__isnull=False),
                name="mailbox_of_resident",
            ),
            models.Index("contact", F("at").desc(), F("id").desc(), name="mailbox_of_contact"),
            models.Index(
                "user",
                F("at").desc(),
                F("id").desc(),
                condition=Q(user__isnull=False, folder="inbox", read_at=None),
                name="mailbox_unread_family",
            ),
            models.Index(
                "resident",
                F("at").desc(),
                F("id").desc(),
                condition=Q(resident__isnull=False, folder="inbox", read_at=None),
                name="mailbox_unread_resident",
            ),
        ]


class Draft(models.Model):
    """An unsent letter: one per owner and contact, saved by itself. `client_key` becomes the message's."""

    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    resident = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    client_key = models.UUIDField()
    reply_to = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, resident=None) | Q(user=None, resident__isnull=False),
                name="draft_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["user", "contact"], condition=Q(user__isnull=False), name="one_family_draft"
            ),
            models.UniqueConstraint(
                fields=["resident", "contact"], condition=Q(resident__isnull=False), name="one_resident_draft"
            ),
        ]


class SearchEntry(models.Model):
    """What full-text search finds: words of one message for its two owners. Written by `search` alone.

    Privileged messages never have a row (DEL-7). The `words` column (tsvector) is added by SQL in the migration.
    """

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="+", db_index=False)
