"""Receipts (MON-5): what the email says, and the page on paper, to keep."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext, override

from kinline.core.money import dollars
from kinline.core.parties import FAMILY
from kinline.design import wording
from kinline.design.documents import pdf
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.notices import services as notices
from kinline.payments import statement_wording as words
from kinline.payments.models import Deposit
from kinline.payments.queries import Receipt


def mail(deposit: Deposit, person: User, now: datetime) -> None:
    """Step: the receipt by email, to who paid or to whose balance it is: payer, for whom, how, no fee, balance.

    An email names no resident and shows no whole number: whoever reads over a shoulder learns neither. The page does.
    """
    kind, key, purpose = chart.owner(deposit.account)
    own = kind == FAMILY and int(key) == person.pk
    payer = deposit.payer.name if deposit.payer else deposit.payer_name
    notices.mail(
        to=person.email, kind="receipt", now=now, user=person, language=person.language, number=deposit.receipt,
        amount_cents=deposit.amount_cents, whose=_each(lambda: words.briefly(kind, key, purpose, own=own)),
        paid=_each(lambda: words.paid(deposit.method, "" if deposit.payer_id == person.pk else payer)),
        balance=_each(lambda: words.balance_after(ledger.balance(deposit.account).available_cents if own else None)),
    )  # fmt: skip


def _each(say: Callable[[], str]) -> dict[str, Any]:
    """In every language: the email is written later, in its reader's."""
    said = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            said[language] = say()
    return said


def make(receipt: Receipt, *, reader: str, now: datetime) -> bytes:
    """`reader`: whose receipt it is, payer or owner. Raises `pdf.NotTypeset`."""
    title = gettext("Receipt %(number)s") % {"number": receipt.number}
    facts = [
        [gettext("For"), words.whose(receipt.whose, own=reader if receipt.own else "")],
        [gettext("Received"), wording.full_moment(receipt.at, timezone.get_current_timezone())],
        [gettext("How"), ", ".join(filter(None, (str(words.METHODS.get(receipt.method, "")), receipt.card)))],
        [gettext("From"), receipt.payer_name],
        [gettext("At"), receipt.facility_name],
        [gettext("Fee"), gettext("None")],
    ]
    data = {
        "amount": dollars(receipt.amount_cents),
        "facts": [pair for pair in facts if pair[1]],
        "notes": [gettext("Money that is not used stays its owner's and can be paid back, free.")],
        "foot": f"Kinline · {title}",
    }
    return pdf.make("receipt", data, title=title, language=(get_language() or "en")[:2], at=now)
