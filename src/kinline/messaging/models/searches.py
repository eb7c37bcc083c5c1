"""What staff asked of the record, and why (STF-3, REC5)."""

from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Facility
from kinline.identity.models import User


class Search(models.Model):
    """One question with its purpose. The words stay here and are never in the audit log, which names this row.

    `name`: it is saved, to be asked again. `seen_at`: when it was asked the time before; what is younger is new since.
    """

    staff = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=[("messages", "messages"), ("people", "people"), ("money", "money")])
    words = models.CharField(max_length=200, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    purpose = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    name = models.CharField(max_length=80, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(purpose=""), name="search_has_purpose"),
            models.UniqueConstraint(
                fields=["staff", "facility", "name"], condition=~Q(name=""), name="one_saved_search_of_a_name"
            ),
        ]
        indexes = [models.Index("staff", F("id").desc(), name="search_of_staff")]
