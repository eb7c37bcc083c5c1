"""Refusals about what staff say to many."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class NothingToSay(Refusal):
    code = "nothing_to_say"
    sentence = _("Write what everybody should know.")


class NoSuchUnit(Refusal):
    code = "no_such_unit"
    sentence = _("Choose a unit of this facility.")
