from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Facility, RefusalReason
from kinline.identity.models import User
from kinline.residents.models import Resident


class Policy(models.Model):
    """One version of a facility's delivery rules (DEL-1). Never edited: a change is a new version.

    `rules`: the list that `rules.parse` reads, e.g. `{"id": "night", "then": "hours", "from": "07:00", "to": "21:00"}`.
    A version that has not begun can be withdrawn; then it never counts.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    rules = models.JSONField()
    effective_from = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True, help_text="Why it was changed, for those who read the history.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "version"], name="policy_version_in_facility"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__lt=F("effective_from")),
                name="policy_withdrawn_before_it_began",
            ),
        ]
        indexes = [models.Index(fields=["facility", "-effective_from"], name="policy_now")]


class PolicyDraft(models.Model):
    """The next version while it is written: one a facility. `revision` grows with every change."""

    facility = models.OneToOneField(Facility, models.PROTECT, primary_key=True, related_name="+")
    rules = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")


class Screening(models.Model):
    """How a facility screens. `version` grows with every change of its lists: what is kept ready elsewhere is then old.

    There is no row before the first list, so that a place without lists pays nothing for them.
    """

    facility = models.OneToOneField(Facility, models.PROTECT, primary_key=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    may_refuse = models.BooleanField(default=False, help_text="Words may refuse by themselves (DEL-1); else they hold.")


class Tier(models.TextChoices):
    """What an entry does when it fits: only tell who follows the list; hold the letter for a person; refuse it."""

    ALERT = "alert"
    REVIEW = "review"
    REFUSE = "refuse"


class WatchList(models.Model):
    """Words, numbers or people that a facility watches for, with who answers for it, why, and until when (STF-6).

    `until`: its last day in the facility's time; after it the list stops and says so. `reason`, `why`: what people are
    told when one of its words refuses a letter.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="watch_lists")
    kind = models.CharField(max_length=10, choices=[("words", "words"), ("numbers", "numbers"), ("people", "people")])
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=300)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    until = models.DateField()
    reason = models.ForeignKey(RefusalReason, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True, help_text="Hits up to here were told to who follows.")
    warned_until = models.DateField(
        null=True, blank=True, help_text="The last day about which the owner was told that it comes."
    )
    told_until = models.DateField(
        null=True, blank=True, help_text="The last day about whose passing the owner is told."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "name"], condition=Q(ended_at=None), name="watch_list_name_in_facility"
            )
        ]


class Phrase(models.Model):
    """`text` as typed; `folded` as it is compared: `screening.phrase`, or on a list of numbers `numbers.digits`."""

    list = models.ForeignKey(WatchList, models.PROTECT, related_name="phrases")
    text = models.CharField(max_length=200)
    folded = models.CharField(max_length=800)
    tier = models.CharField(max_length=10, choices=Tier)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list", "folded"], condition=Q(removed_at=None), name="phrase_once_in_list"
            ),
            models.CheckConstraint(condition=~Q(folded=""), name="phrase_not_empty"),
        ]


class WatchedPerson(models.Model):
    """A resident or a family member whose letters a list is about. Refusing all of them is a restriction, no list."""

    list = models.ForeignKey(WatchList, models.PROTECT, related_name="people")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    tier = models.CharField(max_length=10, choices=Tier)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(resident__isnull=False, user=None) | Q(resident=None, user__isnull=False),
                name="watched_is_one_person",
            ),
            models.CheckConstraint(condition=~Q(tier="refuse"), name="watched_is_not_refused"),
            models.UniqueConstraint(
                fields=["list", "resident"],
                condition=Q(removed_at=None, resident__isnull=False),
                name="resident_once_in_list",
            ),
            models.UniqueConstraint(
                fields=["list", "user"], condition=Q(removed_at=None, user__isnull=False), name="family_once_in_list"
            ),
        ]


class ListFollower(models.Model):
    """Somebody of staff who gets an email when the list fires."""

    list = models.ForeignKey(WatchList, models.CASCADE, related_name="followers")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "user"], name="follows_once")]


class Judged(models.TextChoices):
    """What a person has said of a hit: the list was right to fire, or it meant something else."""

    RIGHT = "right"
    FALSE = "false"


class Hit(models.Model):
    """An entry that fitted a letter when it was sent. `message_id`: the letter, which is a matter of a domain above.

    `judged`: empty while nobody has said anything; then what was decided about the letter speaks (STF-6).
    """

    list = models.ForeignKey(WatchList, models.PROTECT, related_name="hits")
    phrase = models.ForeignKey(Phrase, models.PROTECT, null=True, blank=True, related_name="hits")
    person = models.ForeignKey(WatchedPerson, models.PROTECT, null=True, blank=True, related_name="hits")
    message_id = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    judged = models.CharField(max_length=5, choices=Judged, blank=True, db_default="")
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(phrase__isnull=False, person=None) | Q(phrase=None, person__isnull=False),
                name="hit_has_one_entry",
            ),
            models.CheckConstraint(
                condition=Q(judged="", judged_at=None) | (~Q(judged="") & Q(judged_at__isnull=False)),
                name="hit_judged_has_time",
            ),
        ]
        indexes = [models.Index(fields=["list", "-at"], name="hits_of_list")]


class Stop(models.Model):
    """The emergency switch (STF-8): from `starts_at` to `until`, or `ended_at`, no letter is delivered at a facility.

    Nothing is lost by it: what would have been delivered waits and goes out afterwards, in its order. `told`: the
    reason by language, as everybody reads it.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="stops")
    told = models.JSONField()
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility"], condition=Q(ended_at=None), name="one_stop_at_a_time"),
            models.CheckConstraint(condition=Q(until__gt=F("starts_at")), name="stop_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("starts_at")), name="stop_ended_after_start"
            ),
        ]
