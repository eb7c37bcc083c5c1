from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from kinline.facilities.models import Agency, Facility
from kinline.identity.models import User
from kinline.residents.models import Resident


class ContactClass(models.TextChoices):
    PERSONAL = "personal"
    PRIVILEGED = "privileged"


class Contact(models.Model):
    """The relation of one family member to one resident. Its state is a pure function of its dates: `rules.state`.

    `consent_needed`, `approval_needed` are copied from the facility's rule when the contact is asked for, and
    raised (never lowered) when the resident moves to a stricter place.

    `kind` is never `personal` again once staff have verified it: what was written in confidence stays so (DEL-7).
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="contacts")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=12, choices=ContactClass, default=ContactClass.PERSONAL)
    relation = models.CharField(max_length=40, blank=True)
    asked_by = models.CharField(max_length=10, default="family")
    created_at = models.DateTimeField()
    consent_needed = models.BooleanField(default=False)
    consented_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    approval_needed = models.BooleanField(default=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    denied_at = models.DateTimeField(null=True, blank=True)
    denied_reason = models.CharField(max_length=300, blank=True)
    family_blocked_at = models.DateTimeField(null=True, blank=True)
    resident_blocked_at = models.DateTimeField(null=True, blank=True)
    privilege_asked_at = models.DateTimeField(null=True, blank=True, help_text="A claim of the class waits (CON-5).")
    privilege_ended_at = models.DateTimeField(null=True, blank=True, help_text="The class, or a claim of it, ended.")
    family_always_accepts = models.BooleanField(default=False)
    resident_always_accepts = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "resident"], name="one_contact_a_pair")]
        indexes = [models.Index(fields=["resident"], name="contact_by_resident")]

    @property
    def decided(self) -> str:
        """What the facility has said: `denied`, `approved`, or nothing yet."""
        return "denied" if self.denied_at else "approved" if self.approved_at else ""


class Profession(models.TextChoices):
    ATTORNEY = "attorney"
    COURT = "court"
    OMBUDSPERSON = "ombudsperson"
    OTHER = "other"


class PrivilegeClaim(models.Model):
    """ "My letters with this person are confidential", and what proves it (CON-5). Waiting, verified or ended.

    `ended_by` None: whoever made it withdrew it.
    """

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="claims")
    profession = models.CharField(max_length=12, choices=Profession)
    organisation = models.CharField(max_length=120)
    bar_number = models.CharField(max_length=60, blank=True)
    document = models.CharField(max_length=200, help_text="Name of the document that proves it.")
    asked_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact"], condition=Q(ended_at=None), name="one_open_claim_a_contact"),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="claim_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
                name="claim_end_has_reason",
            ),
            models.CheckConstraint(condition=~Q(profession="attorney") | ~Q(bar_number=""), name="attorney_has_number"),
        ]

    @property
    def state(self) -> str:
        """`waiting`, `verified` or `ended`."""
        return "ended" if self.ended_at else "verified" if self.verified_at else "waiting"


class Restriction(models.Model):
    """The facility's no for a pair, or for one person with everybody: from–until, with a reason (CON-3)."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="restrictions")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="restrictions")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="restrictions")
    reason = models.CharField(max_length=300)
    told = models.CharField(
        max_length=300, blank=True, help_text="What the two may be told; empty: only that it is so."
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(resident__isnull=False), name="restriction_names_somebody"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="restriction_has_reason"),
        ]


class ArrivalWatch(models.Model):
    """ "Tell me when they are here": a person who was searched for and not found."""

    user = models.ForeignKey(User, models.CASCADE, related_name="arrival_watches")
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True)
    number = models.CharField(max_length=30, blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(number="") | ~Q(last_name=""), name="watch_names_somebody")]
        indexes = [models.Index(fields=["number"], condition=Q(told_at=None, ended_at=None), name="watch_open")]


class Invitation(models.Model):
    """A resident asks somebody, by email address, to create an account and be a contact."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="invitations")
    email = models.CharField(max_length=254)
    token_digest = models.BinaryField(max_length=32, unique=True, null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(Lower("email"), name="invitation_by_email")]
