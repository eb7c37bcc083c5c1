"""Letters as lines of a statement: with whom, and which of them the party paid for."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from kinline.core.parties import FAMILY, Party
from kinline.messaging.models import Mailbox, Message, Payer


@dataclass(frozen=True, slots=True)
class Title:
    """`mine`: the party wrote it."""

    other_name: str
    mine: bool


def titles(party: Party, message_ids: Iterable[int | None]) -> dict[int, Title]:
    """Those of these letters that lie in the party's mailbox: one statement, or none for none."""
    wanted = {message_id for message_id in message_ids if message_id is not None}
    if not wanted:
        return {}
    copies = Mailbox.objects.select_related("message", "contact__user", "contact__resident")
    return {
        copy.message_id: Title(
            (copy.contact.resident if party.side == FAMILY else copy.contact.user).name,
            copy.message.sender == party.side,
        )
        for copy in copies.filter(**party.filter, message_id__in=wanted)
    }


def paid_holds(party: Party, contact_id: int, *, before: int | None, size: int) -> list[tuple[int, int]]:
    """Letters with one contact of the party that their money paid for or may: (message id, hold), newest first.

    The caller asked for the contact as this party before; a hold of the other side's money has no line in a statement
    of theirs.
    """
    letters = Message.objects.filter(contact_id=contact_id, hold_id__isnull=False)
    mine = Q(sender=party.side, payer=Payer.SENDER) | (~Q(sender=party.side) & ~Q(payer=Payer.SENDER))
    if before is not None:
        letters = letters.filter(pk__lt=before)
    found = letters.filter(mine).order_by("-pk").values_list("pk", "hold_id")[:size]
    return [(pk, hold) for pk, hold in found if hold is not None]
