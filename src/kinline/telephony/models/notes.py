from django.db import models
from django.db.models import Q

from kinline.identity.models import User
from kinline.residents.models import Resident
from kinline.telephony.models.numbers import NUMBER

CALL_ME_LENGTH = 160


class CallMe(models.Model):
    """ "Please call me": a free note of a family member to a resident (TEL-13). `number`: the one to be called.

    `text` may be empty. `seen_at`: when the resident put it away.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="call_me_notes")
    number = models.CharField(max_length=16, help_text=NUMBER)
    text = models.CharField(max_length=CALL_ME_LENGTH, blank=True)
    left_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^\+[1-9][0-9]{5,14}$"), name="call_me_has_number"),
            models.CheckConstraint(condition=Q(seen_at=None) | Q(seen_at__gte=models.F("left_at")), name="seen_later"),
        ]
        indexes = [
            models.Index(fields=["resident", "left_at"], name="call_me_of_resident"),
            models.Index(fields=["left_at"], name="call_me_by_age"),
        ]
