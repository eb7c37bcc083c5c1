"""The tables. Rows are written by the SQL functions of migration 0003; its guards refuse what must not be."""

from django.db import models
from django.db.models import F, Q

HASH_BYTES = 32


class Account(models.Model):
    """One place where money is. `customer`: has a floor at zero and a balance row; set by the database."""

    id = models.BigAutoField(primary_key=True)
    # The C collation gives every server the same order: locks are taken in it.
    address = models.CharField(max_length=80, db_collation="C")
    customer = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address"], name="ledger_account_address")]


class Balance(models.Model):
    """What a customer account holds: a cache that only postings and holds change, proved by replay.

    Revenue, cash and clearing have none: their row would be locked by every letter of a facility.
    """

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="balance")
    posted_cents = models.BigIntegerField(default=0)
    held_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(posted_cents__gte=0), name="ledger_balance_floor"),
            models.CheckConstraint(condition=Q(held_cents__gte=0), name="ledger_held_floor"),
            models.CheckConstraint(condition=Q(held_cents__lte=F("posted_cents")), name="ledger_held_covered"),
        ]


class Month(models.Model):
    """What one month brought to a customer's account and took from it: like a balance, a cache that only postings
    change, proved by replay. A statement reads one row of it, however long the history is.

    Its lines are the account's postings after the month before it, up to `last_entry_id`.
    """

    pk = models.CompositePrimaryKey("account_id", "month")
    account = models.ForeignKey(Account, models.PROTECT, related_name="months", db_constraint=False, db_index=False)
    month = models.DateField(help_text="Its first day, by the deployment's clock.")
    in_cents = models.BigIntegerField()
    out_cents = models.BigIntegerField()
    lines = models.BigIntegerField()
    last_entry_id = models.BigIntegerField()


class Entry(models.Model):
    """One movement of money. `key` makes it happen once, `input_hash` (SHA-256) tells a repeat from a misuse.

    `lines`: how many postings it has, so that none can be added later. `corrects`: the entry that this one puts right.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=120, db_collation="C")
    input_hash = models.BinaryField(max_length=HASH_BYTES)
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=80, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", db_index=False
    )
    lines = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_entry_once"),
            models.CheckConstraint(condition=Q(lines__gte=2), name="ledger_entry_has_two_sides"),
        ]
        indexes = [models.Index(fields=["corrects"], condition=Q(corrects__isnull=False), name="ledger_entry_corrects")]


class Posting(models.Model):
    """One line of an entry: `cents` into (above zero) or out of (below zero) an account, each account once.

    Neither key is a foreign key in the database: the insert trigger looks both up, and a foreign key would lock the
    one revenue account of a facility for every letter.
    """

    pk = models.CompositePrimaryKey("entry_id", "line")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings", db_constraint=False, db_index=False)
    line = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings", db_constraint=False, db_index=False)
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "entry"], name="ledger_posting_of_account"),
            models.CheckConstraint(condition=~Q(cents=0), name="ledger_posting_moves"),
            models.CheckConstraint(condition=Q(line__gte=1), name="ledger_posting_line"),
        ]


class Hold(models.Model):
    """Money set aside for one purpose (`message`, `call`), until its resolution; `cents` is the sum of its lines."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=120, db_collation="C")
    input_hash = models.BinaryField(max_length=HASH_BYTES)
    purpose = models.CharField(max_length=40)
    cents = models.BigIntegerField()
    lines = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_hold_once"),
            models.CheckConstraint(condition=Q(cents__gt=0) & Q(lines__gte=1), name="ledger_hold_reserves"),
        ]


class HoldLine(models.Model):
    """What one payer set aside. Lines are captured in their order. Looked up by trigger, like postings."""

    pk = models.CompositePrimaryKey("hold_id", "line")
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    line = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="ledger_hold_line_reserves"),
            models.CheckConstraint(condition=Q(line__gte=1), name="ledger_hold_line_line"),
        ]


class End(models.TextChoices):
    CAPTURE = "capture"
    VOID = "void"
    EXPIRE = "expire"


class Resolution(models.Model):
    """The one end of a hold. A capture names its entry and the cents taken; the rest went back."""

    hold = models.OneToOneField(Hold, models.PROTECT, primary_key=True, related_name="resolution")
    kind = models.CharField(max_length=10, choices=End)
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, blank=True, related_name="resolution")
    cents = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="capture", entry__isnull=False, cents__gt=0)
                | Q(kind__in=["void", "expire"], entry=None, cents=0),
                name="ledger_resolution_whole",
            ),
        ]
