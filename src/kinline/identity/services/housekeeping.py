"""What identity forgets by itself."""

from datetime import datetime, timedelta

from kinline.core.transaction import verb
from kinline.identity.models import Kind, User

KEEP_WAITING = timedelta(days=30)


@verb
def forget_waiting(*, now: datetime) -> int:
    """Accounts that nobody activated in a month: the person never proved the address, and asks anew if they wish."""
    waiting = User.objects.filter(kind=Kind.FAMILY, activated_at=None, closed_at=None)
    return waiting.filter(created_at__lt=now - KEEP_WAITING).delete()[0]
