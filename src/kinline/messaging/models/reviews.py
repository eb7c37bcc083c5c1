"""What persons decide: the review of a held letter, and the appeal against a refusal (DEL-4 to DEL-6)."""

from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Facility, RefusalReason
from kinline.identity.models import User
from kinline.messaging.models.letters import SIDES, Message


class Review(models.Model):
    """A held message's wait for a person, and what that person decided (DEL-4, DEL-5)."""

    message = models.OneToOneField(Message, models.PROTECT, related_name="review")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    decision = models.CharField(
        max_length=10, blank=True, choices=[("release", "release"), ("refuse", "refuse"), ("withdrawn", "withdrawn")]
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.ForeignKey(RefusalReason, models.PROTECT, null=True, blank=True, related_name="+")
    explanation = models.CharField(max_length=1000, blank=True)
    by_rule = models.CharField(max_length=60, blank=True, help_text="Set when a rule refused by itself.")
    sender_until = models.DateField(
        null=True, blank=True, help_text="Last day to appeal that the sender was told: no setting shortens it (M2)."
    )
    recipient_until = models.DateField(null=True, blank=True, help_text="The same for the other side.")
    withheld_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Supervisor who withheld the notice (DEL-5).",
    )
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="From then on it is free again (DEL-4).")
    passed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    passed_at = models.DateTimeField(null=True, blank=True, help_text="Since then it waits for an investigator.")
    passed_note = models.CharField(max_length=500, blank=True, db_default="")
    alerted_hours = models.PositiveSmallIntegerField(
        db_default=0, help_text="The longest wait of which somebody was told: 0, 24, 48 or 72 (M8)."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_until=None)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="review_claim_whole",
            ),
            models.CheckConstraint(
                condition=Q(passed_by=None, passed_at=None) | Q(passed_by__isnull=False, passed_at__isnull=False),
                name="review_passed_whole",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="review_decided_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(decision="refuse") | (Q(reason__isnull=False) & ~Q(explanation="")),
                name="refusal_has_reason_and_sentence",
            ),
        ]
        indexes = [models.Index(fields=["facility", "since"], condition=Q(decision=""), name="review_waiting")]


class End(models.TextChoices):
    """How a ruling ended. `void`: it could not take effect; `why` says what had changed meanwhile."""

    DONE = "done"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class Ruling(models.Model):
    """What a person decided about a held letter, until it takes effect and as a record after that (experience.md, 10).

    A job carries it out at `effective_at`; until then the letter is in review for everybody else. It ends once.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="rulings")
    decision = models.CharField(max_length=10, choices=[("release", "release"), ("refuse", "refuse")])
    staff = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    reason = models.ForeignKey(RefusalReason, models.PROTECT, null=True, blank=True, related_name="+")
    explanation = models.CharField(max_length=1000, blank=True)
    withheld = models.BooleanField(default=False)
    end = models.CharField(max_length=10, blank=True, choices=End)
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=40, blank=True, help_text="Code of what voided it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review"], condition=Q(end=""), name="one_open_ruling"),
            models.CheckConstraint(
                condition=Q(end="", ended_at=None) | (~Q(end="") & Q(ended_at__isnull=False)),
                name="ruling_end_whole",
            ),
            models.CheckConstraint(
                condition=Q(decision="release", reason=None, explanation="", withheld=False)
                | (Q(decision="refuse", reason__isnull=False) & ~Q(explanation="")),
                name="ruling_refusal_has_reason_and_sentence",
            ),
        ]
        indexes = [models.Index("staff", F("id").desc(), name="ruling_of_staff")]


class Look(models.Model):
    """Somebody of staff has had this held letter before them: only such letters may be approved together (DEL-4)."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="looks")
    staff = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    first_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "staff"], name="one_look_a_person")]


class Appeal(models.Model):
    """One side asks that another person decide again (DEL-6). By trigger, not by who had part in the refusal."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="appeals")
    side = models.CharField(max_length=10, choices=SIDES)
    text = models.CharField(max_length=4000)
    filed_at = models.DateTimeField()
    due_on = models.DateField(help_text="Last working day for the decision.")
    outcome = models.CharField(max_length=10, blank=True, choices=[("won", "won"), ("lost", "lost")])
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=2000, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True, help_text="When its deadline was found to be over (M4).")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "side"], name="one_appeal_a_side"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | (~Q(outcome="") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
                name="appeal_decision_whole",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(outcome=""), name="appeal_waiting")]


class AppealRuling(models.Model):
    """How somebody decided an appeal, until it takes effect and as a record after that, like a `Ruling`.

    By trigger, not by who had part in the refusal; never rewritten.
    """

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="rulings")
    won = models.BooleanField()
    answer = models.CharField(max_length=2000)
    staff = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    end = models.CharField(max_length=10, blank=True, choices=End)
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=40, blank=True, help_text="Code of what voided it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal"], condition=Q(end=""), name="one_open_appeal_ruling"),
            models.CheckConstraint(
                condition=Q(end="", ended_at=None) | (~Q(end="") & Q(ended_at__isnull=False)),
                name="appeal_ruling_end_whole",
            ),
            models.CheckConstraint(condition=~Q(answer=""), name="appeal_ruling_in_writing"),
        ]


class AlertRecipient(models.Model):
    """Who is told, of those who may act, that something waits too long at a place; nobody chosen: all of them (M8)."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField(help_text="24, 48 or 72 of a letter; 0: an appeal past its last day.")
    staff = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "hours", "staff"], name="one_alert_recipient"),
            models.CheckConstraint(condition=Q(hours__in=[0, 24, 48, 72]), name="alert_recipient_mark"),
        ]
