from django.db import models
from django.db.models import Q


class Agency(models.Model):
    """Who runs one or more facilities: a county, a state, a non-profit."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    resident_word = models.CharField(
        max_length=40, blank=True, help_text="What screens call a resident; empty: neutral wording."
    )
    resident_word_es = models.CharField(max_length=40, blank=True)
    accent = models.CharField(max_length=7, blank=True, help_text="#rrggbb; overrides the accent token.")
    created_at = models.DateTimeField()


class MessagePrice(models.Model):
    """The price of one message at an agency, from a moment on (MSG-2). The newest row not in the future counts.

    `photo_cents`: of one photo that goes with it (MSG-9); None: as much as a message.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="message_prices")
    cents = models.PositiveIntegerField()
    photo_cents = models.PositiveIntegerField(null=True, blank=True)
    effective_from = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "effective_from"], name="one_price_a_moment")]


class ContactRule(models.TextChoices):
    """What a new contact needs before letters can pass (CON-2)."""

    OPEN = "open"
    CONSENT = "consent"
    APPROVAL = "approval"
    BOTH = "both"


class Facility(models.Model):
    """A place. Time zone: IANA name; every deadline and delivery hour of the place is in it."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="facilities")
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=40, help_text="State or region, e.g. FL.")
    time_zone = models.CharField(max_length=60, default="America/New_York")
    messages_offered = models.BooleanField(default=True)
    calls_offered = models.BooleanField(default=False)
    contact_rule = models.CharField(max_length=10, choices=ContactRule, default=ContactRule.OPEN)
    collect_limit = models.PositiveSmallIntegerField(
        default=5, help_text="Collect messages waiting between one pair (MSG-3)."
    )
    sender_appeal_days = models.PositiveSmallIntegerField(default=20)
    resident_appeal_days = models.PositiveSmallIntegerField(default=10)
    appeal_decision_days = models.PositiveSmallIntegerField(default=10, help_text="Working days (DEL-6).")
    resident_deposits = models.BooleanField(
        default=True, help_text="Others may add to a resident's message credits (MON-4)."
    )
    prepaid_numbers = models.BooleanField(default=True, help_text="Prepaid Collect, PPC (TEL-1).")
    pin_debit = models.BooleanField(default=True, help_text="PIN Debit: one resident's money for calls (TEL-1).")
    reply_days = models.PositiveSmallIntegerField(
        default=30, help_text="How long a prepaid reply waits (MSG-3); 0: not offered."
    )
    week_starts = models.PositiveSmallIntegerField(default=0, help_text="Of allowances: 0 Monday … 6 Sunday (MON-8).")
    kiosk_idle_seconds = models.PositiveSmallIntegerField(default=120)
    photos_a_letter = models.PositiveSmallIntegerField(
        default=0, help_text="How many photos a family may send with one letter (MSG-9); 0: not offered."
    )
    privileged_offered = models.BooleanField(
        default=False, db_default=False, help_text="Confidential letters with verified attorneys (CON-5, DEL-7)."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sender_appeal_days__gt=0) & Q(resident_appeal_days__gt=0), name="appeal_window_not_zero"
            ),
            models.CheckConstraint(condition=Q(week_starts__lte=6), name="week_starts_on_a_day"),
            models.CheckConstraint(condition=Q(kiosk_idle_seconds__gte=20), name="kiosk_idle_humane"),
            models.CheckConstraint(condition=Q(photos_a_letter__lte=10), name="photos_a_letter_bounded"),
        ]


class HousingUnit(models.Model):
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="units")
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "name"], name="unit_name_in_facility")]


class Kiosk(models.Model):
    """An enrolled shared screen, bound to a facility and unit (KSK-1). Only a digest of its token is kept."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="kiosks")
    unit = models.ForeignKey(HousingUnit, models.PROTECT, related_name="kiosks")
    label = models.CharField(max_length=60)
    token_digest = models.BinaryField(max_length=32, unique=True)
    link_digest = models.BinaryField(
        max_length=32,
        unique=True,
        null=True,
        help_text="Of the address that enrols a browser, once, until `link_until`.",
    )
    link_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)


class RefusalReason(models.Model):
    """One entry of a facility's public list of reasons for which a message may be refused (DEL-5, M9)."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="refusal_reasons")
    code = models.SlugField(max_length=40)
    text = models.CharField(max_length=200)
    text_es = models.CharField(max_length=200, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "code"], name="reason_code_in_facility")]


class Holiday(models.Model):
    """A day on which an agency does not work; deadlines in working days skip it (DEL-6)."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "day"], name="one_holiday_a_day")]
