from django.db import models
from django.db.models import Q

from kinline.identity.models import User
from kinline.residents.models import Resident
from kinline.telephony.models.places import Station


class RecordedName(models.Model):
    """How a resident said their name, for whom they call (T6). µ-law at 8 kHz, a few seconds; nothing else is recorded.

    The newest counts. One that is gone keeps no sound, only when and why it went: by `removed_by` with a reason, or by
    itself, for a newer one or since its resident left. `barred`: staff want no other until they say so.
    """

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="recorded_names")
    station = models.ForeignKey(Station, models.SET_NULL, null=True, blank=True, related_name="+")
    sound = models.BinaryField(blank=True)
    sha256 = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    barred = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident"], condition=Q(removed_at=None), name="one_name_that_counts"),
            models.CheckConstraint(
                condition=(Q(removed_at=None) & ~Q(sound=b"")) | Q(removed_at__isnull=False, sound=b""),
                name="name_that_is_gone_keeps_no_sound",
            ),
            models.CheckConstraint(
                condition=Q(removed_by=None, barred=False) | (Q(removed_at__isnull=False) & ~Q(reason="")),
                name="name_taken_away_with_reason",
            ),
        ]
