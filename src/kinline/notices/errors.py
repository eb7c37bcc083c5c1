"""Refusals about what staff say to many."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class NothingToSay(Refusal):
    code = "nothing_to_say"
    sentence = _("Write what everybody should know.")


class NoSuchUnit(Refusal):
    code = "no_such_unit"
    sentence = _("Choose a unit of this facility.")


class BadSpan(Refusal):
    code = "bad_span"
    sentence = _("The end must come after the beginning, and not be over already.")


class NoSuchBroadcast(Refusal):
    code = "no_such_broadcast"
    sentence = _("There is no such notice here.")
