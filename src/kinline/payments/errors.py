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


# Telephone numbers (MON-2, TEL-8)


class NoNumber(Refusal):
    code = "no_number"
    sentence = _("This is not a telephone number we know. Type it with its area code, such as %(example)s.")


class ShortNumber(Refusal):
    code = "short_number"
    sentence = _("Emergency and service numbers need no money. Type a whole number with its area code.")


class PremiumNumber(Refusal):
    code = "premium_number"
    sentence = _("This number charges whoever calls it, so it cannot be called from a facility.")


class TollFreeNumber(Refusal):
    code = "toll_free_number"
    sentence = _("Toll-free numbers cannot be called from a facility. Type the number of a person.")


class ForeignNumber(Refusal):
    code = "foreign_number"
    sentence = _("Only numbers of this country can be called from the facilities here.")


class TooManyNumbers(Refusal):
    code = "too_many_numbers"
    sentence = _("You have added many numbers today. You can add more from %(until)s on.")


class TooManyCodes(Refusal):
    code = "too_many_codes"
    sentence = _("A code was asked for too many times. You can ask again from %(until)s on.")


class WrongNumberCode(Refusal):
    code = "wrong_number_code"
    sentence = _("This is not the code, or it is too old. Ask for a new one if you are not sure.")


class AlreadyProved(Refusal):
    code = "already_proved"
    sentence = _("This number is already confirmed as yours.")


class NothingAsked(Refusal):
    """Staff confirm a number only for somebody who has it on their page."""

    code = "number_not_listed"
    sentence = _("This person does not have this number on their page.")


# The card processor


class ProcessorDown(Refusal):
    """No answer, or none that can be understood: nobody knows whether it was done. Ask again with the same key."""

    code = "processor_down"
    sentence = _("Our card processor does not answer at the moment. Please try again in a few minutes.")


class ProcessorOff(ProcessorDown):
    """No processor is set up here, or it does not accept our key. `check` says what is missing."""

    code = "processor_off"
    sentence = _("Payments by card are not available at the moment.")


class ProcessorRefused(Refusal):
    """It said no, and would again. `reason` is its code; nothing was moved."""

    code = "processor_refused"
    sentence = _("Our card processor refused this. Nothing was charged.")

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class BadSignature(Exception):
    """A webhook that the processor did not sign, or not now, or that says nothing."""
