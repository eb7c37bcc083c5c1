"""Refusals about requests and grievances."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class NoSuchRequest(Refusal):
    code = "no_such_request"
    sentence = _("There is no such request.")


class FormGone(Refusal):
    code = "form_gone"
    sentence = _("This form is not used any more. Your text is kept. Choose another form.")


class FiledDifferently(Refusal):
    code = "key_reused"
    sentence = _("This page was sent already with other words. Open the form again to file another one.")


class NotOpen(Refusal):
    code = "not_open"
    sentence = _("This was answered or taken back meanwhile.")


class NoMoreLevels(Refusal):
    code = "no_more_levels"
    sentence = _("This answer is the last one here.")


class AskedTooLate(Refusal):
    code = "asked_too_late"
    sentence = _("You could ask again until the end of %(day)s.")


class WhyMissing(Refusal):
    code = "why_missing"
    sentence = _("Write why the answer is not right.")


class AnswerMissing(Refusal):
    code = "answer_missing"
    sentence = _("Write an answer. The resident reads it.")


class SamePerson(Refusal):
    code = "same_person"
    sentence = _("You took part in an earlier answer. Each level is answered by another person.")


class NoFirstAnswer(Refusal):
    code = "no_first_answer"
    sentence = _("A first answer is only for an emergency that has none yet.")


class CodeTaken(Refusal):
    code = "code_taken"
    sentence = _("Another form of this facility has that short name.")
