from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Facility
from kinline.identity.models import User
from kinline.telephony.rating import MOST_ADDITIVE_MICRO

MICRO = "Micro-dollars a minute: 110000 is $0.11."


class RateCap(models.Model):
    """One row of law, or of a contract: the most a minute may cost (F1, F4).

    `jurisdiction`: `US`, `US-FL`, `contract:<facility>`.
    `status`: P primary text read, S secondary source, M from memory (`rules.md`): whoever sets a price sees which.
    """

    jurisdiction = models.CharField(max_length=40)
    tier = models.CharField(max_length=20)
    micro = models.PositiveIntegerField(help_text=MICRO)
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="The first day on which it no longer counts.")
    source = models.URLField(max_length=300)
    status = models.CharField(max_length=1, choices=[("P", "P"), ("S", "S"), ("M", "M"), ("I", "I")])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "tier", "since"], name="one_cap_a_day"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="cap_ends_after_start"),
        ]


class Population(models.Model):
    """How many were held at a facility in a calendar year, counted by day (F2): it sets the tier from May on."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="populations")
    year = models.PositiveSmallIntegerField()
    person_days = models.PositiveIntegerField()
    counted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "year"], name="one_count_a_year")]


class Termination(models.Model):
    """What it costs us on average to end a call in a country, from a day on: it comes on top of the cap there (F5)."""

    country = models.CharField(max_length=3)
    micro = models.PositiveIntegerField(help_text=MICRO)
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "since"], name="one_cost_a_day")]


class RatePlan(models.Model):
    """A facility's prices from a moment on; the newest that is not in the future counts (TEL-5). Never changed."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="rate_plans")
    effective_from = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "effective_from"], name="one_plan_a_moment")]


class CallRate(models.Model):
    """The price of one kind of place in a plan; `country` only of one that differs from the rest of its kind."""

    plan = models.ForeignKey(RatePlan, models.PROTECT, related_name="rates")
    kind = models.CharField(max_length=14)
    country = models.CharField(max_length=3, blank=True)
    base_micro = models.PositiveIntegerField(help_text=MICRO)
    additive_micro = models.PositiveIntegerField(default=0, help_text="The facility's share of it (F3, F23).")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "kind", "country"], name="one_rate_a_place"),
            models.CheckConstraint(condition=Q(additive_micro__lte=MOST_ADDITIVE_MICRO), name="additive_within_law"),
        ]
