from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility
from kinline.residents.models import Resident


class Allowance(models.Model):
    """What the agency pays for each resident of a facility in a week (MON-8). The newest row not in the future counts;
    `per_week` 0 ends it. `kind`: `messages` (letters by either side) or `minutes` (of calls).
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="allowances")
    kind = models.CharField(max_length=10, choices=[("messages", "messages"), ("minutes", "minutes")])
    per_week = models.PositiveIntegerField()
    effective_from = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "kind", "effective_from"], name="allowance_once")]


class AllowanceUse(models.Model):
    """One counted use, in the facility's week of `week` (its first day), reserved together with the hold or the letter.

    `about`: `message:7` or `call:7`. Given back (`returned_at`) it counts in no week, least in another.
    """

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    week = models.DateField()
    count = models.PositiveIntegerField(default=1)
    about = models.CharField(max_length=40)
    at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "about"], name="allowance_used_once"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(returned_at=None), name="allowance_ends_once"),
        ]
        indexes = [
            models.Index(fields=["resident", "kind", "week"], condition=Q(returned_at=None), name="allowance_of_week")
        ]
