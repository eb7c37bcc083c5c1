from django.db import models
from django.db.models import F, Q

from kinline.identity.models import User
from kinline.telephony.models.numbers import AllowedNumber


class NumberAppeal(models.Model):
    """Somebody else of staff is asked to decide again upon a number that was denied (T10). Written once, decided once.

    By the resident, or by whoever proved to hold the number (`user`); each once a denial. What was denied, when and by
    whom is copied here and compared by the database, so that nobody decides upon their own denial.
    """

    listed = models.ForeignKey(AllowedNumber, models.PROTECT, related_name="appeals")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=1000)
    denied_at = models.DateTimeField()
    denied_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    denied_reason = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    granted = models.BooleanField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listed", "denied_at", "user"], nulls_distinct=False, name="number_appealed_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="number_appeal_says_something"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, granted=None, answer="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False, granted__isnull=False) & ~Q(answer="")),
                name="number_appeal_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("denied_by")), name="number_appeal_decided_by_another"
            ),
        ]
        indexes = [models.Index(fields=["made_at"], condition=Q(decided_at=None), name="number_appeals_waiting")]
