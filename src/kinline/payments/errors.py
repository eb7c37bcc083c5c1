"""Refusals about money that somebody wants to put in."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class AmountTooSmall(Refusal):
    code = "amount_too_small"
    sentence = _("The smallest amount is one message credit: %(minimum)s.")


class AmountTooLarge(Refusal):
    code = "amount_too_large"
    sentence = _("The largest amount at a time is %(limit)s.")


class NoSuchBalance(Refusal):
    """Unknown, closed, not activated, of another agency: all told alike."""

    code = "no_such_balance"
    sentence = _("Money cannot be added to this balance.")


class KeyReused(Refusal):
    code = "deposit_key_reused"
    sentence = _("This deposit was already recorded with different details. Nothing was added.")


class TestMoneyOff(Refusal):
    code = "test_money_off"
    sentence = _("Test money exists only in a demonstration.")
