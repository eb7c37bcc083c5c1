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
