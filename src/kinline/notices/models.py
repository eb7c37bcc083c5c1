from datetime import datetime

from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility, HousingUnit
from kinline.identity.models import User
from kinline.residents.models import Resident


class Notice(models.Model):
    """One thing a person is told, in their portal or kiosk. `kind` picks the sentence, `params` fill it.

    `message_id`, `contact_id`: what it is about, for the button beside it; plain ids, since notices know no messages.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="notices")
    resident = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="notices")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    message_id = models.BigIntegerField(null=True, blank=True)
    contact_id = models.BigIntegerField(null=True, blank=True)
    broadcast = models.ForeignKey("Broadcast", models.PROTECT, null=True, blank=True, related_name="notices")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, resident=None) | Q(user=None, resident__isnull=False),
                name="notice_has_one_owner",
            )
        ]
        indexes = [
            models.Index(fields=["user", "-id"], condition=Q(user__isnull=False), name="notice_of_family"),
            models.Index(fields=["resident", "-id"], condition=Q(resident__isnull=False), name="notice_of_resident"),
            models.Index(fields=["user"], condition=Q(read_at=None, user__isnull=False), name="notice_unread_family"),
            models.Index(
                fields=["resident"], condition=Q(read_at=None, resident__isnull=False), name="notice_unread_resident"
            ),
        ]


class Email(models.Model):
    """One email to send: the job `send_email` renders it in `language`, sends it, and writes down that it left.

    Codes and links are made inside the job, so no row ever holds one. `to` is the address at the time of writing.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="emails")
    to = models.CharField(max_length=254)
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    language = models.CharField(max_length=5, default="en")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)


class Broadcast(models.Model):
    """What staff said to everybody in a facility, or in one unit of it (STF-8). Each has it as a notice of their own.

    `told`: the words by language. `reached`: how many residents were there to be told. It is shown from `starts_at`
    to `until` (None: as long as other notices), unless somebody takes it back.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="broadcasts")
    unit = models.ForeignKey(HousingUnit, models.PROTECT, null=True, blank=True, related_name="broadcasts")
    told = models.JSONField()
    client_key = models.UUIDField(unique=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reached = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("starts_at")), name="broadcast_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="broadcast_withdrawn_by_somebody",
            ),
        ]

    def state(self, now: datetime) -> str:
        """`withdrawn`, `over`, `later` or `shown`."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.until and self.until <= now:
            return "over"
        return "later" if self.starts_at > now else "shown"
