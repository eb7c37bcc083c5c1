from django.db import models
from django.db.models import Q

from kinline.identity.models import User
from kinline.payments.models.deposits import Deposit


class TopUp(models.Model):
    """A standing order of a family member: when their `account` has less than `below_cents`, add `amount_cents` from a
    card kept at the processor, at most `month_cap_cents` a calendar month (MON-3). Opt-in; one live per account and
    person; an email each time. `started_at` is set when the first payment proved the card. `try_after`: not before,
    since the card was declined.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="top_ups")
    account = models.CharField(max_length=80)
    below_cents = models.PositiveIntegerField()
    amount_cents = models.PositiveIntegerField()
    month_cap_cents = models.PositiveIntegerField()
    customer_ref = models.CharField(max_length=255, blank=True)
    method_ref = models.CharField(max_length=255, blank=True)
    card_label = models.CharField(max_length=60, blank=True)
    failed_tries = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=20, blank=True)  # asked, declined, closed, dispute, refund

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0) & Q(month_cap_cents__gte=models.F("amount_cents")),
                name="top_up_within_cap",
            ),
            models.UniqueConstraint(
                fields=["user", "account"],
                condition=Q(started_at__isnull=False, stopped_at=None),
                name="one_live_top_up",
            ),
        ]


class CheckoutState(models.TextChoices):
    """`new`: asked for, the processor's answer is not here yet. `open`: its page stands. `waiting`: a bank confirms."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class Checkout(models.Model):
    """One intention to pay by card, from the button to its end. Only a signed event or the processor's own answer ends
    it (MON-7). `top_up`: a payment that the standing order makes, or the first one that starts it.

    `session_ref`, `payment_ref`: the processor's names. `failure`: the processor's code of a declined card. `asked_at`:
    when a job last asked the processor about it.
    """

    id = models.BigAutoField(primary_key=True)
    payer = models.ForeignKey(User, models.PROTECT, related_name="checkouts")
    account = models.CharField(max_length=80)
    amount_cents = models.PositiveIntegerField()
    client_key = models.UUIDField(unique=True)
    top_up = models.ForeignKey(TopUp, models.PROTECT, null=True, blank=True, related_name="checkouts")
    by_itself = models.BooleanField(default=False, help_text="Made by the standing order: nobody sees a page.")
    state = models.CharField(max_length=10, choices=CheckoutState, default=CheckoutState.NEW)
    session_ref = models.CharField(max_length=255, blank=True)
    payment_ref = models.CharField(max_length=255, blank=True)
    page_url = models.TextField(blank=True)
    failure = models.CharField(max_length=60, blank=True)
    deposit = models.OneToOneField(Deposit, models.PROTECT, null=True, blank=True, related_name="checkout")
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="checkout_positive"),
            models.CheckConstraint(
                condition=Q(state="paid", deposit__isnull=False) | (~Q(state="paid") & Q(deposit=None)),
                name="paid_has_deposit",
            ),
            models.UniqueConstraint(fields=["session_ref"], condition=~Q(session_ref=""), name="session_once"),
            models.UniqueConstraint(
                fields=["top_up"],
                condition=Q(by_itself=True, state__in=["new", "open", "waiting"]),
                name="one_top_up_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["payer", "-created_at"], name="checkout_by_payer"),
            models.Index(
                fields=["created_at"], condition=Q(state__in=["new", "open", "waiting"]), name="checkout_unfinished"
            ),
        ]


class ProcessorEvent(models.Model):
    """One signed event of the processor, kept once by its id (PCI3). `about`: the object it speaks of.

    The body is not kept: the job asks the processor for the object as it is now, so order does not matter (MON-7).
    """

    id = models.BigAutoField(primary_key=True)
    ref = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=80)
    about = models.CharField(max_length=255, blank=True)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)


class Dispute(models.Model):
    """A payment that its payer's bank takes back (MON-7). `recovered_cents` came from the unspent rest of that deposit,
    `loss_cents` from `loss:disputes`; both go back when it is won.
    """

    ref = models.CharField(max_length=255, unique=True)
    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="disputes")
    amount_cents = models.PositiveIntegerField()
    recovered_cents = models.PositiveIntegerField()
    loss_cents = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=[("open", "open"), ("won", "won"), ("lost", "lost")])
    entry_id = models.BigIntegerField(unique=True)
    return_entry_id = models.BigIntegerField(null=True, blank=True, unique=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents=models.F("recovered_cents") + models.F("loss_cents")), name="dispute_whole"
            )
        ]


class Difference(models.Model):
    """What our books and the processor's list of a day do not agree on; shown until somebody explains it (MON-7)."""

    day = models.DateField()
    ref = models.CharField(max_length=255, help_text="The processor's payment, refund or dispute.")
    kind = models.CharField(max_length=30)  # missing_here, missing_there, amount, state, wrong_amount, wrong_currency
    ours_cents = models.BigIntegerField(null=True, blank=True)
    theirs_cents = models.BigIntegerField(null=True, blank=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    explanation = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ref", "kind"], name="difference_once")]


class ComparedDay(models.Model):
    """A day whose list by the processor was beside our books, whole (MON-7)."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField(help_text="When it was last compared.")
