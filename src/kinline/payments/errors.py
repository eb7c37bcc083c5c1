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


class FileTakenElsewhere(Refusal):
    code = "file_taken_elsewhere"
    sentence = _("This file was taken in before, for another facility. Nothing was added.")


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


class NotYourNumber(Refusal):
    """T5: blocks are the called party's, so the number must be proved (TEL-8)."""

    code = "not_your_number"
    sentence = _("First confirm that this number is yours.")


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
    """It said no, and would again. `reason` is its code, `payment_ref` the payment it declined, if it came to one.

    Nothing was moved.
    """

    code = "processor_refused"
    sentence = _("Our card processor refused this. Nothing was charged.")

    def __init__(self, reason: str = "", *, payment_ref: str = "") -> None:
        super().__init__()
        self.reason, self.payment_ref = reason, payment_ref


class BadSignature(Exception):
    """A webhook that the processor did not sign, or not now, or that says nothing."""


# Money that goes back. MON-6


class NothingToRefund(Refusal):
    code = "nothing_to_refund"
    sentence = _("There is no unused money in this balance. Nothing was changed.")


class RefundTooLarge(Refusal):
    code = "refund_too_large"
    sentence = _("This is more than can be sent back. %(available)s can be sent back now. Nothing was changed.")


class NotYourMoney(Refusal):
    """Unknown, somebody else's, or a number that another person proved: all told alike."""

    code = "not_your_money"
    sentence = _("You cannot ask for money from this balance.")


class RefundKeyReused(Refusal):
    code = "refund_key_reused"
    sentence = _("This refund was already asked for with different details. Nothing was changed.")


class GiftTooLate(Refusal):
    code = "gift_too_late"
    sentence = _("A gift can be taken back for %(hours)s hours. After that it belongs to the person you gave it to.")


class GiftSpent(Refusal):
    code = "gift_spent"
    sentence = _("This gift has been used, so there is nothing to take back.")


class NoSuchPayOut(Refusal):
    """Unknown, or of a place where the asker may not act."""

    code = "no_such_pay_out"
    sentence = _("There is no such payment here.")


class WrongPayOutState(Refusal):
    code = "pay_out_state"
    sentence = _("This payment has moved on, so this cannot be done any more. Load the page again.")


class WrongWay(Refusal):
    code = "pay_out_way"
    sentence = _("This money cannot be paid in this way.")


class ReferenceNeeded(Refusal):
    code = "reference_needed"
    sentence = _("Write the number of the cheque, card or transfer.")


class AddressNeeded(Refusal):
    code = "address_needed"
    sentence = _("Write a name and an address to which the money can be sent.")


class BadRegion(Refusal):
    code = "bad_region"
    sentence = _("This is not the code of a state.")


class UnderDispute(Refusal):
    code = "under_dispute"
    sentence = _("The payer's bank is asking for this payment back. Wait until that is decided.")


# Payments by card (MON-3, MON-4)


class CardAmountTooSmall(Refusal):
    code = "card_amount_too_small"
    sentence = _("The smallest amount by card is %(minimum)s.")


class NotTakenHere(Refusal):
    """MON-4: this balance takes no money from this person now; `why` says why, and what to use instead."""

    code = "not_taken_here"
    sentence = _("%(why)s")


class TooManyPages(Refusal):
    code = "too_many_payment_pages"
    sentence = _("You began to pay many times in the last hour. Please wait a while. No money was taken.")


class CapBelowAmount(Refusal):
    code = "top_up_cap_too_small"
    sentence = _("The most for a month must be at least what is added each time.")


class CardNotKept(Refusal):
    """L7: after a dispute no card of its payer is charged while they are away, unless we won."""

    code = "card_not_kept"
    sentence = _(
        "A bank took a payment of yours back, so no card can be kept here for an automatic top-up. "
        "You can still pay by card each time."
    )


class NoTopUp(Refusal):
    code = "no_top_up"
    sentence = _("There is no automatic top-up to stop.")


class AllowanceInThePast(Refusal):
    code = "allowance_in_the_past"
    sentence = _("An allowance can only begin now or later: what was reserved stays as it was.")


class AllowanceTooLarge(Refusal):
    code = "allowance_too_large"
    sentence = _("An allowance is at least 0 and at most %(limit)s a week.")


class NotOffered(Refusal):
    """MON-4: the place does not take money for this balance; the sentence says what to use instead."""

    code = "balance_not_offered"
    sentence = "%(why)s"


class ReferenceMissing(Refusal):
    code = "reference_missing"
    sentence = _("Type the number that is printed on the money order.")


class NoExplanation(Refusal):
    code = "no_explanation"
    sentence = _("Write what the difference was, so that others can follow it later.")
