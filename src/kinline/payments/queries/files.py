"""Files of deposits: what was taken in before."""

from collections.abc import Iterable
from uuid import UUID

from kinline.payments.models import Deposit, DepositFile


def deposit_file(digest: bytes) -> DepositFile | None:
    """The file of this SHA-256, if it was taken in."""
    return DepositFile.objects.filter(digest=digest).select_related("facility").first()


def recorded(keys: Iterable[UUID]) -> set[UUID]:
    """Which of these keys a deposit has."""
    return set(Deposit.objects.filter(client_key__in=list(keys)).values_list("client_key", flat=True))
