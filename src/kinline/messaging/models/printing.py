"""Letters on paper (MSG-10): what was printed together, for which unit, and what became of each."""

from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Facility, HousingUnit
from kinline.identity.models import User
from kinline.messaging.models.letters import Message


class PrintBatch(models.Model):
    """One document for one housing unit (`unit` None: for those without one). `pages`: None until it was typeset.

    `closed_at`: every letter of it was handed over, put back, or ended otherwise.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(HousingUnit, models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    pages = models.PositiveIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("facility", F("id").desc(), name="batch_of_place")]


class PaperOutcome(models.TextChoices):
    """`handed`: delivered by that. `back`: waits for another batch. `ended`: taken back, refused or held meanwhile."""

    HANDED = "handed"
    BACK = "back"
    ENDED = "ended"


class PrintedLetter(models.Model):
    """One letter of a batch. `outcome` is empty while the paper is on its way."""

    batch = models.ForeignKey(PrintBatch, models.PROTECT, related_name="letters")
    message = models.ForeignKey(Message, models.PROTECT, related_name="printed")
    outcome = models.CharField(max_length=10, blank=True, choices=PaperOutcome)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message"], condition=Q(outcome=""), name="letter_in_one_open_batch"),
            models.UniqueConstraint(fields=["batch", "message"], name="letter_once_in_batch"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="printed_end_whole",
            ),
        ]
