from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility
from kinline.identity.models import User
from kinline.payments.models.deposits import Deposit
from kinline.residents.models import Resident


class Cause(models.TextChoices):
    """Why money goes back (MON-6)."""

    ASKED = "asked"
    GIFT_UNDONE = "gift_undone"
    CLOSURE = "closure"
    RELEASE = "release"
    INACTIVE = "inactive"


class Refund(models.Model):
    """Money that left a balance to go back to whose it is: booked at once into `refunds:payable` by `entry_id`, then
    paid by its pay-outs, which sum to it. `asked_by`: `family:7`, `resident:3`, `staff:2` or `system`.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=80)
    cause = models.CharField(max_length=20, choices=Cause)
    amount_cents = models.PositiveIntegerField()
    asked_by = models.CharField(max_length=30)
    client_key = models.UUIDField(unique=True)
    entry_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="refund_positive")]
        indexes = [models.Index(fields=["account", "-at"], name="refund_by_account")]


class Way(models.TextChoices):
    """How it goes back. A family member's: `card`, else `cheque`. A resident's: any but a donor's card."""

    CARD = "card"
    CHEQUE = "cheque"
    RELEASE_CARD = "release_card"
    TRUST = "trust"
    CASH = "cash"


class PayOutState(models.TextChoices):
    """`waiting`: to be sent, or settled by finance. `sent`: the processor has it. `failed`: the card could not take it;
    `replaced_by` is the cheque. `returned`: a cheque that came back or was not cashed; it waits for a new address.
    `unclaimed`: owed to the state; `remitted`: paid to it. `recalled`: the payer's bank took the payment back and won,
    so there was nothing left to give (MON-7).
    """

    WAITING = "waiting"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    UNCLAIMED = "unclaimed"
    REMITTED = "remitted"
    RECALLED = "recalled"


class PayOut(models.Model):
    """One payment of a refund to one payee by one way. `deposit`: whose card it goes to, and how much of that deposit
    has gone back. `entry_id`: the last that booked it (paid, recalled, unclaimed, remitted). The payee's words are kept
    only as long as the payment needs them.

    A row that cannot do it stays as it ended, and `replaced_by` does: what a refund comes to is the sum of its pay-outs
    that nothing replaced. `notice_at`: when the letter before an unclaimed sum goes to a state was due and told (E3).
    """

    id = models.BigAutoField(primary_key=True)
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="pay_outs")
    deposit = models.ForeignKey(Deposit, models.PROTECT, null=True, blank=True, related_name="pay_outs")
    way = models.CharField(max_length=20, choices=Way)
    amount_cents = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=PayOutState, default=PayOutState.WAITING)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="pay_outs")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="pay_outs")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, related_name="+")
    payee_name = models.CharField(max_length=161, blank=True)
    payee_email = models.CharField(max_length=254, blank=True)
    payee_address = models.TextField(blank=True)
    payee_region = models.CharField(max_length=80, blank=True, help_text="State of the last known address (E3).")
    processor_ref = models.CharField(max_length=255, blank=True)
    failure = models.CharField(max_length=60, blank=True)
    replaced_by = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    reference = models.CharField(max_length=80, blank=True, help_text="Cheque or transfer number, by finance.")
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entry_id = models.BigIntegerField(null=True, blank=True, unique=True)
    at = models.DateTimeField()
    notice_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="pay_out_positive"),
            models.CheckConstraint(
                condition=~Q(resident__isnull=False) | Q(deposit=None), name="resident_money_is_no_donors"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(state__in=["waiting", "sent"]), name="pay_out_unfinished"),
            models.Index(fields=["state", "at"], name="pay_out_by_state"),
            models.Index(fields=["processor_ref"], condition=~Q(processor_ref=""), name="pay_out_by_ref"),
        ]


class Keep(models.Model):
    """ "Keep my money": somebody showed interest in a balance, which restarts its clock (MON-6, F16)."""

    account = models.CharField(max_length=80)
    by = models.CharField(max_length=30)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="keep_by_account")]


class Reminder(models.Model):
    """A reminder before a balance is refunded for inactivity, once for each `days_left` and last activity."""

    account = models.CharField(max_length=80)
    days_left = models.PositiveSmallIntegerField()
    active_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "days_left", "active_at"], name="reminded_once")]


class DormancyRule(models.Model):
    """When a state takes unclaimed money (E3): the newest row of a region not in the future; `*` is any other region.

    `months`: after the last sign of interest. `notice_cents`: from this amount on a letter goes out before.
    """

    region = models.CharField(max_length=3)
    months = models.PositiveSmallIntegerField()
    notice_cents = models.PositiveIntegerField()
    notice_days = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    effective_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "effective_from"], name="dormancy_once")]
