from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility
from kinline.identity.models import User
from kinline.residents.models import Resident
from kinline.telephony.models.places import Station, Switch


class CallState(models.TextChoices):
    """`reserved`: authorised, nobody dialled yet. `dialling`: it rings, or is announced. `talking`: accepted."""

    RESERVED = "reserved"
    DIALLING = "dialling"
    TALKING = "talking"
    ENDED = "ended"


class Call(models.Model):
    """A call while it goes on: what was decided, and what must be settled. Its record is the `Cdr`, written at its end.

    `key`: the switch's own, by which a repeat is known. The rate is pinned (F26). `lease_until`: when nobody has told
    of it by then, the sweeper settles it to the last heartbeat (TEL-6).
    """

    key = models.UUIDField(unique=True)
    switch = models.ForeignKey(Switch, models.PROTECT, related_name="calls")
    boot_id = models.CharField(max_length=64, blank=True)
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="calls")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="calls")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="calls")
    number = models.CharField(max_length=16, blank=True)
    call_type = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=CallState, default=CallState.RESERVED)
    hold_id = models.BigIntegerField(null=True, blank=True, unique=True)
    held_cents = models.PositiveIntegerField(default=0)
    payer = models.CharField(max_length=80, blank=True, help_text="The account whose money is set aside.")
    allowance_seconds = models.PositiveIntegerField(default=0)
    base_micro = models.PositiveIntegerField(default=0)
    additive_micro = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(help_text="The longest it may last, from acceptance.")
    record = models.BooleanField(default=False)
    facts = models.JSONField(default=dict, help_text="What the CDR will say besides: place, tier, reasons, language.")
    started_at = models.DateTimeField()
    dialled_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    heard_ms = models.PositiveIntegerField(default=0, help_text="Of the conversation, at the last heartbeat.")
    last_seq = models.IntegerField(default=-1)
    lease_until = models.DateTimeField()
    end_asked = models.CharField(max_length=40, blank=True, help_text="Why staff ended it; the switch is told.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident"],
                condition=Q(ended_at=None),
                name="one_call_at_a_time",  # TEL-3
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(call_type="courtesy") & (Q(ended_at=None) | Q(accepted_at__isnull=False)),
                name="one_courtesy_a_number",  # TEL-13
            ),
            models.CheckConstraint(
                condition=(Q(state="ended") & Q(ended_at__isnull=False)) | (~Q(state="ended") & Q(ended_at=None)),
                name="call_ended_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="talking") | Q(accepted_at__isnull=False), name="talking_was_accepted"
            ),
            models.CheckConstraint(condition=~Q(call_type="hotline") | Q(record=False), name="hotline_never_recorded"),
        ]
        indexes = [
            models.Index(fields=["facility"], condition=Q(ended_at=None), name="live_calls_of_place"),
            models.Index(fields=["lease_until"], condition=Q(ended_at=None), name="live_calls_by_lease"),
            models.Index(fields=["resident", "started_at"], name="calls_of_resident"),
        ]


class CallEvent(models.Model):
    """One moment of a call, as the switch told it: rings, answered, announced, accepted, signs (T14). Written once."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="events")
    seq = models.IntegerField()
    kind = models.CharField(max_length=30)
    detail = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    elapsed_ms = models.PositiveIntegerField(default=0, help_text="Of the switch's own clock since the call began.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "seq"], name="one_event_a_seq")]


class Cdr(models.Model):
    """The record of a call that ended, or was refused (T14). Written once; a correction is a new row (`corrects`).

    Cents: `cents` = `base_cents` + `additive_cents` + `tax_cents`, of which the agency pays `agency_cents` (MON-8). A
    hotline's has no resident, and is in no list (REC3).
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="records")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="call_records")
    facility_kind = models.CharField(max_length=6, blank=True)
    tier = models.CharField(max_length=20, blank=True)
    station = models.CharField(max_length=60, blank=True)
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="call_records")
    dialled = models.CharField(max_length=24, blank=True, help_text="The number's keys; never a PIN.")
    number = models.CharField(max_length=16, blank=True)
    place_kind = models.CharField(max_length=14, blank=True)
    country = models.CharField(max_length=3, blank=True)
    jurisdiction = models.CharField(max_length=14, blank=True)
    call_type = models.CharField(max_length=16)
    access = models.CharField(max_length=10, default="voice")
    started_at = models.DateTimeField()
    ringing_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField()
    result = models.CharField(max_length=30, help_text="completed, or why not: the code of the refusal or of the end.")
    ended_by = models.CharField(max_length=10, blank=True)
    reasons = models.JSONField(default=list)
    sip_code = models.PositiveSmallIntegerField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0, help_text="Billed, or talked for nothing.")
    unbilled_seconds = models.PositiveIntegerField(default=0)
    base_micro = models.PositiveIntegerField(default=0)
    additive_micro = models.PositiveIntegerField(default=0)
    cents = models.PositiveIntegerField(default=0)
    base_cents = models.PositiveIntegerField(default=0)
    additive_cents = models.PositiveIntegerField(default=0)
    tax_cents = models.PositiveIntegerField(default=0)
    agency_cents = models.PositiveIntegerField(default=0)
    payer = models.CharField(max_length=80, blank=True, help_text="The account that paid; empty: nobody.")
    entries = models.JSONField(default=list, help_text="Entries of the ledger.")
    caller_id = models.CharField(max_length=16, blank=True)
    recording = models.CharField(max_length=40, blank=True, help_text="Its id, or why there is none.")
    signs = models.JSONField(default=list, help_text="Extra digits, hook flash, media, transfer (TEL-14).")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call"], condition=Q(corrects=None), name="one_record_a_call"),
            models.CheckConstraint(
                condition=Q(cents=models.F("base_cents") + models.F("additive_cents") + models.F("tax_cents")),
                name="price_is_its_parts",
            ),
            models.CheckConstraint(condition=Q(agency_cents__lte=models.F("cents")), name="agency_pays_a_part"),
            models.CheckConstraint(condition=Q(cents=0) | Q(accepted_at__isnull=False), name="paid_was_accepted"),
            models.CheckConstraint(
                condition=~Q(call_type="hotline") | Q(resident=None, cents=0, recording="hotline"),
                name="hotline_names_nobody",
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "started_at"], name="records_of_place"),
            models.Index(fields=["resident", "started_at"], name="records_of_resident"),
            models.Index(fields=["number", "started_at"], name="records_of_number"),
        ]


class CallCorrection(models.Model):
    """Why a record was corrected, by whom, and what went back to whoever paid (T14, TEL-14). Written once.

    By itself (`made_by` empty) only for a fault of ours; else by a member of staff, with a note that staff read.
    `key`: the page's own, by which a repeat is known. `entry_id`: in the books; none where nothing had been paid.
    """

    class Why(models.TextChoices):
        OUR_FAULT = "our_fault"
        WRONG_CUT = "wrong_cut"
        BAD_LINE = "bad_line"
        WRONG_PRICE = "wrong_price"
        OTHER = "other"

    record = models.OneToOneField(Cdr, models.PROTECT, related_name="correction")
    key = models.UUIDField(unique=True)
    why = models.CharField(max_length=12, choices=Why)
    note = models.CharField(max_length=300, blank=True)
    back_cents = models.PositiveIntegerField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entry_id = models.BigIntegerField(null=True, blank=True, unique=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(made_by=None, why="our_fault", note="") | (Q(made_by__isnull=False) & ~Q(note="")),
                name="correction_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(back_cents=0, entry_id=None, made_by=None) | Q(back_cents__gt=0, entry_id__isnull=False),
                name="correction_gives_back",
            ),
        ]


class RecordingPurge(models.Model):
    """The certificate of one purge of recordings: how many, by which rule; no content (REC4). Written once.

    `digest`: SHA-256 over the digests of the files that went, in the order of their calls.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField()
    begun_before = models.DateTimeField()
    count = models.PositiveIntegerField()
    first_begun_at = models.DateTimeField()
    last_begun_at = models.DateTimeField()
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(count__gt=0), name="recordings_purged_some")]


class Recording(models.Model):
    """What was recorded of an accepted call: where it lies, its digest, until when it is kept (REC1, REC4).

    `file`: its name below the folder of recordings. While it is held no purge takes it, whatever else says so.
    """

    call = models.OneToOneField(Call, models.PROTECT, related_name="recording")
    file = models.CharField(max_length=200)
    sha256 = models.BinaryField(max_length=32)
    seconds = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    quarantined_at = models.DateTimeField(null=True, blank=True, help_text="Its number became privileged (M13).")
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    held_reason = models.CharField(max_length=300, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)
    purge = models.ForeignKey(RecordingPurge, models.PROTECT, null=True, blank=True, related_name="recordings")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(held_at=None, held_by=None, held_reason="")
                | (Q(held_at__isnull=False, held_by__isnull=False) & ~Q(held_reason="")),
                name="recording_hold_whole",
            ),
            models.CheckConstraint(
                condition=Q(purged_at=None, purge=None) | Q(purged_at__isnull=False, purge__isnull=False, held_at=None),
                name="recording_purge_whole",
            ),
        ]


class CodeCall(models.Model):
    """An automatic call that speaks a code to a number (TEL-8): asked for, taken by a switch, over.

    `code_id`: the code of `payments`, which is made again when it is spoken; nowhere here. One at a time a number.
    """

    key = models.UUIDField(unique=True)
    number = models.CharField(max_length=16)
    code_id = models.BigIntegerField()
    language = models.CharField(max_length=5)
    asked_at = models.DateTimeField()
    switch = models.ForeignKey(Switch, models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(ended_at=None), name="one_code_call_a_number"),
            models.CheckConstraint(
                condition=Q(ended_at=None, result="") | (Q(ended_at__isnull=False) & ~Q(result="")),
                name="code_call_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(ended_at=None), name="code_calls_open")]
