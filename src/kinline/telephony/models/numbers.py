from django.db import models
from django.db.models import Q

from kinline.facilities.models import Agency, Facility
from kinline.identity.models import User
from kinline.residents.models import Resident

NUMBER = "E.164, as +18135550142."


class Hotline(models.Model):
    """A free line that asks for nothing and that nobody records or lists: PREA, crisis, relay (TEL-7, REC3).

    `keys` is what is dialled, `number` where it leads. `passive`: joined when it answers, nobody presses a key.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="hotlines")
    keys = models.CharField(max_length=15)
    number = models.CharField(max_length=16, help_text=NUMBER)
    name = models.CharField(max_length=80)
    name_es = models.CharField(max_length=80, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "keys"], condition=Q(retired_at=None), name="one_hotline_behind_keys"
            ),
            models.CheckConstraint(condition=Q(keys__regex=r"^[0-9]{1,15}$"), name="hotline_keys_are_digits"),
        ]


class KnownNumber(models.Model):
    """What an agency knows of a number: its flags, each with a note (TEL-9, M12). No row: an ordinary number."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="known_numbers")
    number = models.CharField(max_length=16, help_text=NUMBER)
    owner = models.CharField(max_length=80, blank=True, help_text="Whose number it is, as far as staff know.")
    privileged_since = models.DateTimeField(null=True, blank=True, help_text="Never recorded or monitored (TEL-7).")
    do_not_record = models.BooleanField(default=False)
    relay = models.BooleanField(default=False, help_text="TTY or relay: free, and longer (TEL-11).")
    watched = models.BooleanField(default=False, help_text="Investigators are told of calls to it (STF-6).")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "number"], name="one_row_a_number")]


class NumberNote(models.Model):
    """Why a flag or a block of a number was set or lifted: written once, with its author (T4)."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    number = models.CharField(max_length=16)
    act = models.CharField(max_length=40)
    note = models.CharField(max_length=300)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="note_says_something")]
        indexes = [models.Index(fields=["agency", "number", "made_at"], name="notes_of_number")]


class NumberBlock(models.Model):
    """A number, or all that begin so (`prefix`), that may not be called, until it is lifted (T4, T5).

    `facility` None: everywhere, which only the called party themself asks for. `by`: who blocked.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, related_name="number_blocks")
    number = models.CharField(max_length=16, help_text="E.164, or its beginning.")
    is_prefix = models.BooleanField(default=False)
    by = models.CharField(
        max_length=12, choices=[(one, one) for one in ("facility", "security", "fraud", "called_party")]
    )
    note = models.CharField(max_length=300)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "number", "by"],
                condition=Q(lifted_at=None),
                nulls_distinct=False,
                name="blocked_once",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="block_has_note"),
            models.CheckConstraint(
                condition=Q(by="called_party", facility=None, is_prefix=False)
                | (~Q(by="called_party") & Q(facility__isnull=False)),
                name="called_party_blocks_everywhere",
            ),
            models.CheckConstraint(condition=Q(number__regex=r"^\+[1-9][0-9]{0,14}$"), name="block_is_of_a_number"),
        ]
        indexes = [models.Index(fields=["number"], condition=Q(lifted_at=None), name="blocks_of_number")]


class AllowedNumber(models.Model):
    """A number on a resident's own list (T10): asked for at the kiosk or the telephone, then approved or denied.

    `speed`: the one or two digits that dial it. Denied by nobody (`decided_by`): by the wish of whoever holds the
    number, and nobody else's to undo.
    """

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="allowed_numbers")
    number = models.CharField(max_length=16, help_text=NUMBER)
    name = models.CharField(max_length=80)
    relation = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved = models.BooleanField(null=True, blank=True)
    denied_reason = models.CharField(max_length=300, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "number"], condition=Q(removed_at=None), name="number_on_list_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, approved=None) | Q(decided_at__isnull=False, approved__isnull=False),
                name="number_decided_whole",
            ),
            models.CheckConstraint(condition=~Q(approved=False) | ~Q(denied_reason=""), name="denial_has_reason"),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(decided_at=None, removed_at=None), name="numbers_asked_for")
        ]


class SpeedDial(models.Model):
    """One or two digits that stand for a number of a resident (TEL-2)."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="speed_dials")
    keys = models.CharField(max_length=2)
    number = models.CharField(max_length=16, help_text=NUMBER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "keys"], name="one_number_behind_keys"),
            models.CheckConstraint(condition=Q(keys__regex=r"^[1-9][0-9]?$"), name="speed_dial_is_short"),
        ]
