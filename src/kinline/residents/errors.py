"""Refusals about people in custody."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class WrongPin(Refusal):
    """Also for a number that nobody has: the two look alike."""

    code = "wrong_pin"
    sentence = _("That number and PIN do not go together. Please try again.")


class PinLocked(Refusal):
    code = "pin_locked"
    sentence = _("This PIN is locked after five wrong tries. Staff can give you a new one.")


class OthersFirst(Refusal):
    """KSK-4. `at`: a time of day."""

    code = "others_first"
    sentence = _(
        "Your turn is over and others come first. You can sign in again at %(at)s, or as soon as a screen was free for "
        "2 minutes. What you wrote is kept."
    )


class PinForm(Refusal):
    code = "pin_form"
    sentence = _("A PIN is 4 to 8 digits.")


class PinTooEasy(Refusal):
    code = "pin_too_easy"
    sentence = _("That PIN is too easy to guess. Choose digits that do not repeat or count up.")


class PinUnchanged(Refusal):
    code = "pin_unchanged"
    sentence = _("That is the PIN you have now. Choose another one.")


class PinIssued(Refusal):
    """TEL-12: what somebody chooses could be another's, where a passcode alone says who calls."""

    code = "pin_issued"
    sentence = _("Your PIN says who you are at the telephone, so it is not chosen. Staff can give you another one.")


class NumberTaken(Refusal):
    code = "number_taken"
    sentence = _("Somebody at this agency already has the number %(number)s.")


class BadNumber(Refusal):
    code = "bad_number"
    sentence = _("A resident needs a number of 1 to 30 characters and a last name.")


class InCustodyAlready(Refusal):
    code = "in_custody_already"
    sentence = _("This person is already in custody at %(facility)s.")


class NotInCustody(Refusal):
    code = "not_in_custody"
    sentence = _("This person is not in custody here.")


class RosterChanged(Refusal):
    """STF-2: an import does what was looked at, or nothing."""

    code = "roster_changed"
    sentence = _("The roster has changed since this file was checked. Nothing was done. Look at it once more.")
