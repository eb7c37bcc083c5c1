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
    family_always_accepts = models.BooleanField(default=False)
    resident_always_accepts = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "resident"], name="one_contact_a_pair")]
        indexes = [models.Index(fields=["resident"], name="contact_by_resident")]


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
