from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Agency, Facility, HousingUnit, Kiosk


class Resident(models.Model):
    """A person in custody, known to one agency under a number (`number`, as printed on the wristband)."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="residents")
    number = models.CharField(max_length=30)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    folded = models.CharField(max_length=400, default="", help_text="What the search compares: `folded_name`.")
    date_of_birth = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=5, default="en")
    paper_since = models.DateTimeField(
        null=True, blank=True, help_text="Cannot use a kiosk since then: letters come on paper (MSG-10)."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "number"], name="resident_number_in_agency")]
        indexes = [
            models.Index(fields=["number"], name="resident_by_number"),
            GinIndex(OpClass(F("folded"), name="gin_trgm_ops"), name="resident_by_name"),
        ]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Custody(models.Model):
    """A resident at a facility, from–until. `booking` is an outside number of it."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="custodies")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="custodies", db_index=False)
    unit = models.ForeignKey(HousingUnit, models.PROTECT, related_name="custodies", null=True, blank=True)
    booking = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, blank=True, choices=[("transfer", "transfer"), ("release", "release")])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident"], condition=Q(ended_at=None), name="one_open_custody"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="custody_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="custody_end_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "started_at"], name="custody_begun"),
            models.Index(fields=["facility", "ended_at"], condition=Q(ended_at__isnull=False), name="custody_ended"),
        ]


class Pin(models.Model):
    """The PIN of a resident: argon2 over an HMAC under a secret kept outside the database (stack.md).

    `alone`: of an issued one by which its owner is found without an ID (TEL-12): an HMAC under the same secret.
    """

    resident = models.OneToOneField(Resident, models.PROTECT, related_name="pin", primary_key=True)
    hash = models.CharField(max_length=200)
    alone = models.BinaryField(max_length=32, null=True, blank=True, unique=True)
    must_change = models.BooleanField(default=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()


class ResidentSession(models.Model):
    """One sitting of a resident at a kiosk (KSK-1). Ends on the button, after idle time, or when another begins."""

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="sessions")
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="sessions", db_index=False)
    key_digest = models.BinaryField(max_length=32, unique=True)
    offline_key = models.BinaryField(
        max_length=32, help_text="Encrypts text typed while offline; gone with the session (KSK-2)."
    )
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, blank=True)
    turn_ends_at = models.DateTimeField(null=True, blank=True, help_text="Others wait from then on (KSK-4).")

    class Meta:
        indexes = [models.Index(fields=["kiosk", "started_at"], name="sitting_at_kiosk")]


class KioskTurns(models.Model):
    """How long one may sit at a kiosk of a place, and how long others come first after it (KSK-4); no row: no limit."""

    facility = models.OneToOneField(Facility, models.PROTECT, primary_key=True, related_name="kiosk_turns")
    minutes = models.PositiveSmallIntegerField(default=0)
    pause_minutes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes=0) | Q(minutes__gte=5, minutes__lte=240), name="turn_long_enough_to_write"
            ),
            models.CheckConstraint(condition=Q(pause_minutes__lte=240), name="pause_not_a_punishment"),
        ]
