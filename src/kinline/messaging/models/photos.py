"""Photos that go with a letter (MSG-9): what is known of each, and apart from it what one sees."""

from django.db import models
from django.db.models import Q

from kinline.contacts.models import Contact
from kinline.messaging.models.letters import Message


class Photo(models.Model):
    """One photo of a family member: beside a letter that is being written (`message` None), then of that letter.

    `digest`: SHA-256 of the file that came, so that the same one chosen twice is there once. `price_cents` is pinned
    when the letter is sent; `hold_id`: the ledger's hold while it is open, and after the photo was paid. A photo that
    did not arrive has none: its price went back.
    """

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="photos", db_index=False)
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="photos")
    digest = models.BinaryField(max_length=32)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    price_cents = models.PositiveIntegerField(default=0)
    hold_id = models.BigIntegerField(null=True, blank=True, unique=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "digest"], condition=Q(message=None), name="one_photo_beside_a_letter"
            ),
            models.CheckConstraint(condition=Q(hold_id=None) | Q(message__isnull=False), name="paid_photo_has_letter"),
            models.CheckConstraint(condition=Q(hold_id=None) | Q(price_cents__gt=0), name="paid_photo_has_price"),
        ]
        indexes = [models.Index(fields=["added_at"], condition=Q(message=None), name="photo_beside_letter")]


class Pixels(models.Model):
    """What one sees of a photo: two JPEG without metadata. Read and written through `photo_files` only."""

    photo = models.OneToOneField(Photo, models.CASCADE, primary_key=True, related_name="pixels")
    full = models.BinaryField()
    small = models.BinaryField()
