"""A family member closes their account (ACC-7, MSG-8)."""

from datetime import datetime

from kinline.core.audit import record
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.flows import prepaid
from kinline.flows.account import prove
from kinline.flows.arriving import give_back
from kinline.flows.closing_refund import give_all, may_still_come, on_its_way
from kinline.flows.collect import charge_declined
from kinline.flows.take_back import withdraw
from kinline.identity import services as identity
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as books
from kinline.messaging.models import Draft, Message, Payer, State
from kinline.notices import services as notices
from kinline.telephony.services import call_me


def close_account(user: User, *, password: str, now: datetime) -> None:
    """End the account for good. Raises WrongPassword, TooOften; nothing has happened then."""
    prove(user, password=password, now=now)
    _close(user.pk, now)


@story
def _close(user_id: int, now: datetime) -> None:
    """Letters that wait are taken back, so nothing stays held; what is left goes back (MON-6), as an email says."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.closed_at is not None:
        return
    party = Party(FAMILY, user.pk)
    _end_letters(party, now)
    call_me.take_away(user.pk)
    give_all(user, party.channel, now)
    owed = on_its_way(user) + books.balance(chart.messages_of(party)).posted_cents
    notices.mail(to=user.email, kind="account_closed", now=now, language=user.language, owed_cents=owed)
    record(f"family:{user.pk}", "account.close", f"user:{user.pk}", now=now, owed_cents=owed)
    identity.close(user=user, owed_cents=owed, keep_payee=owed > 0 or may_still_come(user), now=now)


def _end_letters(party: Party, now: datetime) -> None:
    Draft.objects.filter(**party.filter).delete()
    open_letters = Message.objects.select_for_update(of=("self",), no_key=True).select_related(
        "contact__user", "contact__resident", "facility"
    )
    waits = [State.REVIEW, State.SCHEDULED, State.COLLECT, State.PAPER]
    waiting = open_letters.filter(contact__user_id=party.id, state__in=waits)
    for letter in waiting.order_by("pk"):
        if letter.sender == party.side:
            withdraw(letter, now)
        elif letter.state == State.COLLECT:
            charge_declined(letter, now)
        elif letter.payer == Payer.PREPAID:
            give_back(letter, now)  # what is set aside for it is the leaver's
    prepaid.give_back_all(now, but=party, user_id=party.id)
