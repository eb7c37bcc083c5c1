"""The facility's record of letters: how long it is kept, what a court holds, what was purged (MSG-8, REC4)."""

from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Facility
from kinline.identity.models import User
from kinline.messaging.models.letters import Message
from kinline.residents.models import Resident


class RecordClass(models.TextChoices):
    """`refused`: ever refused, also when an appeal was won. `privileged`: nobody of staff reads it (DEL-7)."""

    LETTER = "letter"
    REFUSED = "refused"
    PRIVILEGED = "privileged"


class Retention(models.Model):
    """How many days a facility keeps its record of one class, from a moment on (the newest row that has begun counts).

    The days begin when a letter has come to its end: delivered, taken back, declined; refused: when no appeal is
    possible any more (M6).
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=RecordClass)
    days = models.PositiveIntegerField()
    effective_from = models.DateTimeField()
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "kind", "effective_from"], name="one_retention_a_moment"),
            models.CheckConstraint(condition=Q(days__lte=36_500), name="retention_at_most_a_century"),
            models.CheckConstraint(condition=~Q(reason=""), name="retention_has_reason"),
        ]


class LegalHold(models.Model):
    """Nothing that it names is purged, whatever else says so: one letter, or all of one person, from–until.

    It wins at every facility: to keep too much for a while is mended, to purge too much is not.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", help_text="Whose staff placed it.")
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="legal_holds")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=False, resident=None, user=None)
                | Q(message=None, resident__isnull=False, user=None)
                | Q(message=None, resident=None, user__isnull=False),
                name="hold_names_one",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_reason"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="hold_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None, lifted_at=None, lifted_why="")
                | (Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~Q(lifted_why="")),
                name="hold_lift_whole",
            ),
        ]


class LetGo(models.Model):
    """A letter of which at least one copy has gone for good: where the purge looks. Filled by trigger."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="+")


class Purge(models.Model):
    """The certificate of one purge: what, how many, by which rule; no content (REC4). Insert-only, by database rule.

    `digest`: SHA-256 over the purged letters (`messaging.rules.certified`). `ended_before`: all of them had come to
    their end before this moment.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=RecordClass)
    days = models.PositiveIntegerField()
    retention = models.ForeignKey(Retention, models.PROTECT, null=True, blank=True, related_name="+")
    ended_before = models.DateTimeField()
    count = models.PositiveIntegerField()
    first_sent_at = models.DateTimeField()
    last_sent_at = models.DateTimeField()
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(count__gt=0), name="purge_of_something")]
        indexes = [models.Index("facility", F("id").desc(), name="purge_of_place")]


class Purged(models.Model):
    """A letter whose words are gone: its dates and its price stay for the books. Insert-only, by database rule."""

    message = models.OneToOneField(Message, models.PROTECT, primary_key=True, related_name="purged")
    purge = models.ForeignKey(Purge, models.PROTECT, related_name="letters")
