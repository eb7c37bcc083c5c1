from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Facility, HousingUnit
from kinline.identity.models import User
from kinline.residents.models import Resident


class TelephoneSettings(models.Model):
    """How a facility telephones. `payers`: which money is tried, in order (TEL-1). `asks`: what is keyed (TEL-12)."""

    facility = models.OneToOneField(Facility, models.PROTECT, primary_key=True, related_name="telephone")
    holds = models.CharField(max_length=6, choices=[("jail", "jail"), ("prison", "prison")], default="jail")
    payers = models.JSONField(default=list, help_text='["prepaid_collect", "pin_debit"], either, in order.')
    asks = models.CharField(
        max_length=8, choices=[(one, one) for one in ("nothing", "id", "pin", "id_pin")], default="id_pin"
    )
    places = models.JSONField(default=list, help_text="Kinds of places that may be called (TEL-3).")
    lists_numbers = models.BooleanField(default=False, help_text="Only numbers approved for the caller (T10).")
    list_limit = models.PositiveSmallIntegerField(default=30)
    courtesy_seconds = models.PositiveSmallIntegerField(default=60, help_text="TEL-13; 0: none.")
    ring_seconds = models.PositiveSmallIntegerField(default=45)
    accept_key = models.CharField(max_length=1, default="1")
    refuse_key = models.CharField(max_length=1, default="2")
    price_key = models.CharField(max_length=1, default="9")
    block_key = models.CharField(max_length=1, default="7")
    records = models.BooleanField(default=False, help_text="Calls are recorded where nothing says no (T8).")
    recordings_days = models.PositiveSmallIntegerField(default=365)
    cuts_forwarded = models.BooleanField(default=False, help_text="End a call at a sign of forwarding (TEL-14).")
    records_names = models.BooleanField(default=False, help_text="Callers say their name, which is played (T6).")
    quota_for_privileged = models.BooleanField(default=False)
    additive_on_top = models.BooleanField(default=False, help_text="Read the cap without the facility's share (F3).")
    caller_id = models.CharField(max_length=16, blank=True, help_text="E.164, a number that explains (T16).")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(courtesy_seconds__lte=300), name="courtesy_is_short"),
            models.CheckConstraint(condition=Q(ring_seconds__gte=10, ring_seconds__lte=120), name="ring_humane"),
        ]


class CallLimits(models.Model):
    """What a facility, a unit, a resident or a number allows; exactly one of them. Empty fields say nothing (T8)."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="call_limits")
    unit = models.ForeignKey(HousingUnit, models.PROTECT, null=True, blank=True, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField(max_length=16, blank=True)
    seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    calls_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    seconds_a_day = models.PositiveIntegerField(null=True, blank=True)
    seconds_a_week = models.PositiveIntegerField(null=True, blank=True)
    seconds_a_month = models.PositiveIntegerField(null=True, blank=True)
    pause_seconds = models.PositiveIntegerField(default=0)
    record = models.BooleanField(default=True, help_text="False: calls of these are not recorded.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "unit", "resident", "number"], nulls_distinct=False, name="one_limit_each"
            ),
            models.CheckConstraint(
                condition=Q(unit=None, resident=None) | Q(unit=None, number="") | Q(resident=None, number=""),
                name="limit_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(seconds=None) | Q(seconds__gte=60), name="limit_at_least_a_minute"),
        ]


class LineHours(models.Model):
    """When those of a limit may call; several are joined (TEL-3). `days`: 0 Monday … 6 Sunday, as digits."""

    limits = models.ForeignKey(CallLimits, models.CASCADE, related_name="hours")
    days = models.CharField(max_length=7)
    opens = models.TimeField()
    closes = models.TimeField(help_text="Exclusive; not after `opens`: on the next day.")


class LineStop(models.Model):
    """Closed lines from–until, with a reason (TEL-3), of a facility or a unit of it.

    A `lockdown` ends calls in progress, a `blackout` does not; `suspended` is one resident.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="line_stops")
    unit = models.ForeignKey(HousingUnit, models.PROTECT, null=True, blank=True, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="line_stops")
    kind = models.CharField(max_length=10, choices=[(one, one) for one in ("lockdown", "blackout", "suspended")])
    reason = models.CharField(max_length=300)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="stop_has_reason"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="line_stop_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(kind="suspended", resident__isnull=False) | (~Q(kind="suspended") & Q(resident=None)),
                name="suspension_of_a_resident",
            ),
        ]
        indexes = [models.Index(fields=["facility", "ends_at"], name="line_stop_of_place")]


class Switch(models.Model):
    """A telephone switch that may ask for calls, ours or another's (TEL-10). Only a digest of its token is kept."""

    name = models.SlugField(unique=True)
    agency = models.ForeignKey("facilities.Agency", models.PROTECT, null=True, blank=True, related_name="switches")
    token_digest = models.BinaryField(max_length=32, unique=True)
    boot_id = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()


class Station(models.Model):
    """A telephone of a facility. `secret` is what SIP digest needs (HA1), sealed like a second factor's salt."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="stations")
    unit = models.ForeignKey(HousingUnit, models.PROTECT, null=True, blank=True, related_name="stations")
    label = models.CharField(max_length=60)
    username = models.SlugField(unique=True)
    salt = models.BinaryField(max_length=32, help_text="With the pepper it makes the password (pepper outside).")
    language = models.CharField(max_length=5, blank=True)
    relay = models.BooleanField(default=False, help_text="A TTY or relay telephone (TEL-11).")
    enrolled_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)


class Trunk(models.Model):
    """A way outside, tried in order (`rank`); the next when it does not answer in time."""

    name = models.SlugField(unique=True)
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=5060)
    username = models.CharField(max_length=80, blank=True)
    secret_name = models.CharField(
        max_length=80, blank=True, help_text="Which secret of the environment is its password."
    )
    rank = models.PositiveSmallIntegerField(default=0)
    disabled_at = models.DateTimeField(null=True, blank=True)
