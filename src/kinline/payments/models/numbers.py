from django.db import models
from django.db.models import Q

from kinline.identity.models import User


class PrepaidNumber(models.Model):
    """A telephone number with Prepaid Collect money (MON-2). `number`: E.164. `holder`: who proved control (TEL-8)."""

    number = models.CharField(max_length=16, unique=True)
    holder = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="held_numbers")
    proved_at = models.DateTimeField(null=True, blank=True)
    proved_by = models.CharField(max_length=30, blank=True)  # code, or staff:<id>
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(holder=None, proved_at=None) | Q(holder__isnull=False, proved_at__isnull=False),
                name="holder_proved",
            )
        ]


class ListedNumber(models.Model):
    """A number on somebody's own page, mine or another's, with their word for it. Listing proves nothing."""

    user = models.ForeignKey(User, models.PROTECT, related_name="listed_numbers")
    number = models.ForeignKey(PrepaidNumber, models.PROTECT, related_name="+")
    label = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "number"], condition=Q(removed_at=None), name="number_listed_once")
        ]


class NumberCode(models.Model):
    """A code spoken to a number, which its holder types here (TEL-8). Only an HMAC digest is kept; five tries."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    number = models.ForeignKey(PrepaidNumber, models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "number"], condition=Q(used_at=None, voided_at=None), name="one_live_number_code"
            )
        ]
