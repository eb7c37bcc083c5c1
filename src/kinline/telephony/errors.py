"""Refusals about telephone numbers and notes."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class NobodyToCall(Refusal):
    """No contact of theirs, not in custody, not agreed, restricted, calls not offered: told alike (CON-3)."""

    code = "nobody_to_call"
    sentence = _("You cannot leave a note for this person now.")


class NoteTooLong(Refusal):
    code = "note_too_long"
    sentence = _("A note has at most %(limit)s characters. Yours has %(count)s.")


class TooManyNotes(Refusal):
    code = "too_many_notes"
    sentence = _("You left %(limit)s notes for this person within a day. You can leave another one tomorrow.")


class NoteNotCarried(Refusal):
    """DEL-3: words that staff would read first are no note's."""

    code = "note_not_carried"
    sentence = _("These words would be read by the facility first. Leave the note without words, or write a letter.")


# A resident's own list (T10)


class CannotBeCalled(Refusal):
    """`why`: the sentence of what was typed (`resident_wording.NUMBERS`)."""

    code = "cannot_be_called"
    sentence = _("%(why)s")


class OnListAlready(Refusal):
    code = "on_list_already"
    sentence = _("This number is on your list already.")


class ListFull(Refusal):
    code = "list_full"
    sentence = _("Your list is full: it holds %(limit)s numbers. Remove one first.")


class NotOnList(Refusal):
    code = "not_on_list"
    sentence = _("This number is not on the list any more.")


class NotApproved(Refusal):
    code = "not_approved"
    sentence = _("This number cannot get a speed dial: it is not approved.")


class SpeedDialTaken(Refusal):
    code = "speed_dial_taken"
    sentence = _("%(keys)s dials another number. Take another speed dial, or clear that one first.")


class DecidedAlready(Refusal):
    """Two of staff at one number; the second has looked at something else."""

    code = "decided_already"
    sentence = _("Somebody decided this meanwhile, or the number was taken off. Look again; nothing of yours was done.")


class DenialNeedsReason(Refusal):
    code = "denial_needs_reason"
    sentence = _("Write a reason: the resident reads it.")


# What staff know of numbers (T4, M12)


class NoteNeeded(Refusal):
    code = "note_needed"
    sentence = _("Write a note: why. It stays with the number.")


class NoSuchNumber(Refusal):
    code = "no_such_number"
    sentence = _("This is no telephone number.")


class NothingChanged(Refusal):
    code = "nothing_changed"
    sentence = _("Nothing was changed.")


class BlockedAlready(Refusal):
    code = "blocked_already"
    sentence = _("This is blocked already, in the same way.")


class NoSuchBlock(Refusal):
    code = "no_such_block"
    sentence = _("This block is lifted already, or is not of this place.")


class HotlineKeysTaken(Refusal):
    code = "hotline_keys_taken"
    sentence = _("These keys are taken here: by another hotline, or they call for help.")


class NoSuchHotline(Refusal):
    code = "no_such_hotline"
    sentence = _("There is no such hotline here any more.")


class LimitThere(Refusal):
    code = "limit_there"
    sentence = _("There is already a limit for this. Change that one.")


class NoSuchLimit(Refusal):
    code = "no_such_limit"
    sentence = _("There is no such limit here any more.")


class LimitChanged(Refusal):
    code = "limit_changed"
    sentence = _("Somebody changed this limit meanwhile. Look at it once more; nothing of yours was saved.")


class NoName(Refusal):
    code = "no_name"
    sentence = _("There is no name in their voice any more.")


class NotAName(Refusal):
    code = "not_a_name"
    sentence = _("This cannot be kept as a name.")


class NotDenied(Refusal):
    code = "number_not_denied"
    sentence = _("Staff did not deny this number.")


class AppealedAlready(Refusal):
    code = "number_appealed_already"
    sentence = _("You appealed already.")


class NumberAppealTooLate(Refusal):
    code = "number_appeal_too_late"
    sentence = _("It is too late to appeal.")


class NumberAppealEmpty(Refusal):
    code = "number_appeal_empty"
    sentence = _("Write why.")


class NoNumberAppeal(Refusal):
    code = "no_number_appeal"
    sentence = _("No appeal waits here any more.")


class NotYourDenial(Refusal):
    code = "not_your_denial"
    sentence = _("You denied this number. Somebody else decides the appeal.")


class NumberAppealWaits(Refusal):
    code = "number_appeal_waits"
    sentence = _("An appeal waits: it is decided first.")


class HolderSaysNo(Refusal):
    code = "holder_says_no"
    sentence = _("The person who has this number does not want these calls. Only they can change that.")
