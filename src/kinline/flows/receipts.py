"""A receipt on paper (MON-5): what the page says, to keep."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext

from kinline.core.money import dollars
from kinline.design import wording
from kinline.design.documents import pdf
from kinline.payments import statement_wording as words
from kinline.payments.queries import Receipt


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
