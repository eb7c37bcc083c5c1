"""What a payment that did not work says to its payer: the processor's code → a sentence. One table.

The card's bank decides; why is told as far as its owner can do something about it. A card that was reported lost or
looks stolen gets the same words as any other that its bank does not accept.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

_DECLINED = _(
    "The card's bank said no and does not tell us why. Ask the bank, or use another card. No money was taken."
)
_DETAILS = _("A detail of the card was not right. Check the number, the date and the code. No money was taken.")
_AGAIN = _("The card could not be checked just now. Try again in a few minutes. No money was taken.")
_PROOF = _(
    "The card's bank wanted to know that it is you, and did not get an answer it accepts. "
    "Try again, or use another card. No money was taken."
)
_LIMIT = _("The card has reached a limit that its bank set. Ask the bank, or use another card. No money was taken.")
_KIND = _("This kind of card does not work here. Use another card. No money was taken.")
_LOOKED_INTO = _(
    "The payment came in another amount or currency than was asked for, so it was not added. "
    "Somebody looks at it; it is not lost, and you do not need to do anything."
)

CARD_FAILURES: Mapping[str, str | Promise] = MappingProxyType(
    {
        "card_declined": _DECLINED,
        "generic_decline": _DECLINED,
        "do_not_honor": _DECLINED,
        "fraudulent": _DECLINED,
        "lost_card": _DECLINED,
        "stolen_card": _DECLINED,
        "pickup_card": _DECLINED,
        "restricted_card": _DECLINED,
        "insufficient_funds": _(
            "There is not enough money on the card. Use another card or a smaller amount. No money was taken."
        ),
        "expired_card": _("The card has expired. Use another card. No money was taken."),
        "incorrect_cvc": _("The security code of the card was not right. Check it and try again. No money was taken."),
        "invalid_cvc": _("The security code of the card was not right. Check it and try again. No money was taken."),
        "incorrect_number": _DETAILS,
        "invalid_number": _DETAILS,
        "invalid_expiry_month": _DETAILS,
        "invalid_expiry_year": _DETAILS,
        "incorrect_zip": _DETAILS,
        "incorrect_address": _DETAILS,
        "processing_error": _AGAIN,
        "try_again_later": _AGAIN,
        "issuer_not_available": _AGAIN,
        "reenter_transaction": _AGAIN,
        "authentication_required": _PROOF,
        "authentication_not_handled": _PROOF,
        "payment_intent_authentication_failure": _PROOF,
        "card_velocity_exceeded": _LIMIT,
        "withdrawal_count_limit_exceeded": _LIMIT,
        "card_not_supported": _KIND,
        "currency_not_supported": _KIND,
        "transaction_not_allowed": _KIND,
        # Ours: the payment worked, but was not what was asked for.
        "wrong_amount": _LOOKED_INTO,
        "wrong_currency": _LOOKED_INTO,
    }
)

_ON_THE_PAGE: Mapping[str, str | Promise] = MappingProxyType(
    {
        "messages": _("Kinline message credits"),
        "prepaid": _("Kinline prepaid calls"),
        "calls": _("Kinline calls (PIN Debit)"),
    }
)


def page_words(purpose: str, language: str) -> str:
    """What stands on the processor's page and receipt for this kind of balance: nobody's name, and no facility's."""
    with override(language):
        return str(_ON_THE_PAGE[purpose])


def failure_sentence(code: str) -> str:
    """Why no money came, in the current language; of an unknown code that the bank said no."""
    return str(CARD_FAILURES.get(code, _DECLINED))


def failure_in_both(code: str) -> dict[str, str]:
    """The sentence in each language, for a notice or an email that is read later."""
    return _in_both(CARD_FAILURES.get(code, _DECLINED))


_ENDED: Mapping[str, str | Promise] = MappingProxyType(
    {
        "closed": _("The balance it filled takes no money any more."),
        "dispute": _("The bank of a card asked for a payment of yours back."),
        "refund": _("Money of the balance it filled was asked back. Set it up again if you still want it."),
    }
)


def ended_in_both(reason: str) -> dict[str, str]:
    """Why an automatic top-up ended, in each language."""
    return _in_both(_ENDED[reason])


def _in_both(sentence: str | Promise) -> dict[str, str]:
    told = {}
    for language in ("en", "es"):
        with override(language):
            told[language] = str(sentence)
    return told
