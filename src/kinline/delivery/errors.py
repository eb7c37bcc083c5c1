from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class BrokenRules(Refusal):
    code = "broken_rules"
    sentence = _("These rules cannot be used. %(rule)s: %(why)s.")


class RulesInThePast(Refusal):
    code = "rules_in_the_past"
    sentence = _("Rules cannot change the past. Choose a moment from now on.")


class DraftChanged(Refusal):
    code = "draft_changed"
    sentence = _(
        "Somebody changed the draft meanwhile. Nothing of yours was done. Look at the draft as it is now; then press "
        "again."
    )


class NothingChanged(Refusal):
    code = "nothing_changed"
    sentence = _("The draft is the same as the rules that count. Change something first.")


class AlreadyBegun(Refusal):
    code = "already_begun"
    sentence = _("This version counts already, or was withdrawn. Make a new one instead.")


class NoSuchRule(Refusal):
    code = "no_such_rule"
    sentence = _("The draft has no such rule any more.")


class NotFound(Refusal):
    code = "not_found"
    sentence = _("This list is not here any more.")


class BadUntil(Refusal):
    code = "bad_until"
    sentence = _("Choose a last day from today on, at most a year away: a list is looked through once a year.")


class NameTaken(Refusal):
    code = "name_taken"
    sentence = _("Another list here has this name.")


class NoSuchReason(Refusal):
    code = "no_such_reason"
    sentence = _("Choose a reason from the facility's list.")


class BadPhrase(Refusal):
    code = "bad_phrase"
    sentence = _("“%(text)s”: %(why)s")


class TooManyPhrases(Refusal):
    code = "too_many_phrases"
    sentence = _("One facility's lists hold %(most)s words and phrases at most. Nothing was added.")


class NobodyFound(Refusal):
    code = "nobody_found"
    sentence = _("We found nobody with this number or user name here.")


PHRASE_FAULTS: Mapping[str, str | Promise] = {
    "empty": _("it has no letter, digit or sign."),
    "pattern": _("this is a pattern. Type words as they stand in a letter; case and accents do not matter."),
    "long": _("it is longer than 200 characters."),
    "number": _("this is no telephone number: it needs 7 to 15 digits."),
    "tier": _("the second column must be alert, review or refuse."),
    "twice": _("it is in the file twice."),
}


class StopNeedsReason(Refusal):
    code = "stop_needs_reason"
    sentence = _("Say why. Everybody reads it.")


class BadStopEnd(Refusal):
    code = "bad_stop_end"
    sentence = _("Choose an end within the next 7 days. It can be changed later.")


class StoppedAlready(Refusal):
    code = "stopped_already"
    sentence = _("Letters are stopped here already.")


class NoStop(Refusal):
    code = "no_stop"
    sentence = _("Letters are not stopped here any more.")
