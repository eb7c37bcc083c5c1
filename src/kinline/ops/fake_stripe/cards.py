"""The test cards: what each does on the page, later, and when money goes back. The numbers are Stripe's own."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXPIRES = (12, 2034)


@dataclass(frozen=True, slots=True)
class Card:
    """`name` is all we keep of it, beside the last four digits.

    `on_page`: `paid`; `declined` with `code`; `confirm`: the payer's bank asks them first; `later`: a bank confirms
    after a while, `ends` how. `again`: charged while its owner is away. `refund`: how one ends.
    """

    name: str
    number: str
    does: str | Promise
    brand: str = "visa"
    kind: Literal["card", "us_bank_account"] = "card"
    on_page: Literal["paid", "declined", "confirm", "later"] = "paid"
    code: str = "card_declined"
    decline_code: str = ""
    ends: Literal["paid", "failed"] = "paid"
    again: Literal["paid", "declined"] = "paid"
    refund: Literal["succeeded", "pending", "failed"] = "succeeded"
    disputed: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def shown(self) -> str:
        """In groups of four, as it stands on a card."""
        if self.kind == "us_bank_account":
            return self.number
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))


CARDS = (
    Card("ok", "4242424242424242", _("Is paid at once")),
    Card("mastercard", "5555555555554444", _("Is paid at once"), brand="mastercard"),
    Card("confirm", "4000002760003184", _("Your bank asks you to confirm; cannot be charged again while you are away"),
         on_page="confirm", again="declined", code="authentication_required", decline_code="authentication_required"),
    Card("declined", "4000000000000002", _("Is declined"), on_page="declined", decline_code="generic_decline"),
    Card("insufficient", "4000000000009995", _("Has not enough money"), on_page="declined",
         decline_code="insufficient_funds"),
    Card("expired", "4000000000000069", _("Has expired"), on_page="declined", code="expired_card",
         decline_code="expired_card"),
    Card("wrong_code", "4000000000000127", _("Has another security code"), on_page="declined", code="incorrect_cvc",
         decline_code="incorrect_cvc"),
    Card("stolen", "4000000000009979", _("Was reported stolen"), on_page="declined", decline_code="stolen_card"),
    Card("error", "4000000000000119", _("Fails at its bank"), on_page="declined", code="processing_error",
         decline_code="processing_error"),
    Card("later_declined", "4000000000000341", _("Is paid now, and declined when it is charged again"),
         again="declined", decline_code="generic_decline"),
    Card("disputed", "4000000000000259", _("Is paid, then disputed by its owner"), disputed=True),
    Card("refund_waits", "4000000000007726", _("Is paid; a refund takes a while"), refund="pending"),
    Card("refund_fails", "4000000000005126", _("Is paid; a refund fails later"), refund="failed"),
    Card("bank", "000123456789", _("A bank account: the bank confirms later"), kind="us_bank_account", on_page="later"),
    Card("bank_fails", "000222222227", _("A bank account: the bank refuses later"), kind="us_bank_account",
         on_page="later", ends="failed", code="insufficient_funds"),
)  # fmt: skip

BY_NAME = {card.name: card for card in CARDS}
_BY_NUMBER = {card.number: card for card in CARDS}


def by_number(typed: str) -> Card | None:
    """None for anything that is no test card."""
    return _BY_NUMBER.get("".join(typed.split()).replace("-", ""))
