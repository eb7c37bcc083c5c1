from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility
from kinline.identity.models import User


class Method(models.TextChoices):
    """How money came. `test` is the demo's button; `file` came with a file of a kiosk or retail network."""

    CASH = "cash"
    MONEY_ORDER = "money_order"
    FILE = "file"
    CARD = "card"
    TEST = "test"


class DepositFile(models.Model):
    """A file of deposits that was taken in, once: its SHA-256 says which (MON-3)."""

    digest = models.BinaryField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    lines = models.PositiveIntegerField()
    total_cents = models.PositiveBigIntegerField()
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Deposit(models.Model):
    """Money put into one balance. `account` is the ledger address; `entry_id` the entry that booked it.

    `client_key` makes a repeat harmless. `reference`: of a money order or of a line in a file. Of a card: `payment_ref`
    is the processor's payment, `card_label` what its owner recognises ("Visa 4242"); nothing else of it is here (PCI1).
    """

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=80)
    amount_cents = models.PositiveIntegerField()
    method = models.CharField(max_length=20, choices=Method)
    payer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="deposits")
    payer_name = models.CharField(max_length=160, blank=True)
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reference = models.CharField(max_length=80, blank=True)
    payment_ref = models.CharField(max_length=255, blank=True)
    card_label = models.CharField(max_length=60, blank=True)
    file = models.ForeignKey(DepositFile, models.PROTECT, null=True, blank=True, related_name="deposits")
    client_key = models.UUIDField(unique=True)
    entry_id = models.BigIntegerField(unique=True)
    receipt = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="deposit_positive"),
            models.UniqueConstraint(fields=["payment_ref"], condition=~Q(payment_ref=""), name="payment_booked_once"),
        ]
        indexes = [
            models.Index(fields=["account", "-at"], name="deposit_by_account"),
            models.Index(fields=["payer", "-at"], name="deposit_by_payer"),
        ]
