from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility
from kinline.identity.models import User


class Deposit(models.Model):
    """Money put into one balance. `account` is the ledger address; `entry_id` the entry that booked it.

    `method`: `cash` (lobby), `money_order`, `test` (the demo's button). `client_key` makes a repeat harmless.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=80)
    amount_cents = models.PositiveIntegerField()
    method = models.CharField(
        max_length=20, choices=[("cash", "cash"), ("money_order", "money order"), ("test", "test")]
    )
    payer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="deposits")
    payer_name = models.CharField(max_length=160, blank=True)
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    client_key = models.UUIDField(unique=True)
    entry_id = models.BigIntegerField(unique=True)
    receipt = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="deposit_positive")]
        indexes = [models.Index(fields=["account", "-at"], name="deposit_by_account")]
