from django.db import models

from kinline.facilities.models import Facility
from kinline.identity.models import User


class Policy(models.Model):
    """One version of a facility's delivery rules (DEL-1). Never edited: a change is a new version.

    `rules`: the list that `rules.parse` reads, e.g. `{"id": "night", "then": "hours", "from": "07:00", "to": "21:00"}`.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    rules = models.JSONField()
    effective_from = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "version"], name="policy_version_in_facility")]
        indexes = [models.Index(fields=["facility", "-effective_from"], name="policy_now")]
